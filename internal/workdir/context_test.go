package workdir

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/kolla-build/kolla-build/internal/template"
)

func TestWriteContext(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	tree, images := testTree(t)
	var base template.Rendered
	for _, image := range images {
		if image.Name == "base" {
			base = image
		}
	}
	var files []template.File
	for _, f := range tree.Files() {
		if strings.HasPrefix(f.Path, "base/") {
			files = append(files, f)
		}
	}
	dir := filepath.Join(t.TempDir(), "context")
	// What another attempt has left is replaced.
	if err := os.MkdirAll(filepath.Join(dir, "old"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := WriteContext(dir, files, base); err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{
		".": 0o755, "conf": 0o755, "conf/settings": 0o644,
		"Dockerfile": 0o644, "Dockerfile.j2": 0o644, "start.sh": 0o755,
	}
	if got := list(t, dir); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "Dockerfile")); err != nil || string(text) != base.Dockerfile {
		t.Errorf("the Dockerfile is %q, %v", text, err)
	}
}

func TestWriteContextFails(t *testing.T) {
	tree, images := testTree(t)
	foreign := slices.DeleteFunc(tree.Files(), func(f template.File) bool { return f.Path != "macros.j2" })
	for name, err := range map[string]error{
		"no folder above": WriteContext(filepath.Join(t.TempDir(), "none", "context"), nil, images[0]),
		"foreign file":    WriteContext(filepath.Join(t.TempDir(), "context"), foreign, images[0]),
	} {
		if err == nil || !strings.Contains(err.Error(), images[0].Name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
