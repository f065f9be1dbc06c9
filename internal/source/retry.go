package source

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/screen"
)

const (
	longestPause = 30 * time.Second

	// longestRetryAfter is how long we wait at most because a server says so.
	longestRetryAfter = 2 * time.Minute
)

// awayError means that a server cannot be reached, or is not able to serve.
type awayError struct {
	err   error
	heals bool          // another attempt may find it well
	after time.Duration // not before, if the server has said so
}

func (e *awayError) Error() string { return e.err.Error() }

// Unwrap gives the retries what they have to wait for.
func (e *awayError) Unwrap() []error {
	if e.after > 0 {
		return []error{e.err, &backoff.RetryAfterError{Duration: e.after}}
	}
	return []error{e.err}
}

// away tells whether err means that the server is not there.
func away(err error) bool {
	var a *awayError
	return errors.As(err, &a)
}

// retry makes attempts at a source until one succeeds, fails in a way that does
// not heal, or was the last.
func retry[T any](ctx context.Context, f *Fetcher, spec Spec, attempt func() (T, error)) (T, error) {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval, pauses.Multiplier = f.firstPause, longestPause, 2
	return backoff.Retry(ctx,
		func() (T, error) {
			value, err := attempt()
			var a *awayError
			if err != nil && (!errors.As(err, &a) || !a.heals) {
				err = backoff.Permanent(err)
			}
			return value, err
		},
		backoff.WithBackOff(pauses),
		backoff.WithMaxTries(uint(f.opts.Retries)+1), //nolint:gosec // nobody retries 2^63 times
		backoff.WithMaxElapsedTime(0),
		backoff.WithNotify(func(err error, pause time.Duration) {
			f.tell(event.Info, "trying %s again in %s: %v", spec.Section, screen.Duration(pause), err)
		}),
	)
}

// retryAfter reads the header Retry-After: seconds or a date (RFC 9110,
// section 10.2.3).
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	wait := time.Duration(0)
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		// Capped before it is multiplied, which might overflow.
		wait = time.Duration(min(seconds, int64(longestRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		wait = date.Sub(now)
	}
	return max(0, min(wait, longestRetryAfter))
}
