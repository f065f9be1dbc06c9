package buildahdriver

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.podman.io/storage"
)

// StoredImage is an image in the store.
type StoredImage struct {
	// Name is one of its names; an image with several is listed with each.
	Name string
	// ID is the digest of its configuration, in hex.
	ID string
	// Size is what its layers hold, uncompressed, in bytes.
	Size int64
	// Created is when it was committed.
	Created time.Time
}

// Images lists the named images of the store by name.
func (d *Driver) Images() ([]StoredImage, error) {
	images, err := d.store.Images()
	if err != nil {
		return nil, fmt.Errorf("failed to list the store's images: %w", err)
	}
	var list []StoredImage
	for _, image := range images {
		if len(image.Names) == 0 {
			continue
		}
		size, err := d.layersSize(image.TopLayer)
		if err != nil {
			return nil, err
		}
		for _, name := range image.Names {
			list = append(list, StoredImage{Name: name, ID: image.ID, Size: size, Created: image.Created})
		}
	}
	slices.SortFunc(list, func(a, b StoredImage) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// Has tells whether the store has an image called name.
func (d *Driver) Has(name string) bool {
	local, err := storeName(name)
	if err != nil {
		return false
	}
	image, err := d.store.Image(local.String())
	return err == nil && !isUnfinished(image)
}

// layersSize adds up the sizes of a layer and those below it, as recorded when
// they were made, without walking a file.
func (d *Driver) layersSize(id string) (int64, error) {
	var total int64
	err := d.eachLayer(id, func(layer *storage.Layer) { total += max(layer.UncompressedSize, 0) })
	return total, err
}

// eachLayer visits a layer and those below it, the topmost first.
func (d *Driver) eachLayer(id string, visit func(*storage.Layer)) error {
	for id != "" {
		layer, err := d.store.Layer(id)
		if err != nil {
			return fmt.Errorf("failed to look up layer %s: %w", id, err)
		}
		visit(layer)
		id = layer.Parent
	}
	return nil
}
