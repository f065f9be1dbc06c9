package buildahdriver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.podman.io/storage"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
	"github.com/kolla-build/kolla-build/internal/preflight"
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

// wantedIDs returns the choice.
func wantedIDs() IDs {
	if ids := IDs(os.Getenv(idsVariable)); ids != "auto" {
		return ids
	}
	return IDsAuto
}

// chooseMode decides how to build, given what the machine allows.
func chooseMode(report preflight.Report) (preflight.Mode, error) {
	ids := wantedIDs()
	switch {
	case ids != IDsAuto && ids != IDsMapped && ids != IDsSingle:
		return "", fmt.Errorf("%s is %q: it must be auto, mapped or single", idsVariable, ids)
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
