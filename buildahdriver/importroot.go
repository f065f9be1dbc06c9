package buildahdriver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/sirupsen/logrus"
	"go.podman.io/storage"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/layer"
)

// importLabel holds, on an image made by [Driver.ImportRoot], the digest of what it was made
// from.
const importLabel = "org.kolla-build.bootstrap"

// ImportOptions describes an image that is made from a folder instead of a Dockerfile.
type ImportOptions struct {
	// Name is the reference that the image gets in the store.
	Name string
	// Inputs is the digest of what the image is made from. See [Driver.Imported].
	Inputs string
	// Labels are set on the image.
	Labels map[string]string
	// Env is the environment of the image's processes, as KEY=value.
	Env []string
	// Cmd is what a container runs by default.
	Cmd []string
	// CreatedBy is the text of the history's only entry.
	CreatedBy string
}

// Imported tells whether the store has the image already, made from the same inputs.
func (d *Driver) Imported(name, inputs string) bool {
	_, found := d.Find(name, importLabel, inputs)
	return found
}

// ImportRoot makes an image with one layer: what fill leaves in the folder root, with the
// owners, modes and times that it has in our user namespace. If an image has the name
// already, the name moves to the new one. The folder is empty when fill gets it, and
// what it writes there need not be synced to disk. An error of fill is returned as it is,
// and nothing of the image is left.
func (d *Driver) ImportRoot(ctx context.Context, options ImportOptions, fill func(root string) error) (*Image, error) {
	name, err := storeName(options.Name)
	if err != nil {
		return nil, err
	}
	layer, err := d.importLayer(ctx, fill)
	if err != nil {
		return nil, err
	}
	image, err := options.image(layer)
	if err == nil {
		err = d.createImage(image, name.String())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("failed to make the image %s: %w", name, err), d.store.DeleteLayer(layer.ID))
	}
	return &Image{Name: name.String(), ID: image.id(), Digest: image.manifestDigest.String(), Size: layer.Size}, nil
}

// importLayer makes the layer in its place in the store where that is possible: then dpkg
// and rpm, which sync every file, do not wait for the disk.
func (d *Driver) importLayer(ctx context.Context, fill func(root string) error) (*stagedLayer, error) {
	step := func(root string) error {
		if err := fill(root); err != nil {
			return err
		}
		return context.Cause(ctx)
	}
	reason := canStage(d.store)
	if reason == "" {
		layer, err := buildLayer(d.store, "", step)
		if !errors.Is(err, errCannotStage) {
			return layer, err
		}
		reason = err.Error()
	}
	logrus.Debugf("the imported image is copied into the store: %s", reason)
	return d.importCopy(step)
}

// importCopy makes the layer from a folder that is filled first: for any store.
func (d *Driver) importCopy(fill func(root string) error) (_ *stagedLayer, err error) {
	if SingleID() {
		return nil, needsMoreIDs("an imported root", "the store cannot take it in its place")
	}
	root, err := os.MkdirTemp(d.scratch.dir, "root-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(root)) }()
	if err := os.Chmod(root, 0o755); err != nil { //nolint:gosec // it becomes the root of images
		return nil, err
	}
	if err := fill(root); err != nil {
		return nil, err
	}
	tar := layer.Reader(root, layer.Options{Adjust: recordedOwners()})
	defer tar.Close()
	hash, size := digest.SHA256.Digester(), new(byteCounter)
	stored, _, err := d.store.PutLayer("", "", nil, "", false,
		&storage.LayerOptions{Flags: map[string]any{layerFlag: true}},
		io.TeeReader(tar, io.MultiWriter(hash.Hash(), size)))
	if err != nil {
		return nil, fmt.Errorf("failed to store the layer: %w", err)
	}
	if stored.UncompressedDigest != hash.Digest() {
		return nil, errors.Join(fmt.Errorf("failed to store the layer: the store has read %s instead of %s", stored.UncompressedDigest, hash.Digest()), d.store.DeleteLayer(stored.ID))
	}
	return &stagedLayer{ID: stored.ID, DiffID: hash.Digest(), Size: int64(*size)}, nil
}

// byteCounter counts what is written to it.
type byteCounter int64

func (c *byteCounter) Write(p []byte) (int, error) {
	*c += byteCounter(len(p))
	return len(p), nil
}

// image is the image that has nothing but the layer.
func (o ImportOptions) image(layer *stagedLayer) (*newImage, error) {
	scratch, err := scratchParent()
	if err != nil {
		return nil, err
	}
	now := time.Now().UTC()
	config := scratch.config
	config.Created = &now
	config.Config.Env, config.Config.Cmd, config.Config.Labels = o.Env, o.Cmd, maps.Clone(o.Labels)
	if o.Inputs != "" {
		if config.Config.Labels == nil {
			config.Config.Labels = map[string]string{}
		}
		config.Config.Labels[importLabel] = o.Inputs
	}
	config.RootFS = v1.RootFS{Type: "layers", DiffIDs: []digest.Digest{layer.DiffID}}
	config.History = []v1.History{{Created: &now, CreatedBy: o.CreatedBy}}
	return encodeImage(config, v1.Manifest{
		Versioned:   specs.Versioned{SchemaVersion: 2},
		MediaType:   v1.MediaTypeImageManifest,
		Layers:      []v1.Descriptor{{MediaType: v1.MediaTypeImageLayer, Digest: layer.DiffID, Size: layer.Size}},
		Annotations: map[string]string{v1.AnnotationCreated: now.Format(time.RFC3339Nano)},
	}, layer.ID)
}
