package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"time"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/exit"
)

// What an interrupted run may take. Everything has ended after five seconds.
const (
	// killAfter is when processes that do not obey the context are killed.
	killAfter = 2 * time.Second
	// exitAfter is when the program exits, whatever still goes on.
	exitAfter = 4500 * time.Millisecond
	// bounce is how soon a second signal counts as an echo of the first: a
	// terminal's Ctrl-C reaches us directly and through the process that waits
	// for us outside the user namespace.
	bounce = 500 * time.Millisecond
)

// prepared is true while [interruptible] sees to signals.
var prepared atomic.Bool

// exitOnSignals makes the program exit as interrupted, on the signals of
// [buildahdriver.Interruptions], for as long as nobody else sees to them: not before there
// is something that has to be ended in order, and not once another process does the work.
func exitOnSignals() {
	signals := make(chan os.Signal, 4)
	notify(signals)
	go func() {
		for range signals {
			if !prepared.Load() && !buildahdriver.Delegated() {
				os.Exit(exit.Interrupted)
			}
		}
	}()
}

// notify asks for the signals that end a run; there may be none.
func notify(signals chan<- os.Signal) {
	if wanted := buildahdriver.Interruptions(); len(wanted) > 0 {
		signal.Notify(signals, wanted...)
	}
}

// interruptible returns a context that ends with errInterrupted on SIGINT,
// SIGTERM or SIGHUP, unless the caller ignores them, as nohup does. After that the run
// has a few seconds to end; then, or on a second signal, cleanup is called and the program
// exits. To be called at the end of the run, stop leaves no process behind.
func interruptible(cleanup func()) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 4)
	notify(signals)
	prepared.Store(true)
	done := make(chan struct{})
	go func() {
		select {
		case <-done:
			return
		case <-signals:
		}
		cancel(errInterrupted)
		begun := time.Now()
		kill, deadline := time.After(killAfter), time.After(exitAfter)
		for {
			select {
			case <-done:
				return
			case <-kill:
				buildahdriver.KillDescendants()
				continue
			case <-signals:
				if time.Since(begun) < bounce {
					continue
				}
			case <-deadline:
			}
			buildahdriver.KillDescendants()
			cleanup()
			os.Exit(exit.Interrupted)
		}
	}()
	return ctx, func() {
		prepared.Store(false)
		signal.Stop(signals)
		close(done)
		cancel(nil)
		// Buildah's isolations have no pid namespace: what a RUN instruction has
		// put in the background would outlive us.
		buildahdriver.KillDescendants()
	}
}
