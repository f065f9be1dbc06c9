package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// Mount is something that one command finds mounted beside what all do.
type Mount struct {
	// Target is an absolute path below the root, where links are followed. What is
	// missing of it is made, and removed when the command has ended.
	Target string

	source int
	isFile bool
	remove func() error
}

// Close lets go of what is mounted. A command that runs keeps it.
func (m Mount) Close() error {
	err := unix.Close(m.source)
	if m.remove != nil {
		err = errors.Join(err, m.remove())
	}
	return err
}

// untrusted keeps what is mounted from gaining rights that the image's own files may
// have.
const untrusted = unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV

// Bind mounts a file or folder, opened with O_PATH or otherwise, with all that is mounted
// below it.
func Bind(target string, fd int, readOnly bool) (Mount, error) {
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return Mount{}, os.NewSyscallError("fstat", err)
	}
	source, err := unix.OpenTree(fd, "", unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_EMPTY_PATH|unix.AT_RECURSIVE)
	if err != nil {
		return Mount{}, os.NewSyscallError("open_tree", err)
	}
	attributes := uint64(untrusted)
	if readOnly {
		attributes |= unix.MOUNT_ATTR_RDONLY
	}
	if err := unix.MountSetattr(source, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: attributes}); err != nil {
		unix.Close(source)
		return Mount{}, os.NewSyscallError("mount_setattr", err)
	}
	return Mount{Target: target, source: source, isFile: info.Mode&unix.S_IFMT != unix.S_IFDIR}, nil
}

// Tmpfs mounts an empty folder in memory. Options are those of tmpfs(5).
func Tmpfs(target string, readOnly bool, options ...string) (Mount, error) {
	attributes := untrusted
	if readOnly {
		attributes |= unix.MOUNT_ATTR_RDONLY
	}
	source, err := newFilesystem("tmpfs", attributes, options...)
	return Mount{Target: target, source: source}, err
}

// File mounts a file with this content, which is in memory alone.
func (t *Template) File(target string, content []byte, mode uint32, uid, gid int) (Mount, error) {
	dir, remove, err := t.inMemory()
	if err != nil {
		return Mount{}, err
	}
	mount, err := bindNew(filepath.Join(dir, "file"), target, content, mode, uid, gid)
	if err != nil {
		return Mount{}, errors.Join(err, remove())
	}
	mount.remove = remove
	return mount, nil
}

func bindNew(path, target string, content []byte, mode uint32, uid, gid int) (Mount, error) {
	if err := writeFile(path, content, mode, uid, gid); err != nil {
		return Mount{}, err
	}
	return bindPath(path, target)
}

func bindPath(path, target string) (Mount, error) {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		return Mount{}, &os.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	return Bind(target, fd, true)
}

// writeFile gives the file its mode at last, so that nobody reads it before it is whose
// it should be.
func writeFile(path string, content []byte, mode uint32, uid, gid int) error {
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return err
	}
	// A file system in memory may be unable to record an owner.
	if err := owners.ChownAt(unix.AT_FDCWD, path, uid, gid); err != nil && !errors.Is(err, unix.ENOTSUP) {
		return &os.PathError{Op: "chown", Path: path, Err: err}
	}
	return os.NewSyscallError("chmod", unix.Chmod(path, mode))
}

// scriptFolder is where a script is that is a command. It is that of BuildKit.
const scriptFolder = "dev/pipes"

// script mounts a folder with a program in it, and returns the program's path.
func (t *Template) script(name string, text []byte) (_ Mount, program string, err error) {
	dir, remove, err := t.inMemory()
	if err != nil {
		return Mount{}, "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove())
		}
	}()
	name = filepath.Base(name)
	if err := writeFile(filepath.Join(dir, name), text, 0o755, 0, 0); err != nil {
		return Mount{}, "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // any user may be to execute it
		return Mount{}, "", err
	}
	mount, err := bindPath(dir, scriptFolder)
	mount.remove = remove
	return mount, "/" + scriptFolder + "/" + name, err
}

// inMemory makes a folder that no disk sees. It is in a filesystem that stays mounted,
// in our own mount namespace: kernels before 6.15 clone nothing that is detached.
func (t *Template) inMemory() (dir string, remove func() error, err error) {
	if err := t.memory(); err != nil {
		return "", nil, fmt.Errorf("failed to mount a folder in memory: %w", err)
	}
	if dir, err = os.MkdirTemp(t.files(), ""); err != nil {
		return "", nil, err
	}
	return dir, func() error { return os.RemoveAll(dir) }, nil
}

