package tests

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// refusedVariable makes this test binary a program that refuses system calls to another:
// an errno and the names of calls, separated by blanks. Its arguments are the command.
const refusedVariable = "KOLLA_BUILD_TESTS_REFUSED"

// refusing returns a command under a seccomp filter as old or strict containers have.
func refusing(t *testing.T, errno string, calls string, command ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, command...)
	cmd.Env = append(cmd.Environ(), refusedVariable+"="+errno+" "+calls)
	return cmd
}

// refuse is the main function of that program. It returns only if something fails.
func refuse(words []string) error {
	errno := map[string]unix.Errno{"EPERM": unix.EPERM, "ENOSYS": unix.ENOSYS}[words[0]]
	numbers := map[string]uint32{
		"unshare":       unix.SYS_UNSHARE,
		"mount_setattr": unix.SYS_MOUNT_SETATTR,
		"openat2":       unix.SYS_OPENAT2,
		"fsopen":        unix.SYS_FSOPEN,
		"mount":         unix.SYS_MOUNT,
	}
	program := []unix.SockFilter{{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS}} // the number
	for _, name := range words[1:] {
		number, ok := numbers[name]
		if errno == 0 || !ok {
			return fmt.Errorf("%s is unknown here", words)
		}
		program = append(program,
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: number},
			unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(errno)})
	}
	program = append(program, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW})

	path, err := exec.LookPath(os.Args[1])
	if err != nil {
		return err
	}
	env := os.Environ()
	for i, v := range env {
		if strings.HasPrefix(v, refusedVariable+"=") {
			env = append(env[:i], env[i+1:]...)
			break
		}
	}
	// The filter is the thread's, and the thread becomes the command.
	runtime.LockOSThread()
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	install := func() error {
		_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&filter)))
		if errno != 0 {
			return errno
		}
		return nil
	}
	if err := install(); err == unix.EACCES { //nolint:errorlint // an errno of the kernel's
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			return err
		}
		if err := install(); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	return unix.Exec(path, os.Args[1:], env)
}
