package oneid

import (
	"encoding/binary"
	"errors"
	"path"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
)

// target opens what a call names, of a process that still waits.
func (r *request) target(dir int, address uint64, flags int) (int, unix.Errno) {
	fd, errno := r.find(dir, address, flags)
	return r.validated(fd, errno)
}

// find opens what a call names: by a path at an address of its memory, or by the
// descriptor alone, if the path is empty and the flags say so. It is for looking only:
// see [request.valid].
func (r *request) find(dir int, address uint64, flags int) (int, unix.Errno) {
	name := ""
	if address != 0 {
		var errno unix.Errno
		if name, errno = r.readPath(address); errno != 0 {
			return -1, errno
		}
	}
	if name == "" && flags&unix.AT_EMPTY_PATH == 0 {
		return -1, unix.ENOENT
	}
	return r.resolve(dir, name, flags)
}

func (r *request) fchown() reply {
	return r.chown(r.fd(0), 0, unix.AT_EMPTY_PATH, uint32(r.args[1]), uint32(r.args[2]))
}

func (r *request) chown(dir int, address uint64, flags int, uid, gid uint32) reply {
	fd, errno := r.target(dir, address, flags)
	if errno != 0 {
		return pass // the kernel knows the right error
	}
	defer unix.Close(fd)
	if c := r.credentials(); !c.privileged() && !mayChown(&c, fd, uid, gid) {
		return failure(unix.EPERM)
	}
	err := owners.Chown(fd, uid, gid)
	if errors.Is(err, unix.ENOTSUP) {
		// What the kernel makes (terminals, files in memory) is in no image.
		return value(0)
	}
	return failed(err)
}

// mayChown tells whether somebody who is not root may change an owner: of his own files
// the group, to one of his.
func mayChown(c *credentials, fd int, uid, gid uint32) bool {
	var info unix.Stat_t
	if unix.Fstat(fd, &info) != nil {
		return false
	}
	owner, _ := owners.Read(fd, info.Mode)
	return owner.UID == c.user.fileSystem &&
		(uid == owners.Keep || uid == owner.UID) &&
		(gid == owners.Keep || gid == owner.GID || c.inGroup(gid))
}

// recorded opens what a call names, if there is a record of it. What has none is as the
// kernel says.
func (r *request) recorded(dir int, address uint64, flags int) (fd int, owner owners.Owner, info unix.Stat_t, ok bool) {
	fd, errno := r.find(dir, address, flags)
	if errno != 0 {
		return -1, owner, info, false
	}
	if unix.Fstat(fd, &info) == nil {
		if owner, ok = owners.Read(fd, info.Mode); ok {
			return fd, owner, info, true
		}
	}
	unix.Close(fd)
	return -1, owner, info, false
}

func (r *request) fstat() reply {
	return r.stat(r.fd(0), 0, r.args[1], unix.AT_EMPTY_PATH)
}

func (r *request) stat(dir int, address, out uint64, flags int) reply {
	fd, owner, info, ok := r.recorded(dir, address, flags)
	if !ok {
		return pass
	}
	defer unix.Close(fd)
	info.Uid, info.Gid = owner.UID, owner.GID
	if owner.Device != 0 {
		info.Mode = info.Mode&^unix.S_IFMT | owner.Device
		info.Rdev = unix.Mkdev(owner.Major, owner.Minor)
		info.Size, info.Blocks = 0, 0
	}
	// It is the kernel's own structure on the architectures we know.
	return result(r.writeMemory(out, unsafe.Slice((*byte)(unsafe.Pointer(&info)), unsafe.Sizeof(info))))
}

// syncType is AT_STATX_SYNC_TYPE of linux/fcntl.h.
const syncType = 0x6000

func (r *request) statx(dir int, address uint64, flags int, mask uint32, out uint64) reply {
	fd, owner, _, ok := r.recorded(dir, address, flags)
	if !ok {
		return pass
	}
	defer unix.Close(fd)
	var info unix.Statx_t
	if err := unix.Statx(fd, "", unix.AT_EMPTY_PATH|flags&syncType, int(mask), &info); err != nil {
		return failed(err)
	}
	info.Uid, info.Gid = owner.UID, owner.GID
	if owner.Device != 0 {
		info.Mode = info.Mode&^unix.S_IFMT | uint16(owner.Device) //nolint:gosec // type bits fit
		info.Rdev_major, info.Rdev_minor = owner.Major, owner.Minor
		info.Size, info.Blocks = 0, 0
	}
	return result(r.writeMemory(out, unsafe.Slice((*byte)(unsafe.Pointer(&info)), unsafe.Sizeof(info))))
}

