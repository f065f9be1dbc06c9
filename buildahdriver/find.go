package buildahdriver

import (
	"context"
	"fmt"
)

// Rename gives the name to the image with an id. If another image has the name, it
// moves.
func (d *Driver) Rename(_ context.Context, id, name string) (*Image, error) {
	local, err := storeName(name)
	if err != nil {
		return nil, err
	}
	image, err := d.store.Image(id)
	if err != nil {
		return nil, fmt.Errorf("failed to look up %s: %w", id, err)
	}
	if err := d.store.AddNames(id, []string{local.String()}); err != nil {
		return nil, fmt.Errorf("failed to name the image %s: %w", local, err)
	}
	return d.built(local.String(), id, image.Digest.String())
}

// Find returns the image called name if the store has one with this label.
func (d *Driver) Find(name, key, value string) (*Image, bool) {
	local, err := storeName(name)
	if err != nil {
		return nil, false
	}
	stored, err := d.store.Image(local.String())
	if err != nil || d.checkImage(stored) != nil {
		return nil, false
	}
	configuration, err := d.store.ImageBigData(stored.ID, "sha256:"+stored.ID)
	if err != nil || labelOf(configuration, key) != value {
		return nil, false
	}
	image, err := d.built(local.String(), stored.ID, stored.Digest.String())
	return image, err == nil
}

// Catalogue returns what the store holds now. See [Look].
func (d *Driver) Catalogue() (*Catalogue, error) {
	options := d.options
	options.Root, options.RunRoot, options.StorageDriver = d.GraphRoot(), d.RunRoot(), d.store.GraphDriverName()
	return Look(options)
}
