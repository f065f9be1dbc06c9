package buildahdriver

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.podman.io/storage"
	"go.podman.io/storage/pkg/unshare"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/copied"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
)

// Where nothing can be mounted, or the store's filesystem cannot be below an overlay, the
// store's driver is overlay all the same, and images are built on copies of their layers: see
// package copied. So the store holds each file once, where the driver vfs holds all files of
// an image again for each image that is based on it, and copies them twice to build one.
//
// The library opens such a store if it is told that a program will do the mounts. It then
// mounts nothing itself, and keeps deleted files as whiteouts of archives, which every user
// can make. No program is ever started, since we never have the library mount a layer. Other
// tools see by the file .has-mount-program that the store is of that kind.

// copyingProgram is what the library is told. The file has to exist.
const copyingProgram = "/proc/self/exe"

// copyingMark is the file in our folder of the store that says that layers in it are of
// that kind, wherever the store may be used later.
const copyingMark = "copying"

// Why images have to be built on copies of their layers, as words that follow the name of
// the store.
const (
	copyForbidden = "is where nothing may be mounted"
	copyOnOverlay = "is on the container's own overlay"
	copyMade      = "was made where nothing may be mounted, or on a container's own overlay"
)

// copyReason tells why images have to be built on copies of their layers in a store, or
// nothing.
func copyReason(root string) string {
	if !mayMount() {
		return copyForbidden
	}
	var filesystem unix.Statfs_t
	if err := unix.Statfs(existing(root), &filesystem); err == nil && filesystem.Type == unix.OVERLAYFS_SUPER_MAGIC {
		return copyOnOverlay
	}
	if _, err := os.Stat(filepath.Join(root, ownFolder, copyingMark)); err == nil {
		return copyMade
	}
	return ""
}

// copyNote tells a user that images are built so, and what would make it quicker.
func copyNote(root, reason string) string {
	better := map[string]string{
		copyForbidden: "a volume on XFS or btrfs makes that quicker, since files can be shared there",
		copyOnOverlay: "a volume mounted there makes that unnecessary (docker run -v, in Kubernetes an emptyDir)",
		copyMade:      "another one, named by --root, makes that unnecessary",
	}
	return fmt.Sprintf("images are built on copies of their parents' files: the store %s %s; %s", root, reason, better[reason])
}

// existing returns the folder itself, or the nearest above it that there is.
func existing(folder string) string {
	for {
		if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) || folder == filepath.Dir(folder) {
			return folder
		}
		folder = filepath.Dir(folder)
	}
}

// mayMount tells whether this process has CAP_SYS_ADMIN.
func mayMount() bool {
	has, err := unshare.HasCapSysAdmin()
	return err == nil && has && !testOnlyForbidMounts
}

// testOnlyForbidMounts makes this a process that may not mount.
var testOnlyForbidMounts bool

// withCopies changes the options of a store so that the library opens it without a mount.
func withCopies(options storage.StoreOptions) storage.StoreOptions {
	kept := slices.DeleteFunc(slices.Clone(options.GraphDriverOptions), func(option string) bool {
		key, _, _ := strings.Cut(option, "=")
		switch key[strings.LastIndexByte(key, '.')+1:] {
		case "mount_program", "mountopt", "skip_mount_home":
			return true
		}
		return false
	})
	options.GraphDriverOptions = append(kept, "overlay.mount_program="+copyingProgram, "overlay.skip_mount_home=true")
	return options
}

// isCopying tells whether a store was opened so.
func isCopying(store storage.Store) bool {
	return store.GraphDriverName() == "overlay" && slices.Contains(store.GraphOptions(), "overlay.mount_program="+copyingProgram)
}

// markCopying makes the mark.
func markCopying(root string) error {
	folder := filepath.Join(root, ownFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("failed to make a folder in the store: %w", err)
	}
	return os.WriteFile(filepath.Join(folder, copyingMark), nil, 0o600)
}

// needsMounts is the error of what has to be built in a working container of buildah's, which
// the store cannot mount; why is the reason for that.
func (d *Driver) needsMounts(dockerfile, why string) error {
	if d.opened.copies == "" {
		return nil
	}
	remedy := "mount a volume there (docker run -v, in Kubernetes an emptyDir), or have another store made by --root DIR --storage-driver vfs"
	if !mayMount() {
		remedy = namespacesWanted
	}
	return &EnvironmentError{
		Missing: fmt.Sprintf("%s: it cannot be built here (%s): the store %s %s", dockerfile, why, d.opened.root, d.opened.copies),
		Mend:    remedy,
	}
}

// buildOnCopy runs a step on a copy of the layers lowers, the topmost first, in a folder
// beside upper, and moves what it has changed there into upper. If share is set, the step
// replaces files, but never writes to them.
func buildOnCopy(upper, staging string, lowers []string, share bool, step func(root string) error) (err error) {
	if len(lowers) == 0 {
		if owners.Plain() { // the library's mode is 0555, which stops all but root
			if err := os.Chmod(upper, 0o755); err != nil { //nolint:gosec // it is the root of an image
				return err
			}
		}
		return step(upper)
	}
	root := filepath.Join(staging, "copy")
	if err := os.Mkdir(root, 0o700); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(root)) }()
	tree, err := copied.Copy(root, lowers, share)
	if err != nil {
		return err
	}
	if err := step(root); err != nil {
		return stepError{err}
	}
	return tree.MoveChanges(upper)
}

// stepError marks an error of the step itself.
type stepError struct{ error }

func (e stepError) Unwrap() error { return e.error }