// newFile is a file that is about to be made.
type newFile struct {
	dir   int
	name  string
	owner owners.Owner
	umask uint32
}

func (f *newFile) close() { unix.Close(f.dir) }

// record records the owner of the file, which has been made, and gives it its mode, which
// our own umask has changed.
func (f *newFile) record(fd int, mode uint32) error {
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return err
	}
	kind := info.Mode & unix.S_IFMT
	// A directory has the set-gid bit of the one above.
	wanted := mode&0o7777&^f.umask | info.Mode&unix.S_ISGID
	if kind != unix.S_IFLNK && info.Mode&0o7777 != wanted {
		if err := unix.Fchmodat(unix.AT_FDCWD, procPath(fd), wanted, 0); err != nil {
			return err
		}
	}
	if err := owners.Write(fd, kind|wanted, f.owner); !errors.Is(err, unix.ENOTSUP) {
		return err
	}
	return nil // a filesystem in memory, which is in no image
}

// newFile finds out whose a file will be that does not exist. There is none if it belongs
// to root, so that the kernel may make it, or if its directory cannot be found.
func (r *request) newFile(dir int, address uint64) *newFile {
	name, errno := r.readPath(address)
	if errno != 0 || name == "" || strings.HasSuffix(name, "/") && strings.Trim(name, "/") == "" {
		return nil
	}
	name = strings.TrimRight(name, "/")
	folder, base := path.Split(name)
	if base == "." || base == ".." {
		return nil
	}
	if folder == "" {
		folder = "."
	}
	fd, errno := r.open(dir, folder, 0)
	if errno != 0 {
		return nil
	}
	f := &newFile{dir: fd, name: base}
	c := r.credentials()
	f.owner.UID, f.owner.GID = c.user.fileSystem, c.group.fileSystem
	var info unix.Stat_t
	if unix.Fstat(fd, &info) == nil && info.Mode&unix.S_ISGID != 0 {
		above, _ := owners.Read(fd, info.Mode)
		f.owner.GID = above.GID
	}
	if f.owner != owners.Root {
		if f.umask, errno = r.umask(); errno == 0 {
			return f
		}
	}
	f.close()
	return nil
}

func (r *request) mkdir(dir int, address uint64, mode uint32) reply {
	f := r.newFile(dir, address)
	if f == nil {
		return pass
	}
	defer f.close()
	if err := unix.Mkdirat(f.dir, f.name, mode&0o7777&^f.umask); err != nil {
		return failed(err)
	}
	return f.finish(mode)
}

func (r *request) symlink(target uint64, dir int, address uint64) reply {
	f := r.newFile(dir, address)
	if f == nil {
		return pass
	}
	defer f.close()
	text, errno := r.readPath(target)
	if errno != 0 || !r.valid() {
		return failure(errno)
	}
	if err := unix.Symlinkat(text, f.dir, f.name); err != nil {
		return failed(err)
	}
	return f.finish(0o777)
}

// finish records the owner of what has been made in its directory.
func (f *newFile) finish(mode uint32) reply {
	fd, err := unix.Openat(f.dir, f.name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return failed(err)
	}
	defer unix.Close(fd)
	return failed(f.record(fd, mode))
}

// mknod makes fifos and the like for other users than root, and device nodes.
func (r *request) mknod(dir int, address uint64, mode, device uint32) reply {
	kind := mode & unix.S_IFMT
	if kind == unix.S_IFCHR || kind == unix.S_IFBLK {
		return r.makeDevice(dir, address, mode, device)
	}
	f := r.newFile(dir, address)
	if f == nil {
		return pass
	}
	defer f.close()
	if err := unix.Mknodat(f.dir, f.name, mode&^f.umask, 0); err != nil {
		return failed(err)
	}
	return f.finish(mode)
}

// makeDevice makes a file that stands for a device node. The character device 0:0 is no
// device but what overlays hide a file by, and anybody may make it.
func (r *request) makeDevice(dir int, address uint64, mode, device uint32) reply {
	if r.supervisor.NoDevices || mode&unix.S_IFMT == unix.S_IFCHR && device == 0 {
		return pass
	}
	c := r.credentials()
	if !c.privileged() {
		return failure(unix.EPERM)
	}
	name, errno := r.readPath(address)
	if errno != 0 {
		return pass
	}
	folder, base := path.Split(strings.TrimRight(name, "/"))
	if base == "" || base == "." || base == ".." {
		return pass
	}
	if folder == "" {
		folder = "."
	}
	fd, errno := r.open(dir, folder, 0)
	if errno != 0 {
		return pass
	}
	defer unix.Close(fd)
	umask, errno := r.umask()
	if errno != 0 {
		return failure(errno)
	}
	owner := owners.Owner{
		UID: c.user.fileSystem, GID: c.group.fileSystem,
		Device: mode & unix.S_IFMT, Major: unix.Major(uint64(device)), Minor: unix.Minor(uint64(device)),
	}
	return failed(owners.MakeDevice(fd, base, mode&0o7777&^umask, owner))
}

