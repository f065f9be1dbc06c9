package main

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/image"
)

// errNotPushed ends the search for an image that has to be pushed.
var errNotPushed = errors.New("an image is not at its registry as it was pushed")

// allPushed tells whether all images are at their registry as the store has them, and the
// digests of their manifests there, by reference. A registry is asked only if all of them
// were pushed once: whoever opens the store for the others asks again.
func allPushed(ctx context.Context, images []*image.Image, catalogue *buildahdriver.Catalogue, threads int) (digests map[string]string, yes bool) {
	for _, img := range images {
		if !catalogue.WasPushed(img.Reference) {
			return nil, false
		}
	}
	found := make([]string, len(images))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(threads, 1))
	for i, img := range images {
		group.Go(func() error {
			digest, there := catalogue.Pushed(ctx, img.Reference)
			if !there {
				return errNotPushed
			}
			found[i] = digest
			return nil
		})
	}
	if group.Wait() != nil {
		return nil, false
	}
	digests = map[string]string{}
	for i, img := range images {
		digests[img.Reference] = found[i]
	}
	return digests, true
}