// makeHostname makes the /etc/hostname of all commands, and opens it: another template may
// be mounted over its place.
func (t *Template) makeHostname() (*os.File, error) {
	dir, _, err := t.inMemory()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, hostnameName)
	if err := writeFile(path, []byte(hostname+"\n"), 0o644, 0, 0); err != nil {
		return nil, err
	}
	return os.OpenFile(path, unix.O_PATH|unix.O_NOFOLLOW, 0)
}

func (t *Template) bindHostname() (int, error) {
	file, err := t.hostname()
	if err != nil {
		return -1, fmt.Errorf("failed to make an /etc/hostname: %w", err)
	}
	mount, err := Bind("/etc/hostname", int(file.Fd()), true)
	return mount.source, err
}

// resolvConf mounts the resolv.conf of a command that has a network of its own.
func (t *Template) resolvConf(connector Connector) (*Mount, error) {
	machines, err := os.ReadFile("/etc/resolv.conf")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	mount, err := t.File("/etc/resolv.conf", []byte(resolvConf(string(machines), connector.resolver())), 0o644, 0, 0)
	if err != nil {
		return nil, fmt.Errorf("failed to make an /etc/resolv.conf: %w", err)
	}
	return &mount, nil
}

func (t *Template) files() string { return filepath.Join(t.dir, "files") }

// mountFiles returns what mounts the folder for files in memory once.
func mountFiles(dir string) func() error {
	return sync.OnceValue(func() error {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		target, err := rootfs.Open(dir)
		if err != nil {
			return err
		}
		defer target.Close()
		files, err := newFilesystem("tmpfs", untrusted, "mode=700")
		if err != nil {
			return err
		}
		defer unix.Close(files)
		return moveMount(files, target.FD())
	})
}

// place makes the targets of the spec's own mounts, and adds them to the others. A mount
// in another one is made in what is mounted there, where no link is followed: a cache is
// foreign, and a link in it must not lead to where something is made.
func (all *mounts) place(points *mountPoints, own []Mount) error {
	sorted := slices.Clone(own)
	slices.SortStableFunc(sorted, func(a, b Mount) int { return cmp.Compare(depth(a.Target), depth(b.Target)) })
	var placed []placedMount
	for _, m := range sorted {
		target, err := all.target(points, placed, m)
		if err != nil {
			return fmt.Errorf("failed to prepare the mount point %s: %w", m.Target, err)
		}
		for _, other := range *all {
			switch {
			case target == other.target && other.borrowed:
				return fmt.Errorf("two mounts have the target %s", m.Target)
			case target != other.target && within(other.target, target):
				return fmt.Errorf("a mount on %s would hide /%s", m.Target, other.target)
			}
		}
		*all = append(*all, mount{source: m.source, target: target, isFile: m.isFile, borrowed: true})
		placed = append(placed, placedMount{m, rootfs.Clean(m.Target), target})
	}
	return nil
}

func depth(target string) int { return strings.Count(rootfs.Clean(target), "/") }

// placedMount is a mount of the spec, its target as it was asked for, and without links.
type placedMount struct {
	Mount
	asked, target string
}

// target makes the target of a mount and returns its path, without links.
func (all mounts) target(points *mountPoints, placed []placedMount, m Mount) (string, error) {
	asked := rootfs.Clean(m.Target)
	for _, outer := range slices.Backward(placed) {
		if below, is := strings.CutPrefix(asked, outer.asked+"/"); is {
			return outer.target + "/" + below, outer.ensure(below, m.isFile)
		}
	}
	target, err := points.ensure(m.Target, m.isFile)
	if err != nil {
		return "", err
	}
	for _, outer := range slices.Backward(placed) { // a link of the image may lead there
		if below, is := strings.CutPrefix(target, outer.target+"/"); is {
			return target, outer.ensure(below, m.isFile)
		}
	}
	for _, kernels := range []string{"proc", "sys"} {
		if within(target, kernels) {
			return "", fmt.Errorf("nothing can be mounted in /%s", kernels)
		}
	}
	return target, nil
}

// ensure makes a mount point in what is mounted. It stays there: the same may be a cache of
// others, who would lose what they have mounted on it.
func (p placedMount) ensure(below string, isFile bool) error {
	if p.isFile {
		return fmt.Errorf("%s is a file", p.Mount.Target)
	}
	inside := &mountPoints{root: rootfs.FromFD(p.source)}
	return inside.ensureWithoutLinks(below, isFile)
}

// within tells whether a path is another or below it.
func within(path, other string) bool {
	return path == other || strings.HasPrefix(path, other+"/")
}
