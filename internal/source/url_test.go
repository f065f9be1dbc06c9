package source

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// script answers the first requests with its functions, one each, and all
// others with the last. It counts, and keeps the headers.
type script struct {
	*httptest.Server
	mu      sync.Mutex
	headers []http.Header
}

func serve(t *testing.T, answers ...http.HandlerFunc) *script {
	t.Helper()
	s := &script{}
	s.Server = httptest.NewServer(s.handler(answers))
	t.Cleanup(s.Close)
	return s
}

func (s *script) handler(answers []http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		answer := answers[min(len(s.headers), len(answers)-1)]
		s.headers = append(s.headers, r.Header.Clone())
		s.mu.Unlock()
		answer(w, r)
	}
}

func (s *script) requests() []http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.headers
}

func (s *script) spec() Spec {
	return Spec{Section: "keystone-base", Type: URL, Location: s.URL + "/keystone.tar.gz", Where: "kolla-build.conf:7"}
}

// content serves a file as a well-kept server does: with ETag and ranges.
func content(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"`+digestOf(body)[:8]+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	}
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

// broken sends half of the file and hangs up.
func broken(body []byte, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		status(http.StatusOK, header...)(w, r)
		w.Write(body[:len(body)/2])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

func expect(t *testing.T, archive Archive, body []byte) {
	t.Helper()
	if archive.Digest != digestOf(body) || archive.Size != int64(len(body)) {
		t.Errorf("got %+v", archive)
	}
	if got, err := os.ReadFile(archive.Path); err != nil || !bytes.Equal(got, body) {
		t.Errorf("the file has %d bytes, %v", len(got), err)
	}
}

func TestURLIsFetchedOnce(t *testing.T) {
	body := tarball(t, nil)
	server := serve(t, content(body))
	r := newRig(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			spec := server.spec()
			spec.Section = fmt.Sprint("section-", i)
			archive, err := r.Fetch(t.Context(), spec)
			if err != nil {
				t.Error(err)
				return
			}
			expect(t, archive, body)
		})
	}
	wg.Wait()
	if n := len(server.requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
	r.clean(t)

	// The next run asks whether it has changed.
	later := r.again(t)
	expect(t, later.must(t, server.spec()), body)
	if !strings.Contains(later.text(), "found unchanged in the cache keystone-base") {
		t.Errorf("said %s", later.text())
	}
	if requests := server.requests(); len(requests) != 2 || requests[1].Get("If-None-Match") == "" {
		t.Errorf("requests %v", requests)
	}
}

func TestURLThatHasChanged(t *testing.T) {
	one, two := tarball(t, nil), tarball(t, nil)
	server := serve(t, content(one), content(two))
	r := newRig(t)
	expect(t, r.must(t, server.spec()), one)
	expect(t, r.again(t).must(t, server.spec()), two)
}

func TestLastModified(t *testing.T) {
	body := tarball(t, nil)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Unix(1e9, 0), bytes.NewReader(body))
	})
	r := newRig(t)
	r.must(t, server.spec())
	r.again(t).must(t, server.spec())
	if got := server.requests()[1].Get("If-Modified-Since"); got != "Sun, 09 Sep 2001 01:46:40 GMT" {
		t.Errorf("asked for %q", got)
	}
}

func TestDamagedCacheIsFetchedAgain(t *testing.T) {
	body := tarball(t, nil)
	server := serve(t, content(body))
	r := newRig(t)
	archive := r.must(t, server.spec())
	os.Chmod(archive.Path, 0o600)
	if err := os.Truncate(archive.Path, 100); err != nil {
		t.Fatal(err)
	}
	expect(t, r.again(t).must(t, server.spec()), body)
}

func TestSHA256(t *testing.T) {
	body := tarball(t, nil)
	server := serve(t, content(body))
	r := newRig(t)
	wrong := server.spec()
	wrong.SHA256 = strings.Repeat("0", 64)
	r.fails(t, wrong, "[keystone-base] (kolla-build.conf:7)", "\nexpected sha256 "+wrong.SHA256, "\nactual sha256   "+digestOf(body))
	if blobs, _ := filepath.Glob(filepath.Join(r.dir, "blobs", "sha256", "*")); len(blobs) != 0 {
		t.Errorf("kept %v", blobs)
	}

	right := server.spec()
	right.SHA256 = strings.ToUpper(digestOf(body))
	expect(t, r.must(t, right), body)
	server.Close() // what is known by its digest needs no server
	expect(t, r.again(t).must(t, right), body)

	no := server.spec()
	no.SHA256 = "12"
	r.fails(t, no, "64 hexadecimal digits")
}

