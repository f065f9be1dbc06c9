package buildahdriver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/opencontainers/runtime-spec/specs-go"
	"go.podman.io/storage"
	"go.podman.io/storage/pkg/unshare"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
)

// IDs says how many user and group ids an image is built with.
type IDs string

// The numbers of ids.
const (
	// IDsAuto takes the user's subordinate ids, and one id where there are none or they
	// cannot be mapped.
	IDsAuto IDs = ""
	// IDsMapped takes the user's subordinate ids or fails.
	IDsMapped IDs = "mapped"
	// IDsSingle takes one id, and records the owners of files beside them.
	IDsSingle IDs = "single"
)

// idsVariable carries the choice through the environment, to the program that is started
// again in the user namespace and to processes that open the store beside it.
const idsVariable = "KOLLA_BUILD_IDS"

// SingleID tells whether this process is in a user namespace with one id, so that owners
// of files are recorded beside them.
func SingleID() bool { return owners.Recorded() }

// chooseIDs tells whether one id must do. An error says why nothing will.
func chooseIDs() (single bool, err error) {
	switch ids := IDs(os.Getenv(idsVariable)); ids {
	case IDsMapped:
		return false, checkEnvironment()
	case IDsSingle:
		return true, checkUserNamespaces()
	case IDsAuto, "auto":
	default:
		return false, fmt.Errorf("%s is %q: it must be auto, mapped or single", idsVariable, ids)
	}
	if err := checkUserNamespaces(); err != nil {
		return false, err
	}
	return checkMappingHelpers() != nil || checkSubordinateIDs() != nil || mayNotGainRights(), nil
}

// mayNotGainRights tells whether newuidmap cannot work, since programs may gain no rights
// by being executed.
func mayNotGainRights() bool {
	return strings.Contains(readAll("/proc/self/status"), "NoNewPrivs:\t1")
}

// reexecWithSingleID starts the program again in a user namespace with the caller's id as
// its root's, as [reexecUnlessMapped] does with more ids, and does not return unless that
// fails.
func reexecWithSingleID() error {
	cmd := unshare.Command(append([]string{os.Args[0] + "-in-a-user-namespace"}, os.Args[1:]...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), unshare.UsernsEnvName+"=1")
	cmd.UnshareFlags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS
	cmd.UidMappings = []specs.LinuxIDMapping{{ContainerID: 0, HostID: uint32(os.Geteuid()), Size: 1}} //nolint:gosec // ids have 32 bits
	cmd.GidMappings = []specs.LinuxIDMapping{{ContainerID: 0, HostID: uint32(os.Getegid()), Size: 1}} //nolint:gosec // the same
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = unix.SIGKILL
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, unix.SIGHUP, unix.SIGINT, unix.SIGTERM)
	cmd.Hook = func(int) error {
		go func() {
			for s := range signals {
				_ = cmd.Process.Signal(s)
			}
		}()
		return nil
	}
	unshare.ExecRunnable(cmd, nil)
	return errors.New("failed to start the program again")
}

// idsFile marks, among our files in a store, that owners are recorded beside its files. Its
// content is for people.
const idsFile = "single-id"

// checkOwners refuses a store whose files have their owners in the other way: in a
// namespace with one id what others own cannot be read, and in one with more what was
// recorded is not seen.
func checkOwners(store storage.Store) error {
	mark := filepath.Join(store.GraphRoot(), ownFolder, idsFile)
	_, err := os.Stat(mark)
	switch marked := err == nil; {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("failed to look at the store's ids: %w", err)
	case marked && !SingleID():
		return remediedError{
			fmt.Errorf("the image store %s was made with a single id", store.GraphRoot()),
			"choose another folder with --root, or go on with a single id: --ids single",
		}
	case marked || !SingleID():
		return nil
	}
	layers, err := store.Layers()
	if err != nil {
		return fmt.Errorf("failed to list the layers of the store: %w", err)
	}
	if len(layers) > 0 {
		return remediedError{
			fmt.Errorf("the image store %s was made with subordinate ids, and there is only one id here", store.GraphRoot()),
			"choose another folder with --root",
		}
	}
	if err := os.MkdirAll(filepath.Dir(mark), 0o700); err != nil {
		return fmt.Errorf("failed to make a folder in the store: %w", err)
	}
	return os.WriteFile(mark, []byte("The owners of the files in this store are recorded in extended attributes.\n"), 0o600)
}
