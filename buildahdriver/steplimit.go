package buildahdriver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// StepLimits bound how long a RUN instruction may take. Zero is no limit.
type StepLimits struct {
	// Timeout is for the whole of it.
	Timeout time.Duration
	// Silence is how long it may print nothing.
	Silence time.Duration
}

// errStepLimit is why a step was ended by its limits.
var errStepLimit = errors.New("the step was ended")

// watch returns a context that ends when a limit is reached, and a writer through which the
// step's output has to go. The caller calls stop.
func (l StepLimits) watch(ctx context.Context, output io.Writer) (_ context.Context, _ io.Writer, stop func()) {
	if l.Timeout == 0 && l.Silence == 0 {
		return ctx, output, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	timers := []*time.Timer{}
	after := func(limit time.Duration, what, option string) *time.Timer {
		timer := time.AfterFunc(limit, func() {
			cancel(remediedError{fmt.Errorf("%w: %s %v", errStepLimit, what, limit), "if it needs longer, give it more with " + option})
		})
		timers = append(timers, timer)
		return timer
	}
	if l.Timeout > 0 {
		after(l.Timeout, "it took longer than", "--step-timeout")
	}
	if l.Silence > 0 {
		output = &heardWriter{output, after(l.Silence, "it printed nothing for", "--step-silence"), l.Silence}
	}
	return ctx, output, func() {
		for _, timer := range timers {
			timer.Stop()
		}
		cancel(nil)
	}
}

// heardWriter puts off a timer whenever something is written.
type heardWriter struct {
	io.Writer
	timer *time.Timer
	limit time.Duration
}

func (w *heardWriter) Write(p []byte) (int, error) {
	w.timer.Reset(w.limit)
	return w.Writer.Write(p)
}
