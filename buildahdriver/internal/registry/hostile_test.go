package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/opencontainers/go-digest"
	"go.podman.io/image/v5/docker"
	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/pkg/blobinfocache/none"
	"go.podman.io/image/v5/types"
)

const layer = "the content of a layer"

// host is a server that notes what it is told.
type host struct {
	*httptest.Server

	mu       sync.Mutex
	requests []string
	leaks    []string // requests with credentials
	bodies   string
	shown    int // client certificates
}

func newHost(t *testing.T, secure bool, serve http.HandlerFunc) *host {
	t.Helper()
	h := &host{}
	h.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		h.requests = append(h.requests, r.Method+" "+r.URL.Path)
		h.bodies += string(body)
		if r.Header.Get("Authorization") != "" || strings.Contains(string(body)+r.URL.RawQuery, "s3cret") {
			h.leaks = append(h.leaks, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		}
		if r.TLS != nil {
			h.shown += len(r.TLS.PeerCertificates)
		}
		h.mu.Unlock()
		serve(w, r)
	}))
	h.Config.ErrorLog = log.New(io.Discard, "", 0)
	if secure {
		h.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
		h.StartTLS()
	} else {
		h.Start()
	}
	t.Cleanup(h.Close)
	return h
}

func (h *host) address() string {
	_, address, _ := strings.Cut(h.URL, "://")
	return address
}

// accept is a server that says yes to everything.
func accept(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/token"):
		fmt.Fprint(w, `{"token": "stolen"}`)
	case r.Method == http.MethodPatch:
		w.Header().Set("Location", r.URL.String())
		w.WriteHeader(http.StatusAccepted)
	case r.Method == http.MethodPut:
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodHead:
		w.Header().Set("Docker-Content-Digest", aDigest)
	default:
		fmt.Fprint(w, layer)
	}
}

// hostile is a registry over TLS that does what is right but for one thing.
type hostile struct {
	realm        string // of its challenge; basic if there is none
	head         string // where it redirects the question about a tag to
	blob         string // where it redirects downloads to
	upload, next string // where an upload begins and goes on
}

func (m *hostile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	want := "Basic a29sbGE6czNjcmV0" // kolla:s3cret
	question := `Basic realm="x"`
	if m.realm != "" {
		want, question = "Bearer stolen", fmt.Sprintf("Bearer realm=%q,service=\"x\"", m.realm)
	}
	if r.URL.Path != "/token" && r.Header.Get("Authorization") != want {
		w.Header().Set("WWW-Authenticate", question)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	switch path := strings.TrimPrefix(r.URL.Path, "/v2/a/b/"); {
	case r.Method == http.MethodHead && strings.HasPrefix(path, "blobs/"):
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodHead && m.head != "":
		http.Redirect(w, r, m.head+r.URL.Path, http.StatusTemporaryRedirect)
	case r.Method == http.MethodGet && strings.HasPrefix(path, "blobs/") && m.blob != "":
		http.Redirect(w, r, m.blob+r.URL.Path, http.StatusTemporaryRedirect)
	case r.Method == http.MethodPost && r.URL.Path != "/token":
		w.Header().Set("Location", m.upload+"/v2/a/b/blobs/uploads/1?_state=secret")
		w.WriteHeader(http.StatusAccepted)
	case r.Method == http.MethodPatch:
		w.Header().Set("Location", m.next+"/v2/a/b/blobs/uploads/1?_state=secret")
		w.WriteHeader(http.StatusAccepted)
	default:
		accept(w, r)
	}
}

// attempt makes a client for a registry, and returns what it is called at.
type attempt struct {
	client *Client
	system *types.SystemContext
	name   reference.NamedTagged
}

func newAttempt(t *testing.T, registry *host, change func(*types.SystemContext), allowed ...string) *attempt {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ca.crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificateOf(t).Certificate[0]}), 0o600); err != nil {
		t.Fatal(err)
	}
	system := &types.SystemContext{
		SystemRegistriesConfPath: "/dev/null", SystemRegistriesConfDirPath: t.TempDir(), RegistriesDirPath: t.TempDir(),
		AuthFilePath:   write(t, "auth.json", "{}"),
		DockerCertPath: dir,
	}
	if change != nil {
		change(system)
	}
	named, err := reference.ParseNormalizedNamed(registry.address() + "/a/b:1")
	if err != nil {
		t.Fatal(err)
	}
	c := NewClient(func(domain string) *types.SystemContext {
		copied := *system
		if domain == registry.address() {
			copied.DockerAuthConfig = &types.DockerAuthConfig{Username: "kolla", Password: "s3cret"}
		}
		return &copied
	}, allowed)
	t.Cleanup(c.Close)
	return &attempt{c, system, named.(reference.NamedTagged)}
}

