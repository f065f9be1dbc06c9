package history

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func keep(t *testing.T, h *History, reference, id string) {
	t.Helper()
	if err := h.Keep(reference, record(id)); err != nil {
		t.Fatal(err)
	}
}

func TestLastUse(t *testing.T) {
	h := Open(t.TempDir(), "/store")
	h.Used("a:1") // there is no record of it
	if used := h.LastUse("a:1", "x"); !used.IsZero() {
		t.Errorf("used at %v, of which there is no record", used)
	}
	keep(t, h, "a:1", "x")
	built := time.Unix(1000, 0)
	if err := os.Chtimes(h.path("a:1"), built, built); err != nil {
		t.Fatal(err)
	}
	if used := h.LastUse("a:1", "x"); !used.Equal(built) {
		t.Errorf("used at %v, want %v", used, built)
	}
	if used := h.LastUse("a:1", "another"); !used.IsZero() {
		t.Errorf("another image of that name was used at %v", used)
	}
	h.Used("a:1")
	if used := h.LastUse("a:1", "x"); !used.After(built) {
		t.Errorf("used at %v, and since then", used)
	}
}

func TestPrune(t *testing.T) {
	h := Open(t.TempDir(), "/store")
	keep(t, h, "a:1", "x")
	keep(t, h, "b:1", "y")
	if err := os.WriteFile(filepath.Join(h.dir, ".new-1"), []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	wanted := func(reference, id string) bool { return reference == "a:1" && id == "x" }
	for _, dry := range []bool{true, false} {
		if n, size := h.Prune(wanted, dry); n != 2 || size < 10 {
			t.Errorf("dry %t: %d records, %d bytes", dry, n, size)
		}
	}
	if n, _ := h.Prune(wanted, false); n != 0 {
		t.Errorf("%d records a second time", n)
	}
	if _, found := h.Last("a:1"); !found {
		t.Error("what is wanted is gone")
	}
}

// What others have in our folders, and what links there lead to, is not ours to remove.
func TestPruneSparesOthers(t *testing.T) {
	dir, precious := t.TempDir(), t.TempDir()
	file := filepath.Join(precious, "file.json")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := Open(dir, "/nowhere")
	keep(t, h, "a:1", "x")
	other := filepath.Join(h.dir, "notes.txt")
	link := filepath.Join(dir, "0123456789abcdef")
	if err := errors.Join(os.WriteFile(other, nil, 0o600), os.Symlink(precious, link)); err != nil {
		t.Fatal(err)
	}
	nothing := func(string, string) bool { return false }
	h.Prune(nothing, false)
	PruneStores(dir, false)
	linked := &History{link, "/nowhere"}
	linked.Prune(nothing, false)
	linked.trim(0)
	for _, path := range []string{file, other, link} {
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("it is gone: %v", err)
		}
	}
	if _, found := h.Last("a:1"); found {
		t.Error("the record is still there")
	}
}

func TestPruneStores(t *testing.T) {
	dir, there := t.TempDir(), t.TempDir()
	gone := filepath.Join(there, "gone")
	for _, store := range []string{there, gone, ""} {
		keep(t, Open(dir, store), "a:1", "x")
	}
	for _, dry := range []bool{true, false} {
		if n, size := PruneStores(dir, dry); n != 1 || size == 0 {
			t.Errorf("dry %t: %d records, %d bytes", dry, n, size)
		}
	}
	for store, want := range map[string]bool{there: true, "": true, gone: false} {
		if _, found := Open(dir, store).Last("a:1"); found != want {
			t.Errorf("%q: found %t", store, found)
		}
	}
	if _, err := os.Stat(Open(dir, gone).dir); !os.IsNotExist(err) {
		t.Errorf("its folder is left: %v", err)
	}
}
