package main

import (
	"context"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/plan"
	"github.com/kolla-build/kolla-build/internal/source"
)

// catalogue is what is seen of a store from outside: a [buildahdriver.Catalogue].
type catalogue interface {
	Root() string
	Image(name string) (*buildahdriver.Image, bool)
	Base(from string) (id string, remote, found bool)
	Label(id, key string) string
	Former(name, key, value string) (id string, found bool)
	Imported(name, inputs string) bool
}

// world is what a plan is made from, on this machine, with the store as it is seen from
// outside.
type world struct {
	*lister
	memory
	catalogue catalogue
	pull      bool
	outdated  string // the base image, if it would be made anew by --bootstrap

	// asks is true once an image has been found that a run would ask a registry about.
	asks bool
}

// newWorld returns the world; cached is for sources, see newSources.
func newWorld(cfg *config.Config, tree *tree, catalogue catalogue, cached bool, sink event.Sink) (*world, error) {
	sources, err := newSources(cfg, tree, cached, sink)
	if err != nil {
		return nil, err
	}
	return worldWith(cfg, tree, catalogue, sources)
}

// worldWith returns the world with these sources.
func worldWith(cfg *config.Config, tree *tree, catalogue catalogue, sources *source.Set) (*world, error) {
	known, err := openMemory(catalogue.Root())
	if err != nil {
		return nil, err
	}
	w := &world{
		lister:    newLister(cfg, tree, sources, known.digests),
		memory:    known,
		catalogue: catalogue,
		pull:      cfg.Pull,
	}
	if cfg.Bootstrap {
		base, err := bootstrapInputs(cfg, tree)
		if err != nil {
			return nil, err
		}
		if !catalogue.Imported(base.Name, base.Digest()) {
			w.outdated = base.Name
		}
	}
	return w, nil
}

// start begins to fetch the sources; stop ends it, and waits.
func (w *world) start(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	w.sources.Start(ctx)
	return func() {
		cancel()
		w.sources.Wait()
	}
}

// Inputs implements [plan.World].
func (w *world) Inputs(ctx context.Context, img *image.Image) (plan.Inputs, error) {
	return w.planned(ctx, img.Name)
}

// Base implements [plan.World].
func (w *world) Base(img *image.Image) (string, bool) {
	needs, err := buildahdriver.Examine(w.images[img.Name].Dockerfile, w.args)
	if err != nil || needs.From == "" || needs.From == w.outdated {
		return "", false
	}
	id, remote, found := w.catalogue.Base(needs.From)
	w.asks = w.asks || !found || remote && w.pull && img.Parent == nil
	return id, found
}

// Stored implements [plan.World].
func (w *world) Stored(reference string) (plan.Stored, bool) {
	there, found := w.catalogue.Image(reference)
	if !found {
		return plan.Stored{}, false
	}
	return plan.Stored{ID: there.ID, Input: w.catalogue.Label(there.ID, inputLabel)}, true
}

// Former implements [plan.World].
func (w *world) Former(reference, digest string) (string, bool) {
	return w.catalogue.Former(reference, inputLabel, digest)
}

// Last implements [plan.World].
func (w *world) Last(reference string) (plan.Record, bool) { return w.history.Last(reference) }
