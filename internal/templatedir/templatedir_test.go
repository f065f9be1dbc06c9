package templatedir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/template"
)

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "base"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "base", "Dockerfile.j2"), []byte("FROM x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := template.Load(root)
	if err != nil {
		t.Fatal(err)
	}
	if !tree.Has("base/Dockerfile.j2") || root.Name() != dir || root.Embedded() {
		t.Errorf("got %v of the root %q", tree.Files(), root.Name())
	}
	if err := root.Close(); err != nil {
		t.Error(err)
	}
}

// TestOpenLoop: a link to a folder that holds it would never end.
func TestOpenLoop(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(".", filepath.Join(dir, "again")); err != nil {
		t.Fatal(err)
	}
	root, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, err := template.Load(root); err == nil || !strings.Contains(err.Error(), "the link leads to a folder that holds it") {
		t.Errorf("got %v", err)
	}
}

func TestOpenMissing(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "missing")); err == nil || !strings.Contains(err.Error(), "--docker-dir") {
		t.Errorf("got %v", err)
	}
}
