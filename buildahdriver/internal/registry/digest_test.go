package registry

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/types"
)

const aDigest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// server is a registry that knows one image, "a/b:1".
type server struct {
	*httptest.Server
	requests atomic.Int32

	basic  bool   // asks for a password
	bearer bool   // asks for a token
	token  string // what it calls the token
	status int    // answers with this
	silent bool   // does not tell the digest
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	user, password, _ := r.BasicAuth()
	known := user == "kolla" && password == "s3cret"
	switch {
	case r.URL.Path == "/token" && r.Method == http.MethodPost:
		if r.FormValue("grant_type") != "refresh_token" || r.FormValue("refresh_token") != "x" || r.FormValue("scope") != "repository:a/b:pull" {
			w.WriteHeader(http.StatusForbidden)
		}
		fmt.Fprintf(w, `{%q: "leave"}`, s.token)
	case r.URL.Path == "/token":
		if !known || r.URL.Query().Get("scope") != "repository:a/b:pull" || r.URL.Query().Get("service") != "the registry" {
			w.WriteHeader(http.StatusForbidden)
		}
		fmt.Fprintf(w, `{%q: "leave"}`, s.token)
	case s.basic && !known:
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		w.WriteHeader(http.StatusUnauthorized)
	case s.bearer && r.Header.Get("Authorization") != "Bearer leave":
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s/token",service="the registry"`, s.URL))
		w.WriteHeader(http.StatusUnauthorized)
	case s.status != 0:
		w.WriteHeader(s.status)
	case r.Method != http.MethodHead || r.URL.Path != "/v2/a/b/manifests/1":
		w.WriteHeader(http.StatusNotFound)
	case !s.silent:
		w.Header().Set("Docker-Content-Digest", aDigest)
	}
}

