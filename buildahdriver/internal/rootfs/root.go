// Package rootfs reaches into the root directory of an image. The image is foreign: its
// symbolic links may lead anywhere, its files may be of any kind and size. So every path
// is resolved by the kernel as if the directory were the root, and no link leads out.
package rootfs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
)

// Root is an open directory that paths are resolved below.
type Root struct{ fd int }

// Open opens dir, a path that the caller trusts.
func Open(dir string) (*Root, error) {
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open the root", Path: dir, Err: err}
	}
	return &Root{fd}, nil
}

// FromFD makes a root of an open directory, which stays the caller's to close.
func FromFD(fd int) *Root { return &Root{fd} }

// Close lets go of the directory.
func (r *Root) Close() error { return unix.Close(r.fd) }

// FD returns the directory's file descriptor, opened with O_PATH.
func (r *Root) FD() int { return r.fd }

// OpenIn opens a path as a process would whose root this is.
func (r *Root) OpenIn(name string, flags uint64) (int, error) {
	return openat2(r.fd, name, flags, unix.RESOLVE_IN_ROOT|unix.RESOLVE_NO_MAGICLINKS)
}

// OpenDirectory opens a folder with O_PATH; a symbolic link anywhere in its path is an
// error.
func (r *Root) OpenDirectory(name string) (int, error) {
	fd, err := openat2(r.fd, name, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW, unix.RESOLVE_IN_ROOT|unix.RESOLVE_NO_SYMLINKS)
	if errors.Is(err, unix.ELOOP) || errors.Is(err, unix.ENOTDIR) {
		return -1, fmt.Errorf("/%s of the image is not a folder: %w", name, err)
	}
	return fd, err
}

// Sub opens a folder below the root as a root of its own.
func (r *Root) Sub(name string) (*Root, error) {
	fd, err := r.OpenIn(name, unix.O_PATH|unix.O_DIRECTORY)
	if err != nil {
		return nil, err
	}
	return &Root{fd}, nil
}

// PathOf returns the path below the root of what was opened below it. There are no
// links in it.
func (r *Root) PathOf(fd int) (string, error) {
	top, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", r.fd))
	if err != nil {
		return "", err
	}
	name, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
	if err != nil {
		return "", err
	}
	below, ok := strings.CutPrefix(name, strings.TrimSuffix(top, "/")+"/")
	if !ok {
		return "", fmt.Errorf("%s is not below %s", name, top)
	}
	return below, nil
}

// MkdirAll makes a folder and those above it that are missing, each with this owner
// and mode, and returns the folder, opened as a root of its own.
func (r *Root) MkdirAll(name string, uid, gid int, mode uint32) (*Root, error) {
	return r.mkdirAll(Clean(name), uid, gid, mode, maxLinks)
}

// maxLinks is how many links to nowhere a path may have, as in the kernel.
const maxLinks = 40

func (r *Root) mkdirAll(name string, uid, gid int, mode uint32, links int) (*Root, error) {
	sub, err := r.Sub(name)
	if !errors.Is(err, unix.ENOENT) {
		return sub, pathError("open", name, err)
	}
	parent, err := r.mkdirAll(path.Dir(name), uid, gid, mode, links)
	if err != nil {
		return nil, err
	}
	defer parent.Close()
	base := path.Base(name)
	switch err := unix.Mkdirat(parent.fd, base, 0o700); {
	case errors.Is(err, unix.EEXIST): // a link to nowhere
		target, err := readlink(parent.fd, base)
		if err != nil || links == 0 {
			return nil, pathError("make", name, cmp.Or(err, error(unix.ELOOP)))
		}
		if !path.IsAbs(target) {
			target = path.Join(path.Dir(name), target)
		}
		return r.mkdirAll(Clean(target), uid, gid, mode, links-1)
	case err != nil:
		return nil, pathError("make", name, err)
	}
	if err := owners.ChownAt(parent.fd, base, uid, gid); err != nil {
		return nil, pathError("set the owner of", name, err)
	}
	// Not by mkdir: its mode is subject to the umask.
	if err := owners.ChmodAt(parent.fd, base, mode); err != nil {
		return nil, pathError("set the mode of", name, err)
	}
	sub, err = parent.Sub(base)
	return sub, pathError("open", name, err)
}

func readlink(dirFD int, name string) (string, error) {
	buffer := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(dirFD, name, buffer)
	if err != nil {
		return "", err
	}
	return string(buffer[:n]), nil
}

// Clean makes a path relative to the root, without a way out of it.
func Clean(name string) string {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if name == "" {
		return "."
	}
	return name
}

func pathError(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: "/" + name, Err: err}
}

func openat2(dirFD int, name string, flags, resolve uint64) (int, error) {
	for {
		fd, err := unix.Openat2(dirFD, name, &unix.OpenHow{Flags: flags | unix.O_CLOEXEC, Resolve: resolve})
		// EAGAIN: a rename elsewhere made the kernel unsure of the path.
		if err != unix.EAGAIN && err != unix.EINTR {
			return fd, err
		}
	}
}
