package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/sys/userns"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// furniture is what a command finds in its root where nothing can be mounted there. What the
// image has in those places is moved aside for as long as the command runs, to a folder
// beside the root, and then moved back; so nothing of it reaches a layer.
type furniture struct {
	root  *rootfs.Root
	aside string // a folder on the root's filesystem
	moved []movedAside
	times []folderTime
}

// movedAside is a place in the root.
type movedAside struct {
	dir, base string // dir has no links in it
	absent    bool   // the image had nothing there
}

// folderTime is a folder that gets its time back, unless the command has changed something
// there.
type folderTime struct {
	name          string
	before, after unix.Timespec
}

// charDevices are those of a /dev, and their numbers: see the kernel's devices.txt.
var charDevices = map[string][2]uint32{
	"null": {1, 3}, "zero": {1, 5}, "full": {1, 7}, "random": {1, 8}, "urandom": {1, 9}, "tty": {5, 0},
}

// copiedFromProc are files of /proc that say nothing about processes, and which programs
// that install others read.
var copiedFromProc = []string{
	"cpuinfo", "filesystems", "loadavg", "meminfo", "stat", "swaps", "uptime", "version",
	"sys/kernel/cap_last_cap", "sys/kernel/osrelease", "sys/kernel/ostype", "sys/kernel/pid_max", "sys/kernel/random/boot_id",
	"sys/crypto/fips_enabled", "sys/vm/overcommit_memory", "sys/fs/file-max", "sys/fs/nr_open",
}

// furnish prepares a root, the path of which is trusted.
func furnish(root *rootfs.Root, path string) (_ *furniture, err error) {
	f := &furniture{root: root}
	if f.aside, err = os.MkdirTemp(filepath.Dir(path), "aside-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.restore())
		}
	}()
	for _, dir := range []string{".", "etc"} {
		if err := f.noteTime(dir); err != nil {
			return nil, err
		}
	}
	for _, name := range mountPointPaths {
		if err := f.replaceFolder(name); err != nil {
			return nil, fmt.Errorf("/%s: %w", name, err)
		}
	}
	if err := f.makeDev(); err != nil {
		return nil, fmt.Errorf("failed to make a /dev: %w", err)
	}
	if err := f.copyProc(); err != nil {
		return nil, fmt.Errorf("failed to make a /proc: %w", err)
	}
	if err := f.replaceFilesInEtc(); err != nil {
		return nil, err
	}
	for i := range f.times {
		f.times[i].after = f.timeOf(f.times[i].name)
	}
	return f, nil
}

func (f *furniture) noteTime(name string) error {
	fd, err := f.root.OpenDirectory(name)
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	f.times = append(f.times, folderTime{name: name, before: modified(fd)})
	return nil
}

func (f *furniture) timeOf(name string) unix.Timespec {
	fd, err := f.root.OpenDirectory(name)
	if err != nil {
		return unix.Timespec{}
	}
	defer unix.Close(fd)
	return modified(fd)
}

// replaceFolder puts an empty folder in the place of one that the image may have.
func (f *furniture) replaceFolder(name string) error {
	var info unix.Stat_t
	err := unix.Fstatat(f.root.FD(), name, &info, unix.AT_SYMLINK_NOFOLLOW)
	if err == nil && info.Mode&unix.S_IFMT != unix.S_IFDIR {
		return errors.New("it is not a folder in the image")
	}
	if err := f.moveAside(".", name); err != nil {
		return err
	}
	if err := unix.Mkdirat(f.root.FD(), name, 0o755); err != nil {
		return err
	}
	return unix.Fchmodat(f.root.FD(), name, 0o755, 0) // whatever the umask is
}

// moveAside moves what is in a place, which may be nothing.
func (f *furniture) moveAside(dir, base string) error {
	fd, err := f.root.OpenDirectory(dir)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	err = unix.Renameat(fd, base, unix.AT_FDCWD, f.asidePath(dir, base))
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("failed to move it aside: %w", err)
	}
	f.moved = append(f.moved, movedAside{dir, base, err != nil})
	return nil
}

func (f *furniture) asidePath(dir, base string) string {
	return filepath.Join(f.aside, strings.ReplaceAll(dir, "/", "-")+"-"+base)
}

