package registry

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/docker/distribution/registry/client/auth/challenge"
	"go.podman.io/image/v5/pkg/tlsclientconfig"
	"go.podman.io/image/v5/types"

	"github.com/kolla-build/kolla-build/internal/redact"
)

const (
	// answerTimeout is how long an answer may take that has no content worth waiting for.
	answerTimeout = 30 * time.Second
	// stallTimeout is how long a connection in use may carry nothing in either direction. Registries
	// take minutes to store a layer of some gigabytes, and say nothing meanwhile.
	stallTimeout = 10 * time.Minute
	// maxIdle is how many connections are kept, for as many who ask at once.
	maxIdle = 16
	// bufferSize is that of a connection, in bytes.
	bufferSize = 64 << 10
	// maxRedirects is as in net/http.
	maxRedirects = 10
)

var errRedirects = fmt.Errorf("more than %d redirects", maxRedirects)

// StatusError is an answer that is no success.
type StatusError struct {
	// Code is the status code of HTTP.
	Code int

	text string
}

func (e *StatusError) Error() string { return e.text }

// registry is one registry, and what is known of it.
type registry struct {
	host     string // with a port, if it is not the default one
	insecure bool
	system   *types.SystemContext
	allowed  []string // token servers

	// Client certificates and the connections that were made with them are for the
	// registry alone; elsewhere is for everybody else.
	transport, elsewhere *http.Transport

	mu         sync.Mutex
	scheme     string // of our own questions; empty until the registry has answered once
	discovery  *discovery
	challenges map[string][]challenge.Challenge
	tokens     map[string]bearer
	accounts   map[string]types.DockerAuthConfig
}

func newRegistry(at place, system *types.SystemContext, allowed []string) (*registry, error) {
	secure := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: at.insecure} //nolint:gosec // the user has said so
	certs, err := certificates(system, domainOf(at.host))
	if err == nil && certs != "" {
		err = tlsclientconfig.SetupCertificates(certs, secure)
	}
	if err != nil {
		return nil, fmt.Errorf("failed to read the certificates for %s: %w", at.host, err)
	}
	anonymous := secure.Clone()
	anonymous.Certificates = nil
	return &registry{
		host: at.host, insecure: at.insecure, system: system, allowed: allowed,
		transport: newTransport(secure, stallTimeout), elsewhere: newTransport(anonymous, stallTimeout),
		challenges: map[string][]challenge.Challenge{}, tokens: map[string]bearer{}, accounts: map[string]types.DockerAuthConfig{},
	}, nil
}

func newTransport(secure *tls.Config, stall time.Duration) *http.Transport {
	transport := tlsclientconfig.NewTransport()
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &stallConn{Conn: conn, timeout: stall}, nil
	}
	transport.TLSClientConfig = secure
	transport.MaxIdleConnsPerHost = maxIdle
	// Layers pass through: with buffers of 4 KiB each piece takes several records of TLS.
	transport.ReadBufferSize, transport.WriteBufferSize = bufferSize, bufferSize
	return transport
}

// stallConn fails if nothing is read or written for a time. The transport always waits to read, also
// while it sends a layer, so both directions count as one.
type stallConn struct {
	net.Conn
	timeout time.Duration
	stalled atomic.Bool
}

func (c *stallConn) Read(p []byte) (int, error)  { return c.carry(c.Conn.Read, p) }
func (c *stallConn) Write(p []byte) (int, error) { return c.carry(c.Conn.Write, p) }

func (c *stallConn) carry(do func([]byte) (int, error), p []byte) (int, error) {
	err := c.SetDeadline(time.Now().Add(c.timeout))
	var n int
	if err == nil {
		n, err = do(p)
	}
	// The transport closes the connection at the first error. That of the other direction, which
	// may be the one that it reports, would then be that it is closed.
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.stalled.Store(true)
	}
	if err != nil && c.stalled.Load() {
		err = fmt.Errorf("%s has stalled, nothing came or went for %s: %w", c.RemoteAddr(), c.timeout, os.ErrDeadlineExceeded)
	}
	return n, err
}

func (r *registry) close() {
	r.transport.CloseIdleConnections()
	r.elsewhere.CloseIdleConnections()
}

// do sends a request to the registry, with what the registry wants to know of the user,
// and follows redirects. Credentials go to the registry, and to a token server by the rule
// of [checkRealm]; none go to another host, port or scheme. The scheme is that by which
// the registry is known, and pushTo the repository that is being pushed to, or nothing.
func (r *registry) do(request *http.Request, scheme, pushTo string) (*http.Response, error) {
	home := &url.URL{Scheme: scheme, Host: r.host}
	for range maxRedirects + 1 {
		var response *http.Response
		var err error
		if sameOrigin(request.URL, home) {
			response, err = r.doHere(request, pushTo)
		} else {
			response, err = r.elsewhere.RoundTrip(request)
		}
		if err != nil {
			return nil, failure(request, err)
		}
		next, err := redirect(request, response)
		if err != nil {
			response.Body.Close()
			return nil, failure(request, err)
		}
		if next == nil {
			return response, nil
		}
		response.Body.Close()
		request = next
	}
	return nil, failure(request, errRedirects)
}

