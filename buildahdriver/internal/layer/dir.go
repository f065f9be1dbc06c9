package layer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// dir is a folder that is open, or was and can be reopened.
type dir struct {
	fd  int // -1 if closed
	ino uint64
	dev uint64
}

func newDir(fd int) (*dir, error) {
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &dir{fd: fd, ino: stat.Ino, dev: uint64(stat.Dev)}, nil //nolint:unconvert // its type differs between architectures
}

func (d *dir) close() {
	if d.fd >= 0 {
		unix.Close(d.fd)
		d.fd = -1
	}
}

// reopen opens a folder again, from one that is in it.
func (d *dir) reopen(child *dir) error {
	fd, err := child.openat("..", unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil {
		return err
	}
	again, err := newDir(fd)
	if err != nil {
		return err
	}
	if again.ino != d.ino || again.dev != d.dev {
		again.close()
		return errors.New("it was moved while it was read")
	}
	d.fd = again.fd
	return nil
}

// open opens a folder in this one.
func (d *dir) open(name string) (*dir, error) {
	fd, err := d.openat(name, unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil {
		return nil, err
	}
	return newDir(fd)
}

// openat opens what is called name, if it is no link. Reading it leaves no trace where
// that can be, since times of access would only have to be written back.
func (d *dir) openat(name string, flags int) (fd int, err error) {
	flags |= unix.O_NOFOLLOW | unix.O_CLOEXEC
	open := func() error {
		fd, err = unix.Openat(d.fd, name, flags|unix.O_NOATIME, 0)
		return err
	}
	if err := retry(open); err != unix.EPERM { //nolint:errorlint // system calls return it as it is
		return fd, err
	}
	// O_NOATIME is for the owner, or for whoever has capabilities over the owner.
	err = retry(func() error {
		fd, err = unix.Openat(d.fd, name, flags, 0)
		return err
	})
	return fd, err
}

// names returns the names in the folder, sorted.
func (d *dir) names() ([]string, error) {
	var names []string
	buffer := make([]byte, 16<<10)
	for {
		var n int
		err := retry(func() (err error) {
			n, err = unix.ReadDirent(d.fd, buffer)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("failed to list the folder: %w", err)
		}
		if n <= 0 {
			break
		}
		_, _, names = unix.ParseDirent(buffer[:n], -1, names)
	}
	slices.Sort(names)
	return names, nil
}

func (d *dir) readlink(name string) (string, error) {
	for buffer := make([]byte, 256); ; buffer = make([]byte, 2*len(buffer)) {
		var n int
		err := retry(func() (err error) {
			n, err = unix.Readlinkat(d.fd, name, buffer)
			return err
		})
		if err != nil {
			return "", err
		}
		if n < len(buffer) {
			return string(buffer[:n]), nil
		}
	}
}

// xattrs returns the extended attributes of a thing that matter to us: those that are
// archived, and the one called also.
func (e *entry) xattrs(also string) (map[string]string, error) {
	// Attributes of a link, or of what cannot be opened, are got by path only. This one
	// is short, whatever the path of the folder.
	at := fmt.Sprintf("/proc/self/fd/%d/%s", e.dir.fd, e.base)
	list := func(to []byte) (int, error) { return unix.Llistxattr(at, to) }
	get := func(key string, to []byte) (int, error) { return unix.Lgetxattr(at, key, to) }
	if e.folder != nil {
		list = func(to []byte) (int, error) { return unix.Flistxattr(e.folder.fd, to) }
		get = func(key string, to []byte) (int, error) { return unix.Fgetxattr(e.folder.fd, key, to) }
	}
	keys, err := rootfs.ReadSized(list)
	if errors.Is(err, unix.ENOTSUP) || len(keys) == 0 && err == nil {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("failed to list its extended attributes: %w", err)
	}
	found := map[string]string{}
	for key := range strings.SplitSeq(string(bytes.TrimSuffix(keys, []byte{0})), "\x00") {
		if key != also && !isArchived(key) {
			continue
		}
		value, err := rootfs.ReadSized(func(to []byte) (int, error) { return get(key, to) })
		if err != nil {
			return nil, fmt.Errorf("failed to read its extended attribute %s: %w", key, err)
		}
		found[key] = string(value)
	}
	return found, nil
}

// lowers are the folders of the layers below, open.
type lowers []*lower

// lower is the folder of a layer below.
type lower struct{ fd int }

// open opens the folders, unless they are.
func (l *lowers) open(folders []string) error {
	for _, folder := range folders[len(*l):] {
		fd, err := unix.Open(folder, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			return &os.PathError{Op: "open", Path: folder, Err: err}
		}
		*l = append(*l, &lower{fd})
	}
	return nil
}

func (l lowers) close() {
	for _, lower := range l {
		unix.Close(lower.fd)
	}
}

// lookup looks for a path, and tells whether it, or a folder above it, was deleted there. A
// link on the way is no folder, and what it points to is not looked at: it would be looked
// for outside the layer.
func (l *lower) lookup(name string) (found, isWhiteout bool, err error) {
	fd, opened := l.fd, false
	defer func() {
		if opened {
			unix.Close(fd)
		}
	}()
	components := strings.Split(name, "/")
	for i, component := range components {
		var stat unix.Stat_t
		err := retry(func() error { return unix.Fstatat(fd, component, &stat, unix.AT_SYMLINK_NOFOLLOW) })
		if errors.Is(err, unix.ENOENT) {
			return false, false, nil
		}
		if err != nil {
			return false, false, err
		}
		kind := stat.Mode & unix.S_IFMT
		switch {
		case kind == unix.S_IFCHR && stat.Rdev == 0:
			return false, true, nil
		case i == len(components)-1:
			return true, false, nil
		case kind != unix.S_IFDIR:
			return false, false, nil
		}
		next, err := unix.Openat(fd, component, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			return false, false, err
		}
		if opened {
			unix.Close(fd)
		}
		fd, opened = next, true
	}
	return false, false, nil
}
