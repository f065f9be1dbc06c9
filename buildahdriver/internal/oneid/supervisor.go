package oneid

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Identity is who a command runs as.
type Identity struct {
	UID, GID int
	Groups   []int // supplementary
}

// Supervisor answers the system calls of one command and all its descendants.
type Supervisor struct {
	// NoDevices refuses device nodes, as the kernel does in every user namespace.
	NoDevices bool

	credentials *register
	root        int    // of all processes, or -1; only the thread that answers knows it
	rootsDiffer bool   // so that each is looked up
	socket      [2]int // ours and the command's
	stop        int    // an eventfd
	done        chan error
}

// New makes a supervisor for a command that runs as somebody.
func New(as Identity) (*Supervisor, error) {
	s := &Supervisor{credentials: newRegister(initial(as)), root: -1, done: make(chan error, 1)}
	var err error
	if s.socket, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0); err != nil {
		return nil, os.NewSyscallError("socketpair", err)
	}
	if s.stop, err = unix.Eventfd(0, unix.EFD_CLOEXEC); err != nil {
		unix.Close(s.socket[0])
		unix.Close(s.socket[1])
		return nil, os.NewSyscallError("eventfd", err)
	}
	return s, nil
}

func initial(as Identity) credentials {
	c := credentials{user: same(uint32(as.UID)), group: same(uint32(as.GID))} //nolint:gosec // ids have 32 bits
	c.permitted, c.effective = as.UID == 0, as.UID == 0
	for _, gid := range as.Groups {
		c.groups += string(binary.LittleEndian.AppendUint32(nil, uint32(gid))) //nolint:gosec // the same
	}
	return c
}

// Socket is where the command sends the listener of its filter to, as a message with one
// byte and the descriptor (SCM_RIGHTS), before it executes anything.
func (s *Supervisor) Socket() int { return s.socket[1] }

// Start begins to answer, once the command has sent its listener. The command may wait
// for that before it starts.
func (s *Supervisor) Start() {
	go func() { s.done <- s.run() }()
}

// Started must be called when the command has started, or could not be.
func (s *Supervisor) Started() { unix.Close(s.socket[1]) }

// Close ends the supervisor when the command and all its descendants have ended. It
// tells what went wrong.
func (s *Supervisor) Close() error {
	_, _ = unix.Write(s.stop, binary.NativeEndian.AppendUint64(nil, 1))
	err := <-s.done
	unix.Close(s.socket[0])
	unix.Close(s.stop)
	return err
}

func (s *Supervisor) run() error {
	listener, err := s.receive()
	if err != nil || listener < 0 {
		return err
	}
	defer unix.Close(listener)
	// The thread that waits is the one that answers: a goroutine that moved between
	// threads would double the cost of a call.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// The kernel (since 6.6) lets the command's processor answer.
	_, _, _ = unix.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_SET_FLAGS, unix.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP)
	if err := s.answerAll(listener); err != nil {
		return fmt.Errorf("failed to answer system calls in place of the kernel: %w", err)
	}
	return nil
}

// receive waits for the command's listener. It is -1 if the command never had one.
func (s *Supervisor) receive() (int, error) {
	data, control := make([]byte, 1), make([]byte, unix.CmsgSpace(4))
	for {
		n, size, _, _, err := unix.Recvmsg(s.socket[0], data, control, unix.MSG_CMSG_CLOEXEC)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return -1, os.NewSyscallError("recvmsg", err)
		case n == 0:
			return -1, nil
		}
		messages, err := unix.ParseSocketControlMessage(control[:size])
		if err != nil || len(messages) != 1 {
			return -1, errors.New("the command has sent no listener")
		}
		fds, err := unix.ParseUnixRights(&messages[0])
		if err != nil || len(fds) != 1 {
			return -1, errors.New("the command has sent no listener")
		}
		return fds[0], nil
	}
}

// notification is struct seccomp_notif of linux/seccomp.h.
type notification struct {
	id          uint64
	pid, flags  uint32
	number      int32
	arch        uint32
	instruction uint64
	args        [6]uint64
}

// response is struct seccomp_notif_resp.
type response struct {
	id    uint64
	value int64
	error int32
	flags uint32
}

// addFD is struct seccomp_notif_addfd.
type addFD struct {
	id                                uint64
	flags, source, target, targetFlag uint32
}

func ioctl(fd int, request uint, argument unsafe.Pointer) unix.Errno {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(request), uintptr(argument))
	return errno
}

func (s *Supervisor) answerAll(listener int) error {
	answers := make(map[int32]func(*request) reply, len(calls))
	for _, c := range calls {
		answers[int32(c.number)] = c.answer //nolint:gosec // numbers of system calls are small
	}
	poll := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}, {Fd: int32(s.stop), Events: unix.POLLIN}} //nolint:gosec // descriptors are small
	r := &request{supervisor: s, listener: listener}
	defer func() {
		if s.root >= 0 {
			unix.Close(s.root)
		}
	}()
	for {
		// Kernels before 6.11 do not end the next call when the last process has ended.
		if _, err := unix.Poll(poll, -1); err != nil {
			if errors.Is(err, unix.EINTR) {
				continue
			}
			return os.NewSyscallError("poll", err)
		}
		if poll[0].Revents&unix.POLLIN == 0 {
			return nil // there is nobody left
		}
		r.notification = notification{}
		switch errno := ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&r.notification)); errno {
		case 0:
		case unix.EINTR, unix.ENOENT: // killed meanwhile
			continue
		default:
			return os.NewSyscallError("ioctl", errno)
		}
		answer := pass
		if a := answers[r.number]; a != nil {
			answer = a(r)
		}
		if answer.sent {
			continue
		}
		resp := response{id: r.id, value: answer.value, error: -int32(answer.errno)} //nolint:gosec // numbers of errors are small
		if answer.pass {
			resp.flags = unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE
		}
		if errno := ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&resp)); errno != 0 && errno != unix.ENOENT && errno != unix.EINTR {
			return os.NewSyscallError("ioctl", errno)
		}
	}
}

// reply is what a system call returns.
type reply struct {
	value int64
	errno unix.Errno
	pass  bool // the kernel does what was asked
	sent  bool // it was returned already
}

// pass leaves a call to the kernel.
var pass = reply{pass: true}

func value(v int64) reply           { return reply{value: v} }
func failure(e unix.Errno) reply    { return reply{errno: e} }
func result(errno unix.Errno) reply { return reply{errno: errno} }

// failed answers with an error of ours, less the words around it.
func failed(err error) reply { return failure(errnoOf(err)) }

func errnoOf(err error) unix.Errno {
	var errno unix.Errno
	switch {
	case err == nil:
		return 0
	case errors.As(err, &errno):
		return errno
	}
	return unix.EIO
}
