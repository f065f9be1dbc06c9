package transfer

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"time"

	"github.com/moby/sys/userns"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// sink takes files, in the form of a tar's entries, into a folder of an image. That
// folder is the root for every name and link among them: nothing is written outside.
type sink struct {
	root     *rootfs.Root
	uid, gid int // of folders that no entry describes
	folders  []folderTime
	devices  map[string]bool // that were left out
	entries  int             // how many were put
}

// folderTime is set at the end: each entry of a folder changes its time.
type folderTime struct {
	name string
	time time.Time
}

func newSink(root *rootfs.Root, uid, gid int) *sink {
	return &sink{root: root, uid: uid, gid: gid, devices: map[string]bool{}}
}

// put makes one entry. What has its name already goes, unless both are folders.
func (s *sink) put(header *tar.Header, content io.Reader) error {
	s.entries++
	name := rootfs.Clean(header.Name)
	parent, err := s.root.MkdirAll(path.Dir(name), s.uid, s.gid, 0o755)
	if err != nil {
		return err
	}
	defer parent.Close()
	at := place{parent.FD(), path.Base(name)}
	switch header.Typeflag {
	case tar.TypeReg, tar.TypeGNUSparse:
		return at.file(header, content)
	case tar.TypeDir:
		s.folders = append(s.folders, folderTime{name, header.ModTime})
		return at.folder(header)
	case tar.TypeLink:
		return s.link(at, header)
	case tar.TypeSymlink:
		err = at.replace(func() error { return unix.Symlinkat(header.Linkname, at.dir, at.name) })
	case tar.TypeFifo:
		err = at.replace(func() error { return unix.Mkfifoat(at.dir, at.name, 0o600) })
	case tar.TypeChar, tar.TypeBlock:
		if owners.Recorded() {
			err = at.replace(func() error { return owners.MakeDevice(at.dir, at.name, 0o600, deviceRecord(header)) })
			break
		}
		if userns.RunningInUserNS() {
			s.devices[name] = true // only the machine's root may make them
			return nil
		}
		err = at.replace(func() error { return unix.Mknodat(at.dir, at.name, deviceMode(header), deviceNumber(header)) })
	default:
		return fmt.Errorf("entries of type %q cannot be unpacked", header.Typeflag)
	}
	if err != nil {
		return err
	}
	return at.describe(header)
}

