package source

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kolla-build/kolla-build/internal/event"
)

// listener keeps what a fetcher says.
type listener struct {
	mu       sync.Mutex
	said     []string
	warnings []string
}

func (l *listener) Emit(e event.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	notice := e.(event.Notice)
	l.said = append(l.said, notice.Text)
	if notice.Level == event.Warning {
		l.warnings = append(l.warnings, notice.Text)
	}
}

func (l *listener) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.said, "\n")
}

// rig is a fetcher with a cache and ears.
type rig struct {
	*Fetcher
	*listener
	dir string
}

// newRig returns a fetcher that is less patient than those of users.
func newRig(t *testing.T, change ...func(*Options)) rig {
	t.Helper()
	r := rig{listener: &listener{}, dir: t.TempDir()}
	opts := Options{CacheDir: r.dir, Timeout: 10 * time.Second, Retries: 3, Sink: r.listener, Env: environ()}
	for _, f := range change {
		f(&opts)
	}
	return r.with(t, opts)
}

// again returns a fetcher of a later run, on the same cache.
func (r rig) again(t *testing.T, change ...func(*Options)) rig {
	t.Helper()
	opts := r.opts
	for _, f := range change {
		f(&opts)
	}
	r.listener = &listener{}
	opts.Sink = r.listener
	return r.with(t, opts)
}

func (r rig) with(t *testing.T, opts Options) rig {
	t.Helper()
	f, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	f.firstPause = time.Millisecond
	r.Fetcher = f
	return r
}

// environ is this process's environment without what the machine may have set up
// for git and proxies.
func environ() []string {
	env := []string{"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1"}
	for _, entry := range os.Environ() {
		key, _, _ := strings.Cut(entry, "=")
		if !strings.HasSuffix(strings.ToLower(key), "_proxy") && !strings.HasPrefix(key, "GIT_") {
			env = append(env, entry)
		}
	}
	return env
}

// clean fails the test if a fetch has left files that nobody will use.
func (r rig) clean(t *testing.T) {
	t.Helper()
	for _, sub := range []string{"tmp", "partials"} {
		if entries, _ := os.ReadDir(filepath.Join(r.dir, sub)); len(entries) != 0 {
			t.Errorf("%s holds %v", sub, entries)
		}
	}
	if busy, _ := filepath.Glob(filepath.Join(r.dir, "repositories", "*.busy")); len(busy) != 0 {
		t.Errorf("left %v", busy)
	}
}

// must fetches what has to succeed.
func (r rig) must(t *testing.T, spec Spec) Archive {
	t.Helper()
	archive, err := r.Fetch(t.Context(), spec)
	if err != nil {
		t.Fatalf("%v\nafter\n%s", err, r.text())
	}
	return archive
}

// fails fetches what has to fail with all of words, and leaves nothing.
func (r rig) fails(t *testing.T, spec Spec, words ...string) {
	t.Helper()
	archive, err := r.Fetch(t.Context(), spec)
	if err == nil {
		t.Errorf("%s: got %+v", spec.Location, archive)
		return
	}
	var e *Error
	if !errors.As(err, &e) || e.Section != spec.Section || e.Temporary() {
		t.Errorf("%s: got %#v", spec.Location, err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%s: got %v, want %q", spec.Location, err, word)
		}
	}
	r.clean(t)
}

// tarball returns a compressed archive of files, by name and content. It is not
// small, so that it can break in the middle.
func tarball(t *testing.T, files map[string]string) []byte {
	t.Helper()
	padding := make([]byte, 300<<10)
	if _, err := rand.Read(padding); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"keystone-1.0/padding": string(padding)}
	for name, content := range files {
		all[name] = content
	}
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	w := tar.NewWriter(z)
	for name, content := range all {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, content)
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// names lists the entries of an archive that we have packed.
func names(t *testing.T, path string) []string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []string
	r := tar.NewReader(file)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			slices.Sort(all)
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		name := h.Name
		if h.Linkname != "" {
			name += " -> " + h.Linkname
		}
		if fs.FileMode(h.Mode)&0o100 != 0 && h.Typeflag == tar.TypeReg {
			name += "*"
		}
		all = append(all, name)
	}
}

func writeFile(t *testing.T, content string, parts ...string) {
	t.Helper()
	name := filepath.Join(parts...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
