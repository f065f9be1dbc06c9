package buildahdriver

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// take takes layers that nobody else has.
func take(t *testing.T, turns *layerTurns, registry string, layers ...string) *layerTurn {
	t.Helper()
	turn, err := turns.take(t.Context(), registry, layers)
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

// isBusy tells whether a layer is taken.
func isBusy(t *testing.T, turns *layerTurns, registry, layer string) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	turn, err := turns.take(ctx, registry, []string{layer})
	if err == nil {
		turn.end(false)
	}
	return err != nil
}

func TestLayerTurns(t *testing.T) {
	turns := newLayerTurns()
	first := take(t, turns, "r", "base", "own", "base")
	for layer, want := range map[string]bool{"base": true, "own": true, "other": false} {
		if got := isBusy(t, turns, "r", layer); got != want {
			t.Errorf("%s is taken: %v", layer, got)
		}
	}
	if isBusy(t, turns, "another", "base") {
		t.Error("it is taken at another registry")
	}
	first.done("base")
	if isBusy(t, turns, "r", "base") || !isBusy(t, turns, "r", "own") {
		t.Error("one layer that is sent does not let the others go on, or all do")
	}
	first.end(false)
	if second := take(t, turns, "r", "base", "own"); len(second.layers) != 1 || second.layers[0] != "own" {
		t.Errorf("the second has to send %v, want what the first has not", second.layers)
	} else {
		second.end(true)
	}
	if third := take(t, turns, "r", "base", "own"); len(third.layers) > 0 {
		t.Errorf("the third has to send %v", third.layers)
	}
}

// TestLayerTurnsGivenUp: who stops waiting holds nothing.
func TestLayerTurnsGivenUp(t *testing.T) {
	turns := newLayerTurns()
	first := take(t, turns, "r", "b")
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("why")
	cancel(why)
	if _, err := turns.take(ctx, "r", []string{"a", "b"}); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
	if isBusy(t, turns, "r", "a") {
		t.Error("it is still taken")
	}
	first.end(true)
}

// TestLayerTurnsMany lets many take layers in any order: each is sent by one at a time, no
// two wait for each other, and in the end all are sent once.
func TestLayerTurnsMany(t *testing.T) {
	const layers, pushes = 5, 200
	turns := newLayerTurns()
	var sending, sent [layers]atomic.Int32
	var group sync.WaitGroup
	for range pushes {
		group.Go(func() {
			var wanted []string
			for _, i := range rand.Perm(layers)[:1+rand.IntN(layers)] {
				wanted = append(wanted, strconv.Itoa(i))
			}
			turn, err := turns.take(context.Background(), "r", wanted)
			if err != nil {
				t.Error(err)
				return
			}
			fails := rand.IntN(4) == 0
			for _, layer := range turn.layers {
				i, _ := strconv.Atoi(layer)
				if sending[i].Add(1) != 1 {
					t.Errorf("%s is sent by two", layer)
				}
				if !fails {
					sent[i].Add(1)
				}
				sending[i].Add(-1)
			}
			turn.end(!fails)
		})
	}
	group.Wait()
	for i := range sent {
		if n := sent[i].Load(); n != 1 {
			t.Errorf("layer %d was sent %d times", i, n)
		}
	}
}