// certificateOf returns the certificate of all servers of httptest.
func certificateOf(t *testing.T) tls.Certificate {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return s.TLS.Certificates[0]
}

// digest asks in our own way.
func (a *attempt) digest(ctx context.Context) error {
	_, err := a.client.Digest(ctx, a.name)
	return err
}

// push and pull use the library.
func (a *attempt) push(ctx context.Context) error {
	return a.route(true, func(system *types.SystemContext, ref types.ImageReference) error {
		to, err := ref.NewImageDestination(ctx, system)
		if err != nil {
			return err
		}
		defer to.Close()
		_, err = to.PutBlob(ctx, strings.NewReader(layer), types.BlobInfo{Size: -1}, none.NoCache, false)
		return err
	})
}

func (a *attempt) pull(ctx context.Context) error {
	return a.route(false, func(system *types.SystemContext, ref types.ImageReference) error {
		from, err := ref.NewImageSource(ctx, system)
		if err != nil {
			return err
		}
		defer from.Close()
		blob, _, err := from.GetBlob(ctx, types.BlobInfo{Digest: digest.FromString(layer), Size: -1}, none.NoCache)
		if err != nil {
			return err
		}
		defer blob.Close()
		content, err := io.ReadAll(blob)
		if err == nil && string(content) != layer {
			err = fmt.Errorf("got %q", content)
		}
		return err
	})
}

func (a *attempt) route(push bool, do func(*types.SystemContext, types.ImageReference) error) error {
	route, err := a.client.Route(a.system, a.name, push)
	if err != nil {
		return err
	}
	defer route.Close()
	ref, err := docker.NewReference(a.name)
	if err != nil {
		return err
	}
	return route.Explain(do(route.System(), ref))
}

// TestPasswordsStay has registries that are over TLS and know the user, and then do one
// thing by which other clients give his password, or what stands for it, to others.
func TestPasswordsStay(t *testing.T) {
	for _, test := range []struct {
		name   string
		make   func(self, evil string) hostile
		secure bool // the other host has TLS
		allow  bool // the other host is allowed to have the password
		// What becomes of it; nothing means that it succeeds.
		digest, push, pull string
		gets               bool // the other host gets credentials
		layer              bool // and the layer
	}{
		{name: "all is well"},
		{name: "token server of its own", make: func(self, _ string) hostile { return hostile{realm: self + "/token"} }},
		{name: "token server of others", secure: true, make: func(_, evil string) hostile { return hostile{realm: evil + "/token"} },
			digest: "is another host's", push: "is another host's", pull: "is another host's"},
		{name: "token server of others, allowed", secure: true, allow: true, gets: true, make: func(_, evil string) hostile { return hostile{realm: evil + "/token"} }},
		{name: "token server without TLS", make: func(_, evil string) hostile { return hostile{realm: evil + "/token"} },
			digest: "without encryption", push: "without encryption", pull: "without encryption"},
		{name: "token server without TLS, allowed", allow: true, make: func(_, evil string) hostile { return hostile{realm: evil + "/token"} },
			digest: "without encryption", push: "without encryption", pull: "without encryption"},
		{name: "redirect to others", secure: true, make: func(_, evil string) hostile { return hostile{head: evil, blob: evil} }},
		{name: "redirect to http", make: func(_, evil string) hostile { return hostile{head: evil, blob: evil} },
			digest: "from https to http", pull: "from https to http"},
		{name: "redirect of a token's user", secure: true, make: func(self, evil string) hostile { return hostile{realm: self + "/token", head: evil, blob: evil} }},
		{name: "upload begins elsewhere", secure: true, layer: true, make: func(_, evil string) hostile { return hostile{upload: evil} }},
		{name: "upload goes on elsewhere", secure: true, make: func(_, evil string) hostile { return hostile{next: evil} }},
		{name: "upload with a token elsewhere", secure: true, layer: true, make: func(self, evil string) hostile { return hostile{realm: self + "/token", upload: evil} }},
		{name: "upload begins on http", make: func(_, evil string) hostile { return hostile{upload: evil} }, push: "from https to http"},
		{name: "upload goes on with http", make: func(_, evil string) hostile { return hostile{next: evil} }, push: "from https to http"},
		{name: "upload on http of its own", make: func(self, _ string) hostile { return hostile{next: strings.Replace(self, "https", "http", 1)} }, push: "from https to http"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var behaviour hostile
			registry := newHost(t, true, func(w http.ResponseWriter, r *http.Request) { behaviour.ServeHTTP(w, r) })
			evil := newHost(t, test.secure, accept)
			if test.make != nil {
				behaviour = test.make(registry.URL, evil.URL)
			}
			var allowed []string
			if test.allow {
				allowed = []string{evil.address()}
			}
			// A client certificate is at stake as well.
			a := newAttempt(t, registry, func(system *types.SystemContext) { addClientCertificate(t, system.DockerCertPath) }, allowed...)
			for _, way := range []struct {
				name string
				do   func(context.Context) error
				want string
			}{{"digest", a.digest, test.digest}, {"push", a.push, test.push}, {"pull", a.pull, test.pull}} {
				err := way.do(t.Context())
				switch {
				case way.want == "" && err != nil:
					t.Errorf("%s: %v", way.name, err)
				case way.want != "" && (err == nil || !strings.Contains(err.Error(), way.want)):
					t.Errorf("%s: got %v, want %q", way.name, err, way.want)
				}
				if err != nil && (strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "_state")) {
					t.Errorf("%s: the error shows what nobody must see: %v", way.name, err)
				}
			}
			if got := len(evil.leaks) > 0; got != test.gets {
				t.Errorf("the other host got %q", evil.leaks)
			}
			if evil.shown > 0 {
				t.Error("the other host was shown the client certificate")
			}
			if got := strings.Contains(evil.bodies, layer); got != test.layer {
				t.Errorf("the other host got %q", evil.bodies)
			}
			if registry.shown == 0 {
				t.Error("the registry was not shown the client certificate")
			}
		})
	}
}

