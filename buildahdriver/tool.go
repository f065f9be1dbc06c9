package buildahdriver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/oneid"
)

// supervisedTool is the name under which this program starts again to become a tool whose
// system calls are answered. Its arguments are the tool's path and then its arguments.
const supervisedTool = "kolla-build-supervised-tool"

// supervisorSocket is the descriptor that it finds its supervisor at.
const supervisorSocket = 3

// RunTool runs a command of the machine that fills the root of an image, such as
// mmdebstrap, and waits for it. With a single id its system calls are answered as those of
// a RUN are, so that what it makes has the owners that it asks for. The machine's files are
// safe from that: those that others own cannot be changed, and those of the user keep their
// owner on disk.
//
// Device nodes are refused with one id and with many: what they are for in a new root, a
// tool that gets none knows how to do without.
func RunTool(cmd *exec.Cmd) error {
	if !mayMount() {
		return runToolPlainly(cmd)
	}
	if !SingleID() {
		return cmd.Run()
	}
	if cmd.Err != nil {
		return cmd.Err
	}
	supervisor, err := oneid.New(oneid.Identity{})
	if err != nil {
		return err
	}
	supervisor.NoDevices = true
	supervisor.Start()
	socket := os.NewFile(uintptr(supervisor.Socket()), "supervisor")
	cmd.Args = append([]string{supervisedTool, cmd.Path}, cmd.Args...)
	cmd.Path = "/proc/self/exe"
	cmd.ExtraFiles = []*os.File{socket} // the descriptor 3
	err = cmd.Start()
	err = errors.Join(err, socket.Close())
	if err == nil {
		err = cmd.Wait()
	}
	return errors.Join(err, supervisor.Close())
}

// runToolPlainly runs a command without the namespaces that it asks for. With its context,
// all that is in its session ends: that is what it has started, unless that is a daemon.
func runToolPlainly(cmd *exec.Cmd) error {
	if cmd.SysProcAttr != nil {
		cmd.SysProcAttr.Cloneflags = 0
	}
	if cmd.Cancel != nil {
		cmd.Cancel = func() error { return unix.Kill(-cmd.Process.Pid, unix.SIGKILL) }
	}
	return cmd.Run()
}

// becomeTool is the other side: it does not return if all goes well.
func becomeTool() error {
	if len(os.Args) < 3 {
		return errors.New("there is no tool to become")
	}
	// The filter is this thread's, and so is what it executes.
	runtime.LockOSThread()
	unix.CloseOnExec(supervisorSocket)
	if err := oneid.Install(supervisorSocket); err != nil {
		return err
	}
	return fmt.Errorf("failed to execute %s: %w", os.Args[1], unix.Exec(os.Args[1], os.Args[2:], os.Environ()))
}
