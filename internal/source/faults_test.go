package source

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestStatusThatHeals(t *testing.T) {
	body := tarball(t, nil)
	for _, first := range []struct {
		answer  http.HandlerFunc
		atLeast time.Duration
	}{
		{answer: status(http.StatusInternalServerError)},
		{answer: status(http.StatusServiceUnavailable, "Retry-After", "0")},
		{answer: status(http.StatusTooManyRequests, "Retry-After", "1"), atLeast: time.Second},
		{answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
	} {
		server := serve(t, first.answer, content(body))
		r := newRig(t)
		started := time.Now()
		expect(t, r.must(t, server.spec()), body)
		if took := time.Since(started); took < first.atLeast {
			t.Errorf("Retry-After was not honoured: %s", took)
		}
		if !strings.Contains(r.text(), "trying keystone-base again in") {
			t.Errorf("said %s", r.text())
		}
	}
}

func TestStatusThatDoesNotHeal(t *testing.T) {
	for code, words := range map[int][]string{
		http.StatusNotFound:       {"answered 404 Not Found", "\ncheck the location"},
		http.StatusUnauthorized:   {"401", "\nif it wants a name"},
		http.StatusNotImplemented: {"501"},
		http.StatusNoContent:      {"204"},
		http.StatusNotModified:    {"304"}, // of what it was not asked about
	} {
		server := serve(t, status(code))
		newRig(t).fails(t, server.spec(), words...)
		if n := len(server.requests()); n != 1 {
			t.Errorf("%d: %d requests", code, n)
		}
	}
	server := serve(t, status(http.StatusBadGateway))
	newRig(t).fails(t, server.spec(), "502 Bad Gateway")
	if n := len(server.requests()); n != 4 {
		t.Errorf("%d attempts", n)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              0,
		"2":                             2 * time.Second,
		"-5":                            0,
		"soon":                          0,
		"86400":                         longestRetryAfter,
		"9223372036854775807":           longestRetryAfter,
		"Fri, 02 Jan 2026 03:04:35 GMT": 30 * time.Second,
		"Fri, 02 Jan 2026 03:00:00 GMT": 0,
		"Sat, 03 Jan 2026 03:00:00 GMT": longestRetryAfter,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: got %s", value, got)
		}
	}
}

func TestStalledServers(t *testing.T) {
	release := make(chan struct{})
	server := serve(t,
		func(http.ResponseWriter, *http.Request) { <-release }, // no header
		func(w http.ResponseWriter, r *http.Request) { // a byte now and then
			w.Header().Set("Content-Length", "1000000")
			for {
				select {
				case <-release:
					return
				case <-time.After(10 * time.Millisecond):
					w.Write([]byte{0x1f})
					w.(http.Flusher).Flush()
				}
			}
		})
	t.Cleanup(func() { close(release) })
	r := newRig(t, func(o *Options) { o.Timeout, o.Retries = 100*time.Millisecond, 1 })
	r.fails(t, server.spec(), "the server has stalled: next to nothing came for 100ms")
	if n := len(server.requests()); n != 2 {
		t.Errorf("%d attempts", n)
	}
}

func TestTooBig(t *testing.T) {
	body := tarball(t, nil)
	small := func(o *Options) { o.MaxSize = 100_000 }
	says := serve(t, content(body))
	newRig(t, small).fails(t, says.spec(), "it is bigger than 100kB")

	var sent atomic.Int64
	endless := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte("\x1f\x8b"))
		for sent.Load() < 1<<30 {
			n, err := w.Write(make([]byte, 64<<10))
			if err != nil {
				return
			}
			sent.Add(int64(n))
		}
	})
	newRig(t, small).fails(t, endless.spec(), "it is bigger than 100kB")
	if sent.Load() >= 1<<30 {
		t.Error("all of it was read")
	}
}

func TestNoArchive(t *testing.T) {
	page := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte("<html><body>Log in, please</body></html>"))
	})
	newRig(t).fails(t, page.spec(), "is no archive", "looks like an HTML page", "\nsee what a browser shows")
	nothing := serve(t, status(http.StatusOK))
	newRig(t).fails(t, nothing.spec(), "it is empty")
	hostile := serve(t, content(tarball(t, map[string]string{"../../etc/cron.d/x": "* * * * * root"})))
	r := newRig(t)
	r.fails(t, hostile.spec(), "refused its archive", `entry "../../etc/cron.d/x"`)
	if blobs, _ := filepath.Glob(filepath.Join(r.dir, "blobs", "sha256", "*")); len(blobs) != 0 {
		t.Errorf("kept %v", blobs)
	}
	cut := tarball(t, nil)
	newRig(t).fails(t, serve(t, content(cut[:len(cut)-20])).spec(), "is damaged")
}

