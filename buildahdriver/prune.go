package buildahdriver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"go.podman.io/storage"
	"golang.org/x/sys/unix"
)

// Kind is what sort of thing [Prune] removes.
type Kind string

// The kinds of things. All but images and caches were left behind by processes that
// were killed.
const (
	KindImage     Kind = "image"
	KindCache     Kind = "cache" // of RUN --mount=type=cache
	KindContainer Kind = "container"
	KindLayer     Kind = "layer"
	KindFolder    Kind = "folder"
	KindFile      Kind = "file" // a temporary one of the libraries
)

// PruneOptions say what [Prune] removes.
type PruneOptions struct {
	// Limit is how large the store may be, in bytes: of what is not needed, that which
	// was used the longest ago goes, until the store is not larger. With 0 all of it
	// goes.
	Limit int64
	// Named counts images that have a name among what is not needed, if this package
	// has built them. Without, they stay.
	Named bool
	// Needed tells whether an image is to stay, by its id and its names.
	Needed func(id string, names []string) bool
	// LastUse tells when an image was used, if anybody knows; the zero time stands for
	// when it was made.
	LastUse func(id string, names []string) time.Time
	// DryRun removes nothing, and tells what would be.
	DryRun bool
	// OnLock, if set, is called once no other process uses the store any more, and what
	// killed processes left is gone: what it finds in the store stays true.
	OnLock func() error
	// OnWait, if set, is called when other processes use the store, before Prune waits
	// for them to end.
	OnWait func()
}

// Removed is a thing that was removed, or would be.
type Removed struct {
	Kind Kind
	// ID is its id in the store, or the path of a folder.
	ID string
	// Name is the name of an image, or the last that it had; the id of a cache.
	Name string
	// Size is how many bytes were freed by it: of layers, what their files hold.
	Size int64
	// LastUse is when an image or a cache was last used.
	LastUse time.Time
}

// Pruned is what [Prune] has done.
type Pruned struct {
	Removed []Removed
	// Freed adds up their sizes, and Left is the size of what the store still holds, in
	// bytes.
	Freed, Left int64
}

// Prune removes from a store what is not needed any more:
//
//   - what killed processes left behind: temporary and staging folders, layers without
//     an image, images without a configuration, and working containers;
//   - untagged images that this package has built or pulled, on which no other is based,
//     and caches of RUN;
//   - with [PruneOptions.Named], images with a name that this package has built as well.
//
// What a container uses stays, and so do images and containers of others. No process of ours
// builds meanwhile: Prune waits until it has the store to itself, or the context ends. A dry
// run waits for nobody; it leaves out what only a process that is alone can know.
// The caller has called [EnterUserNamespace] before.
func Prune(ctx context.Context, options Options, prune PruneOptions) (_ *Pruned, err error) {
	where, err := storeOptions(options)
	if err != nil {
		return nil, err
	}
	store, err := openStore(where)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.close()) }()
	alone := true
	unlock, err := lockAlone(ctx, store, prune.DryRun, prune.OnWait)
	switch {
	case prune.DryRun && errors.Is(err, unix.EWOULDBLOCK):
		alone, err = false, nil
	case err != nil:
		return nil, err
	default:
		defer unlock()
	}
	p := &pruning{store: store, options: prune, gone: map[string]bool{}}
	if alone {
		err = p.stale()
	}
	if prune.OnLock != nil {
		if locked := prune.OnLock(); locked != nil {
			return &p.done, errors.Join(err, locked)
		}
	}
	return &p.done, errors.Join(err, p.inventory(ctx))
}

// lockAlone waits until no other process of ours uses the store, or fails at once with
// EWOULDBLOCK.
func lockAlone(ctx context.Context, store storage.Store, atOnce bool, onWait func()) (unlock func(), err error) {
	return lockRootAlone(ctx, store.GraphRoot(), atOnce, onWait)
}

// lockRootAlone is lockAlone for a store that is not open.
func lockRootAlone(ctx context.Context, root string, atOnce bool, onWait func()) (unlock func(), err error) {
	lock, err := openLock(root)
	if err != nil {
		return nil, err
	}
	waiting := false
	try := func() error { return flock(lock, unix.LOCK_EX|unix.LOCK_NB) }
	wait := func() error {
		err := try()
		if errors.Is(err, unix.EWOULDBLOCK) && !waiting && onWait != nil {
			waiting = true
			onWait()
		}
		return err
	}
	if atOnce {
		err = try()
	} else {
		err = waitForLock(ctx, wait)
	}
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("failed to lock the store: %w", err)
	}
	return func() { lock.Close() }, nil
}

// pruning is one call of Prune.
type pruning struct {
	store   storage.Store
	options PruneOptions
	done    Pruned
	gone    map[string]bool // layers and images that count as removed already
}

// remove removes one thing, unless nothing is to be.
func (p *pruning) remove(thing Removed, remove func() error) error {
	if !p.options.DryRun {
		if err := remove(); err != nil {
			return fmt.Errorf("failed to remove the %s %s: %w", thing.Kind, thing.ID, err)
		}
	}
	p.done.Removed = append(p.done.Removed, thing)
	p.done.Freed += thing.Size
	return nil
}

// stale removes what killed processes left.
func (p *pruning) stale() error {
	var failed error
	for _, s := range findStale(p.store) {
		thing := Removed{Kind: s.kind, ID: s.id, Size: s.size()}
		if err := p.remove(thing, s.remove); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		p.gone[s.layer], p.gone[s.id] = true, true
	}
	if p.options.DryRun {
		return failed
	}
	return errors.Join(failed, forgetUnsynced(p.store))
}

// inventory removes images and caches.
func (p *pruning) inventory(ctx context.Context) error {
	held, failed := p.scan()
	if held == nil {
		return failed
	}
	for _, chosen := range held.selectVictims(p.options.Limit) {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		failed = errors.Join(failed, p.remove(chosen.Removed, func() error {
			if chosen.Kind == KindCache {
				return os.RemoveAll(chosen.ID)
			}
			return deleteImage(p.store, chosen.ID)
		}))
	}
	p.done.Left = held.size
	return failed
}