// doHere sends a request to the registry itself. The first answer tells how the registry
// wants to be asked, and later requests say so at once.
func (r *registry) doHere(request *http.Request, pushTo string) (*http.Response, error) {
	scheme := request.URL.Scheme
	r.mu.Lock()
	challenges := r.challenges[scheme]
	r.mu.Unlock()
	authorized := request.Clone(request.Context())
	authorized.Header.Del("Authorization")
	if err := r.authorize(authorized, challenges, pushTo); err != nil {
		return nil, err
	}
	response, err := r.transport.RoundTrip(authorized)
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	asked := challenge.ResponseChallenges(response)
	if len(asked) == 0 {
		return response, nil
	}
	r.mu.Lock()
	r.challenges[scheme] = asked
	clear(r.tokens) // one may have been revoked
	r.mu.Unlock()
	if request.Body != nil && request.Body != http.NoBody || repository(request.URL) == "" {
		// The body was read; and to learn how to ask, this answer is enough.
		return response, nil
	}
	again := request.Clone(request.Context())
	again.Header.Del("Authorization")
	if err := r.authorize(again, asked, pushTo); err != nil {
		response.Body.Close()
		return nil, err
	}
	if again.Header.Get("Authorization") == "" {
		return response, nil
	}
	response.Body.Close()
	return r.transport.RoundTrip(again)
}

// redirect returns the request that an answer asks for in place of the one that it
// answers, or nothing.
func redirect(request *http.Request, response *http.Response) (*http.Request, error) {
	switch response.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	target, err := response.Location()
	if err != nil || request.Method != http.MethodGet && request.Method != http.MethodHead {
		return nil, nil //nolint:nilerr // the client may make of it what it can
	}
	switch {
	case target.Scheme != "https" && target.Scheme != "http", target.Host == "":
		return nil, errors.New("the redirect leads nowhere")
	case request.URL.Scheme == "https" && target.Scheme != "https":
		return nil, fmt.Errorf("the redirect from https to http://%s is not followed", target.Host)
	}
	next := request.Clone(request.Context())
	next.URL, next.Host = target, ""
	target.User = nil
	if !sameOrigin(request.URL, target) {
		for _, name := range []string{"Authorization", "Cookie", "Proxy-Authorization"} {
			next.Header.Del(name)
		}
	}
	return next, nil
}

// failure tells which request failed, without what must not be seen.
func failure(request *http.Request, err error) error {
	var record tls.RecordHeaderError
	if errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/" {
		err = http.ErrSchemeMismatch // as net/http's client has it
	}
	return &url.Error{Op: request.Method, URL: redact.URL(request.URL), Err: redacted(err)}
}

// redacted hides the address in errors of net/http.
func redacted(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		failed.URL = redact.URLs(failed.URL)
	}
	return err
}

// schemes are those to be tried, in this order.
func (r *registry) schemes() []string {
	if r.insecure {
		return []string{"https", "http"}
	}
	return []string{"https"}
}

// discovery is somebody's first request to a registry, which others wait for.
type discovery struct {
	done chan struct{}
	err  error // why there was no answer
}

// discover sends a request in the scheme that the registry speaks. Whoever asks first finds
// out for the others by his own request. They wait no longer than their contexts, and take
// his failure for theirs, so that a dead registry is not waited for by one after the other.
func (r *registry) discover(ctx context.Context, send func(scheme string) (*http.Response, error)) (*http.Response, error) {
	for {
		r.mu.Lock()
		scheme, other := r.scheme, r.discovery
		if scheme == "" && other == nil {
			own := &discovery{done: make(chan struct{})}
			r.discovery = own
			r.mu.Unlock()
			return r.discoverFirst(own, send)
		}
		r.mu.Unlock()
		if scheme != "" {
			return send(scheme)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-other.done:
			if other.err != nil && !errors.Is(other.err, context.Canceled) {
				return nil, other.err
			}
		}
	}
}

func (r *registry) discoverFirst(own *discovery, send func(scheme string) (*http.Response, error)) (response *http.Response, err error) {
	found := ""
	for _, scheme := range r.schemes() {
		if response, err = send(scheme); err == nil {
			found = scheme
			break
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.scheme, r.discovery, own.err = found, nil, err
	close(own.done)
	return response, err
}
