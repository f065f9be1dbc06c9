package uploads

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// take acquires layers that nobody else has.
func take(t *testing.T, locks *Locks, registry string, layers ...string) *Held {
	t.Helper()
	held, err := locks.Acquire(t.Context(), registry, layers)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// isBusy tells whether a layer is taken.
func isBusy(t *testing.T, locks *Locks, registry, layer string) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	held, err := locks.Acquire(ctx, registry, []string{layer})
	if err == nil {
		held.Release(false)
	}
	return err != nil
}

func TestAcquire(t *testing.T) {
	locks := NewLocks()
	first := take(t, locks, "r", "base", "own", "base")
	for layer, want := range map[string]bool{"base": true, "own": true, "other": false} {
		if got := isBusy(t, locks, "r", layer); got != want {
			t.Errorf("%s is taken: %v", layer, got)
		}
	}
	if isBusy(t, locks, "another", "base") {
		t.Error("it is taken at another registry")
	}
	first.Sent("base")
	if isBusy(t, locks, "r", "base") || !isBusy(t, locks, "r", "own") {
		t.Error("one layer that is sent does not let the others go on, or all do")
	}
	first.Release(false)
	if second := take(t, locks, "r", "base", "own"); len(second.layers) != 1 || second.layers[0] != "own" {
		t.Errorf("the second has to send %v, want what the first has not", second.layers)
	} else {
		second.Release(true)
	}
	if third := take(t, locks, "r", "base", "own"); len(third.layers) > 0 {
		t.Errorf("the third has to send %v", third.layers)
	}
}

// TestGivenUp: who stops waiting holds nothing.
func TestGivenUp(t *testing.T) {
	locks := NewLocks()
	first := take(t, locks, "r", "b")
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("why")
	cancel(why)
	if _, err := locks.Acquire(ctx, "r", []string{"a", "b"}); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
	if isBusy(t, locks, "r", "a") {
		t.Error("it is still taken")
	}
	first.Release(true)
}

// TestMany lets many acquire layers in any order: each is sent by one at a time, no
// two wait for each other, and in the end all are sent once.
func TestMany(t *testing.T) {
	const layers, pushes = 5, 200
	locks := NewLocks()
	var sending, sent [layers]atomic.Int32
	var group sync.WaitGroup
	for range pushes {
		group.Go(func() {
			var wanted []string
			for _, i := range rand.Perm(layers)[:1+rand.IntN(layers)] {
				wanted = append(wanted, strconv.Itoa(i))
			}
			held, err := locks.Acquire(context.Background(), "r", wanted)
			if err != nil {
				t.Error(err)
				return
			}
			fails := rand.IntN(4) == 0
			for _, layer := range held.layers {
				i, _ := strconv.Atoi(layer)
				if sending[i].Add(1) != 1 {
					t.Errorf("%s is sent by two", layer)
				}
				if !fails {
					sent[i].Add(1)
				}
				sending[i].Add(-1)
			}
			held.Release(!fails)
		})
	}
	group.Wait()
	for i := range sent {
		if n := sent[i].Load(); n != 1 {
			t.Errorf("layer %d was sent %d times", i, n)
		}
	}
}
