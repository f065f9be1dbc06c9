package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// devices are what a command finds in /dev, bound from the host since a user
// namespace may not make device nodes.
var devices = []string{"full", "null", "random", "tty", "urandom", "zero"}

var deviceLinks = [][2]string{
	{"fd", "/proc/self/fd"},
	{"stdin", "/proc/self/fd/0"},
	{"stdout", "/proc/self/fd/1"},
	{"stderr", "/proc/self/fd/2"},
	{"ptmx", "pts/ptmx"},
}

// Template is what all sandboxes of a process have in common: a /dev and a /sys, both
// read-only. They are made once, and cloned for each command. The template stays
// mounted, since kernels before 6.15 clone nothing that is detached.
type Template struct {
	dir    string
	memory func() error // mounts the folder for files in memory, the first time

	hostname func() (*os.File, error) // makes the /etc/hostname, the first time
}

// NewTemplate mounts a template in dir, which it makes. The mounts are those of the
// caller's mount namespace, and go with it, or with Close. Several templates may share
// a folder.
func NewTemplate(dir string) (*Template, error) {
	t := &Template{dir: dir}
	t.memory = mountFiles(t.files())
	t.hostname = sync.OnceValues(t.makeHostname)
	for _, sub := range []string{t.dev(), t.sys()} {
		if err := os.MkdirAll(sub, 0o700); err != nil {
			return nil, err
		}
	}
	if err := t.mountDev(); err != nil {
		return nil, fmt.Errorf("failed to make a /dev: %w", err)
	}
	if err := t.mountSys(); err != nil {
		return nil, errors.Join(fmt.Errorf("failed to make a /sys: %w", err), unmount(t.dev()))
	}
	return t, nil
}

// Close unmounts the template. Commands that run keep what they have.
func (t *Template) Close() error {
	err := errors.Join(unmount(t.dev()), unmount(t.sys()))
	if files := unmount(t.files()); !errors.Is(files, unix.EINVAL) && !errors.Is(files, unix.ENOENT) {
		err = errors.Join(err, files) // otherwise it was never mounted
	}
	return err
}

func (t *Template) dev() string { return filepath.Join(t.dir, "dev") }
func (t *Template) sys() string { return filepath.Join(t.dir, "sys") }

func unmount(path string) error {
	if err := unix.Unmount(path, unix.MNT_DETACH); err != nil {
		return &os.PathError{Op: "unmount", Path: path, Err: err}
	}
	return nil
}

func (t *Template) mountDev() (err error) {
	target, err := rootfs.Open(t.dev())
	if err != nil {
		return err
	}
	defer target.Close()
	dev, err := newFilesystem("tmpfs", unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NOEXEC, "mode=755", "size=64k")
	if err != nil {
		return err
	}
	defer unix.Close(dev)
	if err := moveMount(dev, target.FD()); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, unmount(t.dev()))
		}
	}()
	for _, name := range devices {
		if err := bindDevice(dev, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, link := range deviceLinks {
		if err := unix.Symlinkat(link[1], dev, link[0]); err != nil {
			return err
		}
	}
	for _, name := range []string{"pts", "shm", path.Base(scriptFolder)} {
		if err := unix.Mkdirat(dev, name, 0o755); err != nil {
			return err
		}
	}
	return unix.MountSetattr(dev, "", unix.AT_EMPTY_PATH, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY})
}

// bindDevice makes a device of the host appear as name in dev. A device that
// the host does not have is left out.
func bindDevice(dev int, name string) error {
	source, err := clone("/dev/"+name, false)
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	if err != nil {
		return err
	}
	defer unix.Close(source)
	target, err := unix.Openat(dev, name, unix.O_RDONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o666)
	if err != nil {
		return err
	}
	defer unix.Close(target)
	return moveMount(source, target)
}

// mountSys mounts the host's /sys, read-only down to the last mount below it: a new
// sysfs wants its own network namespace. Where the host has none, /sys is empty.
func (t *Template) mountSys() (err error) {
	target, err := rootfs.Open(t.sys())
	if err != nil {
		return err
	}
	defer target.Close()
	sys, err := clone("/sys", true)
	if errors.Is(err, unix.ENOENT) {
		// In a chroot with little in it. An empty folder is what a command can cope with.
		sys, err = newFilesystem("tmpfs", hardened, "mode=755", "size=0k", "nr_inodes=2")
	}
	if err != nil {
		return err
	}
	defer unix.Close(sys)
	if err := unix.MountSetattr(sys, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | hardened}); err != nil {
		return err
	}
	if err := moveMount(sys, target.FD()); err != nil {
		return err
	}
	for _, name := range maskedInSys {
		path := filepath.Join(t.sys(), name)
		err := unix.Mount("tmpfs", path, "tmpfs", unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "size=0k,nr_inodes=2")
		if err != nil && !absent(err) {
			return errors.Join(fmt.Errorf("failed to mask %s: %w", name, err), unmount(t.sys()))
		}
	}
	return nil
}
