package templates

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

// What is on disk is in the binary, so no folder is forgotten; and an image has
// its name from its folder, so no two folders have the same.
func TestFS(t *testing.T) {
	embedded := FS()
	if _, err := fs.Stat(embedded, "macros.j2"); err != nil {
		t.Error(err)
	}
	images := map[string]string{}
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) == ".go" {
			return err
		}
		info, err := fs.Stat(embedded, name)
		if err != nil {
			t.Errorf("%s is not embedded", name)
		} else if onDisk, _ := entry.Info(); onDisk != nil && onDisk.Size() != info.Size() {
			t.Errorf("%s is not embedded as it is", name)
		}
		if path.Base(name) != "Dockerfile.j2" {
			return nil
		}
		image := path.Base(path.Dir(name))
		if other, ok := images[image]; ok {
			t.Errorf("%s and %s are both named %s", other, name, image)
		}
		images[image] = name
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(images) == 0 {
		t.Error("no images")
	}
}

// A file is executable in the image if it begins with "#!", since embedding keeps
// no modes. On disk it has the same mode, so that a copy of the tree works as well.
func TestModes(t *testing.T) {
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		script := len(text) > 2 && string(text[:2]) == "#!"
		if executable := info.Mode()&0o111 != 0; executable != script {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What stands in a Dockerfile comes from here, so it is as tidy.
func TestLines(t *testing.T) {
	err := fs.WalkDir(FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(FS(), name)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(text), "\n") {
			if strings.TrimRight(line, " \t\r") != line {
				t.Errorf("%s:%d has blanks at its end", name, i+1)
			}
		}
		if !strings.HasSuffix(string(text), "\n") || strings.HasSuffix(string(text), "\n\n") {
			t.Errorf("%s does not end with one newline", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