func TestResume(t *testing.T) {
	body := tarball(t, nil)
	etag := `"` + digestOf(body)[:8] + `"`
	server := serve(t, broken(body, "ETag", etag), content(body))
	r := newRig(t)
	expect(t, r.must(t, server.spec()), body)
	if h := server.requests()[1]; h.Get("Range") != fmt.Sprintf("bytes=%d-", len(body)/2) || h.Get("If-Range") != etag {
		t.Errorf("the second request: %v", h)
	}
	r.clean(t)
}

func TestResumeInALaterRun(t *testing.T) {
	body := tarball(t, nil)
	server := serve(t, broken(body, "Last-Modified", "Sun, 09 Sep 2001 01:46:40 GMT"), func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Unix(1e9, 0), bytes.NewReader(body))
	})
	r := newRig(t, func(o *Options) { o.Retries = 0 })
	if _, err := r.Fetch(t.Context(), server.spec()); err == nil {
		t.Fatal("a broken download succeeded")
	}
	expect(t, r.again(t).must(t, server.spec()), body)
	if server.requests()[1].Get("Range") == "" {
		t.Error("it was not resumed")
	}
	r.clean(t)
}

func TestResumeOfAnotherVersion(t *testing.T) {
	one, two := tarball(t, nil), tarball(t, nil)
	server := serve(t, broken(one, "ETag", `"one"`), content(two))
	expect(t, newRig(t).must(t, server.spec()), two)
}

func TestServersThatResumeBadly(t *testing.T) {
	body := tarball(t, nil)
	etag := `"` + digestOf(body)[:8] + `"`
	for name, second := range map[string]http.HandlerFunc{
		"not satisfiable": status(http.StatusRequestedRangeNotSatisfiable),
		"another range":   status(http.StatusPartialContent, "Content-Range", "bytes 0-10/20"),
		"no range":        status(http.StatusPartialContent),
	} {
		server := serve(t, broken(body, "ETag", etag), second, content(body))
		r := newRig(t)
		expect(t, r.must(t, server.spec()), body)
		if h := server.requests()[2]; h.Get("Range") != "" {
			t.Errorf("%s: asked again for %s", name, h.Get("Range"))
		}
	}

	// Pieces of different versions are found out by their digest.
	mixed := serve(t, broken(body, "ETag", etag), func(w http.ResponseWriter, _ *http.Request) {
		rest := len(body) - len(body)/2
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", len(body)/2, len(body)-1, len(body)))
		w.Header().Set("Content-Length", fmt.Sprint(rest))
		w.WriteHeader(http.StatusPartialContent)
		w.Write(make([]byte, rest))
	}, content(body))
	spec := mixed.spec()
	spec.SHA256 = digestOf(body)
	expect(t, newRig(t).must(t, spec), body)
}

func TestBrokenWithoutVersionStartsAnew(t *testing.T) {
	body := tarball(t, nil)
	server := serve(t, broken(body), content(body))
	r := newRig(t)
	expect(t, r.must(t, server.spec()), body)
	if h := server.requests()[1]; h.Get("Range") != "" {
		t.Errorf("asked for %s", h.Get("Range"))
	}
	never := serve(t, broken(body))
	r.fails(t, never.spec(), "cannot be reached: unexpected EOF")
}

func TestStale(t *testing.T) {
	body := tarball(t, nil)
	server := serve(t, content(body))
	r := newRig(t, func(o *Options) { o.Retries = 1 })
	r.must(t, server.spec())
	server.Close()
	r.again(t).fails(t, server.spec(), "cannot be reached", "connection refused")
	offline := r.again(t, func(o *Options) { o.Stale = true })
	expect(t, offline.must(t, server.spec()), body)
	if len(offline.warnings) != 1 || !strings.Contains(offline.warnings[0], "using keystone-base from the cache, which may be old") {
		t.Errorf("warned %q", offline.warnings)
	}
}

func TestProxy(t *testing.T) {
	body := tarball(t, nil)
	proxy := serve(t, content(body))
	r := newRig(t, func(o *Options) { o.Env = []string{"HTTP_PROXY=http://127.0.0.1:1", "http_proxy=" + proxy.URL} })
	expect(t, r.must(t, Spec{Section: "s", Type: URL, Location: "http://tarballs.example/x.tar.gz"}), body)
}

func TestBadLocations(t *testing.T) {
	r := newRig(t)
	for location, word := range map[string]string{
		"":                 "no location",
		"ftp://host/x":     "neither http, https nor file",
		"/srv/x.tar.gz":    "type = local",
		"http:///x":        "no host",
		"file://host/x":    "file:///path",
		"http://a b/":      "no valid URL",
		"http://h/\x00":    "no valid URL",
		"file:///no/thing": "there is nothing at /no/thing",
	} {
		r.fails(t, Spec{Section: "s", Type: URL, Location: location}, word)
	}
	r.fails(t, Spec{Section: "s", Type: "svn", Location: "x"}, `no type "svn"`, "\nchoose one of url, git, local")
	r.fails(t, Spec{Section: "../s", Type: URL, Location: "x"}, "can be no part of a file's name")
}
