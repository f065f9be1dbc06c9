package buildahdriver

import (
	"context"

	"go.podman.io/image/v5/docker/reference"
)

// WasPushed tells whether the image called name is the one that was pushed last under that
// name. No registry is asked.
func (c *Catalogue) WasPushed(name string) bool {
	_, was := c.lastPush(name, c.pushes.last)
	return was
}

// Pushed tells, by one request, whether the image called name is at its registry as it was
// pushed last, and the digest of the manifest that it has there. Where that cannot be told
// it is false.
func (c *Catalogue) Pushed(ctx context.Context, name string) (digest string, yes bool) {
	return c.lastPush(name, func(remote reference.Named, image string) (string, bool) {
		return c.pushes.unchanged(ctx, remote, image)
	})
}

func (c *Catalogue) lastPush(name string, look func(remote reference.Named, image string) (string, bool)) (string, bool) {
	stored, found := c.Image(name)
	remote, err := registryName(name)
	if !found || err != nil {
		return "", false
	}
	return look(remote, stored.ID)
}
