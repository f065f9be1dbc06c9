package pack_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kolla-build/kolla-build/internal/source/pack"
)

// packed returns what a writer gets from fill.
func packed(t *testing.T, top string, fill func(*pack.Writer) error) ([]byte, error) {
	t.Helper()
	var buf bytes.Buffer
	w, err := pack.NewWriter(&buf, top)
	if err == nil {
		err = fill(w)
	}
	if err == nil {
		err = w.Close()
	}
	return buf.Bytes(), err
}

func packTree(t *testing.T, dir string) ([]byte, error) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	return packed(t, "top", func(w *pack.Writer) error { return w.Tree(t.Context(), root) })
}

// describe lists the entries of an archive as "type mode name -> target".
func describe(t *testing.T, archive []byte) []string {
	t.Helper()
	var lines []string
	r := tar.NewReader(bytes.NewReader(archive))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" || !h.ModTime.Equal(time.Unix(0, 0)) {
			t.Errorf("%s: belongs to %d:%d %s:%s, of %s", h.Name, h.Uid, h.Gid, h.Uname, h.Gname, h.ModTime)
		}
		line := string(h.Typeflag) + " " + h.FileInfo().Mode().Perm().String() + " " + h.Name
		if h.Linkname != "" {
			line += " -> " + h.Linkname
		}
		lines = append(lines, line)
	}
}

func write(t *testing.T, mode os.FileMode, parts ...string) {
	t.Helper()
	name := filepath.Join(parts...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("text of "+filepath.Base(name)), mode); err != nil {
		t.Fatal(err)
	}
}

func sample(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		write(t, 0o644, dir, name)
	}
	return dir
}

func TestTree(t *testing.T) {
	dir := sample(t, "b/c", "a", "a.b", ".git/config", "sub/.git", ".gitignore")
	write(t, 0o700, dir, "run")
	os.Symlink("/etc/passwd", filepath.Join(dir, "out"))
	os.Symlink("b", filepath.Join(dir, "folder"))
	os.Mkdir(filepath.Join(dir, "empty"), 0o700)
	os.Link(filepath.Join(dir, "a"), filepath.Join(dir, "hard"))
	got, err := packTree(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"5 -rwxr-xr-x top/",
		"0 -rw-r--r-- top/.gitignore",
		"0 -rw-r--r-- top/a",
		"0 -rw-r--r-- top/a.b",
		"5 -rwxr-xr-x top/b/",
		"0 -rw-r--r-- top/b/c",
		"5 -rwxr-xr-x top/empty/",
		"2 -rwxrwxrwx top/folder -> b",
		"0 -rw-r--r-- top/hard",
		"2 -rwxrwxrwx top/out -> /etc/passwd",
		"0 -rwxr-xr-x top/run",
		"5 -rwxr-xr-x top/sub/",
	}
	if lines := describe(t, got); !slices.Equal(lines, want) {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
}

func TestTreeIsReproducible(t *testing.T) {
	names := []string{"z", "a/b", "a/c", "m"}
	first, err := packTree(t, sample(t, names...))
	if err != nil {
		t.Fatal(err)
	}
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	slices.Reverse(names)
	dir := sample(t, names...)
	os.Chtimes(filepath.Join(dir, "z"), time.Now(), time.Unix(1e9, 0))
	os.Chmod(filepath.Join(dir, "m"), 0o640)
	second, err := packTree(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Errorf("got\n%s\nand\n%s", describe(t, first), describe(t, second))
	}
	write(t, 0o644, dir, "zz")
	if third, _ := packTree(t, dir); bytes.Equal(second, third) {
		t.Error("another file makes no difference")
	}
}

func TestTreeRefuses(t *testing.T) {
	for name, make := range map[string]func(path string) error{
		"pipe": func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"socket": func(path string) error {
			l, err := net.Listen("unix", path)
			if err == nil {
				t.Cleanup(func() { l.Close() })
			}
			return err
		},
		".wh.file": func(path string) error { return os.WriteFile(path, nil, 0o600) },
	} {
		dir := t.TempDir()
		if err := make(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		_, err := packTree(t, dir)
		var entry *pack.EntryError
		if !errors.As(err, &entry) || filepath.Base(entry.Entry) != name {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTreeEndsWithItsContext(t *testing.T) {
	root, err := os.OpenRoot(sample(t, "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := packed(t, "top", func(w *pack.Writer) error { return w.Tree(ctx, root) }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestFileThatChanges(t *testing.T) {
	for name, content := range map[string]string{"shorter": "12", "longer": "1234"} {
		_, err := packed(t, "top", func(w *pack.Writer) error { return w.File("f", 0, 3, strings.NewReader(content)) })
		if err == nil || !strings.Contains(err.Error(), "changed while it was read") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTopIsAName(t *testing.T) {
	for _, top := range []string{"", "a/b", "..", "/", ".wh.x"} {
		if _, err := packed(t, top, func(*pack.Writer) error { return nil }); err == nil {
			t.Errorf("%q was accepted", top)
		}
	}
}

func TestArchive(t *testing.T) {
	one := archiveOf(t, folder("./"), file("./one/setup.py"), symlink("one/l", "../one/setup.py"), hardlink("one/h", "one/setup.py"))
	run := file("two/run")
	run.Mode, run.Uid, run.Uname, run.ModTime = 0o775, 1000, "me", time.Now()
	two := archiveOf(t, folder("shared"), run)
	got, err := packed(t, "plugins", func(w *pack.Writer) error {
		return errors.Join(w.Archive(bytes.NewReader(one), false), w.Archive(bytes.NewReader(two), false), w.Folder("shared"))
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"5 -rwxr-xr-x plugins/",
		"0 -rw-r--r-- plugins/one/setup.py",
		"2 -rwxrwxrwx plugins/one/l -> ../one/setup.py",
		"1 -rw-r--r-- plugins/one/h -> plugins/one/setup.py",
		"5 -rwxr-xr-x plugins/shared/",
		"0 -rwxr-xr-x plugins/two/run",
		"5 -rwxr-xr-x plugins/shared/",
	}
	if lines := describe(t, got); !slices.Equal(lines, want) {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
}

func TestArchivesDoNotWriteThroughOneAnother(t *testing.T) {
	one := archiveOf(t, symlink("x/conf", "../../outside"))
	two := archiveOf(t, file("x/conf/passwd"))
	_, err := packed(t, "plugins", func(w *pack.Writer) error {
		return errors.Join(w.Archive(bytes.NewReader(one), true), w.Archive(bytes.NewReader(two), true))
	})
	if err == nil || !strings.Contains(err.Error(), "symbolic link") {
		t.Errorf("got %v", err)
	}
}

func TestOutwardLinksOnlyInOwnArchives(t *testing.T) {
	archive := archiveOf(t, symlink("x/l", "/etc"))
	for _, own := range []bool{true, false} {
		_, err := packed(t, "plugins", func(w *pack.Writer) error { return w.Archive(bytes.NewReader(archive), own) })
		if (err == nil) != own {
			t.Errorf("own %t: got %v", own, err)
		}
	}
}
