package buildahdriver

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"go.podman.io/buildah"
	"go.podman.io/storage/pkg/unshare"
	"golang.org/x/sys/unix"
)

// ownMountNamespace marks, in the environment, a process of root that has a
// mount namespace of its own.
const ownMountNamespace = "_KOLLA_BUILD_MOUNT_NAMESPACE"

// Reexec must be the first statement of main. It returns true if this process
// was started by the libraries or by this package to do one of their errands,
// which is then done, and main must return.
func Reexec() bool {
	return buildah.InitReexec()
}

// EnterUserNamespace starts the program again in a user and mount namespace
// where it is root over the user's subordinate ids, and does not return in the
// process that called it: that one passes signals on, waits, and exits as its
// child does. In the child it returns nil. For root, who needs no user
// namespace, the program only moves to a mount namespace of its own, so that no
// mount outlives it.
//
// What the machine lacks is reported as an [*EnvironmentError].
func EnterUserNamespace() error {
	if os.Geteuid() == 0 && unshare.GetRootlessUID() == 0 && !unshare.IsRootless() {
		return enterMountNamespace()
	}
	switch {
	case os.Geteuid() != 0:
		single, err := chooseIDs()
		if err != nil {
			return err
		}
		if single {
			return reexecWithSingleID()
		}
	case !mayMount(): // root of a container, with few rights
		if err := checkUserNamespaces(); err != nil {
			return err
		}
	}
	if err := reexecUnlessMapped(); err != nil {
		return err
	}
	if !SingleID() || os.Getenv(idsVariable) == string(IDsMapped) {
		if err := checkMapping(); err != nil {
			return err
		}
	}
	return adoptOrphans()
}

// mayMount tells whether this process has CAP_SYS_ADMIN, so that it needs no user
// namespace of its own.
func mayMount() bool {
	has, err := unshare.HasCapSysAdmin()
	return err == nil && has
}

// isolationVariable names the isolation that a user of buildah's wants.
const isolationVariable = "BUILDAH_ISOLATION"

// reexecUnlessMapped starts the program again in a user namespace, or returns in the
// program that was. The library would set the isolation for it, as if the user had
// chosen one; it lets an empty choice be.
func reexecUnlessMapped() error {
	if _, chosen := os.LookupEnv(isolationVariable); !chosen {
		if err := os.Setenv(isolationVariable, ""); err != nil {
			return err
		}
	}
	unshare.MaybeReexecUsingUserNamespace(false)
	if os.Getenv(isolationVariable) == "" {
		return os.Unsetenv(isolationVariable)
	}
	return nil
}

// enterMountNamespace gives the program a private mount namespace by executing
// it anew from a thread that has one: a running Go program cannot move all its
// threads.
func enterMountNamespace() error {
	if os.Getenv(ownMountNamespace) != "" {
		return adoptOrphans()
	}
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("failed to make a mount namespace: %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("failed to detach mounts from the host: %w", err)
	}
	env := append(os.Environ(), ownMountNamespace+"=1")
	return fmt.Errorf("failed to execute the program again: %w", unix.Exec("/proc/self/exe", os.Args, env))
}

// adoptOrphans makes processes whose parent ends become children of this one, so
// that [KillDescendants] finds them.
func adoptOrphans() error {
	return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
}

// KillDescendants kills every process that descends from this one. It is for the
// end of a run that was interrupted: buildah's own ways to run a command, and
// helpers of the libraries, do not obey a context.
func KillDescendants() {
	// A process may start another while we look; a few rounds catch them all.
	for range 10 {
		pids := descendants(os.Getpid())
		if len(pids) == 0 {
			return
		}
		for _, pid := range pids {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
		for {
			var status unix.WaitStatus
			if pid, err := unix.Wait4(-1, &status, unix.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}

func descendants(pid int) []int {
	var found []int
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		data, err := os.ReadFile(list)
		if err != nil {
			continue
		}
		for _, field := range strings.Fields(string(data)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				continue
			}
			found = append(found, child)
			found = append(found, descendants(child)...)
		}
	}
	return found
}
