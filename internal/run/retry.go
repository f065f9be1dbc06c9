package run

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/kolla-build/kolla-build/internal/event"
)

// The pause before an attempt doubles each time, from firstPause to
// longestPause: most of what heals does so within seconds, and a registry
// that is overloaded should not be pressed.
const (
	firstPause   = time.Second
	longestPause = 30 * time.Second
)

// pause returns how long to wait before the given attempt, the second being
// the first that has to. It is spread by a fifth either way, so that builds
// that failed together do not come back together.
func pause(attempt int) time.Duration {
	d := longestPause
	if doublings := attempt - 2; doublings < 5 {
		d = min(d, firstPause<<doublings)
	}
	spread := 0.8 + 0.4*rand.Float64() //nolint:gosec // nobody gains by guessing it
	return time.Duration(float64(d) * spread)
}

// temporary tells whether err says that it may heal by itself.
func temporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}

// retry calls do until it succeeds, fails for good, or has failed attempts
// times, and returns how often it did. While it waits it still holds its
// place among the builds or pushes: what has just failed for lack of strength
// is not helped by more of them.
func retry(ctx context.Context, sink event.Sink, name string, attempts int, do func(attempt int) error) (int, error) {
	for attempt := 1; ; attempt++ {
		err := do(attempt)
		if err == nil || attempt >= attempts || !temporary(err) || ctx.Err() != nil {
			return attempt, err
		}
		delay := pause(attempt + 1)
		sink.Emit(event.Retrying{Image: name, Attempt: attempt + 1, Attempts: attempts, Delay: delay, Err: err})
		select {
		case <-ctx.Done():
			return attempt, err
		case <-time.After(delay):
		}
	}
}
