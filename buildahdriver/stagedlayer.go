package buildahdriver

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	"go.podman.io/storage"
	drivers "go.podman.io/storage/drivers"
	"go.podman.io/storage/pkg/archive"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/layer"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
)

// All that we ask of containers/storage beyond its stable interface stands in this
// file: a store can prepare the contents of a layer in a staging folder beside its
// layers, through a Differ, and then rename them into place. The interface is marked as
// experimental; stagedlayer_test.go says what we rely on.
//
// So an image is built where its layer will be. The staging folder is the upper folder
// of an overlay on the parent's layers; what is written through the overlay is never
// copied, and read once. Meanwhile no lock of the store is held.

// layerFlag marks a layer of ours, so that one that a killed process left without an
// image is known for what it is.
const layerFlag = "kolla-build"

// stagedLayer is a layer that was built.
type stagedLayer struct {
	ID     string
	DiffID digest.Digest
	Size   int64 // uncompressed, in bytes
}

// canStage tells why layers cannot be built in the store's staging folder, or nothing.
func canStage(store storage.Store) string {
	if store.GraphDriverName() != "overlay" {
		return "the storage driver is " + store.GraphDriverName()
	}
	driver, err := store.GraphDriver()
	if err != nil {
		return err.Error()
	}
	if _, ok := driver.(drivers.DriverWithDiffer); !ok {
		return "the storage driver has no staging folder"
	}
	if isCopying(store) {
		return ""
	}
	if option := slowOption(store.GraphOptions()); option != "" {
		return "storage.conf has the option " + option
	}
	if store.ImageStore() != "" {
		return "storage.conf has a separate imagestore"
	}
	return ""
}

// buildLayer makes a layer on the one called parent, or on nothing if that is empty.
// The step gets the path where the layer is mounted. If it fails, or the context that
// it watches ends, nothing is left of the layer.
//
// The layer's record is made first. A layer that has a child is removed by nobody,
// podman included, so it also protects the parent while it is built on.
func buildLayer(store storage.Store, parent string, step func(root string) error) (*stagedLayer, error) {
	return buildLayerSharing(store, parent, false, step)
}

// buildLayerSharing does the work of buildLayer. If share is set, the step replaces files and
// never writes to them, so those of the layers below need not be copied.
func buildLayerSharing(store storage.Store, parent string, share bool, step func(root string) error) (_ *stagedLayer, err error) {
	record, err := store.CreateLayer("", parent, nil, "", false, &storage.LayerOptions{Flags: map[string]any{layerFlag: true}})
	if err != nil {
		return nil, fmt.Errorf("failed to make a layer on the base image: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, store.DeleteLayer(record.ID))
		}
	}()
	lowers, err := lowerFolders(store, parent)
	if err != nil {
		return nil, err
	}
	differ := &overlayDiffer{lowers: lowers, step: step, copies: isCopying(store), share: share}
	output, err := store.PrepareStagedLayer(nil, differ)
	if err == nil {
		_, err = store.ApplyStagedLayer(storage.ApplyStagedLayerOptions{ID: record.ID, ParentLayer: parent, DiffOutput: output, DiffOptions: &drivers.ApplyDiffWithDifferOpts{}})
	}
	var leftBehind error
	if output != nil && output.Target != "" {
		leftBehind = cleanUp(store, output, err != nil)
	}
	switch {
	case differ.failed != nil: // without the words of the layers between
		return nil, errors.Join(differ.failed, differ.stillMounted, leftBehind)
	case err != nil || leftBehind != nil:
		return nil, fmt.Errorf("failed to store the layer: %w", errors.Join(err, leftBehind))
	}
	return &stagedLayer{ID: record.ID, DiffID: output.UncompressedDigest, Size: output.Size}, nil
}

// cleanUp removes the folder around what was staged. The store leaves it behind, and
// knows of it no more once its contents were renamed.
func cleanUp(store storage.Store, output *drivers.DriverWithDifferOutput, failed bool) error {
	if failed {
		return store.CleanupStagedLayer(output)
	}
	return os.RemoveAll(filepath.Dir(output.Target))
}

