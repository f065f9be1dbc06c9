package transfer

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// write makes files below dir: a name that ends with a slash is a folder, a content
// that begins with "-> " is a link.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path, content := filepath.Join(dir, name), files[name]
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			switch target, isLink := strings.CutPrefix(content, "-> "); {
			case strings.HasSuffix(name, "/"):
				err = os.MkdirAll(path, 0o755)
			case isLink:
				err = os.Symlink(target, path)
			default:
				err = os.WriteFile(path, []byte(content), 0o644)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// read lists what is below dir, as write takes it. Folders are listed if they are empty.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || name == "." {
			return err
		}
		switch entry.Type() {
		case fs.ModeDir:
			inside, err := os.ReadDir(path)
			if len(inside) == 0 {
				files[name+"/"] = ""
			}
			return err
		case fs.ModeSymlink:
			target, err := os.Readlink(path)
			files[name] = "-> " + target
			return err
		default:
			data, err := os.ReadFile(path)
			files[name] = string(data)
			return err
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// copyInto copies from a context of files into a root of files, and returns the root's
// files.
func copyInto(t *testing.T, context, root map[string]string, c Copy) (map[string]string, error) {
	t.Helper()
	contextDir, rootDir := t.TempDir(), t.TempDir()
	write(t, contextDir, context)
	write(t, rootDir, root)
	source, err := os.OpenRoot(contextDir)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	c.Context = source
	opened, err := rootfs.Open(rootDir)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	c.UID, c.GID = os.Getuid(), os.Getgid() // all that an unprivileged test may give
	err = c.Into(opened)
	return read(t, rootDir), err
}

type files = map[string]string

func TestParentsAndExclude(t *testing.T) {
	context := files{"a": "A", "b.txt": "B", "dir/c": "C", "dir/deep/d": "D", "dir/deep/e.txt": "E", "other/c": "O"}
	for _, test := range []struct {
		name    string
		sources string
		parents bool
		exclude string
		want    files
	}{
		{name: "the folders of a file", sources: "dir/deep/d", parents: true, want: files{"x/dir/deep/d": "D"}},
		{name: "the folders of a pattern", sources: "*/c", parents: true, want: files{"x/dir/c": "C", "x/other/c": "O"}},
		{name: "the folders of a folder", sources: "dir/deep", parents: true, want: files{"x/dir/deep/d": "D", "x/dir/deep/e.txt": "E"}},
		{name: "from a pivot after the context's own dot", sources: "./dir/./deep/d", parents: true, want: files{"x/deep/d": "D"}},
		{name: "from a pivot", sources: "dir/./deep/d", parents: true, want: files{"x/deep/d": "D"}},
		{name: "the context itself", sources: ".", parents: true, exclude: "dir other", want: files{"x/a": "A", "x/b.txt": "B"}},
		{name: "without a name", sources: "dir", exclude: "c", want: files{"x/deep/d": "D", "x/deep/e.txt": "E"}},
		{name: "without a folder", sources: "dir", exclude: "deep", want: files{"x/c": "C"}},
		{name: "without a pattern at any depth", sources: "dir", exclude: "**/*.txt", want: files{"x/c": "C", "x/deep/d": "D"}},
		{name: "without some of several files", sources: "a b.txt", exclude: "*.txt", want: files{"x/a": "A"}},
		{name: "but one", sources: "dir", exclude: "deep !deep/d", want: files{"x/c": "C", "x/deep/d": "D"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := Copy{Sources: strings.Fields(test.sources), Dest: "/x/", Parents: test.parents, Exclude: strings.Fields(test.exclude)}
			got, err := copyInto(t, context, nil, c)
			if err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// What is copied from an image goes by links as a process in that image would.
func TestCopyFromAnImage(t *testing.T) {
	image, target := t.TempDir(), t.TempDir()
	write(t, image, files{"etc/alternatives/x": "X", "usr/x": "-> /etc/alternatives/x", "out": "-> ../../../../../../../../etc/hostname", "usr/lib": "-> /libs", "libs/a": "A"})
	source, err := rootfs.Open(image)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	root, err := rootfs.Open(target)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	own := Copy{Context: source, UID: os.Getuid(), GID: os.Getgid()}
	for _, test := range []struct{ source, dest string }{{"/usr/x", "/one"}, {"/usr/lib", "/libs/"}, {"/usr/lib/*", "/globbed/"}} {
		c := own
		c.Sources, c.Dest = []string{test.source}, test.dest
		if err := c.Into(root); err != nil {
			t.Errorf("%s: %v", test.source, err)
		}
	}
	c := own
	c.Sources, c.Dest = []string{"/out"}, "/out"
	if err := c.Into(root); err == nil {
		t.Error("a link out of the image was followed")
	}
	want := files{"one": "X", "libs/a": "A", "globbed/a": "A"}
	if got := read(t, target); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestKeepOwners(t *testing.T) {
	source, target := t.TempDir(), t.TempDir()
	write(t, source, files{"dir/setuid": "x"})
	name := filepath.Join(source, "dir/setuid")
	if err := os.Chmod(name, 0o755|os.ModeSetuid); err != nil {
		t.Fatal(err)
	}
	from, err := rootfs.Open(source)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	root, err := rootfs.Open(target)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	c := Copy{Context: from, Sources: []string{"/dir"}, Dest: "/to/", KeepOwners: true, KeepSetID: true, UID: os.Getuid(), GID: os.Getgid()}
	if err := c.Into(root); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(target, "to/setuid"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode()&os.ModeSetuid == 0 {
		t.Errorf("the mode is %v: the set-user-id bit is gone", info.Mode())
	}
}

func TestWhereItGoes(t *testing.T) {
	context := files{"a": "A", "b": "B", "dir/c": "C", "dir/deep/d": "D", "link": "-> a", "to-dir": "-> dir", "empty/": ""}
	for _, test := range []struct {
		name    string
		sources string
		dest    string
		root    files
		want    files
		err     string
	}{
		{name: "a new name", sources: "a", dest: "/new", want: files{"new": "A"}},
		{name: "folders are made", sources: "a", dest: "/x/y/new", want: files{"x/y/new": "A"}},
		{name: "into a folder that is there", sources: "a", dest: "/x", root: files{"x/": ""}, want: files{"x/a": "A"}},
		{name: "into a folder by its slash", sources: "a", dest: "/x/", want: files{"x/a": "A"}},
		{name: "into a folder by its dot", sources: "a", dest: "/x/.", want: files{"x/a": "A"}},
		{name: "into the root", sources: "a", dest: "/", want: files{"a": "A"}},
		{name: "over a file", sources: "a", dest: "/x", root: files{"x": "old"}, want: files{"x": "A"}},
		{name: "over a link, not through it", sources: "a", dest: "/x", root: files{"x": "-> y", "y": "old"}, want: files{"x": "A", "y": "old"}},
		{name: "into a folder through a link", sources: "a", dest: "/x", root: files{"x": "-> /y", "y/": ""}, want: files{"x": "-> /y", "y/a": "A"}},
		{name: "into a folder through a link to nowhere", sources: "a", dest: "/x/", root: files{"x": "-> y/z"}, want: files{"x": "-> y/z", "y/z/a": "A"}},
		{name: "a folder's contents", sources: "dir", dest: "/x", want: files{"x/c": "C", "x/deep/d": "D"}},
		{name: "folders are joined", sources: "dir/", dest: "/x", root: files{"x/deep/old": "old"}, want: files{"x/c": "C", "x/deep/d": "D", "x/deep/old": "old"}},
		{name: "a folder through a link", sources: "to-dir", dest: "/x", want: files{"x/c": "C", "x/deep/d": "D"}},
		{name: "a folder over a file in it", sources: "dir", dest: "/x", root: files{"x/deep": "old"}, want: files{"x/c": "C", "x/deep/d": "D"}},
		{name: "a file over a folder in it", sources: "dir", dest: "/x", root: files{"x/c/old": "old"}, want: files{"x/c": "C", "x/deep/d": "D"}},
		{name: "an empty folder", sources: "empty", dest: "/x", want: files{"x/": ""}},
		{name: "what a link leads to", sources: "link", dest: "/x/", want: files{"x/link": "A"}},
		{name: "all of the context", sources: ".", dest: "/x", want: files{"x/a": "A", "x/b": "B", "x/dir/c": "C", "x/dir/deep/d": "D", "x/link": "-> a", "x/to-dir": "-> dir", "x/empty/": ""}},
		{name: "several", sources: "a b", dest: "/x/", want: files{"x/a": "A", "x/b": "B"}},
		{name: "several make a folder", sources: "a dir", dest: "/x", want: files{"x/a": "A", "x/c": "C", "x/deep/d": "D"}},
		{name: "a pattern", sources: "[ab]", dest: "/x/", want: files{"x/a": "A", "x/b": "B"}},
		{name: "a pattern for several files makes a folder", sources: "[ab]", dest: "/x", want: files{"x/a": "A", "x/b": "B"}},
		{name: "a pattern over folders", sources: "dir/**/d", dest: "/x/", want: files{"x/d": "D"}},
		{name: "a pattern over no folder", sources: "dir/**/c", dest: "/x/", want: files{"x/c": "C"}},
		{name: "out of the context is its top", sources: "../../a", dest: "/x", want: files{"x": "A"}},
		{name: "out of the image is its root", sources: "a", dest: "/../../x", want: files{"x": "A"}},

		{name: "nothing", sources: "missing", dest: "/x", err: "there is no missing to copy"},
		{name: "no match", sources: "m*", dest: "/x", err: "there is no m* to copy"},
		{name: "a bad pattern", sources: "[", dest: "/x", err: "invalid pattern"},
		{name: "several into a file", sources: "a b", dest: "/x", root: files{"x": "old"}, want: files{"x": "old"}, err: "is not a folder"},
		{name: "a folder into a file", sources: "dir", dest: "/x", root: files{"x": "old"}, want: files{"x": "old"}, err: "is not a folder"},
		{name: "below a file", sources: "a", dest: "/x/y", root: files{"x": "old"}, want: files{"x": "old"}, err: "not a directory"},
		{name: "in a ring of links", sources: "a", dest: "/x/y", root: files{"x": "-> x"}, want: files{"x": "-> x"}, err: "too many levels"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := copyInto(t, context, test.root, Copy{Sources: strings.Fields(test.sources), Dest: test.dest})
			checkError(t, err, test.err)
			if want := test.want; !maps.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case err == nil && want != "":
		t.Errorf("no error, want %q", want)
	case err != nil && (want == "" || !strings.Contains(err.Error(), want)):
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestIgnoreFile(t *testing.T) {
	context := files{"a": "A", "dir/b": "B", "dir/sub/c": "C", "dir/sub/d": "D"}
	for _, test := range []struct {
		excludes string
		source   string
		want     files
		err      string
	}{
		{"", "dir", files{"x/b": "B", "x/sub/c": "C", "x/sub/d": "D"}, ""},
		{"dir/sub", "dir", files{"x/b": "B"}, ""},
		{"**/c", "dir", files{"x/b": "B", "x/sub/d": "D"}, ""},
		{"dir !dir/sub/c", "dir", files{"x/sub/c": "C"}, ""},
		{"dir !dir/sub/c", ".", files{"x/a": "A", "x/dir/sub/c": "C"}, ""},
		{"dir/*", "dir/b", nil, "excludes all"},
		{"dir", "dir", nil, "excludes all"},
		{"[", "dir", nil, "ignore file"},
	} {
		t.Run(test.excludes+" "+test.source, func(t *testing.T) {
			got, err := copyInto(t, context, nil, Copy{Sources: []string{test.source}, Dest: "/x/", Excludes: strings.Fields(test.excludes)})
			checkError(t, err, test.err)
			delete(got, "x/")
			if !maps.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// TestContextStaysInside: a link in the context must not fetch the machine's files.
func TestContextStaysInside(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, files{"secret": "SECRET"})
	for name, context := range map[string]files{
		"a link":                    {"it": "-> " + outside + "/secret"},
		"a link up":                 {"it": "-> ../../../../../../../../" + outside + "/secret"},
		"a folder's link":           {"dir": "-> " + outside},
		"a pattern through a link":  {"dir": "-> " + outside},
		"an archive through a link": {"it": "-> " + outside + "/secret"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, source := range []string{"it", "dir", "dir/secret", "dir/*", "*/secret", "**/secret"} {
				got, err := copyInto(t, context, nil, Copy{Sources: []string{source}, Dest: "/x/", Extract: strings.Contains(name, "archive")})
				if err == nil {
					t.Errorf("%s: no error", source)
				}
				if len(got) > 0 {
					t.Errorf("%s: got %q", source, got)
				}
			}
		})
	}
}

func TestModeAndOwner(t *testing.T) {
	dir, rootDir := t.TempDir(), t.TempDir()
	write(t, dir, files{"file": "x", "dir/sub/file": "x"})
	for name, mode := range map[string]os.FileMode{"file": 0o755 | os.ModeSetuid, "dir/sub": 0o770 | os.ModeSticky | os.ModeSetgid} {
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	context, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer context.Close()
	root, err := rootfs.Open(rootDir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	forced := uint32(0o6701)
	for dest, mode := range map[string]*uint32{"/kept/": nil, "/forced/": &forced} {
		c := Copy{Context: context, Sources: []string{".", "file"}, Dest: dest, Mode: mode, UID: os.Getuid(), GID: os.Getgid()}
		if err := c.Into(root); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]os.FileMode{
		"kept":           0o755 | os.ModeDir,
		"kept/file":      0o755, // what runs as somebody else must be made so in the image
		"kept/dir/sub":   0o770 | os.ModeSticky | os.ModeDir,
		"forced/file":    0o701 | os.ModeSetuid | os.ModeSetgid,
		"forced/dir/sub": 0o701 | os.ModeSetuid | os.ModeSetgid | os.ModeDir,
	} {
		info, err := os.Lstat(filepath.Join(rootDir, name))
		if err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
}
