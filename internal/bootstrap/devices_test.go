package bootstrap

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestRemoveDevices(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := removeDevices(root); err != nil {
		t.Errorf("without a /dev: %v", err)
	}
	for _, do := range []error{
		os.Mkdir(filepath.Join(dir, "dev"), 0o755),
		os.Mkdir(filepath.Join(dir, "dev", "pts"), 0o755),
		os.Symlink("/proc/self/fd", filepath.Join(dir, "dev", "fd")),
	} {
		if do != nil {
			t.Fatal(do)
		}
	}
	// 0, 0 is the one device that every user may make.
	if err := unix.Mknod(filepath.Join(dir, "dev", "null"), unix.S_IFCHR|0o666, 0); err != nil {
		t.Fatal(err)
	}
	if err := removeDevices(root); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"dev/pts": true, "dev/fd": true, "dev/null": false} {
		if _, err := root.Lstat(name); errors.Is(err, os.ErrNotExist) == want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
