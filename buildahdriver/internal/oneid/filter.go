package oneid

import (
	"errors"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Offsets in struct seccomp_data of linux/seccomp.h.
const (
	offsetNumber    = 0
	offsetArch      = 4
	offsetArguments = 16
)

// offsetOf is where the lower half of an argument is, on a little-endian machine.
func offsetOf(argument int) uint32 { return uint32(offsetArguments + 8*argument) } //nolint:gosec // at most 5

// Filter returns the program for seccomp(2), as its instructions lie in memory, which
// hands the system calls of a command to its supervisor. System calls of another
// architecture than the machine's own, such as those of 32-bit programs, are left to the
// kernel, which knows one id only.
func Filter() []byte {
	program := filter()
	size := int(unsafe.Sizeof(unix.SockFilter{}))
	bytes := make([]byte, 0, len(program)*size)
	for i := range program {
		bytes = append(bytes, unsafe.Slice((*byte)(unsafe.Pointer(&program[i])), size)...)
	}
	return bytes
}

// Install makes the calling thread, and what it executes, one whose system calls are
// answered by the supervisor at the other end of a socket. The caller has CAP_SYS_ADMIN in
// its user namespace, so that setuid bits keep their meaning.
func Install(socket int) error {
	program := filter()
	attributes := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]} //nolint:gosec // far fewer
	install := func(flags uintptr) (uintptr, unix.Errno) {
		fd, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER|flags, uintptr(unsafe.Pointer(&attributes)))
		return fd, errno
	}
	// See have_calls_answered in the package sandbox.
	listener, errno := install(unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
	if errno == unix.EINVAL {
		listener, errno = install(0)
	}
	if errno != 0 {
		return os.NewSyscallError("seccomp", errno)
	}
	err := unix.Sendmsg(socket, []byte{0}, unix.UnixRights(int(listener)), nil, 0)
	return errors.Join(os.NewSyscallError("sendmsg", err), unix.Close(int(listener)))
}

func filter() []unix.SockFilter {
	const (
		load   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		anySet = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
		answer = unix.BPF_RET | unix.BPF_K
	)
	program := []unix.SockFilter{
		{Code: load, K: offsetArch},
		{Code: equal, K: nativeArch, Jt: 1},
		{Code: answer, K: unix.SECCOMP_RET_ALLOW},
		{Code: load, K: offsetNumber},
	}
	for _, c := range calls {
		test := c.when
		if test == nil {
			program = append(program,
				unix.SockFilter{Code: equal, K: c.number, Jf: 1},
				unix.SockFilter{Code: answer, K: unix.SECCOMP_RET_USER_NOTIF})
			continue
		}
		code := uint16(anySet)
		if test.equal {
			code = equal
		}
		program = append(program,
			unix.SockFilter{Code: equal, K: c.number, Jf: uint8(2 + 2*len(test.values))}, //nolint:gosec // a few
			unix.SockFilter{Code: load, K: offsetOf(test.argument)})
		for _, value := range test.values {
			program = append(program,
				unix.SockFilter{Code: code, K: value, Jf: 1},
				unix.SockFilter{Code: answer, K: unix.SECCOMP_RET_USER_NOTIF})
		}
		program = append(program, unix.SockFilter{Code: answer, K: unix.SECCOMP_RET_ALLOW})
	}
	return append(program, unix.SockFilter{Code: answer, K: unix.SECCOMP_RET_ALLOW})
}

// call is a system call that the supervisor answers.
type call struct {
	number uint32
	when   *condition // nil for always
	answer func(*request) reply
}

// condition is what must hold of an argument's lower half: it is one of the values, or has
// a bit in common with one.
type condition struct {
	argument int
	equal    bool
	values   []uint32
}

// creates holds of the flags of an open(2) that may make a file.
func creates(argument int) *condition {
	return &condition{argument: argument, values: []uint32{unix.O_CREAT}}
}

// residentSize holds of the limit in which credentials are carried.
func residentSize(argument int) *condition {
	return &condition{argument: argument, equal: true, values: []uint32{unix.RLIMIT_RSS}}
}

// keepsCapabilities holds of the options of prctl(2) by which a process keeps its
// capabilities when it gives up root.
func keepsCapabilities() *condition {
	return &condition{equal: true, values: []uint32{unix.PR_SET_KEEPCAPS, unix.PR_SET_SECUREBITS}}
}
