// Package tags asks registries which manifests their tags name: one request for a tag, over
// connections that are kept. The libraries' own way makes a client for each image, which
// finds out anew whether the registry speaks TLS and whom it lets in.
//
// It can only look. Who gets an error asks the libraries, which know more ways in, and
// better words for what is wrong.
package tags

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/opencontainers/go-digest"
	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/pkg/sysregistriesv2"
	"go.podman.io/image/v5/types"
)

// Client asks registries. It is safe for concurrent use.
type Client struct {
	system func(domain string) *types.SystemContext

	mu         sync.Mutex
	registries map[place]*registry
}

// place is what tells one way to a registry from another: registries.conf may call a part
// of a registry insecure.
type place struct {
	domain   string
	insecure bool
}

// NewClient returns a client that meets the registry of a domain as system says.
func NewClient(system func(domain string) *types.SystemContext) *Client {
	return &Client{system: system, registries: map[place]*registry{}}
}

// Close closes the connections.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.registries {
		r.client.CloseIdleConnections()
	}
}

// Digest returns the digest of the manifest that a tag names now; nothing, if the registry
// has no such tag.
func (c *Client) Digest(ctx context.Context, tag reference.NamedTagged) (digest.Digest, error) {
	r, err := c.registry(tag)
	if err != nil {
		return "", err
	}
	return r.digest(ctx, tag)
}

// registry returns the registry of a name.
func (c *Client) registry(name reference.Named) (*registry, error) {
	domain := reference.Domain(name)
	system := c.system(domain)
	configured, err := sysregistriesv2.FindRegistry(system, name.Name())
	if err != nil {
		return nil, fmt.Errorf("failed to read registries.conf: %w", err)
	}
	at := place{domain: domain}
	if configured != nil {
		if configured.Blocked {
			return nil, errors.New("the registry is blocked in registries.conf")
		}
		at.insecure = configured.Insecure
	}
	if skip := system.DockerInsecureSkipTLSVerify; skip != types.OptionalBoolUndefined {
		at.insecure = skip == types.OptionalBoolTrue
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.registries[at]; known != nil {
		return known, nil
	}
	r, err := newRegistry(at, system)
	if err == nil {
		c.registries[at] = r
	}
	return r, err
}
