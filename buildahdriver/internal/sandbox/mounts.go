package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Every mount below is made by file descriptor: the target is opened below the
// root without following symbolic links, the source is made or cloned detached,
// and move_mount(2) joins the two. An image whose /proc or /etc/resolv.conf is a
// link can so not lead a mount anywhere else.

const hardened = unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV | unix.MOUNT_ATTR_NOEXEC

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

// The paths that containers hide or protect by default: see the default masked
// and read-only paths of containers-common and of the OCI runtimes.
var (
	readOnlyPaths   = []string{"/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}
	maskedFiles     = []string{"/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/kmsg", "/proc/latency_stats", "/proc/sched_debug", "/proc/timer_list", "/proc/timer_stats"}
	maskedDirs      = []string{"/proc/acpi", "/proc/scsi", "/sys/dev/block", "/sys/devices/virtual/powercap", "/sys/firmware", "/sys/fs/selinux"}
	hostFilesInEtc  = []string{"resolv.conf", "hosts"}
	mountPointPaths = []string{"proc", "dev", "sys"}
)

// mountAll makes root a mount point and mounts everything a command finds
// below it.
func mountAll(root string) error {
	if err := unix.Mount(root, root, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("failed to bind %s to itself: %w", root, err)
	}
	rootFD, err := openRoot(root)
	if err != nil {
		return err
	}
	defer unix.Close(rootFD)
	for _, step := range []struct {
		name  string
		mount func(rootFD int) error
	}{
		{"/proc", mountProc},
		{"/dev", mountDev},
		{"/sys", mountSys},
		{"/etc", mountHostFiles},
	} {
		if err := step.mount(rootFD); err != nil {
			return fmt.Errorf("failed to mount %s: %w", step.name, err)
		}
	}
	return nil
}

func mountProc(rootFD int) error {
	target, err := openTarget(rootFD, "proc")
	if err != nil {
		return err
	}
	defer unix.Close(target)
	proc, err := newFilesystem("proc", hardened)
	if errors.Is(err, unix.EPERM) {
		// The kernel allows a new /proc only where the one we see is whole; in
		// most containers it is not, and then theirs must do.
		proc, err = clone("/proc", true)
	}
	if err != nil {
		return err
	}
	defer unix.Close(proc)
	return moveMount(proc, target)
}

func mountDev(rootFD int) error {
	target, err := openTarget(rootFD, "dev")
	if err != nil {
		return err
	}
	defer unix.Close(target)
	dev, err := newFilesystem("tmpfs", unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NOEXEC, "mode=755", "size=64k")
	if err != nil {
		return err
	}
	defer unix.Close(dev)
	if err := moveMount(dev, target); err != nil {
		return err
	}
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
	if err := mountOver(dev, "pts", "devpts", unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NOEXEC, "newinstance", "ptmxmode=0666", "mode=0620"); err != nil {
		return err
	}
	if err := mountOver(dev, "shm", "tmpfs", hardened, "mode=1777", "size=64m"); err != nil {
		return err
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

// mountOver mounts a new filesystem on a new folder of dev.
func mountOver(dev int, name, kind string, attributes int, options ...string) error {
	if err := unix.Mkdirat(dev, name, 0o755); err != nil {
		return err
	}
	target, err := unix.Openat(dev, name, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(target)
	filesystem, err := newFilesystem(kind, attributes, options...)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer unix.Close(filesystem)
	return moveMount(filesystem, target)
}

func mountSys(rootFD int) error {
	target, err := openTarget(rootFD, "sys")
	if err != nil {
		return err
	}
	defer unix.Close(target)
	// A new sysfs wants its own network namespace; the host's serves, read-only
	// down to the last mount below it.
	sys, err := clone("/sys", true)
	if err != nil {
		return err
	}
	defer unix.Close(sys)
	if err := unix.MountSetattr(sys, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | hardened}); err != nil {
		return err
	}
	return moveMount(sys, target)
}

// mountHostFiles lays the host's name resolution over the image's, read-only.
// It covers a symbolic link itself, not what the link names.
func mountHostFiles(rootFD int) error {
	for _, name := range hostFilesInEtc {
		target, err := openIn(rootFD, "etc/"+name, unix.O_PATH|unix.O_NOFOLLOW)
		if errors.Is(err, unix.ENOENT) {
			continue
		}
		if err != nil {
			return err
		}
		defer unix.Close(target)
		source, err := clone("/etc/"+name, false)
		if errors.Is(err, unix.ENOENT) {
			continue
		}
		if err != nil {
			return err
		}
		defer unix.Close(source)
		if err := unix.MountSetattr(source, "", unix.AT_EMPTY_PATH, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | hardened}); err != nil {
			return err
		}
		if err := moveMount(source, target); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// maskPaths hides and protects parts of the mounted /proc and /sys. It runs
// after the root has changed, when /proc and /sys are known to be ours.
func maskPaths() error {
	for _, name := range readOnlyPaths {
		if err := protect(name); err != nil {
			return fmt.Errorf("failed to make %s read-only: %w", name, err)
		}
	}
	for _, name := range maskedFiles {
		if err := unix.Mount("/dev/null", name, "", unix.MS_BIND, ""); err != nil && !absent(err) {
			return fmt.Errorf("failed to mask %s: %w", name, err)
		}
	}
	for _, name := range maskedDirs {
		if err := unix.Mount("tmpfs", name, "tmpfs", unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "size=0k,nr_inodes=2"); err != nil && !absent(err) {
			return fmt.Errorf("failed to mask %s: %w", name, err)
		}
	}
	return nil
}

func protect(name string) error {
	source, err := clone(name, true)
	if absent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer unix.Close(source)
	if err := unix.MountSetattr(source, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | hardened}); err != nil {
		return err
	}
	return unix.MoveMount(source, "", unix.AT_FDCWD, name, unix.MOVE_MOUNT_F_EMPTY_PATH)
}

// absent tells whether a path is missing from this kernel.
func absent(err error) bool {
	return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR)
}

// newFilesystem makes a detached mount of a new filesystem. Options are
// "key=value" or "flag".
func newFilesystem(kind string, attributes int, options ...string) (int, error) {
	fs, err := unix.Fsopen(kind, unix.FSOPEN_CLOEXEC)
	if err != nil {
		return -1, os.NewSyscallError("fsopen "+kind, err)
	}
	defer unix.Close(fs)
	for _, option := range options {
		if key, value, ok := strings.Cut(option, "="); ok {
			err = unix.FsconfigSetString(fs, key, value)
		} else {
			err = unix.FsconfigSetFlag(fs, option)
		}
		if err != nil {
			return -1, os.NewSyscallError("fsconfig "+option, err)
		}
	}
	if err := unix.FsconfigCreate(fs); err != nil {
		return -1, os.NewSyscallError("fsconfig create "+kind, err)
	}
	mount, err := unix.Fsmount(fs, unix.FSMOUNT_CLOEXEC, attributes)
	return mount, os.NewSyscallError("fsmount "+kind, err)
}

// clone makes a detached bind mount of a path of the current root.
func clone(path string, recursive bool) (int, error) {
	flags := uint(unix.OPEN_TREE_CLONE | unix.OPEN_TREE_CLOEXEC)
	if recursive {
		flags |= unix.AT_RECURSIVE
	}
	fd, err := unix.OpenTree(unix.AT_FDCWD, path, flags)
	return fd, os.NewSyscallError("open_tree "+path, err)
}

func moveMount(mount, target int) error {
	return os.NewSyscallError("move_mount", unix.MoveMount(mount, "", target, "", unix.MOVE_MOUNT_F_EMPTY_PATH|unix.MOVE_MOUNT_T_EMPTY_PATH))
}