func TestRedirects(t *testing.T) {
	body := tarball(t, nil)
	target := serve(t, content(body))
	to := func(url string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, url, http.StatusFound) }
	}

	elsewhere := serve(t, to(target.URL+"/x?signature=geheim"))
	spec := elsewhere.spec()
	spec.Location = strings.Replace(spec.Location, "://", "://me:pa%20ss@", 1)
	r := newRig(t)
	expect(t, r.must(t, spec), body)
	if got := elsewhere.requests()[0].Get("Authorization"); got != "Basic bWU6cGEgc3M=" {
		t.Errorf("sent %q to the host it is for", got)
	}
	if got := target.requests()[0].Get("Authorization"); got != "" {
		t.Errorf("sent %q to another", got)
	}

	loop := serve(t, to("/keystone.tar.gz"))
	newRig(t).fails(t, loop.spec(), "refused a redirect: there were 10 before it")
	if n := len(loop.requests()); n != 11 {
		t.Errorf("%d requests", n)
	}
	newRig(t).fails(t, serve(t, to("ftp://host/x")).spec(), "refused a redirect to ftp://host/x")

	safe := &script{}
	safe.Server = httptest.NewTLSServer(safe.handler([]http.HandlerFunc{to(target.URL)}))
	defer safe.Close()
	r = newRig(t)
	r.fails(t, safe.spec(), "cannot be reached", "certificate", "\nadd its authority's certificate")
	r = newRig(t)
	safe.Client().CheckRedirect = r.client.CheckRedirect
	r.client = safe.Client()
	r.fails(t, safe.spec(), "refused a redirect from https to "+target.URL)
}

func TestNothingSecretIsSaid(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Retries = 1 })
	for _, answer := range []http.HandlerFunc{status(500), status(403), broken(tarball(t, nil)),
		func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "ftp://a:geheim@b/", http.StatusFound)
		}} {
		server := serve(t, answer)
		spec := server.spec()
		spec.Location = strings.Replace(spec.Location, "://", "://me:geheim@", 1) + "?token=geheim"
		_, err := r.Fetch(t.Context(), spec)
		server.Close()
		_, gone := r.Fetch(t.Context(), spec)
		if said := fmt.Sprint(err, gone, r.text()); strings.Contains(said, "geheim") || !strings.Contains(said, "keystone.tar.gz?...") {
			t.Errorf("said %s", said)
		}
	}
	for _, location := range []string{"http://me:geheim@%zz/", "http://me:geheim@/x", "://geheim"} {
		_, err := r.Fetch(t.Context(), Spec{Section: "s", Type: URL, Location: location})
		if err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("got %v", err)
		}
	}
}

func TestCancellation(t *testing.T) {
	body := tarball(t, nil)
	half := make(chan struct{})
	release := make(chan struct{})
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Write(body[:len(body)/2])
		w.(http.Flusher).Flush()
		close(half)
		<-release
	}, content(body))
	t.Cleanup(func() { close(release) })
	r := newRig(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		<-half
		cancel(errors.New("the user has had enough"))
	}()
	if _, err := r.Fetch(ctx, server.spec()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	r.clean(t)
	// Another caller, who waits for the same source, is not to suffer from it.
	expect(t, r.must(t, server.spec()), body)
}

func TestTwoProcesses(t *testing.T) {
	body := tarball(t, nil)
	server := serve(t, content(body))
	one := newRig(t)
	two := one.again(t) // knows nothing of the first but its files
	var wg sync.WaitGroup
	for _, r := range []rig{one, two} {
		wg.Go(func() {
			archive, err := r.Fetch(t.Context(), server.spec())
			if err != nil {
				t.Error(err)
				return
			}
			expect(t, archive, body)
		})
	}
	wg.Wait()
	if h := server.requests(); len(h) != 2 || h[1].Get("If-None-Match") == "" {
		t.Errorf("requests %v", h)
	}
	one.clean(t)
}
