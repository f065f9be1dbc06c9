package buildahdriver

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFullDisk builds where there is not enough space, and again once there is: the path is named, nothing
// is left behind, and nothing is damaged.
func TestFullDisk(t *testing.T) {
	t.Setenv("TMPDIR", os.TempDir())
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=24m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(disk, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	options := Options{Root: filepath.Join(disk, "root"), RunRoot: filepath.Join(disk, "run")}
	d, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	buildBase(t, d)
	layers, err := d.store.Layers()
	if err != nil {
		t.Fatal(err)
	}
	for name, dockerfile := range map[string]string{
		"COPY": "FROM base:1\nCOPY large /large\n",
		"RUN":  "FROM base:1\nRUN dd if=/dev/zero of=/large bs=1M count=40\n",
	} {
		_, output, err := tryBuild(t, d, "large:1", dockerfile, map[string]string{"large": strings.Repeat("x", 40<<20)})
		if err == nil || !strings.Contains(err.Error()+output, "/large") || !strings.Contains(strings.ToLower(err.Error()+output), "no space left on device") {
			t.Errorf("%s: %v, %s", name, err, output)
		}
	}
	// To the last byte, so that not even a list can be written.
	filler := filepath.Join(disk, "filler")
	file, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 1<<16); err == nil; {
		_, err = file.Write(block)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := tryBuild(t, d, "small:1", "FROM base:1\nCOPY small /small\n", map[string]string{"small": "x"}); !errors.Is(err, unix.ENOSPC) || !strings.Contains(err.Error(), disk) {
		t.Errorf("on a disk that is full: %v", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	after, err := d.store.Layers()
	if err != nil || len(after) != len(layers) {
		t.Errorf("%d layers became %d: %v", len(layers), len(after), err)
	}
	assertNoStagingLeft(t, d)
	buildImage(t, d, "small:1", "FROM base:1\nCOPY small /small\nRUN test -s /small\n", map[string]string{"small": "x"})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if faults, err := Check(context.Background(), options, CheckOptions{}); err != nil || len(faults) > 0 {
		t.Errorf("the store: %+v, %v", faults, err)
	}
}
