package buildahdriver

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sirupsen/logrus"
	"go.podman.io/storage"
	drivers "go.podman.io/storage/drivers"
	"go.podman.io/storage/pkg/homedir"
	"go.podman.io/storage/pkg/unshare"
	"golang.org/x/sys/unix"
)

// storeOptions joins what the user asked for, what storage.conf says, and our
// own defaults, in that order.
func storeOptions(options Options) (storage.StoreOptions, error) {
	result, err := storage.DefaultStoreOptions()
	if err != nil {
		return result, fmt.Errorf("failed to read storage.conf: %w", err)
	}
	configuredRoot, configuredRunRoot := result.GraphRoot, result.RunRoot
	library, err := libraryRoots()
	if err != nil {
		return result, err
	}
	switch {
	case options.Root != "":
		result.GraphRoot = options.Root
	case configuredRoot == library.graph:
		// Nobody chose that store: it is podman's. In one of our own, a prune or
		// a lock of podman's cannot meet a running build.
		if result.GraphRoot, err = ownGraphRoot(); err != nil {
			return result, err
		}
	}
	if result.GraphRoot, err = filepath.Abs(result.GraphRoot); err != nil {
		return result, err
	}
	switch {
	case options.RunRoot != "":
		result.RunRoot, err = filepath.Abs(options.RunRoot)
	case result.GraphRoot != configuredRoot || configuredRunRoot == library.run:
		// Two stores must not share transient state.
		sum := sha256.Sum256([]byte(result.GraphRoot))
		result.RunRoot = filepath.Join(filepath.Dir(library.run), fmt.Sprintf("kolla-build-%x", sum[:4]))
	}
	if options.StorageDriver != "" {
		result.GraphDriverName = options.StorageDriver
	}
	return result, err
}

type roots struct{ graph, run string }

// libraryRoots returns where containers/storage keeps things when storage.conf
// says nothing.
func libraryRoots() (roots, error) {
	if !unshare.IsRootless() {
		return roots{"/var/lib/containers/storage", "/run/containers/storage"}, nil
	}
	data, err := homedir.GetDataHome()
	if err != nil {
		return roots{}, err
	}
	runtime, err := homedir.GetRuntimeDir()
	if err != nil {
		return roots{}, err
	}
	return roots{filepath.Join(data, "containers", "storage"), filepath.Join(runtime, "containers")}, nil
}

func ownGraphRoot() (string, error) {
	if !unshare.IsRootless() {
		return "/var/lib/containers/kolla-build", nil
	}
	data, err := homedir.GetDataHome()
	if err != nil {
		return "", fmt.Errorf("failed to find the user's data directory: %w", err)
	}
	return filepath.Join(data, "kolla-build", "storage"), nil
}

func openError(options storage.StoreOptions, err error) error {
	err = fmt.Errorf("failed to open the image store %s: %w", options.GraphRoot, err)
	switch {
	case errors.Is(err, drivers.ErrNotSupported), errors.Is(err, drivers.ErrPrerequisites), errors.Is(err, drivers.ErrIncompatibleFS):
		return remediedError{err, "the kernel or the filesystem has no overlay for this user; choose another folder with --root, or the slow --storage-driver vfs"}
	case errors.Is(err, unix.EACCES), errors.Is(err, os.ErrPermission):
		return remediedError{err, "choose a folder that you own with --root"}
	}
	return err
}

// ownFolder is where we keep what is ours in the store's folder.
const ownFolder = "kolla-build"

// workingContainerPrefix begins the name of every working container of ours.
const workingContainerPrefix = "kolla-build-"

// scratch is the place of one process for temporary files, on the store's
// filesystem. A lock tells live processes from dead ones, whose leavings the
// next process removes.
type scratch struct {
	dir     string
	lock    *os.File
	restore []func() // undo setenv
}

func newScratch(store storage.Store) (*scratch, error) {
	base := filepath.Join(store.GraphRoot(), ownFolder)
	if err := os.MkdirAll(filepath.Join(base, "tmp"), 0o700); err != nil {
		return nil, fmt.Errorf("failed to make the folder for temporary files: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(base, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if flock(lock, unix.LOCK_EX|unix.LOCK_NB) == nil {
		removeLeavings(store, filepath.Join(base, "tmp"))
	}
	// Held shared until the process ends.
	if err := flock(lock, unix.LOCK_SH); err != nil {
		return nil, fmt.Errorf("failed to lock %s: %w", lock.Name(), err)
	}
	dir, err := os.MkdirTemp(filepath.Join(base, "tmp"), time.Now().UTC().Format("20060102T150405-"))
	if err != nil {
		return nil, err
	}
	return &scratch{dir: dir, lock: lock}, nil
}

// setenv changes the environment until close.
func (s *scratch) setenv(key, value string) {
	old, was := os.LookupEnv(key)
	os.Setenv(key, value)
	s.restore = append(s.restore, func() {
		if was {
			os.Setenv(key, old)
		} else {
			os.Unsetenv(key)
		}
	})
}

func (s *scratch) close() error {
	for _, restore := range s.restore {
		restore()
	}
	return errors.Join(os.RemoveAll(s.dir), s.lock.Close())
}

// removeLeavings removes what processes left that were killed. We hold the lock
// alone, so none of it is in use.
func removeLeavings(store storage.Store, tmp string) {
	entries, _ := os.ReadDir(tmp)
	for _, entry := range entries {
		if err := os.RemoveAll(filepath.Join(tmp, entry.Name())); err != nil {
			logrus.Debugf("failed to remove %s: %v", entry.Name(), err)
		}
	}
	containers, _ := store.Containers()
	for _, container := range containers {
		if len(container.Names) == 0 || !strings.HasPrefix(container.Names[0], workingContainerPrefix) {
			continue
		}
		if _, err := store.Unmount(container.ID, true); err != nil {
			logrus.Debugf("failed to unmount %s: %v", container.ID, err)
		}
		if err := store.DeleteContainer(container.ID); err != nil {
			logrus.Debugf("failed to delete %s: %v", container.ID, err)
		}
	}
	if err := removeUnfinishedLayers(store); err != nil {
		logrus.Debugf("failed to look for unfinished layers: %v", err)
	}
}

func flock(file *os.File, how int) error {
	for {
		if err := unix.Flock(int(file.Fd()), how); err != unix.EINTR {
			return err
		}
	}
}
