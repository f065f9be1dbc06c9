// Package sandbox runs one command below a root directory, in mount, pid, uts
// and ipc namespaces of its own.
//
// It is what a RUN instruction needs and no more: the host's network or none, its own
// /proc, a minimal /dev, a read-only /sys, the host's resolv.conf and hosts,
// dropped capabilities and a seccomp filter. The command is process 1 of its
// pid namespace, so when it ends, or is killed because the context ended, the
// kernel kills every process it left behind before Run returns.
//
// The process that calls Run must hold CAP_SYS_ADMIN in its user namespace.
package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"

	"go.podman.io/storage/pkg/reexec"
	"golang.org/x/sys/unix"
)

// initName is the argv[0] under which the program starts itself as the first
// process of a sandbox.
const initName = "kolla-build-sandbox"

// File descriptors that the first process of a sandbox inherits.
const (
	specFD   = 3 // a Spec as JSON, then end of file
	statusFD = 4 // a failure of the set-up as text; closed by a successful exec
)

// Register makes the program answer to its own re-execution as a sandbox. It
// must be called before [reexec.Init].
func Register() {
	reexec.Register(initName, initMain)
}

// Spec describes a command and the root directory it runs in.
type Spec struct {
	// Root is the absolute path of the root directory.
	Root string
	// Args is the command; Args[0] is looked up in PATH, below Root.
	Args []string
	// Env is the whole environment, as KEY=value.
	Env []string
	// Dir is the working directory below Root; it must exist.
	Dir string
	// User is a user or uid, with an optional ":group" or ":gid", as the
	// root's own passwd and group files have them. Empty means 0:0.
	User string
	// NoNetwork leaves the command without a network, even the loopback one.
	NoNetwork bool
	// Output receives standard output and standard error, in order. The
	// command's standard input is empty.
	Output io.Writer `json:"-"`

	// Seccomp is the compiled filter, set by Run.
	Seccomp []byte
}

// ExitError reports that the command ran and failed.
type ExitError struct {
	// Code is the exit code, or 128 plus the signal's number.
	Code int
	// Signal is the signal that ended the command, 0 if it exited.
	Signal syscall.Signal
}

func (e *ExitError) Error() string {
	if e.Signal != 0 {
		return fmt.Sprintf("killed by signal %d (%s)", int(e.Signal), e.Signal)
	}
	return fmt.Sprintf("exit status %d", e.Code)
}

// Run runs the command and waits for it and all its descendants to end. A
// command that fails gives an [*ExitError]; a context that ends kills the
// sandbox and gives the context's cause; anything else is a failure to set the
// sandbox up.
func Run(ctx context.Context, spec Spec) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	filter, err := seccompFilter()
	if err != nil {
		return fmt.Errorf("failed to compile the seccomp filter: %w", err)
	}
	spec.Seccomp = filter

	points, err := prepareMountPoints(spec.Root)
	if err != nil {
		return fmt.Errorf("failed to prepare mount points: %w", err)
	}
	defer points.remove()

	specReader, err := specPipe(spec)
	if err != nil {
		return err
	}
	defer specReader.Close()
	statusReader, statusWriter, err := os.Pipe()
	if err != nil {
		return err
	}
	defer statusReader.Close()

	cmd := reexec.CommandContext(ctx, initName)
	cmd.Stdout, cmd.Stderr = spec.Output, spec.Output
	cmd.ExtraFiles = []*os.File{specReader, statusWriter}
	cmd.Env = []string{}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC,
		// No controlling terminal: Ctrl-C reaches us alone, and we decide.
		Setsid:    true,
		Pdeathsig: unix.SIGKILL,
	}
	if spec.NoNetwork {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWNET
	}

	// The parent death signal fires when the thread that cloned ends, so that
	// thread must outlive the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	err = cmd.Start()
	statusWriter.Close()
	if err != nil {
		return fmt.Errorf("failed to start the sandbox: %w", err)
	}
	failure, readErr := io.ReadAll(io.LimitReader(statusReader, 64<<10))
	err = cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case len(failure) > 0:
		return errors.New(string(failure))
	case readErr != nil:
		return readErr
	}
	return exitError(err)
}

// specPipe returns a pipe that holds spec and then ends. A pipe, because the
// environment may hold secrets, which must not stand in a file or in argv.
func specPipe(spec Spec) (*os.File, error) {
	data, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	go func() {
		defer writer.Close()
		// The child may die before it reads; its exit tells why.
		_, _ = io.Copy(writer, bytes.NewReader(data))
	}()
	return reader, nil
}

func exitError(err error) error {
	var exit interface{ Sys() any }
	if !errors.As(err, &exit) {
		return err
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	if !ok {
		return err
	}
	if status.Signaled() {
		return &ExitError{Code: 128 + int(status.Signal()), Signal: status.Signal()}
	}
	return &ExitError{Code: status.ExitStatus()}
}

// lookupEnv returns the value of key in a list of KEY=value.
func lookupEnv(env []string, key string) (string, bool) {
	for _, entry := range env {
		if k, v, _ := strings.Cut(entry, "="); k == key {
			return v, true
		}
	}
	return "", false
}
