package buildahdriver

import (
	"errors"
	"fmt"
	"os"

	"github.com/opencontainers/go-digest"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// imageRoot is the root of an image, mounted to be read.
type imageRoot struct {
	content string // a digest of its layers: equal roots may have several
	root    *rootfs.Root
	unmount func() error
}

func (r *imageRoot) close() error { return errors.Join(r.root.Close(), r.unmount()) }

// imageRoots are the roots that one build has opened, by the ids of the images.
type imageRoots struct {
	driver *Driver
	opened map[string]*imageRoot
}

// open mounts the root of an image, once.
func (r *imageRoots) open(id string) (*imageRoot, error) {
	if opened := r.opened[id]; opened != nil {
		return opened, nil
	}
	path, unmount, err := r.driver.mountImage(id)
	if err != nil {
		return nil, fmt.Errorf("failed to mount the image %s: %w", id, err)
	}
	root, err := rootfs.Open(path)
	if err != nil {
		return nil, errors.Join(err, unmount())
	}
	if r.opened == nil {
		r.opened = map[string]*imageRoot{}
	}
	content, err := r.driver.contentOf(id)
	if err != nil {
		return nil, errors.Join(err, root.Close(), unmount())
	}
	r.opened[id] = &imageRoot{content: content, root: root, unmount: unmount}
	return r.opened[id], nil
}

func (r *imageRoots) close() error {
	var err error
	for _, root := range r.opened {
		err = errors.Join(err, root.close())
	}
	r.opened = nil
	return err
}

// mountImage mounts the root of an image. Where the store's layers are folders of an
// overlay the kernel shows them together; other stores have a way of their own.
func (d *Driver) mountImage(id string) (path string, unmount func() error, err error) {
	if d.inContainer == "" {
		path, unmount, err = d.mountLayers(id)
		if !errors.Is(err, errCannotStage) {
			return path, unmount, err
		}
	}
	path, err = d.store.MountImage(id, nil, "")
	return path, func() error {
		_, err := d.store.UnmountImage(id, false)
		return err
	}, err
}

func (d *Driver) mountLayers(id string) (path string, unmount func() error, err error) {
	image, err := d.store.Image(id)
	if err != nil {
		return "", nil, err
	}
	layers, err := lowerFolders(d.store, image.TopLayer)
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp(d.scratch.dir, "image-")
	if err != nil {
		return "", nil, err
	}
	mounted, err := mountReadOnlyOverlay(dir, layers)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	return mounted.merged, func() error { return errors.Join(mounted.close(), os.RemoveAll(dir)) }, nil
}

// contentOf is a digest of the digests of an image's layers: the same files in the same
// layers have it, whatever the image is configured to be.
func (d *Driver) contentOf(id string) (string, error) {
	image, err := d.store.Image(id)
	if err != nil {
		return "", err
	}
	layers := digest.SHA256.Digester()
	for id := image.TopLayer; id != ""; {
		layer, err := d.store.Layer(id)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(layers.Hash(), layer.UncompressedDigest)
		id = layer.Parent
	}
	return layers.Digest().Encoded()[:32], nil
}
