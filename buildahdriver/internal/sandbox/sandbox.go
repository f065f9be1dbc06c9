// Package sandbox runs one command below a root directory, in mount, pid, uts
// and ipc namespaces of its own.
//
// It is what a RUN instruction needs and no more: the host's network, none or one of its own,
// its own /proc, a minimal /dev, a read-only /sys, the host's resolv.conf and hosts,
// dropped capabilities and a seccomp filter. The command is process 1 of its
// pid namespace, so when it ends, or is killed because the context ended, the
// kernel kills every process it left behind before Run returns.
//
// The process that calls Run must hold CAP_SYS_ADMIN in its user namespace.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"syscall"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/oneid"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

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
	// Script, if set, is the text of a program, and runs in place of Args. ScriptName is
	// the name of its file.
	Script     []byte
	ScriptName string
	// Mounts are what the command finds mounted beside /proc and the like. The caller
	// closes them.
	Mounts []Mount
	// Network is what the command can reach.
	Network Network
	// Connector is for [NetworkPrivate].
	Connector Connector
	// Output receives standard output and standard error, in order. The
	// command's standard input is empty.
	Output io.Writer
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
func (t *Template) Run(ctx context.Context, spec Spec) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	var script *Mount
	if spec.Script != nil {
		mount, program, err := t.script(spec.ScriptName, spec.Script)
		if err != nil {
			return fmt.Errorf("failed to write the script: %w", err)
		}
		defer mount.Close()
		script, spec.Args = &mount, []string{program}
	}
	if len(spec.Args) == 0 {
		return errors.New("there is no command to run")
	}
	root, err := rootfs.Open(spec.Root)
	if err != nil {
		return err
	}
	defer root.Close()
	command, err := resolve(root, spec)
	if err != nil {
		return err
	}
	points, err := prepareMountPoints(root)
	if err != nil {
		return fmt.Errorf("failed to prepare mount points: %w", err)
	}
	defer points.remove()
	var resolvConf *Mount
	if spec.Network == NetworkPrivate {
		if resolvConf, err = t.resolvConf(spec.Connector); err != nil {
			return err
		}
		defer resolvConf.Close()
	}
	mounts, err := t.mounts(resolvConf)
	if err != nil {
		return err
	}
	defer mounts.close()
	if err := mounts.place(points, spec.Mounts); err != nil {
		return err
	}
	if script != nil {
		mounts = append(mounts, mount{source: script.source, target: script.Target, borrowed: true})
	}
	return run(ctx, spec, command, mounts)
}

// run starts the command and sees it through.
func run(ctx context.Context, spec Spec, command command, mounts mounts) (failed error) {
	output, err := newOutput(spec.Output)
	if err != nil {
		return err
	}
	defer output.writer.Close()

	// The parent death signal fires when the thread that cloned ends, so that
	// thread must outlive the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	var supervisor *oneid.Supervisor
	if owners.Recorded() {
		supervisor, err = oneid.New(oneid.Identity{UID: command.user.UID, GID: command.user.GID, Groups: command.user.Groups})
		if err != nil {
			return errors.Join(err, output.finish())
		}
		// What goes wrong there makes the command fail, if it matters, and explains why.
		defer func() { failed = errors.Join(failed, supervisor.Close()) }()
	}
	child, connection, err := spawn(ctx, spec, command, mounts, output.writer, supervisor)
	output.writer.Close()
	defer func() {
		if lost := connection.close(); failed != nil && ctx.Err() == nil {
			failed = errors.Join(failed, lost) // maybe that is why
		}
	}()
	if child == nil {
		return errors.Join(err, output.finish())
	}
	// Process 1 of a pid namespace takes all others with it.
	stop := context.AfterFunc(ctx, func() { _ = child.Kill() })
	defer stop()
	state, waitErr := child.Wait()
	copyErr := output.finish()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return err
	case waitErr != nil:
		return fmt.Errorf("failed to wait for the command: %w", waitErr)
	case !state.Success():
		return exitError(state.Sys().(syscall.WaitStatus))
	case copyErr != nil:
		return fmt.Errorf("failed to pass on the command's output: %w", copyErr)
	}
	return nil
}

func exitError(status syscall.WaitStatus) error {
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
