package buildahdriver

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

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
	if result.GraphDriverName == "" && err == nil {
		result.GraphDriverName = chooseDriver(result.GraphRoot)
	}
	return result, err
}

// chooseDriver takes overlay where a layer can be an overlay's upper folder, else vfs. The
// library would try all that it knows, tell of each that fails, and leave the folder of one
// that failed behind, which the next process takes for the one in use.
func chooseDriver(root string) string {
	if _, err := os.Stat(filepath.Join(root, "vfs-layers")); err == nil {
		return "vfs"
	}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return "overlay"
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(root, &fs); err == nil && fs.Type == unix.OVERLAYFS_SUPER_MAGIC {
		return "vfs"
	}
	return "overlay"
}

type roots struct{ graph, run string }

// libraryRoots returns where containers/storage keeps things when storage.conf
// says nothing.
func libraryRoots() (roots, error) {
	if !ownStorePerUser() {
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

// ownStorePerUser tells whether the library takes a store in the user's home for the
// default. It does not for root of a container, who may have few rights and yet be root.
func ownStorePerUser() bool { return unshare.IsRootless() && unshare.GetRootlessUID() != 0 }

func ownGraphRoot() (string, error) {
	if !ownStorePerUser() {
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
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EROFS), errors.Is(err, os.ErrPermission):
		return remediedError{err, "choose folders that you may write to with --root and --runroot"}
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
	lock, err := openLock(store)
	if err != nil {
		return nil, err
	}
	if flock(lock, unix.LOCK_EX|unix.LOCK_NB) == nil {
		removeLeavings(store)
	}
	// Held shared until the process ends.
	if err := flock(lock, unix.LOCK_SH); err != nil {
		return nil, fmt.Errorf("failed to lock %s: %w", lock.Name(), err)
	}
	tmp := filepath.Join(store.GraphRoot(), ownFolder, "tmp")
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, fmt.Errorf("failed to make the folder for temporary files: %w", err)
	}
	dir, err := os.MkdirTemp(tmp, time.Now().UTC().Format("20060102T150405-"))
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

// openLock opens the file by whose lock our processes know of each other.
func openLock(store storage.Store) (*os.File, error) {
	folder := filepath.Join(store.GraphRoot(), ownFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("failed to make a folder in the store: %w", err)
	}
	return os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
}

func flock(file *os.File, how int) error {
	for {
		if err := unix.Flock(int(file.Fd()), how); err != unix.EINTR {
			return err
		}
	}
}

// lockPoll is how often a lock is tried that somebody else holds.
const lockPoll = 100 * time.Millisecond

// waitForLock tries a lock until it is ours or the context ends.
func waitForLock(ctx context.Context, try func() error) error {
	for {
		err := try()
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(lockPoll):
		}
	}
}
