package owners

import (
	"archive/tar"
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// In a process that has no user namespace and no rights, more has to be recorded than the
// owner: a file that its owner may not read could not be read back, so permissions that the
// owner lacks are added on disk, and the record has those that were asked for. Symbolic links
// can have no attribute at all, and file capabilities may not be set. Both are remembered by
// this process, until the layer is written that they are in.

var plain atomic.Bool

// SetPlain makes owners, modes and file capabilities be recorded by a process without rights.
func SetPlain() { plain.Store(true) }

// Plain tells whether this process has no rights.
func Plain() bool { return plain.Load() }

// remembered is what has no place on disk.
var remembered memory

type memory struct {
	lock         sync.Mutex
	owners       map[inode]Owner
	capabilities map[inode]string
}

type inode struct{ device, number uint64 }

func inodeOf(info *unix.Stat_t) inode {
	return inode{uint64(info.Dev), info.Ino} //nolint:unconvert // its type differs between architectures
}

func (m *memory) owner(fd int) (Owner, bool) {
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return Root, false
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	owner, found := m.owners[inodeOf(&info)]
	return owner, found
}

func (m *memory) setOwner(fd int, owner Owner) error {
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return os.NewSyscallError("fstat", err)
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.owners == nil {
		m.owners = map[inode]Owner{}
	}
	m.owners[inodeOf(&info)] = owner // that of root as well: the number may have been another's
	return nil
}

// RememberCapability remembers a file capability that may not be set.
func RememberCapability(fd int, value string) error {
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return os.NewSyscallError("fstat", err)
	}
	remembered.lock.Lock()
	defer remembered.lock.Unlock()
	if remembered.capabilities == nil {
		remembered.capabilities = map[inode]string{}
	}
	remembered.capabilities[inodeOf(&info)] = value
	return nil
}

// forget is for a new file, whose number may have been another's.
func (m *memory) forget(info *unix.Stat_t) {
	m.lock.Lock()
	defer m.lock.Unlock()
	delete(m.capabilities, inodeOf(info))
}

// ChmodAt sets the permissions of a file in an open directory, which is no symbolic link:
// on disk or, as far as they keep its owner out, by a record.
func ChmodAt(dir int, name string, mode uint32) error {
	if !Plain() {
		return unix.Fchmodat(dir, name, mode, 0)
	}
	fd, err := unix.Openat(dir, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return os.NewSyscallError("fstat", err)
	}
	remembered.forget(&info)
	kind := info.Mode & unix.S_IFMT
	needed := uint32(0o600)
	if kind == unix.S_IFDIR {
		needed = 0o700
	}
	if err := unix.Chmod(pathOf(fd), mode|needed); err != nil {
		return os.NewSyscallError("chmod", err)
	}
	if !hasUserAttributes(kind) {
		return nil // a fifo is never read
	}
	owner, _ := Read(fd, kind)
	if owner == Root && mode&needed == needed {
		return Write(fd, kind|mode, owner)
	}
	return os.NewSyscallError("setxattr", unix.Setxattr(pathOf(fd), Attribute, owner.text(kind|mode), 0))
}

// AdjustPlain does for a process without rights what [Adjust] does.
func AdjustPlain(header *tar.Header, xattrs map[string]string, info *unix.Stat_t) {
	header.Uid, header.Gid = 0, 0
	if value, found := xattrs[Attribute]; found && hasUserAttributes(info.Mode) {
		if mode, ok := recordedMode(value); ok {
			header.Mode = mode
		}
	}
	Adjust(header, xattrs, info.Mode)
	remembered.lock.Lock()
	defer remembered.lock.Unlock()
	if !hasUserAttributes(info.Mode) {
		owner := remembered.owners[inodeOf(info)]
		header.Uid, header.Gid = int(owner.UID), int(owner.GID)
	}
	if value, found := remembered.capabilities[inodeOf(info)]; found {
		xattrs[LinkAttribute] = value
	}
}

func recordedMode(value string) (int64, bool) {
	fields := strings.Split(value, ":")
	if len(fields) < 3 {
		return 0, false
	}
	mode, err := strconv.ParseInt(fields[2], 8, 32)
	return mode & 0o7777, err == nil
}

// MaySetCapability tells whether an error of setting an attribute is that this process may
// not, and it has to be remembered.
func MaySetCapability(name string, err error) bool {
	return !(Plain() && name == LinkAttribute && errors.Is(err, unix.EPERM))
}
