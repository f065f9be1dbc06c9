package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kolla-build/kolla-build/tests/podman"
)

// cloud is what is deployed, and where.
type cloud struct {
	engine     podman.Engine
	settings   settings
	references map[string]string // of the images, by name

	folder        string // holds the two below
	configuration string // of the containers, a folder each
	doors         string // sockets that lead to the services; see door

	token         string // the administrator's, once there is one
	image         string // the id of the image that is uploaded
	notifications int    // how many there were when we last looked
}

func newCloud(references map[string]string, engine podman.Engine) (*cloud, error) {
	folder, err := os.MkdirTemp("", "cloud-")
	if err != nil {
		return nil, err
	}
	c := &cloud{
		engine: engine, settings: newSettings(), references: references,
		folder: folder, configuration: filepath.Join(folder, "config"), doors: filepath.Join(folder, "doors"),
	}
	return c, errors.Join(os.Mkdir(c.doors, 0o755), writeConfiguration(c.configuration, c.settings))
}

// remove leaves the store with images alone. It does not heed the test's context, which
// may have ended.
func (c *cloud) remove() error {
	return errors.Join(c.removeContainers(context.Background()), os.RemoveAll(c.folder))
}

// removeContainers also takes what an earlier test may have left. The first container goes
// last: the others are in its network.
func (c *cloud) removeContainers(ctx context.Context) error {
	var names, volumes []string
	for name, one := range c.containers() {
		names = append(names, "bootstrap_"+name)
		if name != first {
			names = append(names, name)
		}
		volumes = append(volumes, one.namedVolumes()...)
	}
	for _, args := range [][]string{
		append([]string{"rm", "--force", "--ignore", "--time", "2"}, names...),
		{"rm", "--force", "--ignore", "--time", "2", first},
		append([]string{"volume", "rm", "--force"}, volumes...),
	} {
		if _, err := c.engine.Run(ctx, nil, args...); err != nil {
			return err
		}
	}
	return nil
}

// tellLogs prints the end of what every container has said, and of all log files.
func (c *cloud) tellLogs() {
	ctx := context.Background()
	names, err := c.engine.Run(ctx, nil, "ps", "--all", "--format", "{{.Names}}")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	for _, name := range lines(names) {
		fmt.Fprintf(os.Stderr, "\n== %s\n", name)
		if err := c.engine.Tell(ctx, "logs", "--tail", "40", name); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	folder, err := c.engine.Run(ctx, nil, "volume", "inspect", "--format", "{{.Mountpoint}}", logs)
	if err == nil {
		// The files belong to users of the containers.
		err = c.engine.Tell(ctx, "unshare", "find", folder, "-type", "f", "-exec", "tail", "--lines=40", "{}", "+")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
