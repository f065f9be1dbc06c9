package buildahdriver

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.podman.io/image/v5/docker/reference"
)

func pushName(t *testing.T, text string) reference.Named {
	t.Helper()
	name, err := registryName(text)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestPushesAreRemembered(t *testing.T) {
	root := t.TempDir()
	name := pushName(t, "r.example/x:1")
	if err := os.Mkdir(filepath.Join(root, ownFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	p := newPushes(root, Options{})
	p.keep(name, pushed{image: "old", manifest: "sha256:1"})
	for range 2 {
		p.keep(name, pushed{image: "id", manifest: "sha256:2"})
	}
	p.keep(pushName(t, "r.example/x:2"), pushed{image: "id", manifest: "sha256:3"})

	next := newPushes(root, Options{})
	if manifest, found := next.last(name, "id"); !found || manifest != "sha256:2" {
		t.Errorf("got %s, %v", manifest, found)
	}
	for _, other := range []struct{ name, image string }{{"r.example/x:1", "old"}, {"s.example/x:1", "id"}} {
		if _, found := next.last(pushName(t, other.name), other.image); found {
			t.Errorf("%v was not pushed last", other)
		}
	}
	text, err := os.ReadFile(p.path)
	if lines := strings.Count(string(text), "\n"); err != nil || lines != 3 {
		t.Errorf("%d lines, %v", lines, err)
	}
}

// TestPushesWithoutAFile: what cannot be kept is known as long as the process lives.
func TestPushesWithoutAFile(t *testing.T) {
	name := pushName(t, "r.example/x:1")
	p := newPushes(filepath.Join(t.TempDir(), "nowhere"), Options{})
	p.keep(name, pushed{image: "id", manifest: "sha256:1"})
	if _, found := p.last(name, "id"); !found {
		t.Error("it is not known")
	}
}

// TestPushesAreForgotten: the file does not grow for ever.
func TestPushesAreForgotten(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, ownFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for i := range 2*maxPushes + 1 {
		text.WriteString(formatPush(fmt.Sprintf("r.example/x:%d", i), pushed{"id", "sha256:1"}))
	}
	p := newPushes(root, Options{})
	if err := os.WriteFile(p.path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p.last(pushName(t, "r.example/x:1"), "id")

	next := newPushes(root, Options{})
	for tag, want := range map[int]bool{0: false, maxPushes: false, maxPushes + 1: true, 2 * maxPushes: true} {
		if _, found := next.last(pushName(t, fmt.Sprintf("r.example/x:%d", tag)), "id"); found != want {
			t.Errorf("tag %d: found %v", tag, found)
		}
	}
}

func FuzzParsePushes(f *testing.F) {
	f.Add([]byte("sha256:1 id name\n"), 1)
	f.Add([]byte("sha256:1 id name\nsha256:2 id name\nsha256:3 id other\ncut o"), 1)
	f.Add([]byte("a b c\nd e c"), 1)
	f.Add([]byte("\n \x00\n"), 3)
	f.Fuzz(func(t *testing.T, text []byte, names int) {
		all, some := parsePushes(text), parsePushes(latest(text, max(names, 0)))
		if len(some) > max(names, 0) {
			t.Errorf("%d names are left, of at most %d", len(some), names)
		}
		for name, last := range some {
			if all[name] != last {
				t.Errorf("%s: %v became %v", name, all[name], last)
			}
		}
		if whole := parsePushes(latest(text, len(text)+1)); !maps.Equal(whole, all) {
			t.Errorf("%v became %v", all, whole)
		}
	})
}
