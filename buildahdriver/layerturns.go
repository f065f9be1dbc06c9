package buildahdriver

import (
	"context"
	"slices"
	"sync"
)

// layerTurns sees to it that a layer of several images is compressed and sent to a registry
// by one push, while the others that need it wait. The library does not: of images that
// are pushed at once, each would compress the base image that they share.
type layerTurns struct {
	mu   sync.Mutex
	sent map[layerAt]bool          // the registry has it, in one repository or another
	busy map[layerAt]chan struct{} // closed when the push that works on it is done with it
}

// layerAt is a layer on its way to a registry.
type layerAt struct{ registry, diffID string }

// layerTurn is what one push works on.
type layerTurn struct {
	turns    *layerTurns
	registry string
	layers   []string
}

func newLayerTurns() *layerTurns {
	return &layerTurns{sent: map[layerAt]bool{}, busy: map[layerAt]chan struct{}{}}
}

// take waits until no other push works on any of the layers that the registry is not known
// to have, and keeps these for the caller until end.
func (t *layerTurns) take(ctx context.Context, registry string, layers []string) (*layerTurn, error) {
	turn := &layerTurn{turns: t, registry: registry}
	// All take them in the same order, so that no two wait for each other.
	for _, diffID := range slices.Compact(slices.Sorted(slices.Values(layers))) {
		mine, err := t.takeOne(ctx, layerAt{registry, diffID})
		if err != nil {
			turn.end(false)
			return nil, err
		}
		if mine {
			turn.layers = append(turn.layers, diffID)
		}
	}
	return turn, nil
}

// takeOne tells whether the layer is the caller's now; else the registry has it.
func (t *layerTurns) takeOne(ctx context.Context, layer layerAt) (mine bool, err error) {
	for {
		t.mu.Lock()
		sent, busy := t.sent[layer], t.busy[layer]
		if !sent && busy == nil {
			t.busy[layer] = make(chan struct{})
		}
		t.mu.Unlock()
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

// done tells that the registry has a layer.
func (t *layerTurn) done(diffID string) {
	t.turns.release(layerAt{t.registry, diffID}, true)
}

// end gives back all layers. Sent tells that the registry has them; else the next push that
// needs them sends them.
func (t *layerTurn) end(sent bool) {
	for _, diffID := range t.layers {
		t.turns.release(layerAt{t.registry, diffID}, sent)
	}
}

func (t *layerTurns) release(layer layerAt, sent bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if sent {
		t.sent[layer] = true
	}
	if busy := t.busy[layer]; busy != nil {
		delete(t.busy, layer)
		close(busy)
	}
}
