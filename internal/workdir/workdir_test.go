package workdir

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/kolla-build/kolla-build/internal/template"
	"github.com/kolla-build/kolla-build/internal/templatedir"
)

func testTree(t *testing.T) (*template.Tree, []template.Rendered) {
	t.Helper()
	tree, err := template.Load(template.EmbeddedRoot("built-in", fstest.MapFS{
		"macros.j2":                        {Data: []byte("{# none #}")},
		"base/Dockerfile.j2":               {Data: []byte("FROM {{ base_image }}\n")},
		"base/start.sh":                    {Data: []byte("#!/bin/sh\n")},
		"base/conf/settings":               {Data: []byte("a = b\n")},
		"nova/shared":                      {Data: []byte("shared\n")},
		"nova/nova-api/Dockerfile.j2":      {Data: []byte("FROM base")},
		"nova/nova-api/inner/Dockerfile":   {Data: []byte("FROM nova-api\n")},
		"broken/Dockerfile.j2":             {Data: []byte("{{ a.b }}")},
		"cron/Dockerfile.j2":               {Data: []byte("FROM base")},
		"cron/extra/deeply/nested/for-all": {Data: []byte("x")},
	}))
	if err != nil {
		t.Fatal(err)
	}
	images, _ := template.Render(tree, template.Variables{BaseImage: "debian"})
	return tree, images
}

func all(string) bool { return true }

// list returns the files and folders below dir with their permissions.
func list(t *testing.T, dir string) map[string]fs.FileMode {
	t.Helper()
	found := map[string]fs.FileMode{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if !info.ModTime().Equal(epoch) {
			t.Errorf("%s: the time is %s", name, info.ModTime())
		}
		name, _ = filepath.Rel(dir, name)
		found[name] = info.Mode().Perm()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestWrite(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	tree, images := testTree(t)
	dir, err := Open(filepath.Join(t.TempDir(), "new", "work"))
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	keep := func(name string) bool { return name != "nova-api" && name != "cron" }
	// The second run replaces what the first one wrote.
	for _, keep := range []func(string) bool{all, keep} {
		if err := dir.Write(tree, images, keep); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]fs.FileMode{
		".": 0o755, "macros.j2": 0o644,
		"base": 0o755, "base/Dockerfile": 0o644, "base/Dockerfile.j2": 0o644, "base/start.sh": 0o755,
		"base/conf": 0o755, "base/conf/settings": 0o644,
		"broken": 0o755, "broken/Dockerfile.j2": 0o644,
		"nova": 0o755, "nova/shared": 0o644, "nova/nova-api": 0o755, "nova/nova-api/inner": 0o755,
		"nova/nova-api/inner/Dockerfile": 0o644,
	}
	if got := list(t, dir.Path()); !maps.Equal(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
	for name, want := range map[string]string{"base/Dockerfile": "FROM debian", "nova/nova-api/inner/Dockerfile": "FROM nova-api\n"} {
		got, err := os.ReadFile(filepath.Join(dir.Path(), name))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	base := images[slices.IndexFunc(images, func(r template.Rendered) bool { return r.Name == "base" })]
	if got, want := dir.Context(base), filepath.Join(dir.Path(), "base"); got != want {
		t.Errorf("Context = %s, want %s", got, want)
	}
}

func TestModesFromDiskStay(t *testing.T) {
	from := t.TempDir()
	if err := os.Mkdir(filepath.Join(from, "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]fs.FileMode{"Dockerfile.j2": 0o640, "tool": 0o4711} {
		file := filepath.Join(from, "base", name)
		if err := errors.Join(os.WriteFile(file, []byte("#!"), 0o600), os.Chmod(file, mode)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := templatedir.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	tree, err := template.Load(root)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if err := dir.Write(tree, nil, all); err != nil {
		t.Fatal(err)
	}
	got := list(t, dir.Path())
	want := map[string]fs.FileMode{".": 0o755, "base": 0o755, "base/Dockerfile.j2": 0o640, "base/tool": 0o711}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestForeignFolderIsLeftAlone(t *testing.T) {
	work := t.TempDir()
	precious := filepath.Join(work, "docker", "precious")
	if err := errors.Join(os.Mkdir(filepath.Dir(precious), 0o755), os.WriteFile(precious, nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	dir, err := Open(work)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	tree, images := testTree(t)
	if err := dir.Write(tree, images, all); err == nil || !strings.Contains(err.Error(), "--work-dir") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

func TestLinkInPlaceOfTheFolderIsNotFollowed(t *testing.T) {
	work, elsewhere := t.TempDir(), t.TempDir()
	precious := filepath.Join(elsewhere, "precious")
	if err := errors.Join(os.WriteFile(precious, nil, 0o644), os.WriteFile(filepath.Join(work, markName), nil, 0o644),
		os.Symlink(elsewhere, filepath.Join(work, "docker"))); err != nil {
		t.Fatal(err)
	}
	dir, err := Open(work)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	tree, images := testTree(t)
	if err := dir.Write(tree, images, all); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(elsewhere, "base")); err == nil {
		t.Error("the link was followed")
	}
}

func TestTemporaryFolderGoes(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dir, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	tree, images := testTree(t)
	if err := dir.Write(tree, images, all); err != nil {
		t.Fatal(err)
	}
	if err := dir.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestOpenFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file); err == nil || !strings.Contains(err.Error(), "--work-dir") {
		t.Errorf("got %v", err)
	}
}
