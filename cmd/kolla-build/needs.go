package main

import (
	"context"
	"errors"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/plan"
	"github.com/kolla-build/kolla-build/internal/source"
)

// needs are what a run with the same options would take from the store.
type needs struct {
	images     map[string]bool // by id
	references map[string]bool // of all images of the plan, whether there or not
}

// findNeeds makes the plan, and fetches nothing for it.
func findNeeds(ctx context.Context, cfg *config.Config, catalogue *buildahdriver.Catalogue, fetcher *source.Fetcher) (_ needs, err error) {
	tree, err := loadTree(cfg, nil)
	if err != nil {
		return needs{}, err
	}
	defer func() { err = errors.Join(err, tree.close()) }()
	world, err := worldWith(cfg, tree, catalogue, sourceSet(cfg, tree, fetcher))
	if err != nil {
		return needs{}, err
	}
	defer world.start(ctx)()
	made, err := plan.Make(ctx, tree.selection, offlineWorld{world}, plan.Options{})
	if err != nil {
		return needs{}, err
	}
	return needsOf(made, catalogue), nil
}

// needsOf lists the images that a plan takes as they are, those that have the names which
// it gives, and those that it builds on.
func needsOf(made *plan.Plan, catalogue catalogue) needs {
	n := needs{images: map[string]bool{}, references: map[string]bool{}}
	for _, img := range made.Images {
		n.references[img.Reference] = true
		n.images[img.ID] = true
		if there, found := catalogue.Image(img.Reference); found {
			n.images[there.ID] = true
		}
		if id, _, found := catalogue.Base(img.From); found {
			n.images[id] = true
		}
	}
	return n
}

// offlineWorld is the world without a network.
type offlineWorld struct{ *world }

// Inputs implements [plan.World]. What a source holds that was never fetched cannot be
// known, and no image that there is was made of it.
func (w offlineWorld) Inputs(ctx context.Context, img *image.Image) (plan.Inputs, error) {
	inputs, err := w.world.Inputs(ctx, img)
	var badSource *source.Error
	if errors.As(err, &badSource) && ctx.Err() == nil {
		inputs.Unknowable, err = "a source is not here", nil
	}
	return inputs, err
}
