package pushlog

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func keep(t *testing.T, l *Log, name, image, manifest string) {
	t.Helper()
	if err := l.Keep(name, Push{image, manifest}); err != nil {
		t.Fatal(err)
	}
}

func TestLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l := Open(path)
	keep(t, l, "x:1", "old", "sha256:1")
	other := Open(path) // of another process
	keep(t, l, "x:1", "id", "sha256:2")
	keep(t, l, "x:1", "id", "sha256:2")
	keep(t, other, "x:2", "id", "sha256:3")

	next := Open(path)
	for name, want := range map[string]Push{"x:1": {"id", "sha256:2"}, "x:2": {"id", "sha256:3"}, "x:3": {}} {
		if got, found := next.Last(name); got != want || found != (want != Push{}) {
			t.Errorf("%s: got %v, %v; want %v", name, got, found, want)
		}
	}
	text, err := os.ReadFile(path)
	if lines := strings.Count(string(text), "\n"); err != nil || lines != 3 {
		t.Errorf("%d lines, %v", lines, err)
	}
}

// TestLogWithoutAFile: what cannot be kept is known as long as the process lives.
func TestLogWithoutAFile(t *testing.T) {
	l := Open(filepath.Join(t.TempDir(), "nowhere", "log"))
	if err := l.Keep("x:1", Push{"id", "sha256:1"}); err == nil {
		t.Error("no error")
	}
	if _, found := l.Last("x:1"); !found {
		t.Error("it is not known")
	}
}

// TestLogForgets: the file does not grow for ever.
func TestLogForgets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	var text strings.Builder
	for i := range 2*maxNames + 1 {
		text.WriteString(format(fmt.Sprintf("x:%d", i), Push{"id", "sha256:1"}))
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	Open(path).Last("x:1") // which reads it

	next := Open(path)
	for tag, want := range map[int]bool{0: false, maxNames: false, maxNames + 1: true, 2 * maxNames: true} {
		if _, found := next.Last(fmt.Sprintf("x:%d", tag)); found != want {
			t.Errorf("tag %d: found %v", tag, found)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("sha256:1 id name\n"), 1)
	f.Add([]byte("sha256:1 id name\nsha256:2 id name\nsha256:3 id other\ncut o"), 1)
	f.Add([]byte("a b c\nd e c"), 1)
	f.Add([]byte("\n \x00\n"), 3)
	f.Fuzz(func(t *testing.T, text []byte, names int) {
		all, some := parse(text), parse(latest(text, max(names, 0)))
		if len(some) > max(names, 0) {
			t.Errorf("%d names are left, of at most %d", len(some), names)
		}
		for name, last := range some {
			if all[name] != last {
				t.Errorf("%s: %v became %v", name, all[name], last)
			}
		}
		if whole := parse(latest(text, len(text)+1)); !maps.Equal(whole, all) {
			t.Errorf("%v became %v", all, whole)
		}
	})
}
