package statcache

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

// write writes a file, and makes it look as if that was an hour ago: as far as that
// can be done, since nobody can set the ctime.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
}

// seed makes the cache believe that it has read a file long after its last change,
// and that what it read had this digest.
func seed(t *testing.T, c *Cache, path, digest string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	c.remember(path, info, digest, time.Now().Add(time.Hour))
}

func digestOf(t *testing.T, c *Cache, path string) string {
	t.Helper()
	digest, _, err := c.Digest(path)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

// TestChanges changes a file in every way there is, and wants it to be read again:
// the cache has a digest that is not the file's, so it shows which of the two it is.
func TestChanges(t *testing.T) {
	const remembered = "remembered"
	for name, test := range map[string]struct {
		change func(t *testing.T, path string)
		want   string
	}{
		"nothing": {func(*testing.T, string) {}, remembered},
		"content": {func(t *testing.T, path string) { write(t, path, "other text") }, sum("other text")},
		"content of the same size and time": {func(t *testing.T, path string) {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			write(t, path, "tex7")
			if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
				t.Fatal(err)
			}
		}, sum("tex7")},
		"time": {func(t *testing.T, path string) {
			if err := os.Chtimes(path, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
		}, sum("text")},
		"another file in its place": {func(t *testing.T, path string) {
			write(t, path+".new", "text")
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
		}, sum("text")},
		"a link in its place": {func(t *testing.T, path string) {
			write(t, path+".new", "linked")
			if err := errors.Join(os.Remove(path), os.Symlink(path+".new", path)); err != nil {
				t.Fatal(err)
			}
		}, sum("linked")},
	} {
		t.Run(name, func(t *testing.T) {
			c := Open(filepath.Join(t.TempDir(), "cache"))
			path := filepath.Join(t.TempDir(), "file")
			write(t, path, "text")
			seed(t, c, path, remembered)
			test.change(t, path)
			if got := digestOf(t, c, path); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestMode(t *testing.T) {
	c := Open(filepath.Join(t.TempDir(), "cache"))
	path := filepath.Join(t.TempDir(), "file")
	write(t, path, "text")
	for _, want := range []fs.FileMode{0o644, 0o755} {
		if err := os.Chmod(path, want); err != nil {
			t.Fatal(err)
		}
		seed(t, c, path, sum("text"))
		if _, mode, err := c.Digest(path); err != nil || mode != want {
			t.Errorf("got %v, %v, want %v", mode, err, want)
		}
	}
}

// TestRacilyClean wants nothing to be kept of a file that was touched just now: it
// may be written again, within the same tick.
func TestRacilyClean(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	write(t, path, "text")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := time.Unix(0, statOf(info).ctime)
	for _, test := range []struct {
		began time.Time
		kept  bool
	}{
		{changed, false},
		{changed.Add(racy - 1), false},
		{changed.Add(racy), true},
		{changed.Add(-time.Hour), false}, // by a clock that was set back
	} {
		c := Open(filepath.Join(t.TempDir(), "cache"))
		c.remember(path, info, sum("text"), test.began)
		if _, kept := c.look(path, info); kept != test.kept {
			t.Errorf("read %v after the change: kept is %v", test.began.Sub(changed), kept)
		}
	}
}

func TestSave(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "cache")
	path := filepath.Join(t.TempDir(), "with a space")
	write(t, path, "text")
	c := Open(file)
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was written for nothing: %v", err)
	}
	seed(t, c, path, "0123456789012345678901234567890123456789012345678901234567890123")
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	if again := Open(file); !reflect.DeepEqual(again.entries, c.entries) || len(again.entries) != 1 {
		t.Errorf("got %v, want %v", again.entries, c.entries)
	}
}

func TestSaveDropsWhatNobodyUses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "used")
	write(t, path, "text")
	c := Open(filepath.Join(dir, "cache"))
	for i := range maxEntries {
		c.entries[fmt.Sprintf("/%d", i)] = entry{digest: sum("")}
	}
	seed(t, c, path, sum("text"))
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	if again := Open(c.path); len(again.entries) != 1 {
		t.Errorf("%d are left", len(again.entries))
	}
}

func TestNoFile(t *testing.T) {
	c := Open(filepath.Join(t.TempDir(), "cache"))
	for _, path := range []string{t.TempDir(), "/dev/null", "/nowhere"} {
		if _, _, err := c.Digest(path); err == nil {
			t.Errorf("%s has a digest", path)
		}
	}
}

func FuzzParse(f *testing.F) {
	one := map[string]entry{"/a b": {stat{1, 2, 3, -4, 5}, sum("x")}}
	f.Add(format(one))
	f.Add(format(nil))
	f.Add([]byte(strings.Replace(string(format(one)), end, "", 1)))
	f.Add([]byte(strings.Replace(string(format(one)), " 3 ", " x ", 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		entries := parse(text)
		if again := parse(format(entries)); len(entries) > 0 && !reflect.DeepEqual(again, entries) {
			t.Errorf("%q is read as %v, and then as %v", text, entries, again)
		}
	})
}

func TestParseDamaged(t *testing.T) {
	whole := string(format(map[string]entry{"/a": {digest: sum("")}, "/b": {digest: sum("")}}))
	if len(parse([]byte(whole))) != 2 {
		t.Fatalf("%q is not read", whole)
	}
	for cut := range len(whole) {
		if entries := parse([]byte(whole[:cut])); len(entries) > 0 {
			t.Errorf("%q is believed", whole[:cut])
		}
	}
}
