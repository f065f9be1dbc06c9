// Package owners keeps the owners of an image's files where the kernel cannot: in a user
// namespace that has a single id, every file belongs to that id on disk.
//
// The owner that was asked for is recorded in an extended attribute of the file itself,
// so that it survives renames, hard links and an overlay's copy-up, and later images see
// it in the layers they are based on:
//
//   - Regular files and directories have user.containers.override_stat, the notation of
//     containers/storage and fuse-overlayfs: "uid:gid:mode:type". A device node, which
//     only the machine's root may make, is a regular file of type "char-MAJOR-MINOR" or
//     "block-MAJOR-MINOR".
//   - User attributes are not allowed on anything else. Symbolic links, fifos and sockets
//     have the owner in security.capability, as capability sets that mean nothing to the
//     kernel: they are read only when a regular file is executed.
//
// A file without a record belongs to root. Its permission bits are always those on disk.
package owners

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// Attribute is the extended attribute in which the owners of regular files and
// directories are recorded.
const Attribute = "user.containers.override_stat"

// LinkAttribute is the one of files that may not have user attributes.
const LinkAttribute = "security.capability"

// Owner is what is recorded of a file.
type Owner struct {
	UID, GID uint32
	// Device is the type of the device node that a regular file stands for, S_IFCHR or
	// S_IFBLK, or 0. Major and Minor are its number.
	Device       uint32
	Major, Minor uint32
}

// Root is the owner of files without a record.
var Root = Owner{}

// Keep leaves a user or group as it is, as chown(2) does for -1.
const Keep = ^uint32(0)

// Recorded tells whether owners must be recorded, because this process is in a user
// namespace with a single id, or may not change owners at all: see [Plain].
func Recorded() bool { return Plain() || singleID() }

var singleID = sync.OnceValue(func() bool {
	return single("/proc/self/uid_map") || single("/proc/self/gid_map")
})

func single(file string) bool {
	data, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	fields := strings.Fields(string(data))
	return len(fields) == 3 && fields[2] == "1"
}

// Read returns what is recorded of an open file, which may be opened with O_PATH, given
// its mode with the type bits. A file without a record, or with one that nobody can read,
// gives false.
func Read(fd int, mode uint32) (Owner, bool) {
	if Plain() && !hasUserAttributes(mode) {
		return remembered.owner(fd)
	}
	var buffer [128]byte
	n, err := unix.Getxattr(pathOf(fd), attributeFor(mode), buffer[:])
	if err != nil {
		return Root, false
	}
	return parse(buffer[:n], mode)
}

func parse(value []byte, mode uint32) (Owner, bool) {
	if hasUserAttributes(mode) {
		return parseText(string(value))
	}
	return parseLink(value)
}

// Write records the owner of an open file, given its mode with the type bits. The record
// of what belongs to root is removed.
func Write(fd int, mode uint32, owner Owner) error {
	if Plain() && !hasUserAttributes(mode) {
		return remembered.setOwner(fd, owner)
	}
	path, name := pathOf(fd), attributeFor(mode)
	if owner == Root {
		err := unix.Removexattr(path, name)
		if err != nil && !errors.Is(err, unix.ENODATA) && !errors.Is(err, unix.ENOTSUP) {
			return os.NewSyscallError("removexattr", err)
		}
		return nil
	}
	value := owner.text(mode)
	if !hasUserAttributes(mode) {
		value = owner.link()
	}
	return os.NewSyscallError("setxattr", unix.Setxattr(path, name, value, 0))
}

// Chown changes the owner of an open file, which may be opened with O_PATH, and has the
// kernel do all else that comes with it: it checks whether the file may be changed, and
// takes away set-id bits and file capabilities.
func Chown(fd int, uid, gid uint32) error {
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return os.NewSyscallError("fstat", err)
	}
	owner, _ := Read(fd, info.Mode)
	if !Plain() {
		if err := unix.Fchownat(fd, "", onDisk(uid), onDisk(gid), unix.AT_EMPTY_PATH); err != nil {
			return os.NewSyscallError("fchownat", err)
		}
	}
	if uid != Keep {
		owner.UID = uid
	}
	if gid != Keep {
		owner.GID = gid
	}
	// Its bits may have changed.
	if err := unix.Fstat(fd, &info); err != nil {
		return os.NewSyscallError("fstat", err)
	}
	return Write(fd, info.Mode, owner)
}