// lowerFolders returns the folders of a layer and of those below it, the topmost first.
func lowerFolders(store storage.Store, layer string) ([]string, error) {
	if layer == "" {
		return nil, nil
	}
	driver, err := store.GraphDriver()
	if err != nil {
		return nil, err
	}
	metadata, err := driver.Metadata(layer)
	if err != nil {
		return nil, fmt.Errorf("failed to look up layer %s: %w", layer, err)
	}
	folders := []string{metadata["UpperDir"]}
	if below := metadata["LowerDir"]; below != "" {
		folders = append(folders, strings.Split(below, ":")...)
	}
	if slices.Contains(folders, "") {
		return nil, fmt.Errorf("the store does not tell where layer %s lies", layer)
	}
	return folders, nil
}

// overlayDiffer fills a staging folder by a step that works on an overlay. It
// implements drivers.Differ.
type overlayDiffer struct {
	lowers []string
	step   func(root string) error
	failed error // why the step did, or why its result is no layer
	copies bool  // in place of the overlay: see copying.go
	share  bool

	stillMounted error // why the overlay could not be unmounted
}

// Close has nothing to let go of.
func (d *overlayDiffer) Close() error { return nil }

// ApplyDiff runs the step and describes what it left in the folder dest.
func (d *overlayDiffer) ApplyDiff(dest string, options *archive.TarOptions, staging *drivers.DifferOptions) (output drivers.DriverWithDifferOutput, err error) {
	if err := d.build(dest, staging.StagingDirectory); err != nil {
		return output, err
	}
	split, err := unnamedFile(staging.StagingDirectory)
	if err != nil {
		return output, err
	}
	how := layer.Options{Below: d.lowers, OpaqueXattr: archive.GetOverlayXattrName("opaque"), TarSplit: split, Adjust: recordedOwners()}
	if d.copies {
		how = layer.Options{WhiteoutFiles: len(d.lowers) > 0, TarSplit: split, Adjust: recordedOwners()}
	}
	how.MaxPath = maxPath(filepath.Dir(filepath.Dir(staging.StagingDirectory)))
	summary, err := layer.Write(dest, how)
	if err != nil {
		split.Close()
		d.failed = fmt.Errorf("failed to write the layer: %w", err)
		return output, d.failed
	}
	return drivers.DriverWithDifferOutput{
		Differ:             d,
		Target:             dest,
		Size:               summary.Size,
		UncompressedDigest: summary.Digest,
		TarSplit:           split, // closed by the store
		UIDs:               summary.UIDs,
		GIDs:               summary.GIDs,
	}, nil
}

// maxPath is how long the path of a file in an image may be for the library to read it back, when it is
// pushed, in a driver's folder: it opens files by their whole path in the store.
func maxPath(folder string) int {
	const idLength = 64
	return unix.PathMax - 1 - len(filepath.Join(folder, strings.Repeat("x", idLength), "diff")) - 1
}

// unnamedFile makes a temporary file in dir that has no name there any more.
func unnamedFile(dir string) (*os.File, error) {
	file, err := os.CreateTemp(dir, "tar-split-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// recordedOwners gives what is written to a layer the owners that are recorded, where
// they are.
func recordedOwners() func(*layer.Entry) error {
	if !SingleID() {
		return nil
	}
	return func(e *layer.Entry) error {
		if owners.Plain() {
			if e.Xattrs == nil {
				e.Xattrs = map[string]string{}
			}
			owners.AdjustPlain(e.Header, e.Xattrs, e.Stat)
			return nil
		}
		owners.Adjust(e.Header, e.Xattrs, e.Stat.Mode)
		return nil
	}
}

func (d *overlayDiffer) build(upper, staging string) error {
	if len(d.lowers) > 0 {
		// The root folder of an image is its parent's; the store sees to that at
		// the end, but steps must see it as well.
		info, err := os.Stat(d.lowers[0])
		if err != nil {
			return err
		}
		if err := os.Chmod(upper, info.Mode()); err != nil {
			return err
		}
	}
	if d.copies {
		err := buildOnCopy(upper, staging, d.lowers, d.share, d.step)
		var failed stepError
		if errors.As(err, &failed) {
			d.failed = failed.error
		}
		return err
	}
	overlay, err := mountOverlay(upper, staging, d.lowers)
	if err != nil {
		return err
	}
	d.failed = d.step(overlay.merged)
	d.stillMounted = overlay.close()
	return errors.Join(d.failed, d.stillMounted)
}
