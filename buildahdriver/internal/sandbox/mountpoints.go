package sandbox

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// mountPoints are the files and folders that had to be made to mount on. They
// are no part of the image and go when the command has ended.
type mountPoints struct {
	root *rootfs.Root
	made []mountPoint // parents before what is in them
}

// mountPoint is a file or folder that was made. Folders get back the time that they had
// before, unless the command has changed something there.
type mountPoint struct {
	dir, base     string
	before, after unix.Timespec // the times of dir
}

// prepareMountPoints makes what is missing below root of the places that are mounted
// on, and refuses a root where they are not folders.
func prepareMountPoints(root *rootfs.Root) (*mountPoints, error) {
	points := &mountPoints{root: root}
	for _, name := range mountPointPaths {
		if err := points.ensureDir(name); err != nil {
			points.remove()
			return nil, err
		}
	}
	if err := points.ensureEtc(); err != nil {
		points.remove()
		return nil, err
	}
	return points, nil
}

func (p *mountPoints) ensureDir(name string) error {
	err := p.make(".", name, false)
	if !errors.Is(err, unix.EEXIST) {
		return err
	}
	// For a good message only: the child opens the target anew.
	fd, err := p.root.OpenDirectory(name)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

// ensureEtc makes the files that are laid over in /etc.
func (p *mountPoints) ensureEtc() error {
	if err := p.ensureDir("etc"); err != nil {
		return err
	}
	for _, name := range filesInEtc {
		if err := p.make("etc", name, true); err != nil && !errors.Is(err, unix.EEXIST) {
			return err
		}
	}
	return nil
}

// ensure makes what is missing of a path, where links are followed as a process would
// whose root this is, and returns the path without links.
func (p *mountPoints) ensure(name string, isFile bool) (string, error) {
	name = rootfs.Clean(name)
	if name == "." {
		return "", errors.New("it is the root")
	}
	fd, err := p.root.OpenIn(name, unix.O_PATH)
	if errors.Is(err, unix.ENOENT) {
		parent := "."
		if dir := path.Dir(name); dir != "." {
			if parent, err = p.ensure(dir, false); err != nil {
				return "", err
			}
		}
		// It is there already if it is a link to nowhere.
		return path.Join(parent, path.Base(name)), p.make(parent, path.Base(name), isFile)
	}
	if err != nil {
		return "", fmt.Errorf("failed to open /%s: %w", name, err)
	}
	defer unix.Close(fd)
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return "", err
	}
	if isFolder := info.Mode&unix.S_IFMT == unix.S_IFDIR; isFolder == isFile {
		return "", fmt.Errorf("/%s of the image is %s", name, map[bool]string{true: "a folder", false: "no folder"}[isFolder])
	}
	return p.root.PathOf(fd)
}

// ensureWithoutLinks makes what is missing of a path, and refuses links in it.
func (p *mountPoints) ensureWithoutLinks(name string, isFile bool) error {
	parent, rest := ".", name
	for rest != "" {
		var base string
		base, rest, _ = strings.Cut(rest, "/")
		isFile := isFile && rest == ""
		err := p.make(parent, base, isFile)
		if errors.Is(err, unix.EROFS) {
			return fmt.Errorf("what is mounted around it is read-only, and has no %s", path.Join(parent, base))
		}
		if err != nil && !errors.Is(err, unix.EEXIST) {
			return err
		}
		parent = path.Join(parent, base)
		if err := p.check(parent, isFile); err != nil {
			return err
		}
	}
	return nil
}

// check tells whether there is a file or folder at a path without links.
func (p *mountPoints) check(name string, isFile bool) error {
	if !isFile {
		fd, err := p.root.OpenDirectory(name)
		if err != nil {
			return err
		}
		return unix.Close(fd)
	}
	fd, err := p.root.OpenIn(name, unix.O_PATH|unix.O_NOFOLLOW)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return err
	}
	if kind := info.Mode & unix.S_IFMT; kind == unix.S_IFDIR || kind == unix.S_IFLNK {
		return fmt.Errorf("/%s is not a file", name)
	}
	return nil
}

// make makes one file or folder, in a folder whose path has no links.
func (p *mountPoints) make(dir, base string, isFile bool) error {
	fd, err := p.root.OpenDirectory(dir)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	point := mountPoint{dir: dir, base: base, before: modified(fd)}
	if isFile {
		var file int
		if file, err = unix.Openat(fd, base, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o644); err == nil {
			unix.Close(file)
		}
	} else {
		err = unix.Mkdirat(fd, base, 0o755)
	}
	if err != nil {
		return fmt.Errorf("failed to make /%s: %w", path.Join(dir, base), err)
	}
	point.after = modified(fd)
	p.made = append(p.made, point)
	return nil
}

// remove takes away what was made and is still empty, children first.
func (p *mountPoints) remove() {
	for i := len(p.made) - 1; i >= 0; i-- {
		p.made[i].remove(p.root)
	}
}

func (m mountPoint) remove(root *rootfs.Root) {
	fd, err := root.OpenDirectory(m.dir)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	var info unix.Stat_t
	if unix.Fstatat(fd, m.base, &info, unix.AT_SYMLINK_NOFOLLOW) != nil {
		return
	}
	untouched := modified(fd) == m.after
	switch {
	case info.Mode&unix.S_IFMT == unix.S_IFDIR:
		// Fails, as it should, if the command put something there.
		err = unix.Unlinkat(fd, m.base, unix.AT_REMOVEDIR)
	case info.Mode&unix.S_IFMT == unix.S_IFREG && info.Size == 0:
		err = unix.Unlinkat(fd, m.base, 0)
	}
	if err == nil && untouched {
		times := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, m.before}
		_ = unix.UtimesNanoAt(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", fd), times, 0)
	}
}

// modified returns when a folder was last changed, and the zero time if that cannot be
// known.
func modified(fd int) unix.Timespec {
	var info unix.Stat_t
	if unix.Fstat(fd, &info) != nil {
		return unix.Timespec{}
	}
	return info.Mtim
}
