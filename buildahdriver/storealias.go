package buildahdriver

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sirupsen/logrus"
	"go.podman.io/storage"
	"golang.org/x/sys/unix"
)

// openedStore is a store that this process has open.
type openedStore struct {
	storage.Store
	root  string // its folder, as the user has named it
	alias string // where the library sees that folder, if elsewhere
	// copies is why images are built on copies of their layers, as words that follow
	// the store's name, or nothing. See copying.go.
	copies string
}

// openStore opens the store that the options describe, and makes it if need be.
func openStore(options storage.StoreOptions) (*openedStore, error) {
	opened := &openedStore{root: options.GraphRoot}
	if err := checkListsAreReadable(opened.root); err != nil {
		return nil, err
	}
	if options.GraphDriverName == "overlay" {
		opened.copies = copyReason(options.GraphRoot)
	}
	if opened.copies != "" {
		// Additional stores that are not there would keep this one from opening.
		options.GraphDriverOptions, _ = usableDriverOptions("overlay", options.GraphDriverOptions, func() bool { return false })
		options = withCopies(options)
		if err := markCopying(options.GraphRoot); err != nil {
			return nil, openError(options, err)
		}
		return opened, opened.get(options)
	}
	alias, err := aliasRoot(options)
	if err != nil {
		return nil, err
	}
	if alias != "" {
		opened.alias, options.GraphRoot = alias, alias
		logrus.Debugf("the image store %s is mounted at %s", opened.root, alias)
	}
	if err := opened.get(options); err != nil {
		return nil, errors.Join(err, opened.unmount())
	}
	return opened, nil
}

func (s *openedStore) get(options storage.StoreOptions) (err error) {
	if s.copies == "" {
		options = usableOptions(options)
	}
	if s.Store, err = storage.GetStore(options); err != nil {
		options.GraphRoot = s.root
		return openError(options, err)
	}
	return nil
}

// close lets go of the store.
func (s *openedStore) close() error {
	var err error
	// A store that says it is busy has mounts of other processes in it.
	// One that is never mounted cannot be unmounted either, where that is forbidden.
	_, shutdown := s.Shutdown(false)
	forbidden := s.copies != "" && errors.Is(shutdown, unix.EPERM)
	if shutdown != nil && !errors.Is(shutdown, storage.ErrLayerUsedByContainer) && !forbidden {
		err = shutdown
	}
	return errors.Join(err, s.unmount())
}

func (s *openedStore) unmount() error {
	if s.alias == "" {
		return nil
	}
	if err := unix.Unmount(s.alias, unix.MNT_DETACH); err != nil {
		return &os.PathError{Op: "unmount", Path: s.alias, Err: err}
	}
	return nil
}

// The characters that a store is not opened by. Those of overlaySyntax mean something in the
// options of an overlay, where the library writes paths as they are; the others are known to
// trouble the shell scripts of packages and tools that get a path of the store.
const (
	overlaySyntax = `,:\"`
	shellSyntax   = " \t\n'$`*?[]&;|<>()#"
)

// aliasRoot mounts a store whose path has such characters at one that has none, in our own
// mount namespace, and returns that path; or nothing if the store's own path will do. The store
// keeps no absolute paths, so other processes may see it elsewhere.
func aliasRoot(options storage.StoreOptions) (alias string, err error) {
	if !strings.ContainsAny(options.GraphRoot, overlaySyntax+shellSyntax) {
		return "", nil
	}
	defer func() {
		if err != nil {
			err = remediedError{fmt.Errorf("failed to open the image store %s: %w", options.GraphRoot, err), "choose another folder with --root"}
		}
	}()
	runRoot := options.RunRoot
	if strings.ContainsAny(runRoot, overlaySyntax+shellSyntax) {
		if runRoot, err = ownRunRoot(options.GraphRoot); err != nil {
			return "", err
		}
	}
	switch {
	case !strings.ContainsAny(runRoot, overlaySyntax+shellSyntax):
	case !strings.ContainsAny(options.GraphRoot, overlaySyntax):
		return "", nil // it will do
	default:
		return "", fmt.Errorf("neither it nor %s is a path without one of %s", runRoot, overlaySyntax)
	}
	alias = filepath.Join(runRoot, "store")
	for _, folder := range []string{options.GraphRoot, alias} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return "", err
		}
	}
	if err := unix.Mount(options.GraphRoot, alias, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return "", &os.PathError{Op: "mount", Path: alias, Err: err}
	}
	return alias, nil
}
