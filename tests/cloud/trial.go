package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// size of the image, in bytes. It is larger than any buffer on the way.
const size = 8 << 20

// trial uses what has been deployed.
func (c *cloud) trial() []step {
	content := make([]byte, size)
	_, _ = rand.Read(content) // it never fails
	return []step{
		{"rabbitmq has notifications of keystone", c.notified},
		{"glance serves nobody without a token", c.strangersAreRefused},
		{"glance has an image's description", c.describeImage},
		{"glance has taken the image", func(ctx context.Context) error { return c.upload(ctx, content) }},
		{"glance gives it back byte for byte", func(ctx context.Context) error { return c.download(ctx, content) }},
		{"rabbitmq has notifications of glance as well", c.notified},
		{"memcached has been asked", c.cached},
	}
}

func (c *cloud) images() string { return c.url(c.settings.Port.Glance) + "/v2/images" }

func (c *cloud) strangersAreRefused(ctx context.Context) error {
	stranger := *c
	stranger.token = ""
	_, err := stranger.call(ctx, http.StatusUnauthorized, http.MethodGet, c.images(), nil, nil)
	return err
}

func (c *cloud) describeImage(ctx context.Context) error {
	var made struct{ ID, Status string }
	what := object{"name": "random", "disk_format": "raw", "container_format": "bare"}
	_, err := c.call(ctx, http.StatusCreated, http.MethodPost, c.images(), what, &made)
	if err == nil && made.Status != "queued" {
		err = fmt.Errorf("the image is %q and not yet queued", made.Status)
	}
	c.image = made.ID
	return err
}

func (c *cloud) upload(ctx context.Context, content []byte) error {
	url := c.images() + "/" + c.image
	if _, err := c.send(ctx, http.StatusNoContent, http.MethodPut, url+"/file", "application/octet-stream", bytes.NewReader(content)); err != nil {
		return err
	}
	var image struct {
		Status string
		Size   int
		Hash   string `json:"os_hash_value"`
	}
	if _, err := c.call(ctx, http.StatusOK, http.MethodGet, url, nil, &image); err != nil {
		return err
	}
	sum := sha512.Sum512(content)
	if image.Status != "active" || image.Size != size || image.Hash != hex.EncodeToString(sum[:]) {
		return fmt.Errorf("want %d bytes that are active, with SHA-512 %x; have %+v", size, sum, image)
	}
	return nil
}

func (c *cloud) download(ctx context.Context, content []byte) error {
	got, err := c.send(ctx, http.StatusOK, http.MethodGet, c.images()+"/"+c.image+"/file", "", http.NoBody)
	if err == nil && !bytes.Equal(got.body, content) {
		err = fmt.Errorf("%d bytes came back, and are not the %d that were sent", len(got.body), size)
	}
	return err
}

// notified wants there to be more notifications than before. They stay in their queue,
// since nobody reads them here.
func (c *cloud) notified(ctx context.Context) error {
	text, err := c.engine.Exec(ctx, "rabbitmq", "rabbitmqctl", "--quiet", "--formatter", "json", "list_queues", "name", "messages")
	if err != nil {
		return err
	}
	count, err := messages(text, "notifications.info")
	if err == nil && count <= c.notifications {
		err = fmt.Errorf("there were %d before, and are %d", c.notifications, count)
	}
	c.notifications = count
	return err
}

// messages reads the length of a queue in a list of all.
func messages(text, queue string) (int, error) {
	var queues []struct {
		Name     string
		Messages int
	}
	if err := json.Unmarshal([]byte(text), &queues); err != nil {
		return 0, fmt.Errorf("failed to read the list of queues: %w\n%s", err, text)
	}
	for _, one := range queues {
		if one.Name == queue {
			return one.Messages, nil
		}
	}
	return 0, fmt.Errorf("there is no queue %q in %s", queue, text)
}

// cached asks memcached itself, in its own protocol.
func (c *cloud) cached(ctx context.Context) error {
	const ask = `exec 3<> /dev/tcp/$0/$1; printf 'stats\r\nquit\r\n' >&3; cat <&3`
	text, err := c.engine.Exec(ctx, "memcached", "bash", "-c", ask, c.settings.Address, fmt.Sprint(c.settings.Port.Memcached))
	if err != nil {
		return err
	}
	for _, line := range lines(text) {
		if number, found := strings.CutPrefix(strings.TrimSpace(line), "STAT get_hits "); found && number != "0" {
			return nil
		}
	}
	return errors.New("nothing was found in it:\n" + text)
}
