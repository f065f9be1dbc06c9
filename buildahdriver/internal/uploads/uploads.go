// Package uploads makes sure that a layer of several images is compressed and sent to a
// registry by one push, while the others that need it wait. The image library does not: of
// images that are pushed at once, each would compress the base image that they share.
//
// It knows nothing of buildah, so that the race detector can be afforded in every test run.
package uploads

import (
	"context"
	"slices"
	"sync"
)

// Locks says which push may send a layer. It is for use by any number of goroutines.
type Locks struct {
	mu   sync.Mutex
	sent map[upload]bool          // the registry has it, in one repository or another
	busy map[upload]chan struct{} // closed when the push that sends it is done with it
}

// upload is a layer on its way to a registry.
type upload struct{ registry, diffID string }

// Held is the layers that one push has to send.
type Held struct {
	locks    *Locks
	registry string
	layers   []string
}

// NewLocks returns the locks of one process.
func NewLocks() *Locks {
	return &Locks{sent: map[upload]bool{}, busy: map[upload]chan struct{}{}}
}

// Acquire waits until no other push works on any of the layers (their diff IDs) that the
// registry is not known to have, and keeps these for the caller until Release. The only
// error is the context's.
func (l *Locks) Acquire(ctx context.Context, registry string, layers []string) (*Held, error) {
	held := &Held{locks: l, registry: registry}
	// All acquire them in the same order, so that no two wait for each other.
	for _, diffID := range slices.Compact(slices.Sorted(slices.Values(layers))) {
		ours, err := l.acquireOne(ctx, upload{registry, diffID})
		if err != nil {
			held.Release(false)
			return nil, err
		}
		if ours {
			held.layers = append(held.layers, diffID)
		}
	}
	return held, nil
}

// acquireOne reports whether the layer is the caller's now; else the registry has it.
func (l *Locks) acquireOne(ctx context.Context, layer upload) (ours bool, err error) {
	for {
		l.mu.Lock()
		sent, busy := l.sent[layer], l.busy[layer]
		if !sent && busy == nil {
			l.busy[layer] = make(chan struct{})
		}
		l.mu.Unlock()
		if sent || busy == nil {
			return !sent, nil
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
}

// Sent records that the registry has one of the layers, and lets others go on.
func (h *Held) Sent(diffID string) {
	h.locks.release(upload{h.registry, diffID}, true)
}

// Release gives up all layers. sent means that the registry has them; otherwise the next
// push that needs them sends them.
func (h *Held) Release(sent bool) {
	for _, diffID := range h.layers {
		h.locks.release(upload{h.registry, diffID}, sent)
	}
}

func (l *Locks) release(layer upload, sent bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if sent {
		l.sent[layer] = true
	}
	if busy := l.busy[layer]; busy != nil {
		delete(l.busy, layer)
		close(busy)
	}
}
