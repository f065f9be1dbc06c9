package summary

import (
	"slices"
	"time"

	"github.com/kolla-build/kolla-build/internal/image"
)

// Report is what has become of every image of a tree.
type Report struct {
	Results     []Result // sorted by name
	Elapsed     time.Duration
	Push        bool // images were to be pushed
	Interrupted bool // the run was cancelled before it was done
}

// Result is what has become of one image.
type Result struct {
	Name      string
	Reference string

	// Status is the last one that the image has reached. An image that was
	// being built when the run was cancelled is Unprocessed, like those that
	// never began; one that was being pushed is Built, and not Pushed.
	Status image.Status
	Pushed bool

	// Reason says why an image is unbuildable, Err why it failed.
	Reason string
	Err    error

	ID     string
	Digest string // as pushed, else as built
	Size   int64

	Unchanged bool // it was there, made of the same inputs

	Started  time.Time     // of the first attempt
	Elapsed  time.Duration // of all attempts to build, pauses between them included
	Attempts int           // to build
}

// With returns the results that have one of the given statuses.
func (r *Report) With(statuses ...image.Status) []Result {
	return r.filter(func(s image.Status) bool { return slices.Contains(statuses, s) })
}

// Failed returns the images that failed to build or push, and those that could
// not be built because of them.
func (r *Report) Failed() []Result { return r.filter(image.Status.Failed) }

// Unpushed returns the images that are built, and were to be pushed, but are
// not: an interruption came first.
func (r *Report) Unpushed() []Result {
	if !r.Push {
		return nil
	}
	return slices.DeleteFunc(r.With(image.Built), func(result Result) bool { return result.Pushed })
}

func (r *Report) filter(keep func(image.Status) bool) []Result {
	var kept []Result
	for _, result := range r.Results {
		if keep(result.Status) {
			kept = append(kept, result)
		}
	}
	return kept
}
