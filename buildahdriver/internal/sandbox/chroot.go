package sandbox

// #include "spawn.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// RunInChroot runs a command as [Template.Run] does, by chroot(2) alone: for root in a
// container that allows neither namespaces nor mounts. The root must be a plain folder
// that nobody else uses, with room for temporary files beside it.
//
// The command's processes are in the caller's namespaces, so they share its process ids,
// IPC and host name; all of them are killed when the command has ended, or the context. It
// has a /dev of its own, the host's resolv.conf and hosts, an /etc/hostname, an empty /sys, and of /proc only
// copies of some files. CAP_SYS_CHROOT is dropped, since with it the root could be left.
// Mounts of the spec, and another network than the host's, are refused with [ErrNeedsNamespaces].
func RunInChroot(ctx context.Context, spec Spec) (err error) {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if len(spec.Mounts) > 0 {
		return fmt.Errorf("RUN --mount: %w", ErrNeedsNamespaces)
	}
	switch spec.Network {
	case NetworkNone:
		return fmt.Errorf("RUN without a network: %w", ErrNeedsNamespaces)
	case NetworkPrivate:
		return fmt.Errorf("RUN with a network of its own: %w", ErrNeedsNamespaces)
	}
	root, err := rootfs.Open(spec.Root)
	if err != nil {
		return err
	}
	defer root.Close()
	furnished, err := furnish(root, spec.Root)
	if err != nil {
		return fmt.Errorf("failed to prepare the root: %w", err)
	}
	defer func() {
		if restoreErr := furnished.restore(); restoreErr != nil {
			err = errors.Join(err, fmt.Errorf("failed to put back what the root had: %w", restoreErr))
		}
	}()
	if spec.Script != nil {
		program, err := furnished.script(spec.ScriptName, spec.Script)
		if err != nil {
			return fmt.Errorf("failed to write the script: %w", err)
		}
		spec.Args = []string{program}
	}
	if len(spec.Args) == 0 {
		return errors.New("there is no command to run")
	}
	command, err := resolve(root, spec)
	if err != nil {
		return err
	}
	return runSupervised(ctx, spec, command)
}

// ErrNeedsNamespaces means that something needs namespaces, and there are none.
var ErrNeedsNamespaces = errors.New("it needs namespaces, and this container allows none")

// runSupervised starts the command and sees it through.
func runSupervised(ctx context.Context, spec Spec, command command) error {
	output, err := newOutput(spec.Output)
	if err != nil {
		return err
	}
	defer output.writer.Close()
	// As in run.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	var memory arena
	defer memory.free()
	s := newIn[C.struct_sandbox](&memory, 1)
	supervisor, err := spawnChroot(s, &memory, spec, command, output.writer)
	output.writer.Close()
	if err != nil {
		return errors.Join(err, output.finish())
	}
	stop := context.AfterFunc(ctx, func() { _ = supervisor.Signal(unix.SIGTERM) })
	defer stop()
	state, waitErr := supervisor.Wait()
	C.sandbox_ended(s)
	copyErr := output.finish()
	status := syscall.WaitStatus(s.status)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case s.error != 0:
		return setupError(s, command.user)
	case waitErr != nil:
		return fmt.Errorf("failed to wait for the command: %w", waitErr)
	case s.ended == 0: // somebody has killed the supervisor
		return exitError(state.Sys().(syscall.WaitStatus))
	case status != 0:
		return exitError(status)
	case copyErr != nil:
		return fmt.Errorf("failed to pass on the command's output: %w", copyErr)
	}
	return nil
}

func spawnChroot(s *C.struct_sandbox, memory *arena, spec Spec, command command, output *os.File) (*os.Process, error) {
	input, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer input.Close()
	parent, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return nil, os.NewSyscallError("pidfd_open", err)
	}
	defer unix.Close(parent)
	describe(s, memory, spec, command)
	s.input, s.output, s.parent = C.int(input.Fd()), C.int(output.Fd()), C.int(parent)
	held, err := permitted()
	if err != nil {
		return nil, err
	}
	s.capabilities = C.uint64_t(capabilityMask() & held &^ (1 << unix.CAP_SYS_CHROOT))
	// The container's own filter applies to all that we start. Where it has none, ours can
	// only be had with no_new_privs, for want of CAP_SYS_ADMIN.
	if confined, noNewPrivs := seccompState(); !confined {
		filter, err := seccompFilter()
		if err != nil {
			return nil, fmt.Errorf("failed to compile the seccomp filter: %w", err)
		}
		s.filter = memory.program(filter)
		if !noNewPrivs {
			s.no_new_privs = 1
		}
	}
	pid := int(C.sandbox_spawn_chroot(s))
	if pid < 0 {
		return nil, fmt.Errorf("failed to start the command: %w", unix.Errno(-pid))
	}
	return os.FindProcess(pid)
}

// permitted returns the capabilities of this process, as capset(2) counts.
func permitted() (uint64, error) {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return 0, os.NewSyscallError("capget", err)
	}
	return uint64(data[0].Permitted) | uint64(data[1].Permitted)<<32, nil
}

// seccompState tells whether there is a filter around this process, and whether it may
// gain rights by no program. See proc(5), /proc/pid/status.
func seccompState() (confined, noNewPrivs bool) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return false, false
	}
	for line := range strings.Lines(string(status)) {
		switch key, value, _ := strings.Cut(strings.TrimSpace(line), ":\t"); key {
		case "Seccomp":
			confined = value == "2"
		case "NoNewPrivs":
			noNewPrivs = value == "1"
		}
	}
	return confined, noNewPrivs
}
