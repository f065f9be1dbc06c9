package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Every mount is made by file descriptor: its source is made or cloned detached, here;
// its target is opened below the root without following symbolic links, in the child;
// move_mount(2) joins the two. An image whose /proc or /etc/resolv.conf is a link can
// so not lead a mount anywhere else.

const hardened = unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV | unix.MOUNT_ATTR_NOEXEC

// The paths that containers hide or protect by default: see the default masked
// and read-only paths of containers-common and of the OCI runtimes. Those in /sys are
// hidden in the [Template].
//
// A command may make a user namespace ("unshare -U"), as in buildah's and podman's
// default profile and unlike docker's: package builds and browsers' test suites do.
// Nothing is lost by it. The mounts that hide these paths are locked in a mount
// namespace of a lesser user namespace, so none can be taken off there, and the kernel
// allows no whole /proc beside one that is masked. What is gained on the kernel is what
// the user who builds has anyway: rootless builds need user namespaces to be open.
var (
	readOnlyPaths   = []string{"/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}
	maskedFiles     = []string{"/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/kmsg", "/proc/latency_stats", "/proc/sched_debug", "/proc/timer_list", "/proc/timer_stats"}
	maskedDirs      = []string{"/proc/acpi", "/proc/scsi"}
	maskedInSys     = []string{"dev/block", "devices/virtual/powercap", "firmware", "fs/selinux"}
	filesInEtc      = []string{resolvConfName, "hosts", hostnameName}
	mountPointPaths = []string{"proc", "dev", "sys"}
)

// Files of /etc that are not always the host's.
const (
	resolvConfName = "resolv.conf"
	hostnameName   = "hostname"
)

// newProc stands for a source that only a process of the new pid namespace can make.
const newProc = -1

// mount is a detached mount and the place below the root that it goes to.
type mount struct {
	source int
	target string
	// isFile marks what is laid over a file. Other targets are folders.
	isFile bool
	// optional marks what is left out if its target is not there. The target may be a
	// link then, which is covered itself; all others have no link in their path.
	optional bool
	// borrowed marks a source that somebody else closes.
	borrowed bool
}

// mounts are the mounts of one command, in order.
type mounts []mount

func (m mounts) close() {
	for _, mount := range m {
		if mount.source != newProc && !mount.borrowed {
			unix.Close(mount.source)
		}
	}
}

// mounts makes what one command finds mounted. Its resolv.conf is the host's unless it has
// one of its own.
func (t *Template) mounts(resolvConf *Mount) (_ mounts, err error) {
	all := mounts{{source: newProc, target: "proc"}}
	defer func() {
		if err != nil {
			all.close()
		}
	}()
	for _, m := range []struct {
		target string
		source func() (int, error)
	}{
		{"dev", func() (int, error) { return clone(t.dev(), true) }},
		// The two that a command writes to are its own.
		{"dev/pts", func() (int, error) {
			return newFilesystem("devpts", unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NOEXEC, "newinstance", "ptmxmode=0666", "mode=0620")
		}},
		{"dev/shm", func() (int, error) { return newFilesystem("tmpfs", hardened, "mode=1777", "size=64m") }},
		{"sys", func() (int, error) { return clone(t.sys(), true) }},
	} {
		source, err := m.source()
		if err != nil {
			return nil, fmt.Errorf("failed to make /%s: %w", m.target, err)
		}
		all = append(all, mount{source: source, target: m.target})
	}
	for _, name := range filesInEtc {
		file := mount{target: "etc/" + name, isFile: true, optional: true}
		switch {
		case name == hostnameName:
			file.source, err = t.bindHostname()
		case name == resolvConfName && resolvConf != nil:
			file.source, file.borrowed = resolvConf.source, true
		default:
			file.source, err = cloneReadOnly("/etc/" + name)
		}
		if errors.Is(err, unix.ENOENT) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, file)
	}
	return all, nil
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

func cloneReadOnly(path string) (int, error) {
	fd, err := clone(path, false)
	if err != nil {
		return -1, err
	}
	if err := unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | hardened}); err != nil {
		unix.Close(fd)
		return -1, os.NewSyscallError("mount_setattr "+path, err)
	}
	return fd, nil
}

func moveMount(mount, target int) error {
	return os.NewSyscallError("move_mount", unix.MoveMount(mount, "", target, "", unix.MOVE_MOUNT_F_EMPTY_PATH|unix.MOVE_MOUNT_T_EMPTY_PATH))
}

// absent tells whether a path is missing from this kernel.
func absent(err error) bool {
	return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR)
}
