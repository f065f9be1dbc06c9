package registry

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"
)

// Kind is what a request to a registry is about.
type Kind string

// The kinds that tests look for. All others are of [Other].
const (
	ManifestHead Kind = "HEAD of a manifest"
	ManifestPut  Kind = "PUT of a manifest"
	Upload       Kind = "upload of a blob" // its end
	Mount        Kind = "mount of a blob"
	Other        Kind = "other"
)

// Request is one that a registry has had.
type Request struct {
	Kind       Kind
	Method     string
	Repository string
	Digest     string // of the blob, if the registry was told it
	Status     int
}

// Watch stands before a registry and notes what it is asked. It speaks http.
type Watch struct {
	// Host is its address and port, to be used in place of the registry's.
	Host string
	// Meddle, if set, sees every request first. It may change it, or answer in place of
	// the registry and return true. It is called for several at once.
	Meddle func(w http.ResponseWriter, r *http.Request) (answered bool)

	mu       sync.Mutex
	requests []Request
}

// Watch starts a watch before the registry, until the test ends.
func (r *Registry) Watch(t testing.TB) *Watch {
	t.Helper()
	w := &Watch{}
	proxy := &httputil.ReverseProxy{
		// The registry sends clients on to the host that they have asked.
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(&url.URL{Scheme: "http", Host: r.Host})
			p.Out.Host = p.In.Host
		},
		ErrorLog: log.New(io.Discard, "", 0), // of clients that went away
	}
	server := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		asked := describe(request)
		noting := &statusWriter{ResponseWriter: response, status: http.StatusOK}
		defer func() {
			asked.Status = noting.status
			w.note(asked)
		}()
		if w.Meddle == nil || !w.Meddle(noting, request) {
			proxy.ServeHTTP(noting, request)
		}
	}))
	t.Cleanup(server.Close)
	w.Host = strings.TrimPrefix(server.URL, "http://")
	return w
}

func (w *Watch) note(r Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests = append(w.requests, r)
}

// Take returns the requests since it was last called.
func (w *Watch) Take() []Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	requests := w.requests
	w.requests = nil
	return requests
}

// describe tells what a request is about, by
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md.
func describe(r *http.Request) Request {
	described := Request{Kind: Other, Method: r.Method, Digest: r.URL.Query().Get("digest")}
	below := strings.TrimPrefix(r.URL.Path, "/v2/")
	repository, manifest, isManifest := strings.Cut(below, "/manifests/")
	if !isManifest {
		var blob string
		repository, blob, _ = strings.Cut(below, "/blobs/")
		if described.Digest == "" && strings.HasPrefix(blob, "sha256:") {
			described.Digest = path.Base(blob)
		}
	}
	described.Repository = repository
	switch {
	case isManifest && r.Method == http.MethodHead:
		described.Kind = ManifestHead
	case isManifest && r.Method == http.MethodPut:
		described.Kind, described.Digest = ManifestPut, manifest
	case r.Method == http.MethodPut:
		described.Kind = Upload
	case r.URL.Query().Has("mount"):
		described.Kind, described.Digest = Mount, r.URL.Query().Get("mount")
	}
	return described
}

// Succeeded returns the requests of a kind that the registry has done.
func Succeeded(requests []Request, kind Kind) []Request {
	var done []Request
	for _, r := range requests {
		if r.Kind == kind && (r.Status == http.StatusOK || r.Status == http.StatusCreated) {
			done = append(done, r)
		}
	}
	return done
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets the proxy flush.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