// close finishes the folders.
func (s *sink) close() error {
	for _, folder := range slices.Backward(s.folders) {
		at, err := s.root.Sub(folder.name)
		if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) {
			continue // another entry took its place
		}
		if err != nil {
			return err
		}
		err = setTime(at.FD(), ".", folder.time)
		at.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// link makes a further name of an earlier entry, or of a file that the image has. A
// link counts as itself, as in tar.
func (s *sink) link(at place, header *tar.Header) error {
	target := rootfs.Clean(header.Linkname)
	if s.devices[target] {
		return nil
	}
	fd, err := s.root.OpenIn(target, unix.O_PATH|unix.O_NOFOLLOW)
	if err != nil {
		return fmt.Errorf("failed to open %s to link it: %w", target, err)
	}
	defer unix.Close(fd)
	return at.replace(func() error {
		// AT_EMPTY_PATH would ask for a capability of the machine's root.
		return unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", fd), at.dir, at.name, unix.AT_SYMLINK_FOLLOW)
	})
}

// place is a name in an open folder. Its last component is never followed.
type place struct {
	dir  int
	name string
}

// file writes a regular file.
func (at place) file(header *tar.Header, content io.Reader) error {
	fd := -1
	err := at.replace(func() (err error) {
		fd, err = unix.Openat(at.dir, at.name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
		return err
	})
	if err != nil {
		return err
	}
	file := os.NewFile(uintptr(fd), at.name)
	defer file.Close()
	if err := fits(fd, header.Size); err != nil {
		return err
	}
	written, err := io.Copy(file, content)
	if err == nil && written != header.Size {
		err = fmt.Errorf("%d bytes instead of %d: the file changed while it was read", written, header.Size)
	}
	if err != nil {
		return err
	}
	if err := at.describe(header); err != nil {
		return err
	}
	// A change of owner takes file capabilities away; so they come last.
	return writeXattrs(fd, header.PAXRecords)
}

// largeFile is the size from which it is looked at beforehand whether a file fits.
const largeFile = 1 << 30

// fits tells whether there is room for a file. An archive of a kilobyte may hold a sparse
// file of a terabyte, which would fill the disk for everybody before it fails.
func fits(fd int, size int64) error {
	if size < largeFile {
		return nil
	}
	var fs unix.Statfs_t
	if err := unix.Fstatfs(fd, &fs); err != nil {
		return os.NewSyscallError("fstatfs", err)
	}
	if free := int64(fs.Bavail) * fs.Bsize; size > free { //nolint:gosec // no disk has that many blocks
		return fmt.Errorf("%w: it has %d bytes, and %d are free", unix.ENOSPC, size, free)
	}
	return nil
}

// folder makes a folder, or gives the one that is there another owner and mode.
func (at place) folder(header *tar.Header) error {
	err := unix.Mkdirat(at.dir, at.name, 0o700)
	if errors.Is(err, unix.EEXIST) && !at.isFolder() {
		err = at.replace(func() error { return unix.Mkdirat(at.dir, at.name, 0o700) })
	}
	if err != nil && !errors.Is(err, unix.EEXIST) {
		return err
	}
	if err := at.describe(header); err != nil || len(header.PAXRecords) == 0 {
		return err
	}
	fd, err := unix.Openat(at.dir, at.name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return writeXattrs(fd, header.PAXRecords)
}

func (at place) isFolder() bool {
	var info unix.Stat_t
	err := unix.Fstatat(at.dir, at.name, &info, unix.AT_SYMLINK_NOFOLLOW)
	return err == nil && info.Mode&unix.S_IFMT == unix.S_IFDIR
}

// replace makes something where there may be something else, which goes.
func (at place) replace(create func() error) error {
	err := create()
	if !errors.Is(err, unix.EEXIST) {
		return err
	}
	if err := unix.Unlinkat(at.dir, at.name, 0); errors.Is(err, unix.EISDIR) {
		if err := at.removeFolder(); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	return create()
}

func (at place) removeFolder() error {
	dir, err := os.OpenRoot(fmt.Sprintf("/proc/self/fd/%d", at.dir))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.RemoveAll(at.name)
}

// describe sets owner, mode and time, in an order that keeps each.
func (at place) describe(header *tar.Header) error {
	if err := owners.ChownAt(at.dir, at.name, header.Uid, header.Gid); err != nil {
		return fmt.Errorf("failed to set the owner %d:%d: %w", header.Uid, header.Gid, err)
	}
	if header.Typeflag != tar.TypeSymlink {
		if err := owners.ChmodAt(at.dir, at.name, uint32(header.Mode)&permissionBits); err != nil {
			return fmt.Errorf("failed to set the mode %o: %w", header.Mode, err)
		}
	}
	return setTime(at.dir, at.name, header.ModTime)
}

func setTime(dir int, name string, when time.Time) error {
	spec, err := unix.TimeToTimespec(when)
	if err != nil {
		return fmt.Errorf("failed to set the time %v: %w", when, err)
	}
	return os.NewSyscallError("utimensat", unix.UtimesNanoAt(dir, name, []unix.Timespec{spec, spec}, unix.AT_SYMLINK_NOFOLLOW))
}

func deviceRecord(header *tar.Header) owners.Owner {
	return owners.Owner{Device: deviceMode(header) & unix.S_IFMT, Major: uint32(header.Devmajor), Minor: uint32(header.Devminor)} //nolint:gosec // as in deviceNumber
}

func deviceMode(header *tar.Header) uint32 {
	if header.Typeflag == tar.TypeChar {
		return unix.S_IFCHR | 0o600
	}
	return unix.S_IFBLK | 0o600
}

func deviceNumber(header *tar.Header) int {
	return int(unix.Mkdev(uint32(header.Devmajor), uint32(header.Devminor)))
}
