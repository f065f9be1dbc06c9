package owners

import (
	"archive/tar"
	"errors"
	"os"
	"path/filepath"
	"reflect"
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

func TestAdjust(t *testing.T) {
	const capability = "real"
	for name, test := range map[string]struct {
		mode   uint32
		xattrs map[string]string
		want   tar.Header
		left   int
	}{
		"a file":        {unix.S_IFREG, map[string]string{Attribute: "5:6:0644:file", LinkAttribute: capability}, tar.Header{Typeflag: tar.TypeReg, Size: 4, Uid: 5, Gid: 6}, 1},
		"a device":      {unix.S_IFREG, map[string]string{Attribute: "0:7:0666:char-1-3"}, tar.Header{Typeflag: tar.TypeChar, Gid: 7, Devmajor: 1, Devminor: 3}, 0},
		"a block":       {unix.S_IFREG, map[string]string{Attribute: "0:0:0666:block-8-0"}, tar.Header{Typeflag: tar.TypeBlock, Devmajor: 8}, 0},
		"no record":     {unix.S_IFREG, map[string]string{"user.own": "kept"}, tar.Header{Typeflag: tar.TypeReg, Size: 4}, 1},
		"a bad record":  {unix.S_IFREG, map[string]string{Attribute: "x"}, tar.Header{Typeflag: tar.TypeReg, Size: 4}, 0},
		"no folder":     {unix.S_IFDIR, map[string]string{Attribute: "1:2:0666:char-1-3"}, tar.Header{Typeflag: tar.TypeReg, Size: 4, Uid: 1, Gid: 2}, 0},
		"a link":        {unix.S_IFLNK, map[string]string{LinkAttribute: string(Owner{UID: 8, GID: 9}.link())}, tar.Header{Typeflag: tar.TypeReg, Size: 4, Uid: 8, Gid: 9}, 0},
		"an odd link":   {unix.S_IFLNK, map[string]string{LinkAttribute: capability}, tar.Header{Typeflag: tar.TypeReg, Size: 4}, 1},
		"no attributes": {unix.S_IFREG, nil, tar.Header{Typeflag: tar.TypeReg, Size: 4}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			header := tar.Header{Typeflag: tar.TypeReg, Size: 4}
			Adjust(&header, test.xattrs, test.mode)
			if !reflect.DeepEqual(header, test.want) || len(test.xattrs) != test.left {
				t.Errorf("got %+v, want %+v; attributes %q", header, test.want, test.xattrs)
			}
		})
	}
}