// start starts a registry, and returns a client for it.
func start(t *testing.T, s *server, tls bool, change func(*types.SystemContext)) *Client {
	t.Helper()
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	if tls {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	// What this machine has configured does not matter.
	system := &types.SystemContext{SystemRegistriesConfPath: "/dev/null", SystemRegistriesConfDirPath: t.TempDir(), AuthFilePath: write(t, "auth.json", "{}")}
	if change != nil {
		change(system)
	}
	c := NewClient(func(string) *types.SystemContext { return system }, nil)
	t.Cleanup(c.Close)
	return c
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (s *server) tag(t *testing.T, name string) reference.NamedTagged {
	t.Helper()
	_, host, _ := strings.Cut(s.URL, "://")
	named, err := reference.ParseNormalizedNamed(host + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return named.(reference.NamedTagged)
}

func insecure(system *types.SystemContext) {
	system.DockerInsecureSkipTLSVerify = types.OptionalBoolTrue
}

func password(system *types.SystemContext) {
	insecure(system)
	system.DockerAuthConfig = &types.DockerAuthConfig{Username: "kolla", Password: "s3cret"}
}

// TestDigest asks registries of all kinds twice, and counts the requests: what was found
// out the first time is not asked again.
func TestDigest(t *testing.T) {
	for _, test := range []struct {
		name          string
		server        *server
		tls           bool
		change        func(*types.SystemContext)
		tag           string
		want          string // part of an error, if it begins with "error "
		first, second int32  // requests
	}{
		{name: "http", change: insecure, want: aDigest, first: 1, second: 1},
		{name: "http, not called insecure", want: "error HTTP response to HTTPS client"},
		{name: "TLS, not verified", tls: true, change: insecure, want: aDigest, first: 1, second: 1},
		{name: "TLS, unknown authority", tls: true, want: "error unknown authority"},
		{name: "no such tag", change: insecure, tag: "a/b:2", want: "", first: 1, second: 1},
		{name: "a fault of the server's", server: &server{status: 500}, change: insecure, want: "error 500", first: 1, second: 1},
		{name: "no digest told", server: &server{silent: true}, change: insecure, want: "error checksum", first: 1, second: 1},
		{name: "password", server: &server{basic: true}, change: password, want: aDigest, first: 2, second: 1},
		{name: "no password", server: &server{basic: true}, change: insecure, want: "error 401", first: 1, second: 1},
		{name: "token", server: &server{bearer: true, token: "token"}, change: password, want: aDigest, first: 3, second: 1},
		{name: "token by its other name", server: &server{bearer: true, token: "access_token"}, change: password, want: aDigest, first: 3, second: 1},
		{name: "no token", server: &server{bearer: true, token: "nothing"}, change: password, want: "error failed to get a token", first: 2, second: 1},
		{name: "identity token", server: &server{bearer: true, token: "token"}, change: func(s *types.SystemContext) {
			insecure(s)
			s.DockerAuthConfig = &types.DockerAuthConfig{IdentityToken: "x"}
		}, want: aDigest, first: 3, second: 1},
		{name: "blocked", change: func(s *types.SystemContext) {
			s.SystemRegistriesConfPath = "" // written below
		}, want: "error blocked"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := test.server
			if s == nil {
				s = &server{}
			}
			var system *types.SystemContext
			c := start(t, s, test.tls, func(given *types.SystemContext) {
				system = given
				if test.change != nil {
					test.change(given)
				}
			})
			tag := s.tag(t, "a/b:1")
			if test.tag != "" {
				tag = s.tag(t, test.tag)
			}
			if system.SystemRegistriesConfPath == "" {
				system.SystemRegistriesConfPath = write(t, "registries.conf", fmt.Sprintf("[[registry]]\nlocation = %q\nblocked = true\n", reference.Domain(tag)))
			}
			for i, requests := range []int32{test.first, test.second} {
				before := s.requests.Load()
				got, err := c.Digest(t.Context(), tag)
				text := got.String()
				if err != nil {
					text = "error " + err.Error()
				}
				if part, isError := strings.CutPrefix(test.want, "error "); isError && !strings.Contains(text, part) || !isError && text != test.want {
					t.Errorf("got %q, want %q", text, test.want)
				}
				if made := s.requests.Load() - before; made != requests {
					t.Errorf("time %d: %d requests, want %d", i+1, made, requests)
				}
			}
		})
	}
}

// TestDigestTrusts: the folder of certificates is read.
func TestDigestTrusts(t *testing.T) {
	s := &server{}
	c := start(t, s, true, func(system *types.SystemContext) {
		system.DockerCertPath = filepath.Dir(write(t, "ca.crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))))
	})
	if got, err := c.Digest(t.Context(), s.tag(t, "a/b:1")); err != nil || got != aDigest {
		t.Errorf("got %s, %v", got, err)
	}
}

// TestDigestAtOnce: many ask, and one finds out for all.
func TestDigestAtOnce(t *testing.T) {
	const many = 20
	s := &server{basic: true}
	c := start(t, s, false, password)
	tag := s.tag(t, "a/b:1")
	var group sync.WaitGroup
	for range many {
		group.Go(func() {
			if got, err := c.Digest(t.Context(), tag); err != nil || got != aDigest {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
	group.Wait()
	if got := s.requests.Load(); got != many+1 {
		t.Errorf("%d requests, want one more than %d", got, many)
	}
}

func TestDockerHubHasAnotherName(t *testing.T) {
	if got := serverOf("docker.io"); got != dockerServer || domainOf(got) != "docker.io" || serverOf("quay.io") != "quay.io" {
		t.Errorf("got %v", got)
	}
}

func FuzzReadToken(f *testing.F) {
	f.Add(`{"token": "x"}`)
	f.Add(`{"token": "", "access_token": "x"} more`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, answer string) {
		if token, err := readToken(strings.NewReader(answer)); (token.token == "") == (err == nil) {
			t.Errorf("%q gives %q, %v", answer, token.token, err)
		}
	})
}

// TestDigestOfADeadRegistry: one who has no time does not wait for another's question, and
// nobody waits for a dead registry after another has.
func TestDigestOfADeadRegistry(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	var requests atomic.Int32
	dead := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) == 1 {
			close(asked)
		}
		<-release
		panic(http.ErrAbortHandler)
	}))
	dead.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(dead.Close)
	c := NewClient(func(string) *types.SystemContext {
		return &types.SystemContext{SystemRegistriesConfPath: "/dev/null", SystemRegistriesConfDirPath: t.TempDir(), AuthFilePath: write(t, "auth.json", "{}"), DockerInsecureSkipTLSVerify: types.OptionalBoolTrue}
	}, nil)
	t.Cleanup(c.Close)
	tag := (&server{Server: dead}).tag(t, "a/b:1")
	var group sync.WaitGroup
	failed := make(chan error, 3)
	ask := func(ctx context.Context) {
		group.Go(func() {
			_, err := c.Digest(ctx, tag)
			failed <- err
		})
	}
	ask(t.Context())
	<-asked
	ask(t.Context())
	hurried, cancel := context.WithCancel(t.Context())
	ask(hurried)
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("the one in a hurry got %v", err)
	}
	close(release)
	group.Wait()
	for range 2 {
		if err := <-failed; err == nil {
			t.Error("a dead registry answers")
		}
	}
}
