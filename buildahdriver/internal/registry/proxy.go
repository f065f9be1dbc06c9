package registry

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/types"
)

// failedStatus is how the proxy answers where a request failed before there was an answer
// to it. No server uses it.
const failedStatus = 599

// certificateLife is how long the proxy's certificates are valid, which are made anew for
// every process.
const certificateLife = 30 * 24 * time.Hour

// Route is how the libraries reach registries for one image. Close it once they are done.
type Route struct {
	client *Client
	proxy  *proxy
	system *types.SystemContext // of the libraries
	id     string
	name   string // the image's, without a tag; empty for any
	pushTo string // the repository, if the image is pushed

	mu      sync.Mutex
	schemes map[string]string // of the hosts that the libraries take for registries
	last    *registry         // the last of them
	failed  error             // the last request that got no answer
}

// Route returns the way to the registries for the image called name, for the libraries to
// use with their settings. They get no credentials. An empty name stands for any image.
func (c *Client) Route(system *types.SystemContext, name reference.Named, push bool) (*Route, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.proxy == nil {
		p, err := newProxy()
		if err != nil {
			return nil, fmt.Errorf("failed to start the proxy to registries: %w", err)
		}
		c.proxy = p
	}
	r := &Route{client: c, proxy: c.proxy, schemes: map[string]string{}}
	if name != nil {
		r.name = name.Name()
		if push {
			r.pushTo = reference.Path(name)
		}
	}
	through := c.proxy.add(r)
	copied := *system
	copied.DockerAuthConfig, copied.DockerBearerRegistryToken = nil, ""
	copied.DockerProxyURL = nil
	copied.DockerProxy = func(*url.URL) (*url.URL, error) { return through, nil }
	// Only the proxy is trusted, and shown no client certificate.
	copied.BaseTLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.proxy.roots}
	copied.DockerCertPath, copied.DockerPerHostCertDirPath = "", "/nonexistent"
	r.system = &copied
	return r, nil
}

// System is what the libraries have to be called with.
func (r *Route) System() *types.SystemContext { return r.system }

// Close ends the route.
func (r *Route) Close() { r.proxy.remove(r) }

// Explain returns the reason of an error of the libraries, if it is that a request on this
// route got no answer, and else the error itself.
func (r *Route) Explain(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && r.failed != nil && strings.Contains(err.Error(), strconv.Itoa(failedStatus)) {
		return r.failed
	}
	return err
}

// RoundTrip sends a request of the libraries on.
func (r *Route) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := r.roundTrip(request)
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.failed = err
	}
	return response, err
}

func (r *Route) roundTrip(request *http.Request) (*http.Response, error) {
	host, scheme := request.URL.Host, request.URL.Scheme
	system := r.client.system(domainOf(host))
	insecure, err := isInsecure(system, host, r.name)
	if err != nil {
		return nil, err
	}
	// The libraries begin with this at each registry that they are to use, and nobody
	// else can make them ask it.
	ping := request.Method == http.MethodGet && request.URL.Path == "/v2/"
	if !ping && !r.isRegistry(host, scheme) {
		return r.leave(request)
	}
	if scheme == "http" && !insecure {
		return nil, failure(request, errNoTLS)
	}
	at, err := r.client.registry(place{host: host, insecure: insecure})
	if err != nil {
		return nil, err
	}
	response, err := at.do(request, scheme, r.pushTo)
	if ping && err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.schemes[host], r.last, r.failed = scheme, at, nil
	}
	return response, err
}

var errNoTLS = errors.New("the registry leads from https to http")

// leave sends a request to a host that is no registry of the image: an upload goes on
// there, or a signature or a layer is kept there. Nobody is told who the user is.
func (r *Route) leave(request *http.Request) (*http.Response, error) {
	r.mu.Lock()
	home := r.last
	r.mu.Unlock()
	if home == nil {
		return nil, failure(request, errors.New("no registry was asked before"))
	}
	r.mu.Lock()
	scheme := r.schemes[home.host]
	r.mu.Unlock()
	if scheme == "https" && request.URL.Scheme == "http" {
		return nil, failure(request, errNoTLS)
	}
	return home.do(request, scheme, r.pushTo)
}

func (r *Route) isRegistry(host, scheme string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.schemes[host] == scheme
}

// proxy is a proxy of HTTP on the loopback interface that ends TLS itself. Others on this
// machine can connect to it, but have no password for it.
type proxy struct {
	listener net.Listener
	outer    *http.Server // speaks with the libraries as a proxy
	inner    *http.Server // speaks with them as the server that they mean
	tunnels  chan net.Conn
	closed   chan struct{}

	roots  *x509.CertPool
	issuer *x509.Certificate
	key    *ecdsa.PrivateKey

	mu     sync.Mutex
	routes map[string]*Route
	issued map[string]*tls.Certificate
}

// tunnel is a connection that the libraries believe to be one to a host.
type tunnel struct {
	net.Conn

	route *Route
	host  string
}

type tunnelKey struct{}

