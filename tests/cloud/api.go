package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
)

// door comes into the containers' network: HAProxy listens on a socket for each service,
// in a folder that it shares with us.
func (c *cloud) door() *http.Client {
	sockets := map[string]string{
		fmt.Sprintf("%s:%d", c.settings.VIP, c.settings.Port.Keystone): "keystone",
		fmt.Sprintf("%s:%d", c.settings.VIP, c.settings.Port.Glance):   "glance",
	}
	dial := func(ctx context.Context, _, address string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "unix", filepath.Join(c.doors, sockets[address]))
	}
	// Each request has a connection of its own, so none is left open at the end.
	return &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
}

// answer is what came back: the header, and all of the body.
type answer struct {
	header http.Header
	body   []byte
}

// send sends a request with the administrator's token. Any status but want is an error.
func (c *cloud) send(ctx context.Context, want int, method, url, mediaType string, body io.Reader) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", mediaType)
	if c.token != "" {
		request.Header.Set("X-Auth-Token", c.token)
	}
	response, err := c.door().Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != want {
		err = fmt.Errorf("%s %s: status %s, and not %d\n%s", method, url, response.Status, want, text)
	}
	return answer{response.Header, text}, err
}

// call sends in as JSON, and reads the answer into out. Either may be nil: then there is
// nothing to send, or nothing to read.
func (c *cloud) call(ctx context.Context, want int, method, url string, in, out any) (http.Header, error) {
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return nil, err
		}
	}
	got, err := c.send(ctx, want, method, url, "application/json", &body)
	if err != nil || out == nil {
		return got.header, err
	}
	if err := json.Unmarshal(got.body, out); err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, url, err)
	}
	return got.header, nil
}

// lines are those of a text, without the empty ones.
func lines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
}
