package run_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/run"
	"github.com/kolla-build/kolla-build/internal/run/runtest"
)

// finalError wraps an error that may heal, and knows better.
type finalError struct{ error }

func (finalError) Temporary() bool { return false }
func (e finalError) Unwrap() error { return e.error }

// busyUntil returns a decision for runtest.Driver under which all attempts
// before the given one fail in a way that may heal.
func busyUntil(attempt int) func(run.Job, int) error {
	return func(_ run.Job, n int) error {
		if n < attempt {
			return fmt.Errorf("failed to reach registry: %w", runtest.TemporaryError("busy"))
		}
		return nil
	}
}

func TestRetry(t *testing.T) {
	forever := busyUntil(1000)
	tests := []struct {
		name     string
		onBuild  func(run.Job, int) error
		onPush   func(run.Job, int) error
		retries  int
		status   image.Status
		builds   int
		pushes   int
		shortest time.Duration // of the whole run
		longest  time.Duration
	}{
		{name: "heals", onBuild: busyUntil(3), retries: 3, status: image.Built, builds: 3, pushes: 1, shortest: 2400 * time.Millisecond, longest: 3600 * time.Millisecond},
		{name: "gives up", onBuild: forever, retries: 3, status: image.Error, builds: 4, shortest: 5600 * time.Millisecond, longest: 8400 * time.Millisecond},
		{name: "pause is capped", onBuild: forever, retries: 70, status: image.Error, builds: 71, shortest: 0, longest: 71 * 36 * time.Second},
		{name: "no retries", onBuild: forever, status: image.Error, builds: 1},
		{name: "negative retries", onBuild: forever, retries: -1, status: image.Error, builds: 1},
		{name: "hopeless", onBuild: failing("a"), retries: 3, status: image.Error, builds: 1},
		{
			name: "outermost decides", onBuild: func(run.Job, int) error { return finalError{runtest.TemporaryError("busy")} },
			retries: 3, status: image.Error, builds: 1,
		},
		{name: "push heals", onPush: busyUntil(2), retries: 3, status: image.Built, builds: 1, pushes: 2, shortest: 800 * time.Millisecond, longest: 1200 * time.Millisecond},
		{name: "push gives up", onPush: forever, retries: 1, status: image.PushError, builds: 1, pushes: 2, shortest: 800 * time.Millisecond, longest: 1200 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				driver := &runtest.Driver{OnBuild: tt.onBuild, OnPush: tt.onPush}
				report := run.Run(t.Context(), run.Options{
					Selection: parents{"a": nil}.selection(t), Driver: driver, Retries: tt.retries, Push: true,
				})
				result := report.Results[0]
				if result.Status != tt.status || result.Attempts != tt.builds {
					t.Errorf("got %s after %d attempts, want %s after %d", result.Status, result.Attempts, tt.status, tt.builds)
				}
				if n := len(driver.Calls(runtest.Build)); n != tt.builds {
					t.Errorf("%d builds, want %d", n, tt.builds)
				}
				if n := len(driver.Calls(runtest.Push)); n != tt.pushes {
					t.Errorf("%d pushes, want %d", n, tt.pushes)
				}
				if report.Elapsed < tt.shortest || report.Elapsed > tt.longest {
					t.Errorf("the run took %v, want %v to %v", report.Elapsed, tt.shortest, tt.longest)
				}
			})
		})
	}
}

func TestRetryEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got record
		driver := &runtest.Driver{OnPush: busyUntil(2)}
		run.Run(t.Context(), run.Options{Selection: parents{"a": nil}.selection(t), Driver: driver, Retries: 2, Push: true, Sink: &got})
		got.equal(t, "started a", "a:building", "a:step 1/1 FROM debian:trixie", `a:output "building a\n"`, "a:built",
			"a:pushing", "a:retrying 2/3", "a:pushing", "a:pushed", "finished false")
	})
}

func TestCancelDuringPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		driver := &runtest.Driver{OnBuild: busyUntil(1000)}
		report := run.Run(ctx, run.Options{Selection: parents{"a": nil}.selection(t), Driver: driver, Retries: 9})
		if !report.Interrupted || report.Elapsed != 100*time.Millisecond || report.Results[0].Status != image.Unprocessed {
			t.Errorf("got %+v", report)
		}
		if calls := driver.Calls(runtest.Build); len(calls) != 1 || !errors.Is(calls[0].Err, runtest.TemporaryError("busy")) {
			t.Errorf("calls: %+v", calls)
		}
	})
}