// onDisk is the id that stands for all others in this namespace.
func onDisk(id uint32) int {
	if id == Keep {
		return -1
	}
	return 0
}

// ChownAt changes the owner of a file in an open directory, never of what a link names:
// by the kernel where it can, or by a record.
func ChownAt(dir int, name string, uid, gid int) error {
	if !Recorded() {
		return unix.Fchownat(dir, name, uid, gid, unix.AT_SYMLINK_NOFOLLOW)
	}
	fd, err := unix.Openat(dir, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return Chown(fd, uint32(uid), uint32(gid)) //nolint:gosec // ids have 32 bits
}

// MakeDevice makes a regular file that stands for a device node, and belongs to an owner.
func MakeDevice(dir int, name string, permissions uint32, owner Owner) error {
	fd, err := unix.Openat(dir, name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.Fchmod(fd, permissions&0o7777); err != nil {
		return err
	}
	return Write(fd, unix.S_IFREG|permissions&0o7777, owner)
}

func pathOf(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }

// hasUserAttributes tells whether a file with this mode may have attributes of users.
func hasUserAttributes(mode uint32) bool {
	return mode&unix.S_IFMT == unix.S_IFREG || mode&unix.S_IFMT == unix.S_IFDIR
}

func attributeFor(mode uint32) string {
	if hasUserAttributes(mode) {
		return Attribute
	}
	return LinkAttribute
}

// text is the record of a regular file or directory.
func (o Owner) text(mode uint32) []byte {
	kind := "file"
	switch {
	case mode&unix.S_IFMT == unix.S_IFDIR:
		kind = "dir"
	case o.Device == unix.S_IFCHR:
		kind = fmt.Sprintf("char-%d-%d", o.Major, o.Minor)
	case o.Device == unix.S_IFBLK:
		kind = fmt.Sprintf("block-%d-%d", o.Major, o.Minor)
	}
	return fmt.Appendf(nil, "%d:%d:%04o:%s", o.UID, o.GID, mode&0o7777, kind)
}

// parseText reads what text writes. Records of other programs may leave out the type.
func parseText(value string) (Owner, bool) {
	fields := strings.Split(value, ":")
	if len(fields) < 3 {
		return Root, false
	}
	uid, err := strconv.ParseUint(fields[0], 10, 32)
	if err != nil {
		return Root, false
	}
	gid, err := strconv.ParseUint(fields[1], 10, 32)
	if err != nil {
		return Root, false
	}
	owner := Owner{UID: uint32(uid), GID: uint32(gid)}
	if len(fields) == 3 {
		return owner, true
	}
	kind, number, isDevice := strings.Cut(fields[3], "-")
	switch {
	case kind == "char":
		owner.Device = unix.S_IFCHR
	case kind == "block":
		owner.Device = unix.S_IFBLK
	default:
		return owner, true
	}
	major, minor, _ := strings.Cut(number, "-")
	a, errMajor := strconv.ParseUint(major, 10, 32)
	b, errMinor := strconv.ParseUint(minor, 10, 32)
	if !isDevice || errMajor != nil || errMinor != nil {
		return Root, false
	}
	owner.Major, owner.Minor = uint32(a), uint32(b)
	return owner, true
}

const (
	// linkVersion is VFS_CAP_REVISION_2 of linux/capability.h.
	linkVersion = 0x02000000
	// linkMark stands in the upper half of the inheritable set, to tell records from
	// capabilities that somebody set on a link. No kernel has capabilities there.
	linkMark = 0x4f574e52
	linkSize = 20
)

// link is the record of anything else: the uid and gid are the lower halves of the
// permitted and the inheritable set.
func (o Owner) link() []byte {
	value := make([]byte, 0, linkSize)
	for _, word := range []uint32{linkVersion, o.UID, o.GID, 0, linkMark} {
		value = binary.LittleEndian.AppendUint32(value, word)
	}
	return value
}

func parseLink(value []byte) (Owner, bool) {
	if len(value) != linkSize || binary.LittleEndian.Uint32(value)&^0xffffff != linkVersion || binary.LittleEndian.Uint32(value[16:]) != linkMark {
		return Root, false
	}
	return Owner{UID: binary.LittleEndian.Uint32(value[4:]), GID: binary.LittleEndian.Uint32(value[8:])}, true
}
