// Package run builds a selection of images and pushes them: each as soon as
// what it needs is there, as many at once as allowed, the most urgent first.
// How an image is built and pushed is the driver's business; what happens is
// told as events.
package run

import (
	"context"
	"io"
)

// Driver builds and pushes images. Its methods are called for different images
// at the same time. They end soon after ctx is cancelled, and leave nothing
// behind.
//
// An error that may heal by itself, such as a registry that is busy, says so
// with a method Temporary() bool that returns true. Of a chain of errors, the
// outermost one that has such a method decides. The call is then repeated, and
// has to start from scratch. No other error is tried again.
type Driver interface {
	// Build builds an image, and names it job.Reference once it is complete.
	Build(ctx context.Context, job Job) (Built, error)

	// Push pushes what Build has made of the same job, and returns the digest
	// of the manifest as the registry has it.
	Push(ctx context.Context, job Job, built Built) (digest string, err error)
}

// Job is what a driver has to do for one image.
type Job struct {
	Name       string
	Reference  string
	ContextDir string
	Dockerfile string // path of the rendered Dockerfile, in ContextDir

	// From is what the last stage starts from, as the Dockerfile has it. It
	// is built by now, unless Root says that it comes from elsewhere.
	From string
	Root bool

	// Output takes what the steps print.
	Output io.Writer

	// OnStep is to be called when an instruction begins. The first has index 1.
	OnStep func(index, total int, text string)
}

// Built is an image that has been built.
type Built struct {
	ID     string
	Digest string // of the manifest
	Size   int64  // bytes

	// Unchanged tells that the image was there, made of the same inputs.
	Unchanged bool
}

// dockerfile is the name of a rendered Dockerfile in its context.
const dockerfile = "Dockerfile"
