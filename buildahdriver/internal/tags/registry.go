package tags

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/docker/distribution/registry/client/auth/challenge"
	"github.com/opencontainers/go-digest"
	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/manifest"
	"go.podman.io/image/v5/pkg/tlsclientconfig"
	"go.podman.io/image/v5/types"
)

const (
	// patience is how long an answer may take.
	patience = 30 * time.Second
	// connections is how many are kept, for as many who ask at once.
	connections = 16
)

// The server of docker.io has another name.
const (
	dockerDomain = "docker.io"
	dockerServer = "registry-1.docker.io"
)

// registry is one registry, and what is known of it.
type registry struct {
	server  string
	schemes []string // to be tried, in this order
	system  *types.SystemContext
	client  *http.Client

	mu         sync.Mutex
	scheme     string // empty until the registry has answered once
	challenges []challenge.Challenge
}

func newRegistry(at place, system *types.SystemContext) (*registry, error) {
	secure := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: at.insecure} //nolint:gosec // who wants that has said so
	certs, err := certificates(system, at.domain)
	if err == nil && certs != "" {
		err = tlsclientconfig.SetupCertificates(certs, secure)
	}
	if err != nil {
		return nil, fmt.Errorf("failed to read the certificates for %s: %w", at.domain, err)
	}
	transport := tlsclientconfig.NewTransport()
	transport.TLSClientConfig = secure
	transport.MaxIdleConnsPerHost = connections
	r := &registry{
		server:  at.domain,
		schemes: []string{"https"},
		system:  system,
		client:  &http.Client{Transport: transport, Timeout: patience},
	}
	if at.domain == dockerDomain {
		r.server = dockerServer
	}
	if at.insecure {
		r.schemes = append(r.schemes, "http")
	}
	return r, nil
}

// digest asks which manifest a tag names.
func (r *registry) digest(ctx context.Context, tag reference.NamedTagged) (digest.Digest, error) {
	response, err := r.ask(ctx, tag)
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
	return "", fmt.Errorf("%s answers %s", r.server, response.Status)
}

// ask sends the request about a tag. Whoever is the first finds out for the others how the
// registry wants to be asked.
func (r *registry) ask(ctx context.Context, tag reference.NamedTagged) (*http.Response, error) {
	r.mu.Lock()
	if r.scheme == "" {
		defer r.mu.Unlock()
		return r.meet(ctx, tag)
	}
	scheme, challenges := r.scheme, r.challenges
	r.mu.Unlock()
	return r.head(ctx, scheme, tag, challenges)
}

// meet is the first ask.
func (r *registry) meet(ctx context.Context, tag reference.NamedTagged) (response *http.Response, err error) {
	for _, scheme := range r.schemes {
		if response, err = r.head(ctx, scheme, tag, nil); err != nil {
			continue
		}
		r.scheme = scheme
		if r.challenges = challenge.ResponseChallenges(response); len(r.challenges) == 0 {
			return response, nil
		}
		response.Body.Close()
		return r.head(ctx, scheme, tag, r.challenges)
	}
	return nil, err
}

// head sends one request, with what answers a challenge.
func (r *registry) head(ctx context.Context, scheme string, tag reference.NamedTagged, challenges []challenge.Challenge) (*http.Response, error) {
	url := fmt.Sprintf("%s://%s/v2/%s/manifests/%s", scheme, r.server, reference.Path(tag), tag.Tag())
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header["Accept"] = manifest.DefaultRequestedManifestMIMETypes
	request.Header.Set("User-Agent", r.system.DockerRegistryUserAgent)
	if err := r.authorize(request, tag, challenges); err != nil {
		return nil, err
	}
	return r.client.Do(request)
}
