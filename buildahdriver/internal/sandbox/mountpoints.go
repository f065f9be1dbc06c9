package sandbox

import (
	"errors"
	"fmt"
	"path"

	"golang.org/x/sys/unix"
)

// openRoot opens a directory that we trust as the anchor of look-ups below it.
func openRoot(dir string) (int, error) {
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("failed to open the root %s: %w", dir, err)
	}
	return fd, nil
}

// openIn opens a path below rootFD as a process chrooted there would, so that
// links resolve inside the root and none leads out.
func openIn(rootFD int, name string, flags uint64) (int, error) {
	return openat2(rootFD, name, flags, unix.RESOLVE_IN_ROOT|unix.RESOLVE_NO_MAGICLINKS)
}

// openTarget opens a folder to mount on; a symbolic link anywhere in its path is
// an error.
func openTarget(rootFD int, name string) (int, error) {
	fd, err := openat2(rootFD, name, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW, unix.RESOLVE_IN_ROOT|unix.RESOLVE_NO_SYMLINKS)
	if errors.Is(err, unix.ELOOP) || errors.Is(err, unix.ENOTDIR) {
		return -1, fmt.Errorf("/%s of the image is not a folder: %w", name, err)
	}
	return fd, err
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

// mountPoints are the files and folders that had to be made to mount on. They
// are no part of the image and go when the command has ended.
type mountPoints struct {
	rootFD int
	made   []string // parents before what is in them
}

// prepareMountPoints makes what is missing below root of the places that
// mountAll mounts on.
func prepareMountPoints(root string) (*mountPoints, error) {
	rootFD, err := openRoot(root)
	if err != nil {
		return nil, err
	}
	points := &mountPoints{rootFD: rootFD}
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
	err := unix.Mkdirat(p.rootFD, name, 0o755)
	switch {
	case err == nil:
		p.made = append(p.made, name)
	case !errors.Is(err, unix.EEXIST):
		return fmt.Errorf("failed to make /%s: %w", name, err)
	}
	return nil
}

// ensureEtc makes the files that the host's name resolution is laid over.
func (p *mountPoints) ensureEtc() error {
	if err := p.ensureDir("etc"); err != nil {
		return err
	}
	etc, err := openTarget(p.rootFD, "etc")
	if err != nil {
		return err
	}
	defer unix.Close(etc)
	for _, name := range hostFilesInEtc {
		fd, err := unix.Openat(etc, name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o644)
		if errors.Is(err, unix.EEXIST) {
			continue
		}
		if err != nil {
			return fmt.Errorf("failed to make /etc/%s: %w", name, err)
		}
		unix.Close(fd)
		p.made = append(p.made, path.Join("etc", name))
	}
	return nil
}

// remove takes away what was made and is still empty, children first.
func (p *mountPoints) remove() {
	for i := len(p.made) - 1; i >= 0; i-- {
		dir, base := path.Split(p.made[i])
		fd, err := openTarget(p.rootFD, path.Join(".", dir))
		if err != nil {
			continue
		}
		var info unix.Stat_t
		if unix.Fstatat(fd, base, &info, unix.AT_SYMLINK_NOFOLLOW) == nil {
			switch {
			case info.Mode&unix.S_IFMT == unix.S_IFDIR:
				// Fails, as it should, if the command put something there.
				_ = unix.Unlinkat(fd, base, unix.AT_REMOVEDIR)
			case info.Mode&unix.S_IFMT == unix.S_IFREG && info.Size == 0:
				_ = unix.Unlinkat(fd, base, 0)
			}
		}
		unix.Close(fd)
	}
	unix.Close(p.rootFD)
}
