package rootfs

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
)

// A Root can be read as an [os.Root] is read, with one difference: symbolic links are
// resolved as by a process whose root it is. So an absolute link in an image leads to where
// it leads in a container, and none leads out.

// Open opens a file or folder for reading.
func (r *Root) Open(name string) (*os.File, error) {
	return r.OpenFile(name, os.O_RDONLY, 0)
}

// OpenFile opens an existing file. The permissions are there for the sake of the signature.
func (r *Root) OpenFile(name string, flag int, _ os.FileMode) (*os.File, error) {
	fd, err := r.OpenIn(name, uint64(flag)) //nolint:gosec // flags are not negative
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return os.NewFile(uintptr(fd), name), nil
}

// Stat describes what a path leads to.
func (r *Root) Stat(name string) (fs.FileInfo, error) { return r.stat(name, 0) }

// Lstat describes what a path names, which may be a symbolic link.
func (r *Root) Lstat(name string) (fs.FileInfo, error) { return r.stat(name, unix.O_NOFOLLOW) }

func (r *Root) stat(name string, flag uint64) (fs.FileInfo, error) {
	fd, err := r.OpenIn(name, unix.O_PATH|flag)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	file := os.NewFile(uintptr(fd), name)
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !owners.Recorded() {
		return info, err
	}
	return recorded(info, fd), nil
}

// recorded describes a file as belonging to the owner that is recorded of it, and as the
// device node that it may stand for.
func recorded(info fs.FileInfo, fd int) fs.FileInfo {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return info
	}
	owner, ok := owners.Read(fd, stat.Mode)
	if !ok {
		return info
	}
	stat.Uid, stat.Gid = owner.UID, owner.GID
	if owner.Device == 0 {
		return info
	}
	stat.Rdev = unix.Mkdev(owner.Major, owner.Minor)
	mode := info.Mode() | fs.ModeDevice
	if owner.Device == unix.S_IFCHR {
		mode |= fs.ModeCharDevice
	}
	return deviceInfo{info, mode}
}

// deviceInfo is a file that stands for a device node.
type deviceInfo struct {
	fs.FileInfo
	mode fs.FileMode
}

func (d deviceInfo) Mode() fs.FileMode { return d.mode }
func (d deviceInfo) Size() int64       { return 0 }

// Readlink returns where a symbolic link leads.
func (r *Root) Readlink(name string) (string, error) {
	parent, err := r.OpenIn(path.Dir(name), unix.O_PATH|unix.O_DIRECTORY)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	defer unix.Close(parent)
	target, err := readlink(parent, path.Base(name))
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return target, nil
}

// FS returns the tree below the root as a file system for walking and globbing.
func (r *Root) FS() fs.FS { return tree{r} }

// tree implements fs.FS, fs.StatFS and fs.ReadDirFS.
type tree struct{ root *Root }

func (t tree) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return t.root.Open(name)
}

func (t tree) Stat(name string) (fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrInvalid}
	}
	return t.root.Stat(name)
}

func (t tree) ReadDir(name string) ([]fs.DirEntry, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrInvalid}
	}
	file, err := t.root.OpenFile(name, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	infos, err := file.ReadDir(-1)
	if err != nil {
		return nil, fmt.Errorf("failed to list /%s: %w", name, err)
	}
	sortByName(infos)
	return infos, nil
}

func sortByName(entries []fs.DirEntry) {
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
}
