package oneid

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// request is one system call that waits for its answer.
type request struct {
	notification
	supervisor *Supervisor
	listener   int
	path       [unix.PathMax]byte
}

// fd is an argument that is a file descriptor.
func (r *request) fd(argument int) int { return int(int32(r.args[argument])) } //nolint:gosec // as in C

func (r *request) credentials() credentials { return r.supervisor.credentials.of(int(r.pid)) }

// become gives the process other credentials.
func (r *request) become(c credentials) reply {
	if !r.valid() {
		return failure(unix.ESRCH)
	}
	return result(r.supervisor.credentials.set(int(r.pid), c))
}

// becomeAndPass does so for a call that the kernel goes on with.
func (r *request) becomeAndPass(c credentials) reply {
	if c == r.credentials() {
		return pass
	}
	if done := r.become(c); done.errno != 0 {
		return done
	}
	return pass
}

// valid tells whether the call still waits. If so, its process has been the one with its
// id from the beginning, and all that was learned by that id was learned of it.
func (r *request) valid() bool {
	return ioctl(r.listener, unix.SECCOMP_IOCTL_NOTIF_ID_VALID, unsafe.Pointer(&r.id)) == 0
}

// readMemory reads the process's memory.
func (r *request) readMemory(address uint64, into []byte) unix.Errno {
	if len(into) == 0 {
		return 0
	}
	local := unix.Iovec{Base: &into[0]}
	local.SetLen(len(into))
	n, err := unix.ProcessVMReadv(int(r.pid), []unix.Iovec{local}, []unix.RemoteIovec{{Base: uintptr(address), Len: len(into)}}, 0)
	if err != nil || n != len(into) {
		return unix.EFAULT
	}
	return 0
}

func (r *request) writeMemory(address uint64, from []byte) unix.Errno {
	if !r.valid() {
		return unix.ESRCH
	}
	local := unix.Iovec{Base: &from[0]}
	local.SetLen(len(from))
	n, err := unix.ProcessVMWritev(int(r.pid), []unix.Iovec{local}, []unix.RemoteIovec{{Base: uintptr(address), Len: len(from)}}, 0)
	if err != nil || n != len(from) {
		return unix.EFAULT
	}
	return 0
}

// readPath reads a string of the process's memory.
func (r *request) readPath(address uint64) (string, unix.Errno) {
	page := uint64(os.Getpagesize()) //nolint:gosec // it is positive
	for done := 0; done < len(r.path); {
		// What follows the string's page may not be mapped.
		want := int(page - (address+uint64(done))%page) //nolint:gosec // at most a page
		part := r.path[done:min(done+want, len(r.path))]
		if errno := r.readMemory(address+uint64(done), part); errno != 0 { //nolint:gosec // it is positive
			return "", errno
		}
		if end := bytes.IndexByte(part, 0); end >= 0 {
			return string(r.path[:done+end]), 0
		}
		done += len(part)
	}
	return "", unix.ENAMETOOLONG
}

// open opens what a path means to the process, with O_PATH. An empty path is the
// descriptor itself. The descriptor returned is the caller's, and was opened of a process
// that still waits.
func (r *request) open(dir int, path string, flags int) (int, unix.Errno) {
	fd, errno := r.resolve(dir, path, flags)
	return r.validated(fd, errno)
}

// validated closes a descriptor of a process that does not wait any more.
func (r *request) validated(fd int, errno unix.Errno) (int, unix.Errno) {
	if errno != 0 {
		return -1, errno
	}
	if !r.valid() {
		unix.Close(fd)
		return -1, unix.ESRCH
	}
	return fd, 0
}

