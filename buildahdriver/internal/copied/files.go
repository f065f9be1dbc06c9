package copied

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

func openFolder(dir int, name string) (int, error) {
	return unix.Openat(dir, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
}

// namesIn returns the names in an open folder, sorted.
func namesIn(dir int) ([]string, error) {
	// The offset of the descriptor is where the last reader left it.
	if _, err := unix.Seek(dir, 0, unix.SEEK_SET); err != nil {
		return nil, err
	}
	var names []string
	buffer := make([]byte, 16<<10)
	for {
		n, err := unix.ReadDirent(dir, buffer)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if n <= 0 {
			slices.Sort(names)
			return names, nil
		}
		_, _, names = unix.ParseDirent(buffer[:n], -1, names)
	}
}

// walk visits a folder and all below it, parents first, by paths relative to it.
func walk(root string, visit func(name string, info *unix.Stat_t) error) error {
	fd, err := openFolder(unix.AT_FDCWD, root)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return err
	}
	if err := visit(".", &info); err != nil {
		return err
	}
	return walkIn(fd, "", visit)
}

func walkIn(dir int, prefix string, visit func(name string, info *unix.Stat_t) error) error {
	children, err := namesIn(dir)
	if err != nil {
		return describe(prefix, err)
	}
	for _, child := range children {
		name := path.Join(prefix, child)
		var info unix.Stat_t
		if err := unix.Fstatat(dir, child, &info, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return describe(name, err)
		}
		if err := visit(name, &info); err != nil {
			return err
		}
		if info.Mode&unix.S_IFMT != unix.S_IFDIR {
			continue
		}
		sub, err := openFolder(dir, child)
		if err != nil {
			return describe(name, err)
		}
		err = walkIn(sub, name, visit)
		unix.Close(sub)
		if err != nil {
			return err
		}
	}
	return nil
}

// removeAll removes what has a name, with all in it; nothing may have it.
func removeAll(dir int, base string) error {
	err := unix.Unlinkat(dir, base, 0)
	if err == nil || errors.Is(err, unix.ENOENT) {
		return nil
	}
	sub, openErr := openFolder(dir, base)
	if openErr != nil {
		return err
	}
	defer unix.Close(sub)
	if err := clearFolder(sub); err != nil {
		return err
	}
	return unix.Unlinkat(dir, base, unix.AT_REMOVEDIR)
}

func clearFolder(dir int) error {
	children, err := namesIn(dir)
	if err != nil {
		return err
	}
	for _, child := range children {
		if err := removeAll(dir, child); err != nil {
			return err
		}
	}
	return nil
}

// isOpaque tells whether a folder of a layer hides what the layers below have in it.
func isOpaque(dir int, children []string) (bool, error) {
	if slices.Contains(children, opaqueMark) {
		return true, nil
	}
	for _, name := range []string{"trusted.overlay.opaque", "user.overlay.opaque"} {
		var value [1]byte
		n, err := unix.Fgetxattr(dir, name, value[:])
		switch {
		case err == nil && n == 1 && value[0] == 'y':
			return true, nil
		case err != nil && !errors.Is(err, unix.ENODATA) && !errors.Is(err, unix.ENOTSUP) && !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.ERANGE):
			return false, err
		}
	}
	return false, nil
}

// openBelow opens a path below a folder, with O_PATH; no part of it may be a link but the
// last, which is not followed.
func openBelow(folder, name string) (int, error) {
	root, err := unix.Open(folder, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(root)
	for {
		fd, err := unix.Openat2(root, name, &unix.OpenHow{Flags: unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS})
		if !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
			return fd, err
		}
	}
}

// sameFile tells whether two files of one type, opened with O_PATH, have the same contents
// and extended attributes.
func sameFile(a, b int, info *unix.Stat_t) (bool, error) {
	switch info.Mode & unix.S_IFMT {
	case unix.S_IFLNK:
		first, err := readlink(a, "")
		if err != nil {
			return false, err
		}
		second, err := readlink(b, "")
		if err != nil || first != second {
			return false, err
		}
	case unix.S_IFREG:
		if same, err := sameContents(a, b); err != nil || !same {
			return false, err
		}
	}
	first, err := xattrs(a)
	if err != nil {
		return false, err
	}
	second, err := xattrs(b)
	return maps.Equal(first, second), err
}

func sameContents(a, b int) (bool, error) {
	var files [2]*os.File
	for i, fd := range []int{a, b} {
		file, err := os.Open(fmt.Sprintf("/proc/self/fd/%d", fd))
		if err != nil {
			return false, err
		}
		defer file.Close()
		files[i] = file
	}
	var buffers [2][64 << 10]byte
	for {
		n, errA := io.ReadFull(files[0], buffers[0][:])
		m, errB := io.ReadFull(files[1], buffers[1][:])
		if n != m || !bytes.Equal(buffers[0][:n], buffers[1][:m]) {
			return false, nil
		}
		for _, err := range []error{errA, errB} {
			if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				return false, err
			}
		}
		if errA != nil {
			return true, nil
		}
	}
}

// xattrs returns the extended attributes of a file opened with O_PATH.
func xattrs(fd int) (map[string]string, error) {
	// The link into /proc is followed, and leads to a link itself, which is not.
	return xattrsOf(fmt.Sprintf("/proc/self/fd/%d", fd), true)
}

// xattrsOf returns the extended attributes of a path that are the image's.
func xattrsOf(path string, follow bool) (map[string]string, error) {
	list, get := unix.Llistxattr, unix.Lgetxattr
	if follow {
		list, get = unix.Listxattr, unix.Getxattr
	}
	found := map[string]string{}
	names, err := rootfs.ReadSized(func(buffer []byte) (int, error) { return list(path, buffer) })
	if errors.Is(err, unix.ENOTSUP) {
		return found, nil
	}
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		if !isKept(name) {
			continue
		}
		value, err := rootfs.ReadSized(func(buffer []byte) (int, error) { return get(path, name, buffer) })
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		found[name] = string(value)
	}
	return found, nil
}

// copyAttributes gives an open file or folder the owner, mode, attributes and time of
// another, in an order that keeps each.
func copyAttributes(from, to int) error {
	var info unix.Stat_t
	if err := unix.Fstat(from, &info); err != nil {
		return err
	}
	var now unix.Stat_t
	if err := unix.Fstat(to, &now); err != nil {
		return err
	}
	if now.Uid != info.Uid || now.Gid != info.Gid {
		if err := unix.Fchown(to, int(info.Uid), int(info.Gid)); err != nil {
			return fmt.Errorf("failed to set the owner: %w", err)
		}
	}
	if err := unix.Fchmod(to, info.Mode&0o7777); err != nil {
		return fmt.Errorf("failed to set the mode: %w", err)
	}
	if err := copyXattrs(fmt.Sprintf("/proc/self/fd/%d", from), fmt.Sprintf("/proc/self/fd/%d", to), true); err != nil {
		return err
	}
	return setTime(to, info.Mtim)
}

func setTime(fd int, modified unix.Timespec) error {
	times := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, modified}
	return os.NewSyscallError("utimensat", unix.UtimesNanoAt(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", fd), times, 0))
}

// copyAttributesAt does the same for what cannot be opened.
func copyAttributesAt(from, to int, base string, info *unix.Stat_t) error {
	if err := unix.Fchownat(to, base, int(info.Uid), int(info.Gid), unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return fmt.Errorf("failed to set the owner: %w", err)
	}
	if info.Mode&unix.S_IFMT != unix.S_IFLNK {
		if err := unix.Fchmodat(to, base, info.Mode&0o7777, 0); err != nil {
			return fmt.Errorf("failed to set the mode: %w", err)
		}
	}
	if err := copyXattrs(fmt.Sprintf("/proc/self/fd/%d/%s", from, base), fmt.Sprintf("/proc/self/fd/%d/%s", to, base), false); err != nil {
		return err
	}
	times := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, info.Mtim}
	return os.NewSyscallError("utimensat", unix.UtimesNanoAt(to, base, times, unix.AT_SYMLINK_NOFOLLOW))
}

// isKept tells whether an extended attribute is the image's: not the machine's label or
// what overlays set for themselves.
func isKept(name string) bool {
	return name == "security.capability" || name == "security.ima" ||
		strings.HasPrefix(name, "user.") && !strings.HasPrefix(name, "user.overlay.")
}

// copyXattrs gives a path the extended attributes of another, and takes away others. The
// paths are links into /proc if they are to be followed.
func copyXattrs(from, to string, follow bool) error {
	wanted, err := xattrsOf(from, follow)
	if err != nil {
		return fmt.Errorf("failed to read extended attributes: %w", err)
	}
	there, err := xattrsOf(to, follow)
	if err != nil {
		return fmt.Errorf("failed to read extended attributes: %w", err)
	}
	set, remove := unix.Lsetxattr, unix.Lremovexattr
	if follow {
		set, remove = unix.Setxattr, unix.Removexattr
	}
	for name, value := range wanted {
		if had, found := there[name]; found && had == value {
			continue
		}
		if err := set(to, name, []byte(value), 0); err != nil {
			return fmt.Errorf("failed to set the extended attribute %s: %w", name, err)
		}
	}
	for name := range there {
		if _, found := wanted[name]; !found {
			if err := remove(to, name); err != nil {
				return fmt.Errorf("failed to remove the extended attribute %s: %w", name, err)
			}
		}
	}
	return nil
}

func readlink(dir int, base string) (string, error) {
	buffer := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(dir, base, buffer)
	if err != nil {
		return "", err
	}
	return string(buffer[:n]), nil
}