func (f *furniture) makeDev() error {
	dev, err := f.root.OpenDirectory("dev")
	if err != nil {
		return err
	}
	defer unix.Close(dev)
	for name, number := range charDevices {
		if err := makeDevice(dev, name, number); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, link := range deviceLinks {
		if err := unix.Symlinkat(link[1], dev, link[0]); err != nil {
			return err
		}
	}
	for name, mode := range map[string]uint32{"pts": 0o755, "shm": 0o1777, filepath.Base(scriptFolder): 0o755} {
		if err := unix.Mkdirat(dev, name, 0o700); err != nil {
			return err
		}
		if err := unix.Fchmodat(dev, name, mode, 0); err != nil {
			return err
		}
	}
	return nil
}

// MayMakeDevices tells whether [RunInChroot] can give a command devices.
func MayMakeDevices() bool {
	held, err := permitted()
	return err == nil && held>>unix.CAP_MKNOD&1 == 1 && !userns.RunningInUserNS()
}

// makeDevice makes a device. In a user namespace, or without CAP_MKNOD, it cannot be had;
// only /dev/null has a stand-in then, a file, which is good enough to write to.
func makeDevice(dev int, name string, number [2]uint32) error {
	const mode = 0o666
	err := unix.Mknodat(dev, name, unix.S_IFCHR|mode, int(unix.Mkdev(number[0], number[1])))
	if err == nil {
		if err := unix.Fchmodat(dev, name, mode, 0); err != nil {
			return err
		}
		// A filesystem may have been mounted without devices.
		fd, err := unix.Openat(dev, name, unix.O_RDONLY|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err == nil {
			return unix.Close(fd)
		}
		if name == "tty" || !errors.Is(err, unix.EACCES) && !errors.Is(err, unix.EPERM) {
			return nil // there is no terminal here
		}
		if err := unix.Unlinkat(dev, name, 0); err != nil {
			return err
		}
	} else if !errors.Is(err, unix.EPERM) {
		return err
	}
	if name != "null" {
		return nil
	}
	if err := unix.Mknodat(dev, name, unix.S_IFREG|mode, 0); err != nil {
		return err
	}
	return unix.Fchmodat(dev, name, mode, 0)
}

func (f *furniture) copyProc() error {
	proc, err := f.root.Sub("proc")
	if err != nil {
		return err
	}
	defer proc.Close()
	files := map[string][]byte{}
	for _, name := range copiedFromProc {
		if text, err := os.ReadFile("/proc/" + name); err == nil { // others are masked here, or not of this kernel
			files[name] = text
		}
	}
	table := []byte("rootfs / rootfs rw 0 0\n")
	files["mounts"], files["self/mounts"] = table, table
	for name, text := range files {
		dir, err := proc.MkdirAll(filepath.Dir(name), 0, 0, 0o555)
		if err != nil {
			return err
		}
		err = writeNew(dir.FD(), filepath.Base(name), text, 0o444)
		dir.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func writeNew(dir int, base string, text []byte, mode uint32) error {
	fd, err := unix.Openat(dir, base, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	file := os.NewFile(uintptr(fd), base)
	_, err = file.Write(text)
	if err == nil {
		err = unix.Fchmod(fd, mode)
	}
	return errors.Join(err, file.Close())
}

// replaceFilesInEtc puts copies of the host's files in the place of the image's, and a
// hostname that says the same on every machine.
func (f *furniture) replaceFilesInEtc() error {
	err := unix.Mkdirat(f.root.FD(), "etc", 0o755)
	if err == nil {
		f.moved = append(f.moved, movedAside{".", "etc", true})
	} else if !errors.Is(err, unix.EEXIST) {
		return err
	}
	for _, name := range filesInEtc {
		text, err := []byte(hostname+"\n"), error(nil)
		if name != hostnameName {
			text, err = os.ReadFile("/etc/" + name)
		}
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := f.moveAside("etc", name); err != nil {
			return fmt.Errorf("/etc/%s: %w", name, err)
		}
		etc, err := f.root.OpenDirectory("etc")
		if err != nil {
			return err
		}
		err = writeNew(etc, name, text, 0o644)
		unix.Close(etc)
		if err != nil {
			return fmt.Errorf("/etc/%s: %w", name, err)
		}
	}
	return nil
}

// script writes a program into the /dev that goes when the command has ended, and returns
// its path.
func (f *furniture) script(name string, text []byte) (string, error) {
	dir, err := f.root.OpenDirectory(scriptFolder)
	if err != nil {
		return "", err
	}
	defer unix.Close(dir)
	name = filepath.Base(name)
	return "/" + scriptFolder + "/" + name, writeNew(dir, name, text, 0o755)
}

// restore moves back what was moved aside, the last first. What the command has left in
// those places goes.
func (f *furniture) restore() error {
	var errs []error
	for i := len(f.times) - 1; i >= 0; i-- {
		if t := &f.times[i]; t.after != f.timeOf(t.name) {
			t.before = unix.Timespec{} // the command's own time stands
		}
	}
	for i := len(f.moved) - 1; i >= 0; i-- {
		if err := f.moveBack(f.moved[i]); err != nil {
			errs = append(errs, fmt.Errorf("/%s: %w", filepath.Join(f.moved[i].dir, f.moved[i].base), err))
		}
	}
	for _, t := range f.times {
		if t.before == (unix.Timespec{}) {
			continue
		}
		if fd, err := f.root.OpenDirectory(t.name); err == nil {
			times := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, t.before}
			errs = append(errs, unix.UtimesNanoAt(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", fd), times, 0))
			unix.Close(fd)
		}
	}
	return errors.Join(append(errs, os.RemoveAll(f.aside))...)
}

func (f *furniture) moveBack(m movedAside) error {
	// The folder may be another one now, or none at all.
	fd, err := f.root.OpenDirectory(m.dir)
	if err != nil {
		return nil //nolint:nilerr // it went with what was in it
	}
	defer unix.Close(fd)
	if m.dir == "." && m.base == "etc" {
		err := unix.Unlinkat(fd, m.base, unix.AT_REMOVEDIR)
		if errors.Is(err, unix.ENOTEMPTY) || errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) {
			return nil // it is the command's now
		}
		return err
	}
	if err := removeIn(fd, m.base); err != nil {
		return err
	}
	if m.absent {
		return nil
	}
	return unix.Renameat(unix.AT_FDCWD, f.asidePath(m.dir, m.base), fd, m.base)
}

// removeIn removes what has a name in an open folder, with all that is in it.
func removeIn(dir int, base string) error {
	root, err := os.OpenRoot(fmt.Sprintf("/proc/self/fd/%d", dir))
	if err != nil {
		return err
	}
	defer root.Close()
	return root.RemoveAll(base)
}
