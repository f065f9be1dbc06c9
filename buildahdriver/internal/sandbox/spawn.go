package sandbox

// #include <stdlib.h>
// #include "spawn.h"
import "C"

import (
	"context"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/oneid"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

const namespaces = unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC

// spawn starts the command. If setting it up failed, there is an error and a child
// that has ended or is about to; if no child could be made, the child is nil. The caller
// closes the connection, which is nil unless the command has a network of its own.
func spawn(ctx context.Context, spec Spec, command command, mounts mounts, output *os.File, supervisor *oneid.Supervisor) (*os.Process, *connection, error) {
	filter, err := seccompFilter()
	if err != nil {
		return nil, nil, fmt.Errorf("failed to compile the seccomp filter: %w", err)
	}
	input, err := os.Open(os.DevNull)
	if err != nil {
		return nil, nil, err
	}
	defer input.Close()
	parent, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("pidfd_open", err)
	}
	defer unix.Close(parent)

	var memory arena
	defer memory.free()
	s := newIn[C.struct_sandbox](&memory, 1)
	describe(s, &memory, spec, command)
	s.namespaces = namespaces
	if spec.Network != NetworkHost {
		s.namespaces |= unix.CLONE_NEWNET
	}
	if spec.Network == NetworkPrivate {
		s.needs_network = 1
	}
	s.mounts, s.mount_count = memory.mounts(mounts), C.size_t(len(mounts))
	s.read_only, s.masked_files, s.masked_dirs = memory.strings(readOnlyPaths), memory.strings(maskedFiles), memory.strings(maskedDirs)
	s.hostname = memory.string(hostname)
	s.input, s.output, s.parent = C.int(input.Fd()), C.int(output.Fd()), C.int(parent)
	s.capabilities = C.uint64_t(capabilityMask())
	s.filter = memory.program(filter)
	if supervisor != nil {
		s.answered, s.supervisor = memory.program(oneid.Filter()), C.int(supervisor.Socket())
		supervisor.Start()
		defer supervisor.Started()
	}

	if TestOnlyMaskedProc {
		s.masked_proc = 1
	}
	preparer, err := newPreparer(ctx, s, spec.Connector)
	if err != nil {
		return nil, nil, err
	}
	defer preparer.close()

	pid := int(C.sandbox_spawn(s))
	if pid < 0 {
		return nil, nil, fmt.Errorf("failed to start the sandbox: %w", unix.Errno(-pid))
	}
	child, err := os.FindProcess(pid)
	if err != nil {
		return nil, nil, err
	}
	connection, err := preparer.finish()
	if err != nil {
		return child, connection, err
	}
	return child, connection, setupError(s, command.user)
}

// describe fills in what the command is.
func describe(s *C.struct_sandbox, memory *arena, spec Spec, command command) {
	s.root, s.dir = memory.string(spec.Root), memory.string("/"+spec.Dir)
	s.executable, s.argv, s.envp = memory.string(command.executable), memory.strings(spec.Args), memory.strings(command.env)
	s.uid, s.gid = C.uid_t(command.user.UID), C.gid_t(command.user.GID)
	s.groups, s.group_count = memory.groups(command.user.Groups), C.size_t(len(command.user.Groups))
}

// setupError tells what failed between the child's start and its command's.
func setupError(s *C.struct_sandbox, user rootfs.Identity) error {
	if s.error == 0 {
		return nil
	}
	what := C.GoString(s.step)
	if s.object != nil {
		what += " " + C.GoString(s.object)
	}
	errno := unix.Errno(s.error)
	err := fmt.Errorf("failed to %s: %w", what, errno)
	if errno == unix.EINVAL && C.GoString(s.step) == "become" {
		err = fmt.Errorf("%w\nuser %d, or one of groups %d, is outside the ranges that /etc/subuid and /etc/subgid give this user",
			err, user.UID, append([]int{user.GID}, user.Groups...))
	}
	return err
}

// arena is C memory that is freed all at once. The child reads it while Go runs on.
type arena []unsafe.Pointer

func (a *arena) free() {
	for _, p := range *a {
		C.free(p)
	}
}

// newIn makes n zero values of T.
func newIn[T any](a *arena, n int) *T {
	var zero T
	p := C.calloc(C.size_t(n), C.size_t(unsafe.Sizeof(zero)))
	*a = append(*a, p)
	return (*T)(p)
}

func (a *arena) string(s string) *C.char {
	p := C.CString(s)
	*a = append(*a, unsafe.Pointer(p))
	return p
}

func (a *arena) bytes(b []byte) unsafe.Pointer {
	p := C.CBytes(b)
	*a = append(*a, p)
	return p
}

// program makes a filter of the instructions in b.
func (a *arena) program(b []byte) (p C.struct_sock_fprog) {
	p.len = C.ushort(len(b) / int(C.sizeof_struct_sock_filter))
	p.filter = (*C.struct_sock_filter)(a.bytes(b))
	return p
}

// strings makes a list that ends with a null pointer.
func (a *arena) strings(list []string) **C.char {
	first := newIn[*C.char](a, len(list)+1)
	for i, s := range list {
		unsafe.Slice(first, len(list))[i] = a.string(s)
	}
	return first
}

func (a *arena) groups(ids []int) *C.gid_t {
	first := newIn[C.gid_t](a, max(len(ids), 1))
	for i, id := range ids {
		unsafe.Slice(first, len(ids))[i] = C.gid_t(id)
	}
	return first
}

func (a *arena) mounts(list mounts) *C.struct_sandbox_mount {
	first := newIn[C.struct_sandbox_mount](a, max(len(list), 1))
	for i, m := range list {
		c := &unsafe.Slice(first, len(list))[i]
		c.source, c.target = C.int(m.source), a.string(m.target)
		if m.isFile {
			c.is_file = 1
		}
		if m.optional {
			c.optional = 1
		}
	}
	return first
}
