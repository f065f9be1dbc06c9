package owners

import (
	"archive/tar"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPlain: what a process without rights is asked for is what the archive gets, and what
// is on disk can be read back.
func TestPlain(t *testing.T) {
	SetPlain()
	t.Cleanup(func() { plain.Store(false) })
	if !Recorded() {
		t.Error("owners are not recorded")
	}
	for name, test := range map[string]struct {
		mode     uint32 // that is asked for
		uid, gid int
		make     func(path string) error
		onDisk   uint32
		link     bool
	}{
		"closed file":      {0, 0, 42, file, 0o600, false},
		"ordinary file":    {0o644, 0, 0, file, 0o644, false},
		"file of another":  {0o4711, 3, 4, file, 0o4711, false},
		"write-only":       {0o200, 7, 8, file, 0o600, false},
		"closed folder":    {0o1000, 5, 5, folder, 0o1700, false},
		"ordinary folder":  {0o755, 0, 0, folder, 0o755, false},
		"folder of others": {0o2750, 1000, 5, folder, 0o2750, false},
		"link":             {0o777, 8, 12, func(path string) error { return os.Symlink("nowhere", path) }, 0o777, true},
		"link of root":     {0o777, 0, 0, func(path string) error { return os.Symlink("nowhere", path) }, 0o777, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "it")
			if err := test.make(path); err != nil {
				t.Fatal(err)
			}
			if err := ChownAt(unix.AT_FDCWD, path, test.uid, test.gid); err != nil {
				t.Fatal(err)
			}
			if !test.link {
				if err := ChmodAt(unix.AT_FDCWD, path, test.mode); err != nil {
					t.Fatal(err)
				}
			}
			var info unix.Stat_t
			if err := unix.Lstat(path, &info); err != nil {
				t.Fatal(err)
			}
			if got := info.Mode & 0o7777; got != test.onDisk {
				t.Errorf("on disk the mode is %04o, want %04o", got, test.onDisk)
			}
			xattrs := map[string]string{}
			var value [128]byte
			if n, err := unix.Lgetxattr(path, Attribute, value[:]); err == nil {
				xattrs[Attribute] = string(value[:n])
			}
			header := &tar.Header{Mode: int64(info.Mode & 0o7777), Uid: int(info.Uid), Gid: int(info.Gid)}
			AdjustPlain(header, xattrs, &info)
			if header.Mode != int64(test.mode) || header.Uid != test.uid || header.Gid != test.gid {
				t.Errorf("the archive has %04o %d:%d, want %04o %d:%d", header.Mode, header.Uid, header.Gid, test.mode, test.uid, test.gid)
			}
			if len(xattrs) != 0 {
				t.Errorf("the archive has the attributes %v", xattrs)
			}
		})
	}
}

func file(path string) error   { return os.WriteFile(path, nil, 0o600) }
func folder(path string) error { return os.Mkdir(path, 0o700) }

// TestPlainRemembersCapabilities of a file, until another one gets its mode, which may have
// the number of the first.
func TestPlainRemembersCapabilities(t *testing.T) {
	SetPlain()
	t.Cleanup(func() { plain.Store(false) })
	path := filepath.Join(t.TempDir(), "it")
	if err := file(path); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	archived := func() string {
		var info unix.Stat_t
		if err := unix.Fstat(fd, &info); err != nil {
			t.Fatal(err)
		}
		xattrs := map[string]string{}
		AdjustPlain(&tar.Header{}, xattrs, &info)
		return xattrs[LinkAttribute]
	}
	if err := RememberCapability(fd, "some"); err != nil {
		t.Fatal(err)
	}
	if got := archived(); got != "some" {
		t.Errorf("the archive has %q", got)
	}
	if err := ChmodAt(unix.AT_FDCWD, path, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := archived(); got != "" {
		t.Errorf("the archive has %q of a new file", got)
	}
}
