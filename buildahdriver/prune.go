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
)

// PruneOptions say what [Prune] removes.
type PruneOptions struct {
	// Limit is how large the store may be, in bytes: of what is not needed, that which
	// was used the longest ago goes, until the store is not larger. With 0 all of it
	// goes.
	Limit int64
	// Named counts images that have a name among what is not needed, if they bear
	// Label. Without, they stay.
	Named bool
	// Label is what images bear that the caller has built.
	Label string
	// Needed tells whether an image is to stay, by its id and its names.
	Needed func(id string, names []string) bool
	// LastUse tells when an image was used, if anybody knows; the zero time stands for
	// when it was made.
	LastUse func(id string, names []string) time.Time
	// DryRun removes nothing, and tells what would be.
	DryRun bool
	// OnLock, if set, is called once no other process uses the store any more, before
	// anything else here is: what it finds in the store stays true.
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
//     an image, images without a configuration, and working containers that are ours by
//     their names;
//   - images without a name on which no other stands, and caches of RUN;
//   - with [PruneOptions.Named], images of ours with a name as well.
//
// What a container uses stays, and so do the containers of others. No process of ours
// builds meanwhile: Prune waits until it has the store to itself, or the context ends.
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
	unlock, err := lockAlone(ctx, store, prune.OnWait)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if prune.OnLock != nil {
		if err := prune.OnLock(); err != nil {
			return nil, err
		}
	}
	p := &pruning{store: store, options: prune, gone: map[string]bool{}}
	return &p.done, errors.Join(p.leavings(), p.holdings(ctx))
}

// lockAlone waits until no other process of ours uses the store.
func lockAlone(ctx context.Context, store storage.Store, onWait func()) (unlock func(), err error) {
	lock, err := openLock(store)
	if err != nil {
		return nil, err
	}
	waiting := false
	err = waitForLock(ctx, func() error {
		err := flock(lock, unix.LOCK_EX|unix.LOCK_NB)
		if errors.Is(err, unix.EWOULDBLOCK) && !waiting && onWait != nil {
			waiting = true
			onWait()
		}
		return err
	})
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
	gone    map[string]bool // layers and images that killed processes left
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

// leavings removes what killed processes left.
func (p *pruning) leavings() error {
	var failed error
	for _, left := range findLeavings(p.store) {
		thing := Removed{Kind: left.kind, ID: left.id, Size: left.size()}
		if err := p.remove(thing, left.remove); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		p.gone[left.layer], p.gone[left.id] = true, true
	}
	return failed
}

// holdings removes images and caches.
func (p *pruning) holdings(ctx context.Context) error {
	held, err := p.survey()
	if err != nil {
		return err
	}
	var failed error
	for _, chosen := range held.choose(p.options.Limit) {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		failed = errors.Join(failed, p.remove(chosen.Removed, func() error {
			if chosen.Kind == KindCache {
				return os.RemoveAll(chosen.ID)
			}
			_, err := p.store.DeleteImage(chosen.ID, true)
			if errors.Is(err, storage.ErrImageUnknown) {
				return nil // somebody else has removed it
			}
			return err
		}))
	}
	p.done.Left = held.size
	return failed
}
