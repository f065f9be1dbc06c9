// Package registry is how we talk to registries: our own questions ([Client.Digest]) and
// all requests of the libraries ([Client.Route]) go through one client, which alone has the
// user's passwords and decides who gets them.
//
// The libraries cannot be given a client. They send passwords to whatever token server a
// registry names, in whatever way, along with blobs to wherever an upload is said to go on,
// and after redirects to other ports. But they can be given a proxy, and whom to trust: so
// a proxy on the loopback interface, whose certificate is the only one that they accept,
// ends their connections and sends their requests on by the rules of this package.
package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/opencontainers/go-digest"
	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/manifest"
	"go.podman.io/image/v5/pkg/sysregistriesv2"
	"go.podman.io/image/v5/types"
)

// The server of docker.io has another name.
const (
	dockerDomain = "docker.io"
	dockerServer = "registry-1.docker.io"
)

// serverOf returns the host of the registry of a domain, as it stands in names of images.
func serverOf(domain string) string {
	if domain == dockerDomain {
		return dockerServer
	}
	return domain
}

// domainOf is the reverse of [serverOf].
func domainOf(host string) string {
	if host == dockerServer {
		return dockerDomain
	}
	return host
}

// Client talks to registries. It is safe for concurrent use.
type Client struct {
	system  func(domain string) *types.SystemContext
	allowed []string

	mu         sync.Mutex
	registries map[place]*registry
	proxy      *proxy
}

// place is what tells one way to a registry from another: registries.conf may call a part
// of a registry insecure.
type place struct {
	host     string
	insecure bool
}

// NewClient returns a client with the settings that system has for the registry of a
// domain, credentials among them. Allowed are the hosts, with a port if it is not 443, of
// token servers that may get passwords although the registry is another's.
func NewClient(system func(domain string) *types.SystemContext, allowed []string) *Client {
	return &Client{system: system, allowed: allowed, registries: map[place]*registry{}}
}

// Close closes the connections. The client and its routes must not be used any more.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.proxy != nil {
		c.proxy.close()
	}
	for _, r := range c.registries {
		r.close()
	}
}

// Digest asks a registry, by one request, for the digest of the manifest that a tag names
// now; there is none if the registry has no such tag.
//
// Whoever gets an error asks the libraries, which have better words for what is wrong.
func (c *Client) Digest(ctx context.Context, tag reference.NamedTagged) (digest.Digest, error) {
	domain := reference.Domain(tag)
	system := c.system(domain)
	configured, err := sysregistriesv2.FindRegistry(system, tag.Name())
	if err != nil {
		return "", fmt.Errorf("failed to read registries.conf: %w", err)
	}
	at := place{host: serverOf(domain)}
	if configured != nil {
		if configured.Blocked {
			return "", errors.New("the registry is blocked in registries.conf")
		}
		at.insecure = configured.Insecure
	}
	if skip := system.DockerInsecureSkipTLSVerify; skip != types.OptionalBoolUndefined {
		at.insecure = skip == types.OptionalBoolTrue
	}
	r, err := c.registry(at)
	if err != nil {
		return "", err
	}
	return r.digest(ctx, tag)
}

// registry returns what is known of a registry.
func (c *Client) registry(at place) (*registry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.registries[at]; known != nil {
		return known, nil
	}
	r, err := newRegistry(at, c.system(domainOf(at.host)), c.allowed)
	if err == nil {
		c.registries[at] = r
	}
	return r, err
}

// digest asks which manifest a tag names.
func (r *registry) digest(ctx context.Context, tag reference.NamedTagged) (digest.Digest, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	response, err := r.discover(ctx, func(scheme string) (*http.Response, error) {
		url := fmt.Sprintf("%s://%s/v2/%s/manifests/%s", scheme, r.host, reference.Path(tag), tag.Tag())
		request, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
		if err != nil {
			return nil, err
		}
		request.Header["Accept"] = manifest.DefaultRequestedManifestMIMETypes
		request.Header.Set("User-Agent", r.system.DockerRegistryUserAgent)
		return r.do(request, scheme, "")
	})
	if err != nil {
		return "", err
	}
	response.Body.Close() // the answer to HEAD has none
	switch response.StatusCode {
	case http.StatusOK:
		return digest.Parse(response.Header.Get("Docker-Content-Digest"))
	case http.StatusNotFound:
		return "", nil
	}
	return "", &StatusError{Code: response.StatusCode, text: fmt.Sprintf("%s answers %s", r.host, response.Status)}
}

// isInsecure tells whether a host may do without a valid certificate, or without TLS: by
// the options, or by what registries.conf says of it as a place or mirror of an image. An
// empty name stands for any image.
func isInsecure(system *types.SystemContext, host, name string) (bool, error) {
	if skip := system.DockerInsecureSkipTLSVerify; skip != types.OptionalBoolUndefined {
		return skip == types.OptionalBoolTrue, nil
	}
	var configured []sysregistriesv2.Registry
	if name == "" {
		var err error
		if configured, err = sysregistriesv2.GetRegistries(system); err != nil {
			return false, fmt.Errorf("failed to read registries.conf: %w", err)
		}
	} else {
		found, err := sysregistriesv2.FindRegistry(system, name)
		if err != nil {
			return false, fmt.Errorf("failed to read registries.conf: %w", err)
		}
		if found != nil {
			configured = []sysregistriesv2.Registry{*found}
		}
	}
	for _, one := range configured {
		for _, endpoint := range append([]sysregistriesv2.Endpoint{one.Endpoint}, one.Mirrors...) {
			location := endpoint.Location
			if location == "" {
				location = name // what the wildcard of the prefix stands for
			}
			at, _, _ := strings.Cut(location, "/")
			if endpoint.Insecure && serverOf(at) == host {
				return true, nil
			}
		}
	}
	return false, nil
}
