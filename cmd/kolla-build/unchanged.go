package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"runtime/debug"
	"slices"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/plan"
	"github.com/kolla-build/kolla-build/internal/run"
)

// lookedVariable marks, in the environment, that the process which has started this one
// in a user namespace has seen already that there is something to do.
const lookedVariable = "_KOLLA_BUILD_LOOKED"

// enter is [buildahdriver.EnterUserNamespace], by which the program starts again.
func enter(cfg *config.Config) error {
	if err := os.Setenv(lookedVariable, "1"); err != nil {
		return err
	}
	if err := passCreds(cfg); err != nil {
		return err
	}
	userUmask = fs.FileMode(readUmask())
	err := buildahdriver.EnterUserNamespace(buildahdriver.IDs(cfg.IDs))
	return errors.Join(err, os.Unsetenv(lookedVariable))
}

// nothingToDo tells whether all images are there, made of what they would be made of
// now, and at the registry if they are to be pushed, and then reports that as a run does:
// no user namespace is entered, no store is opened and no context is written for it. Where
// that cannot be told so cheaply it is false, and who opens the store will see, and tell
// what is wrong if something is.
func nothingToDo(cfg *config.Config) (done bool, err error) {
	if os.Getenv(lookedVariable) != "" || !cfg.Cache || cfg.WorkDir != "" {
		return false, nil
	}
	return tellUnchanged(cfg)
}

// lazyCollector is how much the heap may grow, in percent, between two collections while
// a process only looks: it is soon over, and collecting takes a fifth of its time.
const lazyCollector = 400

// tellUnchanged does the work of nothingToDo.
func tellUnchanged(cfg *config.Config) (done bool, err error) {
	defer debug.SetGCPercent(debug.SetGCPercent(lazyCollector))
	catalogue, err := buildahdriver.Look(storeOptions(cfg))
	if err != nil {
		return false, nil //nolint:nilerr // who opens the store tells what is wrong with it
	}
	tree, err := loadTree(cfg, existing(cfg, catalogue))
	if err != nil {
		return true, err
	}
	defer tree.close()
	world, err := newWorld(cfg, tree, catalogue, false, event.Fan())
	if err != nil || !world.sources.Empty() {
		return false, nil //nolint:nilerr // as above
	}
	defer world.start(context.Background())()
	made, err := plan.Make(context.Background(), tree.selection, world, plan.Options{})
	if err != nil || world.asks || made.Count(plan.Build)+made.Count(plan.Tag) > 0 {
		return false, nil //nolint:nilerr // as above
	}
	take := taker{catalogue: catalogue}
	if cfg.Push {
		pushed, all := allPushed(context.Background(), tree.selection.Matched(), catalogue, cfg.PushThreads)
		if !all {
			return false, nil
		}
		take.pushed = pushed
	}
	for _, img := range made.Images {
		world.history.Used(img.Reference)
	}
	world.keep()
	return true, tellRun(cfg, tree, take)
}

// existing is what --skip-existing asks.
func existing(cfg *config.Config, catalogue *buildahdriver.Catalogue) func(reference string) bool {
	if !cfg.SkipExisting {
		return nil
	}
	return func(reference string) bool {
		_, found := catalogue.Image(reference)
		return found
	}
}

// tellRun lets a run take all images as they are, so that its events and its summary are
// like those of any other.
func tellRun(cfg *config.Config, tree *tree, take taker) (err error) {
	sink, done, err := listeners(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	for _, text := range slices.Concat(cfg.Notices, warnings(cfg, tree)) {
		sink.Emit(event.Notice{Level: event.Warning, Text: text})
	}
	report := run.Run(context.Background(), run.Options{
		Selection:   tree.selection,
		Driver:      take,
		Threads:     cfg.Threads,
		PushThreads: cfg.PushThreads,
		Push:        cfg.Push,
		Sink:        sink,
	})
	if err := summarize(cfg, report); err != nil {
		return err
	}
	return outcome(report, cfg.AllowedToFail)
}

// taker takes images as they are.
type taker struct {
	catalogue *buildahdriver.Catalogue
	pushed    map[string]string // digests at the registry, by reference
}

// Build implements run.Driver.
func (t taker) Build(_ context.Context, job run.Job) (run.Built, error) {
	there, found := t.catalogue.Image(job.Reference)
	if !found {
		return run.Built{}, errors.New("it is not in the store") // which the plan has looked at
	}
	return run.Built{ID: there.ID, Digest: there.Digest, Size: there.Size, Unchanged: true}, nil
}

// Push implements run.Driver.
func (t taker) Push(_ context.Context, job run.Job, _ run.Built) (string, error) {
	digest, found := t.pushed[job.Reference]
	if !found {
		return "", errors.New("it is not at the registry") // which was asked
	}
	return digest, nil
}
