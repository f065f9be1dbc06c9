package buildahdriver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/opencontainers/go-digest"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"go.podman.io/storage"
)

// errCannotStage means that an image must be built in a working container after all.
var errCannotStage = errors.New("the layer cannot be built in its place")

// buildStaged builds an image in its place in the store: see stagedlayer.go.
func (d *Driver) buildStaged(ctx context.Context, b *build) (*Image, error) {
	name, err := b.options.storeName()
	if err != nil {
		return nil, err
	}
	parent, err := d.loadParent(ctx, b.base)
	if err != nil {
		return nil, err
	}
	if err := b.instructions.FromImage(parent.forInstructions(b.from), b.node); err != nil {
		return nil, fmt.Errorf("%s: %w", b.options.Dockerfile, err)
	}
	layer, err := buildLayerSharing(d.store, parent.topLayer, !runsIn(b.node.Children), func(root string) error { return b.run(ctx, root, nil) })
	if err != nil {
		return nil, err
	}
	image, err := parent.child(b, layer)
	if err == nil {
		err = d.createImage(image, name)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("failed to make the image %s: %w", name, err), d.store.DeleteLayer(layer.ID))
	}
	return &Image{Name: name, ID: image.id(), Digest: image.manifestDigest.String(), Size: parent.size() + layer.Size}, nil
}

// newImage is an image that is not in the store yet.
type newImage struct {
	config, manifest             []byte
	configDigest, manifestDigest digest.Digest
	topLayer                     string
}

// id is the image's name for itself in the store, as every tool makes it.
func (i *newImage) id() string { return i.configDigest.Encoded() }

func encodeImage(config v1.Image, manifest v1.Manifest, topLayer string) (*newImage, error) {
	image := &newImage{topLayer: topLayer}
	var err error
	if image.config, err = json.Marshal(config); err != nil {
		return nil, err
	}
	image.configDigest = digest.FromBytes(image.config)
	manifest.Config = v1.Descriptor{MediaType: v1.MediaTypeImageConfig, Digest: image.configDigest, Size: int64(len(image.config))}
	if image.manifest, err = json.Marshal(manifest); err != nil {
		return nil, err
	}
	image.manifestDigest = digest.FromBytes(image.manifest)
	return image, nil
}

// createImage makes the image's record. Its name, if it gets one, moves from the image that
// has it, in one step, so that there is no time when nobody has.
func (d *Driver) createImage(image *newImage, name string) error {
	// What the record names must be there before it, whatever happens to the machine.
	if err := d.disk.sync(); err != nil {
		return err
	}
	marked, err := json.Marshal(metadata{markBuilt})
	if err != nil {
		return err
	}
	var names []string
	if name != "" {
		names = []string{name}
	}
	options := &storage.ImageOptions{
		Digest: image.manifestDigest,
		// The store remembers only names that are added later; [Catalogue.Former]
		// finds an image by this one when it has lost it.
		NamesHistory: names,
		// The store writes these one after the other, and the name before them. The
		// configuration is the last, so that an image which has it is complete, and one
		// that a killed process left without is known by that: see isUnfinished.
		BigData: []storage.ImageBigDataOption{
			// The libraries read "manifest" where there is no "manifest-DIGEST",
			// and each item costs the store a rewrite of its index.
			{Key: storage.ImageDigestBigDataKey, Data: image.manifest, Digest: image.manifestDigest},
			{Key: image.configDigest.String(), Data: image.config, Digest: image.configDigest},
		},
	}
	_, err = d.store.CreateImage(image.id(), names, image.topLayer, string(marked), options)
	if !errors.Is(err, storage.ErrDuplicateName) {
		return err
	}
	if _, err := d.store.CreateImage(image.id(), nil, image.topLayer, string(marked), options); err != nil {
		return err
	}
	return d.store.AddNames(image.id(), names)
}

// isComplete tells whether an image of ours has its configuration, by the names of the
// data that the store has about it.
func isComplete(id string, data []string) bool { return slices.Contains(data, "sha256:"+id) }

// isUnfinished tells whether an image is one of ours that has not got all of its data, of
// a process that was killed or is at it.
func isUnfinished(image *storage.Image) bool {
	return markOf(image.Metadata) == markBuilt && !isComplete(image.ID, image.BigDataNames)
}
