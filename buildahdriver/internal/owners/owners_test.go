package owners

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestText has records of our own and of containers/storage.
func TestText(t *testing.T) {
	for _, test := range []struct {
		text  string
		owner Owner
		ok    bool
	}{
		{"42436:42400:0755:file", Owner{UID: 42436, GID: 42400}, true},
		{"0:0:4755:dir", Root, true},
		{"4294967294:1:0:symlink", Owner{UID: 4294967294, GID: 1}, true},
		{"1:2:0644", Owner{UID: 1, GID: 2}, true},
		{"0:6:0660:block-8-1", Owner{GID: 6, Device: unix.S_IFBLK, Major: 8, Minor: 1}, true},
		{"0:0:0666:char-1-3", Owner{Device: unix.S_IFCHR, Major: 1, Minor: 3}, true},
		{"0:0:0666:char", Root, false},
		{"0:0:0666:char-1", Root, false},
		{"0:0:0666:char-a-b", Root, false},
		{"1:2", Root, false},
		{"-1:2:0", Root, false},
		{"4294967296:2:0", Root, false},
		{"", Root, false},
	} {
		owner, ok := parseText(test.text)
		if owner != test.owner || ok != test.ok {
			t.Errorf("%q: %+v, %v", test.text, owner, ok)
		}
	}
	device := Owner{UID: 1, GID: 2, Device: unix.S_IFCHR, Major: 10, Minor: 200}
	if got := string(device.text(unix.S_IFREG | 0o4640)); got != "1:2:4640:char-10-200" {
		t.Errorf("got %q", got)
	}
}

func TestLink(t *testing.T) {
	want := Owner{UID: 42436, GID: 65534}
	if got, ok := parseLink(want.link()); got != want || !ok {
		t.Errorf("got %+v, %v", got, ok)
	}
	// cap_net_bind_service+ep, which somebody set on a link.
	capability := "\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	if got, ok := parseLink([]byte(capability)); ok {
		t.Errorf("a capability is taken for %+v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("1:2:0644:char-1-3"))
	f.Add(Owner{UID: 1, GID: 2}.link())
	f.Fuzz(func(t *testing.T, value []byte) {
		if owner, ok := parseText(string(value)); ok {
			if again, ok := parseText(string(owner.text(unix.S_IFREG))); !ok || again != owner {
				t.Errorf("%+v became %+v", owner, again)
			}
		}
		parseLink(value)
	})
}

// TestFiles records owners of files of all kinds. It is run with many ids: what is
// written is the same.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, err := range []error{
		os.WriteFile(at("file"), nil, 0o600), os.WriteFile(at("closed"), nil, 0), os.Mkdir(at("dir"), 0o700),
		os.Symlink("nowhere", at("link")), unix.Mkfifo(at("fifo"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := Owner{UID: 42436, GID: 42400}
	for _, name := range []string{"file", "dir", "link", "fifo", "closed"} {
		fd, err := unix.Open(at(name), unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		var info unix.Stat_t
		if err := unix.Fstat(fd, &info); err != nil {
			t.Fatal(err)
		}
		if owner, ok := Read(fd, info.Mode); ok {
			t.Errorf("%s has the owner %+v", name, owner)
		}
		if err := Write(fd, info.Mode, want); errors.Is(err, os.ErrPermission) && os.Getuid() != 0 && name != "file" && name != "dir" {
			continue // it needs a capability that a user has in a namespace only
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if owner, ok := Read(fd, info.Mode); !ok || owner != want {
			t.Errorf("%s has the owner %+v, %v", name, owner, ok)
		}
		if err := Write(fd, info.Mode, Root); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if owner, ok := Read(fd, info.Mode); ok {
			t.Errorf("%s still has the owner %+v", name, owner)
		}
	}
}

func TestRestore(t *testing.T) {
	const user, capability = "SCHILY.xattr.user.containers.override_stat", "SCHILY.xattr.security.capability"
	var layer, restored bytes.Buffer
	w := tar.NewWriter(&layer)
	for _, h := range []*tar.Header{
		{Typeflag: tar.TypeDir, Name: "dir/", Mode: 0o755, PAXRecords: map[string]string{user: "33:34:0700:dir", "SCHILY.xattr.user.own": "kept"}},
		{Typeflag: tar.TypeReg, Name: "dir/.wh..wh..opq"},
		{Typeflag: tar.TypeReg, Name: "dir/file", Mode: 0o4755, Size: 4, PAXRecords: map[string]string{user: "5:6:0644:file", capability: "real"}},
		{Typeflag: tar.TypeLink, Name: "hard", Linkname: "dir/file", PAXRecords: map[string]string{user: "5:6:0644:file"}},
		{Typeflag: tar.TypeReg, Name: "null", Mode: 0o666, Size: 4, PAXRecords: map[string]string{user: "0:7:0666:char-1-3"}},
		{Typeflag: tar.TypeSymlink, Name: "link", Linkname: "x", PAXRecords: map[string]string{capability: string(Owner{UID: 8, GID: 9}.link())}},
		{Typeflag: tar.TypeReg, Name: "plain", Mode: 0o600},
	} {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, strings.Repeat("x", int(h.Size))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Restore(&restored, &layer); err != nil {
		t.Fatal(err)
	}
	type entry struct {
		uid, gid int
		kind     byte
		mode     int64
		size     int64
		records  int
	}
	want := map[string]entry{
		"dir/": {33, 34, tar.TypeDir, 0o755, 0, 1}, "dir/.wh..wh..opq": {33, 34, tar.TypeReg, 0, 0, 0},
		"dir/file": {5, 6, tar.TypeReg, 0o4755, 4, 1}, "hard": {5, 6, tar.TypeLink, 0, 0, 0},
		"null": {0, 7, tar.TypeChar, 0o666 | unix.S_IFCHR, 0, 0}, "link": {8, 9, tar.TypeSymlink, 0, 0, 0}, "plain": {0, 0, tar.TypeReg, 0o600, 0, 0},
	}
	for reader := tar.NewReader(&restored); ; {
		h, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := (entry{h.Uid, h.Gid, h.Typeflag, h.Mode, h.Size, len(h.PAXRecords)}); got != want[h.Name] {
			t.Errorf("%s: got %+v, want %+v", h.Name, got, want[h.Name])
		}
		delete(want, h.Name)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}