func (r *request) resolve(dir int, path string, flags int) (int, unix.Errno) {
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS}
	if flags&unix.AT_SYMLINK_NOFOLLOW != 0 {
		how.Flags |= unix.O_NOFOLLOW
	}
	if strings.HasPrefix(path, "/") {
		root, done, errno := r.root()
		if errno != 0 {
			return -1, errno
		}
		defer done()
		return openat2(root, path, &how)
	}
	base, errno := r.openBase(dir)
	if errno != 0 || path == "" {
		return base, errno
	}
	defer unix.Close(base)
	how.Resolve = unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS
	fd, errno := openat2(base, path, &how)
	if errno != unix.EXDEV {
		return fd, errno
	}
	// It leads out of the directory, by .. or by a link to an absolute path: so it must be
	// resolved from the root on.
	root, done, errno := r.root()
	if errno != 0 {
		return -1, errno
	}
	defer done()
	from, errno := below(root, base)
	if errno != 0 {
		return -1, errno
	}
	how.Resolve = unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS
	return openat2(root, from+"/"+path, &how)
}

// root returns the root directory of the process, and what to do when it is not needed any
// more. Until one of them changes it, all have the same, which is kept: to open it by
// /proc is half the cost of a stat. A process that changes its view in a way that is not
// noticed is confused about its own files, all of which are below the same root.
func (r *request) root() (int, func(), unix.Errno) {
	s := r.supervisor
	if s.rootsDiffer {
		fd, errno := r.openOwn("root")
		return fd, func() { unix.Close(fd) }, errno
	}
	if s.root < 0 {
		fd, errno := r.openOwn("root")
		if fd, errno = r.validated(fd, errno); errno != 0 {
			return -1, nil, errno
		}
		s.root = fd
	}
	return s.root, func() {}, 0
}

// changeRoot notes that processes have different roots from now on, or mounts.
func (r *request) changeRoot() reply {
	r.supervisor.rootsDiffer = true
	return pass
}

// openBase opens the directory that relative paths begin in, or a file by its
// descriptor.
func (r *request) openBase(dir int) (int, unix.Errno) {
	if dir == unix.AT_FDCWD {
		return r.openOwn("cwd")
	}
	return r.openOwn("fd/" + strconv.Itoa(dir))
}

// openOwn opens what a magic link of the process's directory in /proc leads to.
func (r *request) openOwn(link string) (int, unix.Errno) {
	fd, err := unix.Open("/proc/"+strconv.FormatUint(uint64(r.pid), 10)+"/"+link, unix.O_PATH|unix.O_CLOEXEC, 0)
	return fd, errnoOf(err)
}

// below returns the path of a directory, as it is seen from another above it.
func below(root, dir int) (string, unix.Errno) {
	top, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(root))
	if err != nil {
		return "", errnoOf(err)
	}
	path, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(dir))
	if err != nil {
		return "", errnoOf(err)
	}
	if top = strings.TrimSuffix(top, "/"); path == top || strings.HasPrefix(path, top+"/") {
		return path[len(top):], 0
	}
	return "", unix.EXDEV
}

func openat2(dir int, path string, how *unix.OpenHow) (int, unix.Errno) {
	for {
		fd, err := unix.Openat2(dir, path, how)
		// EAGAIN: a rename elsewhere made the kernel unsure of the path.
		if err != unix.EAGAIN && err != unix.EINTR {
			return fd, errnoOf(err)
		}
	}
}

// status returns what the kernel tells of the process: proc_pid_status(5).
func (r *request) status() (string, unix.Errno) {
	text, err := os.ReadFile("/proc/" + strconv.FormatUint(uint64(r.pid), 10) + "/status")
	return string(text), errnoOf(err)
}

// umask returns the process's file mode creation mask.
func (r *request) umask() (uint32, unix.Errno) {
	status, errno := r.status()
	if errno != 0 {
		return 0, errno
	}
	_, after, _ := strings.Cut(status, "\nUmask:\t")
	line, _, _ := strings.Cut(after, "\n")
	mask, err := strconv.ParseUint(line, 8, 32)
	if err != nil {
		return 0, unix.EIO
	}
	return uint32(mask), 0
}

func procPath(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }
