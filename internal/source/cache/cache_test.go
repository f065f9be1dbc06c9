package cache_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/kolla-build/kolla-build/internal/source/cache"
)

// helloDigest is what sha256sum says of "hello".
const helloDigest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

func open(t *testing.T) (*cache.Cache, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a", "b")
	c, err := cache.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c, dir
}

func hello(w io.Writer) error {
	_, err := io.WriteString(w, "hello")
	return err
}

// What is old in the cache's folders is removed, so a link in place of one is refused.
func TestLinkedFolder(t *testing.T) {
	for _, sub := range []string{"tmp", "partials", "blobs", "blobs/sha256", "repositories", "notes"} {
		_, dir := open(t)
		precious := t.TempDir()
		file := filepath.Join(precious, "file")
		if err := errors.Join(os.RemoveAll(filepath.Join(dir, sub)), os.Symlink(precious, filepath.Join(dir, sub)), os.WriteFile(file, nil, 0o600), os.Chtimes(file, time.Unix(0, 0), time.Unix(0, 0))); err != nil {
			t.Fatal(err)
		}
		if _, err := cache.Open(dir); err == nil || !strings.Contains(err.Error(), "is a symbolic link\nremove it") {
			t.Errorf("%s: got %v", sub, err)
		}
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%s: the file is gone: %v", sub, err)
		}
	}
}

func TestWrite(t *testing.T) {
	c, _ := open(t)
	b, err := c.Write("", hello)
	if err != nil {
		t.Fatal(err)
	}
	if b.Digest != helloDigest || b.Size != 5 {
		t.Errorf("got %+v", b)
	}
	if again, err := c.Write("", hello); err != nil || again != b {
		t.Errorf("got %+v and %v the second time", again, err)
	}
	if found, ok := c.Blob(helloDigest); !ok || found != b {
		t.Errorf("found %+v, %t", found, ok)
	}
	info, err := os.Stat(b.Path)
	if err != nil || info.Mode().Perm() != 0o444 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
	c.Remove(b)
	if found, ok := c.Blob(helloDigest); ok {
		t.Errorf("found %+v after it was removed", found)
	}
}

func TestWriteThatFailsLeavesNothing(t *testing.T) {
	c, dir := open(t)
	broken := errors.New("broken")
	if _, err := c.Write("", func(w io.Writer) error { return errors.Join(hello(w), broken) }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	for _, sub := range []string{"tmp", "blobs/sha256"} {
		if entries, _ := os.ReadDir(filepath.Join(dir, sub)); len(entries) != 0 {
			t.Errorf("%s holds %v", sub, entries)
		}
	}
}

func TestContentThatWasNotExpected(t *testing.T) {
	c, _ := open(t)
	wrong := strings.Repeat("0", len(helloDigest))
	var mismatch *cache.DigestError
	if _, err := c.Write(wrong, hello); !errors.As(err, &mismatch) || mismatch.Want != wrong || mismatch.Got != helloDigest {
		t.Errorf("Write gave %v", err)
	}
	partial := c.Partial("key")
	if err := os.WriteFile(partial, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Adopt(partial, wrong); !errors.As(err, &mismatch) {
		t.Errorf("Adopt gave %v", err)
	}
	if _, err := os.Stat(partial); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the partial is still there: %v", err)
	}
	if _, ok := c.Blob(helloDigest); ok {
		t.Error("it became a blob")
	}
}

func TestBlobThatWasChangedIsGone(t *testing.T) {
	c, _ := open(t)
	b, err := c.Write("", hello)
	if err != nil {
		t.Fatal(err)
	}
	os.Chmod(b.Path, 0o644)
	if err := os.WriteFile(b.Path, []byte("hallo"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Blob(helloDigest); ok {
		t.Error("a changed blob was found")
	}
	if _, err := os.Stat(b.Path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

// TestBlobIsReadOnce plants, for a blob, a digest that is not its content's: that is found
// as long as the file is what stat said it was.
func TestBlobIsReadOnce(t *testing.T) {
	_, dir := open(t)
	planted := strings.Repeat("0", len(helloDigest))
	path := filepath.Join(dir, "blobs/sha256", planted)
	if err := os.WriteFile(path, []byte("hello"), 0o644); err != nil {
		t.Fatal(err)
	}
	var stat syscall.Stat_t
	if err := syscall.Stat(path, &stat); err != nil {
		t.Fatal(err)
	}
	known := fmt.Sprintf("kolla-build digests 1\n%d %d %d %d %d %s %s\nend\n", stat.Dev, stat.Ino, stat.Size, stat.Mtim.Nano(), stat.Ctim.Nano(), planted, path)
	if err := os.WriteFile(filepath.Join(dir, "digests"), []byte(known), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := cache.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if b, ok := c.Blob(planted); !ok || b.Size != 5 {
		t.Errorf("got %+v, %t: it was read", b, ok)
	}
	if err := os.Chmod(path, 0o600); err != nil { // which changes its inode
		t.Fatal(err)
	}
	if _, ok := c.Blob(planted); ok {
		t.Error("it was not read, though it may have changed")
	}
}

func TestBlobWantsADigest(t *testing.T) {
	c, _ := open(t)
	for _, digest := range []string{"", "../../notes/x", helloDigest[1:], "G" + helloDigest[1:], "../../../../../../../../../../../../../../../../../../../etc/passwd"} {
		if b, ok := c.Blob(digest); ok {
			t.Errorf("%q gave %+v", digest, b)
		}
	}
}

func TestAdopt(t *testing.T) {
	c, _ := open(t)
	partial := c.Partial("some key")
	if err := os.WriteFile(partial, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := c.Adopt(partial, "")
	if err != nil || b.Digest != helloDigest {
		t.Fatalf("got %+v, %v", b, err)
	}
	if _, err := os.Stat(partial); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the partial is still there: %v", err)
	}
}

func TestNotes(t *testing.T) {
	c, dir := open(t)
	var got map[string]string
	if c.Note("key", &got) {
		t.Error("there is a note already")
	}
	if err := c.SetNote("key", map[string]string{"a": "b"}); err != nil {
		t.Fatal(err)
	}
	if !c.Note("key", &got) || got["a"] != "b" {
		t.Errorf("got %v", got)
	}
	notes, _ := filepath.Glob(filepath.Join(dir, "notes", "*"))
	for _, note := range notes {
		os.WriteFile(note, []byte(`{"a`), 0o600)
	}
	if c.Note("key", &got) {
		t.Error("a torn note was read")
	}
}

func TestLockExcludes(t *testing.T) {
	c, _ := open(t)
	var inside atomic.Int32
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			unlock, err := c.Lock(t.Context(), "key")
			if err != nil {
				t.Error(err)
				return
			}
			defer unlock()
			defer inside.Add(-1)
			if n := inside.Add(1); n != 1 {
				t.Errorf("%d are inside", n)
			}
		})
	}
	wg.Wait()
}

func TestLockGivesUpWithItsContext(t *testing.T) {
	c, _ := open(t)
	unlock, err := c.Lock(t.Context(), "key")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := c.Lock(ctx, "key"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestOpenSweeps(t *testing.T) {
	c, dir := open(t)
	old := time.Now().Add(-48 * time.Hour)
	temp := filepath.Join(dir, "tmp", "blob-killed")
	for _, name := range []string{temp, c.Partial("old")} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := cache.Open(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(temp); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old temporary file: %v", err)
	}
	if _, err := os.Stat(c.Partial("old")); err != nil {
		t.Errorf("a partial of two days: %v", err)
	}
}