func newProxy() (*proxy, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	p := &proxy{key: key, tunnels: make(chan net.Conn), closed: make(chan struct{}), routes: map[string]*Route{}, issued: map[string]*tls.Certificate{}}
	now := time.Now()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kolla-build"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, authority, authority, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	if p.issuer, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	p.roots = x509.NewCertPool()
	p.roots.AddCert(p.issuer)
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	silent := log.New(io.Discard, "", 0) // the libraries report what fails
	p.outer = &http.Server{Handler: http.HandlerFunc(p.serveProxy), ErrorLog: silent, ReadHeaderTimeout: answerTimeout}
	p.inner = &http.Server{Handler: http.HandlerFunc(p.serveTunnel), ErrorLog: silent, ReadHeaderTimeout: 0, ConnContext: func(ctx context.Context, c net.Conn) context.Context { //nolint:gosec // connections are kept
		return context.WithValue(ctx, tunnelKey{}, c)
	}}
	go func() { _ = p.outer.Serve(p.listener) }()
	go func() { _ = p.inner.Serve(p) }()
	return p, nil
}

func (p *proxy) close() {
	close(p.closed)
	_ = p.outer.Close()
	_ = p.inner.Close()
}

// add makes a route known, and returns the address of the proxy with its password.
func (p *proxy) add(r *Route) *url.URL {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // it never fails
	r.id = hex.EncodeToString(secret)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.routes[r.id] = r
	return &url.URL{Scheme: "http", User: url.UserPassword("kolla-build", r.id), Host: p.listener.Addr().String()}
}

func (p *proxy) remove(r *Route) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.routes, r.id)
}

// route returns the one whose password a request has.
func (p *proxy) route(request *http.Request) *Route {
	encoded, _ := strings.CutPrefix(request.Header.Get("Proxy-Authorization"), "Basic ")
	plain, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil
	}
	_, password, _ := strings.Cut(string(plain), ":")
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, r := range p.routes {
		if subtle.ConstantTimeCompare([]byte(id), []byte(password)) == 1 {
			return r
		}
	}
	return nil
}

// serveProxy serves those who know that they talk to a proxy: requests without TLS, and
// CONNECT for those with it.
func (p *proxy) serveProxy(w http.ResponseWriter, request *http.Request) {
	route := p.route(request)
	switch {
	case route == nil:
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	case request.Method != http.MethodConnect:
		if request.URL.Scheme != "http" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		p.forward(w, request, route, "http", request.URL.Host)
		return
	}
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	certificate, err := p.certificate(request.Host)
	if err != nil || buffered.Reader.Buffered() > 0 {
		_ = conn.Close()
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		_ = conn.Close()
		return
	}
	_ = conn.SetDeadline(time.Time{})
	secure := tls.Server(conn, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*certificate}})
	select {
	case p.tunnels <- &tunnel{Conn: secure, route: route, host: request.Host}:
	case <-p.closed:
		_ = conn.Close()
	}
}

func (p *proxy) serveTunnel(w http.ResponseWriter, request *http.Request) {
	t := request.Context().Value(tunnelKey{}).(*tunnel)
	if canonical(request.Host) != canonical(t.host) {
		w.WriteHeader(http.StatusMisdirectedRequest)
		return
	}
	p.forward(w, request, t.route, "https", request.Host)
}

// canonical returns a host with TLS without the port that it has anyway.
func canonical(host string) string { return strings.TrimSuffix(host, ":443") }

// forward sends a request on, and the answer back.
func (p *proxy) forward(w http.ResponseWriter, request *http.Request, route *Route, scheme, host string) {
	reverse := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = scheme, host, host
			r.Out.Header.Del("Authorization")
		},
		Transport: route,
		ModifyResponse: func(response *http.Response) error {
			// The libraries have nothing to answer it with.
			response.Header.Del("WWW-Authenticate")
			return nil
		},
		ErrorLog:     log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) { answerFailure(w, err) },
	}
	reverse.ServeHTTP(w, request)
}

// answerFailure answers in the way of registries.
func answerFailure(w http.ResponseWriter, err error) {
	var text bytes.Buffer
	_ = json.NewEncoder(&text).Encode(map[string]any{"errors": []any{map[string]string{"code": "UNKNOWN", "message": fmt.Sprintf("%d: %v", failedStatus, err)}}})
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(failedStatus)
	_, _ = w.Write(text.Bytes())
}

// certificate returns one for a host.
func (p *proxy) certificate(address string) (*tls.Certificate, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.issued[host]; known != nil {
		return known, nil
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(p.issued)) + 2), Subject: pkix.Name{CommonName: "kolla-build"},
		NotBefore: p.issuer.NotBefore, NotAfter: p.issuer.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		leaf.IPAddresses = []net.IP{ip}
	} else {
		leaf.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, p.issuer, &p.key.PublicKey, p.key)
	if err != nil {
		return nil, err
	}
	made := &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: p.key}
	p.issued[host] = made
	return made, nil
}

// Accept returns the next tunnel: a proxy is the listener of its inner server.
func (p *proxy) Accept() (net.Conn, error) {
	select {
	case conn := <-p.tunnels:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close does nothing: close ends both servers.
func (p *proxy) Close() error { return nil }

// Addr returns the address of the proxy.
func (p *proxy) Addr() net.Addr { return p.listener.Addr() }