// create is an open(2) that may make a file.
func (r *request) create(dir int, address uint64, flags int, mode uint32) reply {
	f := r.newFile(dir, address)
	if f == nil {
		return pass
	}
	defer f.close()
	// What is there, a link included, is opened by the kernel.
	var there unix.Stat_t
	if err := unix.Fstatat(f.dir, f.name, &there, unix.AT_SYMLINK_NOFOLLOW); !errors.Is(err, unix.ENOENT) {
		return pass
	}
	const kept = unix.O_ACCMODE | unix.O_APPEND | unix.O_DSYNC | unix.O_SYNC | unix.O_DIRECT | unix.O_NOATIME | unix.O_NONBLOCK
	fd, err := unix.Openat(f.dir, f.name, flags&kept|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, mode&0o7777&^f.umask)
	if err != nil {
		return failed(err)
	}
	defer unix.Close(fd)
	if err := f.record(fd, mode); err != nil {
		return failed(err)
	}
	return r.give(fd, flags&unix.O_CLOEXEC)
}

// give answers with a descriptor, which the process gets.
func (r *request) give(fd, flags int) reply {
	add := addFD{id: r.id, flags: unix.SECCOMP_ADDFD_FLAG_SEND, source: uint32(fd), targetFlag: uint32(flags)} //nolint:gosec // descriptors are small
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(r.listener), unix.SECCOMP_IOCTL_NOTIF_ADDFD, uintptr(unsafe.Pointer(&add)))
	if errno == unix.EINVAL { // before Linux 5.14
		add.flags = 0
		var n uintptr
		if n, _, errno = unix.Syscall(unix.SYS_IOCTL, uintptr(r.listener), unix.SECCOMP_IOCTL_NOTIF_ADDFD, uintptr(unsafe.Pointer(&add))); errno == 0 {
			return value(int64(n))
		}
	}
	if errno != 0 {
		return failure(errno)
	}
	return reply{sent: true}
}

// openat2 reads what the call wants of struct open_how. Restrictions on how the path is
// resolved are the kernel's business.
func (r *request) openat2() reply {
	how := make([]byte, unix.SizeofOpenHow)
	if r.args[3] < uint64(len(how)) || r.readMemory(r.args[2], how) != 0 {
		return pass
	}
	flags, mode, resolve := binary.LittleEndian.Uint64(how), binary.LittleEndian.Uint64(how[8:]), binary.LittleEndian.Uint64(how[16:])
	if flags&unix.O_CREAT == 0 || resolve != 0 {
		return pass
	}
	return r.create(r.fd(0), r.args[1], int(flags), uint32(mode)) //nolint:gosec // as the kernel takes them
}

func (r *request) flistxattr() reply {
	return r.listAttributes(r.fd(0), 0, unix.AT_EMPTY_PATH, r.args[1], r.args[2])
}

func (r *request) listxattr(flags int) reply {
	return r.listAttributes(unix.AT_FDCWD, r.args[0], flags, r.args[1], r.args[2])
}

// listAttributes leaves the record out of a file's extended attributes, so that nobody
// copies it together with a file.
func (r *request) listAttributes(dir int, address uint64, flags int, out, size uint64) reply {
	fd, _, info, ok := r.recorded(dir, address, flags)
	if !ok {
		return pass
	}
	defer unix.Close(fd)
	list := make([]byte, unix.PathMax)
	n, err := unix.Listxattr(procPath(fd), list)
	if err != nil {
		return pass // longer than any that we know
	}
	record := owners.Attribute
	if kind := info.Mode & unix.S_IFMT; kind != unix.S_IFREG && kind != unix.S_IFDIR {
		record = owners.LinkAttribute
	}
	shown := []byte(strings.Replace("\x00"+string(list[:n]), "\x00"+record+"\x00", "\x00", 1))[1:]
	switch {
	case size == 0 || len(shown) == 0:
	case size < uint64(len(shown)):
		return failure(unix.ERANGE)
	default:
		if errno := r.writeMemory(out, shown); errno != 0 {
			return failure(errno)
		}
	}
	return value(int64(len(shown)))
}
