package buildahdriver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.podman.io/storage"
	drivers "go.podman.io/storage/drivers"
	"golang.org/x/sys/unix"
)

// openError tells what keeps a store from being opened, and what changes that.
func openError(options storage.StoreOptions, err error) error {
	err = fmt.Errorf("failed to open the image store %s: %w", options.GraphRoot, err)
	switch {
	case errors.Is(err, drivers.ErrNotSupported), errors.Is(err, drivers.ErrPrerequisites), errors.Is(err, drivers.ErrIncompatibleFS):
		return &EnvironmentError{Missing: err.Error(), Mend: "the kernel or the filesystem has no overlay for this user; choose another folder with --root, or the slow --storage-driver vfs", Err: err}
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EROFS), errors.Is(err, os.ErrPermission):
		return &EnvironmentError{Missing: err.Error(), Mend: "choose folders that you may write to with --root and --runroot", Err: err}
	}
	return err
}

// scratch is the place of one process for temporary files, on the store's
// filesystem. A lock tells live processes from dead ones, whose files the next
// process removes.
type scratch struct {
	dir     string
	lock    *os.File
	restore []func() // undo setenv
}

func newScratch(store storage.Store) (*scratch, error) {
	lock, err := openLock(store.GraphRoot())
	if err != nil {
		return nil, err
	}
	if flock(lock, unix.LOCK_EX|unix.LOCK_NB) == nil {
		gc(store)
	}
	// Held shared until the process ends.
	if err := flock(lock, unix.LOCK_SH); err != nil {
		return nil, fmt.Errorf("failed to lock %s: %w", lock.Name(), err)
	}
	tmp, err := makeOwn(store.GraphRoot(), "tmp")
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	dir, err := os.MkdirTemp(tmp, temporaryPrefix())
	if err != nil {
		return nil, err
	}
	return &scratch{dir: dir, lock: lock}, nil
}

// temporaryPrefix begins the name of a temporary folder: see temporaryName.
func temporaryPrefix() string { return time.Now().UTC().Format("20060102T150405-") }

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
func openLock(root string) (*os.File, error) {
	folder, err := makeOwn(root)
	if err != nil {
		return nil, err
	}
	return openOwnFile(filepath.Join(folder, "lock"))
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
