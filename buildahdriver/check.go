package buildahdriver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.podman.io/storage"
)

// Fault is something that is wrong with a store.
type Fault struct {
	// Kind is "list", "layer", "image" or "container". A list is one of the files in which the
	// store keeps what it has.
	Kind string
	// ID is its id in the store, or the path of a list.
	ID string
	// Names are those of an image or a container.
	Names []string
	// Reasons say what is wrong, each on one line.
	Reasons []string
}

// CheckOptions say what [Check] does.
type CheckOptions struct {
	// Repair removes what is damaged, and what is based on it.
	Repair bool
	// OnWait, if set, is called when other processes use the store, before Check waits for
	// them to end.
	OnWait func()
}

// Check looks for damage in a store: lists that cannot be read, layers whose files are not what they
// were, images and containers without their data. It reads every file of the store. No
// process of ours builds meanwhile; Check waits for that, or until the context ends.
//
// With [CheckOptions.Repair], what was found is removed, and what is then still wrong is
// returned as well, as an error. Of a list that cannot be read, the entries are kept that can be;
// the file as it was stays beside it, with the suffix .damaged.
// The caller has called [EnterUserNamespace] before.
func Check(ctx context.Context, options Options, check CheckOptions) ([]Fault, error) {
	where, err := storeOptions(options)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(where.GraphRoot); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	// The library cannot open a store with a bad list, so those come first.
	faults, err := checkLists(ctx, where.GraphRoot, check)
	if err != nil || len(faults) > 0 && !check.Repair {
		return faults, err
	}
	store, err := openStore(where)
	if err != nil {
		return faults, err
	}
	found, err := checkStore(ctx, store.Store, check)
	return append(faults, found...), errors.Join(err, store.close())
}

// listPatterns are where a store keeps its lists.
var listPatterns = []string{
	"*-images/images.json",
	"*-layers/layers.json", "*-layers/volatile-layers.json",
	"*-containers/containers.json", "*-containers/volatile-containers.json",
}

// badLists finds the lists that cannot be read, with the reason. An empty file is an empty
// list.
func badLists(root string) map[string]error {
	bad := map[string]error{}
	for _, pattern := range listPatterns {
		paths, _ := filepath.Glob(filepath.Join(root, pattern))
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err == nil && len(text) > 0 {
				err = json.Unmarshal(text, &[]listEntry{})
			}
			if err != nil && !errors.Is(err, fs.ErrPermission) {
				bad[path] = err
			}
		}
	}
	return bad
}

// checkListsAreReadable refuses a store with a list that cannot be read. The library goes on without
// some of them, and loses with its next write what could still be saved.
func checkListsAreReadable(root string) error {
	bad := badLists(root)
	for _, path := range slices.Sorted(maps.Keys(bad)) {
		return remediedError{
			fmt.Errorf("failed to open the image store %s: %s is damaged: %w", root, path, bad[path]),
			"save what can be saved: kolla-build check --repair --root " + root,
		}
	}
	return nil
}

// listEntry is what every entry of a list has.
type listEntry struct {
	ID string `json:"id"`
}

// checkLists reports and repairs the lists that cannot be read.
func checkLists(ctx context.Context, root string, check CheckOptions) ([]Fault, error) {
	bad := badLists(root)
	if len(bad) == 0 {
		return nil, nil
	}
	var faults []Fault
	if check.Repair {
		unlock, err := lockRootAlone(ctx, root, false, check.OnWait)
		if err != nil {
			return nil, err
		}
		defer unlock()
	}
	for _, path := range slices.Sorted(maps.Keys(bad)) {
		faults = append(faults, Fault{Kind: "list", ID: path, Reasons: []string{bad[path].Error()}})
		if !check.Repair {
			continue
		}
		if err := salvageList(path); err != nil {
			return faults, fmt.Errorf("failed to repair %s: %w", path, err)
		}
	}
	return faults, nil
}

// salvageList writes a list anew from those entries that can be read.
func salvageList(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	entries, err := json.Marshal(salvage(text))
	if err != nil {
		return err
	}
	if err := os.Rename(path, path+".damaged"); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(entries)
	return errors.Join(err, file.Sync(), file.Close(), syncFolder(filepath.Dir(path)))
}

