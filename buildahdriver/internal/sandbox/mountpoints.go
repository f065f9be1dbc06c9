package sandbox

import (
	"errors"
	"fmt"
	"path"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// mountPoints are the files and folders that had to be made to mount on. They
// are no part of the image and go when the command has ended.
type mountPoints struct {
	root *rootfs.Root
	made []string // parents before what is in them
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
	err := unix.Mkdirat(p.root.FD(), name, 0o755)
	if err == nil {
		p.made = append(p.made, name)
		return nil
	}
	if !errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("failed to make /%s: %w", name, err)
	}
	// For a good message only: the child opens the target anew.
	fd, err := p.root.OpenDirectory(name)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

// ensureEtc makes the files that the host's name resolution is laid over.
func (p *mountPoints) ensureEtc() error {
	if err := p.ensureDir("etc"); err != nil {
		return err
	}
	etc, err := p.root.OpenDirectory("etc")
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
		fd, err := p.root.OpenDirectory(path.Join(".", dir))
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
}
