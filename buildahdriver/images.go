package buildahdriver

import (
	"errors"
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
func (c *Catalogue) Images() []StoredImage {
	var list []StoredImage
	for name, image := range c.byName {
		size, _ := c.layersSize(image.Layer)
		list = append(list, StoredImage{Name: name, ID: image.ID, Size: size, Created: image.Created})
	}
	return sortImages(list)
}

// ListImages lists the named images of a store by name, for those who cannot [Look]. It takes no
// lock of ours and removes nothing. The caller has called [EnterUserNamespace] before.
func ListImages(options Options) (_ []StoredImage, err error) {
	where, err := storeOptions(options)
	if err != nil {
		return nil, err
	}
	store, err := openStore(where)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.close()) }()
	return listStore(store.Store)
}

// listStore lists the named images as the library knows them.
func listStore(store storage.Store) ([]StoredImage, error) {
	images, err := store.Images()
	if err != nil {
		return nil, fmt.Errorf("failed to list the store's images: %w", err)
	}
	d := &Driver{store: store}
	var list []StoredImage
	for _, image := range images {
		size, err := d.layersSize(image.TopLayer)
		if err != nil {
			size = 0 // it is damaged, which Check tells
		}
		for _, name := range image.Names {
			list = append(list, StoredImage{Name: name, ID: image.ID, Size: size, Created: image.Created})
		}
	}
	return sortImages(list), nil
}

func sortImages(list []StoredImage) []StoredImage {
	slices.SortFunc(list, func(a, b StoredImage) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Has tells whether the store has an image called name.
func (d *Driver) Has(name string) bool {
	local, err := storeName(name)
	if err != nil {
		return false
	}
	image, err := d.store.Image(local.String())
	return err == nil && d.checkImage(image) == nil
}

// checkImage tells what an image lacks to be built on: its configuration and manifest, and records
// of its layers. What is in the layers is not looked at.
func (d *Driver) checkImage(image *storage.Image) error {
	return errors.Join(checkData(d.store, image), d.eachLayer(image.TopLayer, func(*storage.Layer) {}))
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
