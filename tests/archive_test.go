package tests

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestUnchangedSources: the archive that an image gets of a local source depends on
// what is in the source, and on nothing else.
func TestUnchangedSources(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder, tarball := filepath.Join(dir, "src", "folder"), filepath.Join(dir, "src", "tarball.tar.gz")
	packed := func(text string) string { return gzipped(t, archive(t, map[string]string{"tarball/file": text})) }
	err := writeFiles(dir, map[string]string{
		"src/folder/file":                 "content\n",
		"src/folder/deeper/file":          "content\n",
		"src/tarball.tar.gz":              packed("content\n"),
		"kolla-build.conf":                fmt.Sprintf("[folder]\ntype = local\nlocation = %s\n[tarball]\ntype = local\nlocation = %s\n", folder, tarball),
		"templates/folder/Dockerfile.j2":  fromBase + "ADD folder-archive /\n",
		"templates/tarball/Dockerfile.j2": fromBase + "ADD tarball-archive /\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	archives := func() map[string][sha256.Size]byte {
		t.Helper()
		work := filepath.Join(dir, "work")
		build(t, "-D", filepath.Join(dir, "templates"), "--config-file", filepath.Join(dir, "kolla-build.conf"), "--work-dir", work).
			wants(t, 0, "^built 2 images in ")
		digests := map[string][sha256.Size]byte{}
		for _, name := range []string{"folder", "tarball"} {
			digests[name] = sha256.Sum256([]byte(readFile(t, filepath.Join(work, "docker", name, name+"-archive"))))
		}
		return digests
	}
	write := func(path, text string) error { return os.WriteFile(path, []byte(text), 0o644) }
	before := archives()
	for _, step := range []struct {
		name    string
		do      func() error
		changed string // the only archive that is another now, if there is one
	}{
		{"nothing", func() error { return nil }, ""},
		{"times", func() error {
			long := time.Unix(1_000_000_000, 0)
			return errors.Join(os.Chtimes(filepath.Join(folder, "deeper", "file"), long, long), os.Chtimes(folder, long, long), os.Chtimes(tarball, long, long))
		}, ""},
		{"a byte in the folder", func() error { return write(filepath.Join(folder, "deeper", "file"), "Content\n") }, "folder"},
		{"a byte in the tarball", func() error { return write(tarball, packed("Content\n")) }, "tarball"},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		after := archives()
		for name, digest := range after {
			if changed := digest != before[name]; changed != (name == step.changed) {
				t.Errorf("%s: the archive of %s changed: %v", step.name, name, changed)
			}
		}
		before = after
	}
}