// salvage returns the entries of a list up to the first that is damaged.
func salvage(text []byte) []json.RawMessage {
	entries := []json.RawMessage{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if open, err := decoder.Token(); err != nil || open != json.Delim('[') {
		return entries
	}
	for decoder.More() {
		var raw json.RawMessage
		var entry listEntry
		if decoder.Decode(&raw) != nil || json.Unmarshal(raw, &entry) != nil || entry.ID == "" {
			break
		}
		entries = append(entries, raw)
	}
	return entries
}

// checkStore reports and repairs what is wrong in a store that can be opened.
func checkStore(ctx context.Context, store storage.Store, check CheckOptions) ([]Fault, error) {
	unlock, err := lockAlone(ctx, store, false, check.OnWait)
	if err != nil {
		return nil, err
	}
	defer unlock()
	mountable, err := canMountLayers(store)
	if err != nil {
		return nil, err
	}
	faults, report, err := findFaults(store, mountable)
	if err != nil || len(faults) == 0 || !check.Repair {
		return faults, err
	}
	failed := errors.Join(store.Repair(report, storage.RepairEverything())...)
	for _, fault := range faults {
		if fault.Kind == "image" {
			failed = errors.Join(failed, deleteImage(store, fault.ID))
		}
	}
	gc(store)
	left, _, err := findFaults(store, mountable)
	for _, fault := range left {
		failed = errors.Join(failed, fmt.Errorf("the %s %s is still damaged: %s", fault.Kind, fault.ID, strings.Join(fault.Reasons, "; ")))
	}
	return faults, errors.Join(failed, err)
}

// canMountLayers tells whether layers can be mounted here at all. Where they cannot, as in some
// containers, the library would take each for damaged.
func canMountLayers(store storage.Store) (_ bool, err error) {
	if isCopying(store) {
		return false, nil
	}
	if store.GraphDriverName() != "overlay" {
		return true, nil
	}
	tmp, err := makeOwn(store.GraphRoot(), "tmp")
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp(tmp, temporaryPrefix())
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	upper := filepath.Join(dir, "upper")
	if err := os.Mkdir(upper, 0o700); err != nil {
		return false, err
	}
	overlay, err := mountOverlay(upper, dir, nil)
	if errors.Is(err, errCannotStage) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, overlay.close()
}

// findFaults asks the library, and looks at the data of images, of which that knows the size
// only.
func findFaults(store storage.Store, mountable bool) ([]Fault, storage.CheckReport, error) {
	options := storage.CheckMost()
	options.LayerMountable = mountable
	report, err := store.Check(options)
	if err != nil {
		return nil, report, fmt.Errorf("failed to check the store: %w", err)
	}
	images, err := store.Images()
	if err != nil {
		return nil, report, fmt.Errorf("failed to list the store's images: %w", err)
	}
	names := map[string][]string{}
	for _, image := range images {
		names[image.ID] = image.Names
		if image.ReadOnly || len(report.Images[image.ID]) > 0 {
			continue
		}
		if err := checkData(store, &image); err != nil {
			report.Images[image.ID] = append(report.Images[image.ID], err)
		}
	}
	containers, err := store.Containers()
	if err != nil {
		return nil, report, fmt.Errorf("failed to list the store's containers: %w", err)
	}
	for _, container := range containers {
		names[container.ID] = container.Names
	}
	maps.DeleteFunc(report.Layers, func(id string, _ []error) bool { return probeName().MatchString(id) })
	var faults []Fault
	for _, part := range []struct {
		kind string
		bad  map[string][]error
	}{{"layer", report.Layers}, {"image", report.Images}, {"container", report.Containers}} {
		for _, id := range slices.Sorted(maps.Keys(part.bad)) {
			fault := Fault{Kind: part.kind, ID: id, Names: names[id]}
			for _, reason := range part.bad[id] {
				fault.Reasons = append(fault.Reasons, oneLine(reason.Error()))
			}
			fault.Reasons = slices.Compact(fault.Reasons)
			faults = append(faults, fault)
		}
	}
	return faults, report, nil
}

// checkData compares an image's manifest and configuration with their digests, and looks whether it
// has them.
func checkData(store storage.Store, image *storage.Image) error {
	if isUnfinished(image) {
		return errors.New("it has no configuration")
	}
	for _, key := range image.BigDataNames {
		want, known := image.BigDataDigests[key]
		if !known || want.Validate() != nil {
			continue
		}
		data, err := store.ImageBigData(image.ID, key)
		if err != nil {
			return fmt.Errorf("failed to read its %s: %w", key, err)
		}
		if want.Algorithm().FromBytes(data) != want {
			return fmt.Errorf("its %s is not what it was", key)
		}
	}
	if _, err := store.ImageBigData(image.ID, storage.ImageDigestBigDataKey); err != nil {
		return fmt.Errorf("failed to read its manifest: %w", err)
	}
	return nil
}
