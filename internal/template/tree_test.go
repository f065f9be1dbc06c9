package template

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// diskRoot makes a root of a folder on disk with these files.
func diskRoot(t *testing.T, pairs ...string) (Root, string) {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(pairs); i += 2 {
		file := filepath.Join(dir, pairs[i])
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(pairs[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	opened, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	root := FolderRoot(dir, opened.FS(), diskFolder{opened})
	t.Cleanup(func() { _ = root.Close() })
	return root, dir
}

// diskFolder does what that of package templatedir does, which cannot be imported here.
type diskFolder struct{ *os.Root }

func (diskFolder) SameFile(a, b fs.FileInfo) bool { return os.SameFile(a, b) }

func read(t *testing.T, fsys fs.FS, name string) string {
	t.Helper()
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestLoad(t *testing.T) {
	tree, err := Load(EmbeddedRoot("built-in", files(
		"macros.j2", "", "base/Dockerfile.j2", "", "base/start.sh", "#!/bin/sh\n", "base/short", "#",
		"nova/nova-api/Dockerfile.j2", "", "nova/readme", "", "plain/Dockerfile", "FROM x",
		"base/Dockerfile", "stale",
	)))
	if err != nil {
		t.Fatal(err)
	}
	want := []Image{{"base", "base", true}, {"nova-api", "nova/nova-api", true}, {"plain", "plain", false}}
	if got := tree.Images(); !slices.Equal(got, want) {
		t.Errorf("images %v, want %v", got, want)
	}
	modes := map[string]fs.FileMode{"base/start.sh": 0o755, "base/short": 0o644, "macros.j2": 0o644}
	for _, f := range tree.Files() {
		if mode, named := modes[f.Path]; named && f.Mode != mode {
			t.Errorf("%s: mode %o, want %o", f.Path, f.Mode, mode)
		}
	}
}

func TestLaterRootsWin(t *testing.T) {
	first, _ := diskRoot(t, "base/Dockerfile.j2", "old", "base/keep", "kept", "a/file", "", "b", "")
	second, dir := diskRoot(t, "base/Dockerfile.j2", "new", "a", "now a file", "b/file", "now a folder")
	if err := os.Chmod(filepath.Join(dir, "base/Dockerfile.j2"), 0o640); err != nil {
		t.Fatal(err)
	}
	tree, err := Load(first, second)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range tree.Files() {
		paths = append(paths, f.Path)
		if f.Path == "base/Dockerfile.j2" && (f.Mode != 0o640 || f.Location() != filepath.Join(dir, f.Path)) {
			t.Errorf("%s: mode %o, location %s", f.Path, f.Mode, f.Location())
		}
	}
	if want := []string{"a", "b/file", "base/Dockerfile.j2", "base/keep"}; !slices.Equal(paths, want) {
		t.Errorf("files %q, want %q", paths, want)
	}
	if got := read(t, tree, "base/Dockerfile.j2"); got != "new" {
		t.Errorf("got %q", got)
	}
}

func TestLinks(t *testing.T) {
	root, dir := diskRoot(t, "base/Dockerfile.j2", "x", "common/start", "started")
	for link, target := range map[string]string{"base/start": "../common/start", "base/folder": "../common"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := Load(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"base/start", "base/folder/start"} {
		if got := read(t, tree, name); got != "started" {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	duplicate := EmbeddedRoot("built-in", files("a/cron/Dockerfile.j2", "", "b/cron/Dockerfile", "", "c/x/Dockerfile.j2", "", "d/x/Dockerfile.j2", ""))
	empty := EmbeddedRoot("built-in", files("base/readme", ""))
	inner := EmbeddedRoot("built-in", files("Dockerfile.j2", ""))
	tests := []struct {
		name  string
		roots []Root
		links map[string]string // in a root on disk of their own
		want  []string
	}{
		{"two folders for one image", []Root{duplicate}, nil, []string{
			`two folders make the image "cron": built-in/a/cron and built-in/b/cron` + "\nrename one of them, or remove it",
			`two folders make the image "x": built-in/c/x and built-in/d/x`,
		}},
		{"no image", []Root{empty}, nil, []string{"no Dockerfile.j2 in any folder of built-in\nsee what --docker-dir names"}},
		{"the folder of one image", []Root{inner}, nil, []string{"give its parent folder to --docker-dir"}},
		{"a link out of the root", nil, map[string]string{"passwd": "/etc/passwd", "up": "../.."}, []string{"passwd: ", "up: ", "path escapes from parent\nmend or remove it"}},
		{"a broken link", nil, map[string]string{"broken": "nowhere"}, []string{"broken: ", "no such file"}},
		{"a link to itself", nil, map[string]string{"self": "self"}, []string{"self: "}},
		{"a link to its own folder", nil, map[string]string{"loop": "."}, []string{"loop: the link leads to a folder that holds it"}},
		{"a link to a device", nil, map[string]string{"device": "/dev/null"}, []string{"device: "}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			roots := test.roots
			if test.links != nil {
				root, dir := diskRoot(t, "base/Dockerfile.j2", "")
				for link, target := range test.links {
					if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
						t.Fatal(err)
					}
				}
				roots = []Root{root}
			}
			_, err := Load(roots...)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got\n%v\nwithout\n%s", err, want)
				}
			}
		})
	}
}