// addClientCertificate puts one where the registry's certificates are.
func addClientCertificate(t *testing.T, dir string) {
	t.Helper()
	p, err := newProxy() // it makes certificates
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	made, err := p.certificate("client:443")
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509MarshalKey(p)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"client.cert": {Type: "CERTIFICATE", Bytes: made.Certificate[0]},
		"client.key":  {Type: "EC PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWithoutRouteLibraryLeaks shows that the library by itself gives the password away:
// otherwise the test above would show nothing, and the proxy would be of no use any more.
func TestWithoutRouteLibraryLeaks(t *testing.T) {
	var behaviour hostile
	registry := newHost(t, true, func(w http.ResponseWriter, r *http.Request) { behaviour.ServeHTTP(w, r) })
	evil := newHost(t, false, accept)
	behaviour = hostile{realm: evil.URL + "/token"}
	a := newAttempt(t, registry, nil)
	system := *a.system
	system.DockerAuthConfig = &types.DockerAuthConfig{Username: "kolla", Password: "s3cret"}
	ref, err := docker.NewReference(a.name)
	if err != nil {
		t.Fatal(err)
	}
	to, err := ref.NewImageDestination(t.Context(), &system)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	_, _ = to.PutBlob(t.Context(), strings.NewReader(layer), types.BlobInfo{Size: -1}, none.NoCache, false)
	if len(evil.leaks) == 0 {
		t.Error("the library keeps the password by itself: package registry can be simpler")
	}
}

// TestProxyIsNotForOthers: whoever else is on this machine can connect to the proxy, and
// gets nothing.
func TestProxyIsNotForOthers(t *testing.T) {
	registry := newHost(t, true, accept)
	a := newAttempt(t, registry, nil)
	route, err := a.client.Route(a.system, a.name, true)
	if err != nil {
		t.Fatal(err)
	}
	address := a.client.proxy.Addr().String()
	for name, send := range map[string]func() (*http.Response, error){
		"no password": func() (*http.Response, error) {
			return viaProxy(t, "http://"+address, "http://"+registry.address()+"/v2/")
		},
		"wrong password": func() (*http.Response, error) {
			return viaProxy(t, "http://kolla-build:0123@"+address, "http://"+registry.address()+"/v2/")
		},
		"not as a proxy": func() (*http.Response, error) { return http.Get("http://" + address + "/v2/") },
	} {
		response, err := send()
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusProxyAuthRequired {
			t.Errorf("%s: got %s", name, response.Status)
		}
	}
	good := "http://kolla-build:" + route.id + "@" + address
	route.Close()
	response, err := viaProxy(t, good, "http://"+registry.address()+"/v2/")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusProxyAuthRequired {
		t.Errorf("after the route's end: got %s", response.Status)
	}
	if len(registry.requests) > 0 {
		t.Errorf("the registry was asked %q", registry.requests)
	}
}

func viaProxy(t *testing.T, proxy, target string) (*http.Response, error) {
	t.Helper()
	at, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{Proxy: http.ProxyURL(at)}
	defer transport.CloseIdleConnections()
	return (&http.Client{Transport: transport}).Get(target)
}

func x509MarshalKey(p *proxy) ([]byte, error) { return x509.MarshalECPrivateKey(p.key) }
