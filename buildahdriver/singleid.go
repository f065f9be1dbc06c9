package buildahdriver

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.podman.io/storage"
	"go.podman.io/storage/pkg/archive"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
	"github.com/kolla-build/kolla-build/internal/preflight"
)

// IDs says how many user and group ids an image is built with.
type IDs string

// The ways.
const (
	// IDsAuto takes the user's subordinate ids, and one id where there are none or they
	// cannot be mapped.
	IDsAuto IDs = "auto"
	// IDsMapped takes the user's subordinate ids or fails.
	IDsMapped IDs = "mapped"
	// IDsSingle takes one id, and records the owners of files beside them.
	IDsSingle IDs = "single"
)

// SingleID tells whether this process is in a user namespace with one id, so that owners
// of files are recorded beside them.
func SingleID() bool { return owners.Recorded() }

// chooseMode decides how to build, given what the machine allows.
func chooseMode(report preflight.Report, ids IDs) (preflight.Mode, error) {
	switch {
	case report.Failure() != nil:
		return "", environmentError(report.Failure())
	case ids == IDsSingle:
		return preflight.ModeSingle, nil
	}
	return report.Mode, nil
}

// singleMaps are the maps of a user namespace in which the caller is root, and nobody
// else exists.
func singleMaps(facts *preflight.Facts) (uids, gids []preflight.IDMap) {
	return []preflight.IDMap{{Outside: int64(facts.UID), Count: 1}}, []preflight.IDMap{{Outside: int64(facts.GID), Count: 1}}
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

// needsMoreIDs is the error of what buildah has to build, or the storage library to copy:
// neither knows what is recorded of files. Why is the reason that it has to be.
func needsMoreIDs(what, why string) error {
	if !SingleID() {
		return nil
	}
	return remediedError{
		fmt.Errorf("%s cannot be built with a single user id: %s", what, why),
		"give the user subordinate ids, as kolla-build doctor explains",
	}
}

// ownersKey is the data of a layer that says that the owners of its files are recorded.
const ownersKey = "kolla-build-owners"

// recordOwners records the owners of files in the layers of an image that was pulled. The
// library, which has unpacked them, was told to go on where it cannot set an owner. What we
// built ourselves has its records already, and so have the layers below it.
func (d *Driver) recordOwners(image string) error {
	stored, err := d.store.Image(image)
	if err != nil {
		return err
	}
	for id := stored.TopLayer; id != ""; {
		found, err := d.store.Layer(id)
		if err != nil {
			return err
		}
		if found.Flags[layerFlag] != nil || slices.Contains(found.BigDataNames, ownersKey) {
			return nil
		}
		if err := d.recordLayer(id); err != nil {
			return fmt.Errorf("failed to record the owners of files in layer %s: %w", id, err)
		}
		if err := d.store.SetLayerBigData(id, ownersKey, strings.NewReader("recorded")); err != nil {
			return err
		}
		id = found.Parent
	}
	return nil
}

// recordLayer takes the owners from the layer's archive, which the store makes again of
// what it has kept of it.
func (d *Driver) recordLayer(id string) error {
	folders, err := lowerFolders(d.store, id)
	if err != nil {
		return err
	}
	root, err := rootfs.Open(folders[0])
	if err != nil {
		return err
	}
	defer root.Close()
	plain := archive.Uncompressed
	diff, err := d.store.Diff("", id, &storage.DiffOptions{Compression: &plain})
	if err != nil {
		return err
	}
	defer diff.Close()
	for reader := tar.NewReader(diff); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := recordEntry(root, header); err != nil {
			return fmt.Errorf("%s: %w", header.Name, err)
		}
	}
}

func recordEntry(root *rootfs.Root, header *tar.Header) error {
	owner := owners.Owner{UID: uint32(header.Uid), GID: uint32(header.Gid)} //nolint:gosec // ids have 32 bits
	if owner == owners.Root || strings.HasPrefix(path.Base(header.Name), archive.WhiteoutPrefix) {
		return nil
	}
	folder, err := root.OpenDirectory(rootfs.Clean(path.Dir(rootfs.Clean(header.Name))))
	if err != nil {
		return err
	}
	defer unix.Close(folder)
	fd, err := unix.Openat(folder, path.Base(rootfs.Clean(header.Name)), unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) {
		return nil // a device node, which the library leaves out in user namespaces
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return err
	}
	return owners.Write(fd, info.Mode, owner)
}
