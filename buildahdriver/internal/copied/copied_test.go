package copied

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// write makes files below a new folder: names that end in a slash are folders, a text that
// begins with -> is a link.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		target, isLink := strings.CutPrefix(files[name], "->")
		switch {
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(at, 0o755)
		case isLink:
			err = os.Symlink(target, at)
		default:
			err = os.WriteFile(at, []byte(files[name]), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	err := walk(dir, func(name string, info *unix.Stat_t) error {
		if info.Mode&unix.S_IFMT != unix.S_IFDIR {
			return nil
		}
		return os.Chtimes(filepath.Join(dir, name), folderTime, folderTime)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// list is what a folder has, as write takes it, but without the texts of folders.
func list(t *testing.T, dir string) []string {
	t.Helper()
	var lines []string
	err := walk(dir, func(name string, info *unix.Stat_t) error {
		at := filepath.Join(dir, name)
		switch info.Mode & unix.S_IFMT {
		case unix.S_IFDIR:
			lines = append(lines, name+"/")
		case unix.S_IFLNK:
			target, err := os.Readlink(at)
			lines = append(lines, name+" ->"+target)
			return err
		default:
			text, err := os.ReadFile(at)
			lines = append(lines, strings.TrimSpace(name+" "+string(text)))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func newTree(t *testing.T, share bool, layers ...string) *Tree {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tree")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	tree, err := Copy(dir, layers, share)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestCopyLaysLayersOverOneAnother, with all that a layer can say of those below.
func TestCopyLaysLayersOverOneAnother(t *testing.T) {
	for _, share := range []bool{false, true} {
		t.Run(fmt.Sprint("share=", share), func(t *testing.T) {
			outside := write(t, map[string]string{"file": "the machine's"})
			bottom := write(t, map[string]string{
				"a/kept": "1", "a/gone": "2", "a/replaced": "3", "opaque/old": "4", "folder/file": "5", "file": "6", "link": "->" + outside, "other": "->file",
			})
			top := write(t, map[string]string{
				"a/.wh.gone": "", "a/replaced": "new", "opaque/.wh..wh..opq": "", "opaque/new": "7", "folder": "now a file", "file/now": "a folder", "link/file": "the image's", ".wh.never": "",
			})
			tree := newTree(t, share, top, bottom)
			equal(t, list(t, tree.dir),
				"./", "a/", "a/kept 1", "a/replaced new", "file/", "file/now a folder", "folder now a file",
				"link/", "link/file the image's", "opaque/", "opaque/new 7", "other ->file")
			equal(t, list(t, outside), "./", "file the machine's")
		})
	}
}

// TestCopyKeepsAttributes: modes, times and hard links, and those of folders that several
// layers have.
func TestCopyKeepsAttributes(t *testing.T) {
	bottom, top := write(t, map[string]string{"d/a": "x", "d/e/": ""}), write(t, map[string]string{"d/b": "y"})
	then := time.Unix(1_600_000_000, 123456789)
	for _, do := range []error{
		os.Link(filepath.Join(bottom, "d/a"), filepath.Join(bottom, "d/hard")),
		os.Chmod(filepath.Join(bottom, "d/a"), 0o4711|os.ModeSetuid),
		unix.Setxattr(filepath.Join(bottom, "d/a"), "user.note", []byte("kept"), 0),
		unix.Setxattr(filepath.Join(bottom, "d"), "user.note", []byte("the upper layer has none"), 0),
		os.Chmod(filepath.Join(bottom, "d/e"), 0o500),
		os.Chmod(filepath.Join(top, "d"), 0o750),
		os.Chtimes(filepath.Join(bottom, "d/a"), then, then),
		os.Chtimes(filepath.Join(bottom, "d/e"), then, then),
		os.Chtimes(filepath.Join(top, "d"), then, then),
	} {
		if do != nil {
			t.Fatal(do)
		}
	}
	tree := newTree(t, false, top, bottom)
	for name, want := range map[string]string{"d": "drwxr-x---", "d/a": "urwx--x--x", "d/hard": "urwx--x--x", "d/e": "dr-x------"} {
		info, err := os.Lstat(filepath.Join(tree.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().String() != want || !info.ModTime().Equal(then) {
			t.Errorf("%s: %s of %s, want %s of %s", name, info.Mode(), info.ModTime(), want, then)
		}
	}
	a, err := os.Stat(filepath.Join(tree.dir, "d/a"))
	if err != nil {
		t.Fatal(err)
	}
	hard, err := os.Stat(filepath.Join(tree.dir, "d/hard"))
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(a, hard) {
		t.Error("the two names of a file became two files")
	}
	var value [8]byte
	if n, err := unix.Getxattr(filepath.Join(tree.dir, "d/a"), "user.note", value[:]); err != nil || string(value[:n]) != "kept" {
		t.Errorf("the extended attribute is %q, %v", value[:max(n, 0)], err)
	}
	if _, err := unix.Getxattr(filepath.Join(tree.dir, "d"), "user.note", value[:]); !errors.Is(err, unix.ENODATA) {
		t.Errorf("the folder has kept an attribute of the lower layer: %v", err)
	}
}

// TestMoveChanges: whatever a command does, the layer has that and nothing else, with the
// folders above it.
func TestMoveChanges(t *testing.T) {
	base := map[string]string{"a/b/file": "1", "a/b/other": "2", "a/c/file": "3", "d/e/f": "4", "link": "->a", "plain": "5"}
	for name, test := range map[string]struct {
		do   func(root *os.Root) error
		want []string
	}{
		"nothing":                     {func(*os.Root) error { return nil }, []string{"./"}},
		"a new file":                  {func(r *os.Root) error { return r.WriteFile("a/b/new", []byte("n"), 0o644) }, []string{"./", "a/", "a/b/", "a/b/new n"}},
		"new text of the same length": {func(r *os.Root) error { return r.WriteFile("a/b/file", []byte("9"), 0o644) }, []string{"./", "a/", "a/b/", "a/b/file 9"}},
		"another mode":                {func(r *os.Root) error { return r.Chmod("plain", 0o600) }, []string{"./", "plain 5"}},
		"moved away and back": {func(r *os.Root) error {
			return cmpErr(r.Rename("a/b", "z"), r.Rename("plain", "y"), r.Rename("link", "x"), r.Rename("z", "a/b"), r.Rename("y", "plain"), r.Rename("x", "link"), restoreTimes(r, "a", "."))
		}, []string{"./"}},
		"the text changed and the time set back": {func(r *os.Root) error {
			info, err := r.Stat("plain")
			return cmpErr(err, r.WriteFile("plain", []byte("9"), 0o644), r.Chtimes("plain", info.ModTime(), info.ModTime()))
		}, []string{"./", "plain 9"}},
		"an attribute":           {func(r *os.Root) error { return unix.Setxattr(filepath.Join(r.Name(), "a"), "user.new", []byte("1"), 0) }, []string{"./", "a/"}},
		"a file is gone":         {func(r *os.Root) error { return r.Remove("a/b/file") }, []string{"./", "a/", "a/b/", "a/b/.wh.file"}},
		"a folder is gone":       {func(r *os.Root) error { return r.RemoveAll("a") }, []string{"./", ".wh.a"}},
		"a folder became a file": {func(r *os.Root) error { return cmpErr(r.RemoveAll("a"), r.WriteFile("a", []byte("n"), 0o644)) }, []string{"./", "a n"}},
		"a file became a folder": {func(r *os.Root) error { return cmpErr(r.Remove("plain"), r.Mkdir("plain", 0o755)) }, []string{"./", "plain/"}},
		"a folder was made anew": {func(r *os.Root) error {
			return cmpErr(r.RemoveAll("a/b"), r.Mkdir("a/b", 0o755), r.WriteFile("a/b/file", []byte("1"), 0o644))
		}, []string{"./", "a/", "a/b/", "a/b/.wh.other", "a/b/file 1"}},
		"a folder was renamed": {func(r *os.Root) error { return r.Rename("a", "z") }, []string{"./", ".wh.a", "z/", "z/b/", "z/b/file 1", "z/b/other 2", "z/c/", "z/c/file 3"}},
		"another link":         {func(r *os.Root) error { return cmpErr(r.Remove("link"), r.Symlink("d", "link")) }, []string{"./", "link ->d"}},
	} {
		t.Run(name, func(t *testing.T) {
			tree := newTree(t, false, write(t, base))
			root, err := os.OpenRoot(tree.dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			if err := test.do(root); err != nil {
				t.Fatal(err)
			}
			upper := tree.dir + ".upper"
			if err := os.Mkdir(upper, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := tree.MoveChanges(upper); err != nil {
				t.Fatal(err)
			}
			equal(t, list(t, upper), test.want...)
		})
	}
}

// restoreTimes sets all folders back to the time that write has given them.
func restoreTimes(r *os.Root, names ...string) error {
	for _, name := range names {
		if err := r.Chtimes(name, folderTime, folderTime); err != nil {
			return err
		}
	}
	return nil
}

// folderTime is that of the folders that write makes.
var folderTime = time.Unix(1_500_000_000, 0)

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestMoveChangesKeepsTimesOfFolders that files are moved out of.
func TestMoveChangesKeepsTimesOfFolders(t *testing.T) {
	tree := newTree(t, false, write(t, map[string]string{"d/old": "1"}))
	if err := os.WriteFile(filepath.Join(tree.dir, "d/new"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	then := time.Unix(1_600_000_000, 0)
	if err := os.Chtimes(filepath.Join(tree.dir, "d"), then, then); err != nil {
		t.Fatal(err)
	}
	upper := tree.dir + ".upper"
	if err := os.Mkdir(upper, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := tree.MoveChanges(upper); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(upper, "d")); err != nil || !info.ModTime().Equal(then) {
		t.Errorf("the folder is of %v, %v; want %v", info.ModTime(), err, then)
	}
}

// TestMoveChangesRefusesWhiteouts that a command made: they would mean something else.
func TestMoveChangesRefusesWhiteouts(t *testing.T) {
	tree := newTree(t, false, write(t, map[string]string{"file": "1"}))
	if err := os.WriteFile(filepath.Join(tree.dir, ".wh.file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := tree.MoveChanges(t.TempDir()); err == nil || !strings.Contains(err.Error(), "/.wh.file: no layer can hold a file of this name") {
		t.Errorf("the error is %v", err)
	}
}

// TestSharedFiles are those of the layer, until they are replaced; and a build beside this
// one that shares them changes nothing.
func TestSharedFiles(t *testing.T) {
	layer := write(t, map[string]string{"d/a": "1", "d/b": "2"})
	tree := newTree(t, true, layer)
	if tree.Copied != 0 {
		t.Errorf("%d bytes were copied", tree.Copied)
	}
	newTree(t, true, layer) // changes the change times
	if err := os.Remove(filepath.Join(tree.dir, "d/a")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tree.dir, "d/a"), []byte("3"), 0o644); err != nil {
		t.Fatal(err)
	}
	upper := tree.dir + ".upper"
	if err := os.Mkdir(upper, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := tree.MoveChanges(upper); err != nil {
		t.Fatal(err)
	}
	equal(t, list(t, upper), "./", "d/", "d/a 3")
	equal(t, list(t, layer), "./", "d/", "d/a 1", "d/b 2")
}
