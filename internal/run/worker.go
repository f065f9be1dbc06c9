package run

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
)

// outcome is what a worker has to say when it is done.
type outcome struct {
	node     *node
	push     bool
	built    Built
	digest   string
	attempts int
	elapsed  time.Duration
	err      error
	crash    error // the driver did not return
	returned bool
}

// build is the worker that builds n.
func (s *scheduler) build(ctx context.Context, n *node) {
	o := outcome{node: n}
	defer s.deliver(&o)
	started := time.Now()
	o.attempts, o.err = retry(ctx, s.sink, n.img.Name, s.attempts, func(attempt int) (err error) {
		s.begin(n.img, image.Building, attempt)
		o.built, err = s.driver.Build(ctx, s.job(n.img))
		return err
	})
	o.elapsed = time.Since(started)
	o.returned = true
}

// push is the worker that pushes n.
func (s *scheduler) push(ctx context.Context, n *node, built Built) {
	o := outcome{node: n, push: true}
	defer s.deliver(&o)
	started := time.Now()
	o.attempts, o.err = retry(ctx, s.sink, n.img.Name, s.attempts, func(attempt int) (err error) {
		s.begin(n.img, image.Pushing, attempt)
		o.digest, err = s.driver.Push(ctx, s.job(n.img), built)
		return err
	})
	o.elapsed = time.Since(started)
	o.returned = true
}

// deliver is deferred by a worker. A panic in the driver is carried over to
// the goroutine of Run, whose callers can still clean up; here it would end
// the process on the spot.
func (s *scheduler) deliver(o *outcome) {
	if !o.returned {
		o.crash = fmt.Errorf("driver ended its goroutine on image %q", o.node.img.Name)
		if v := recover(); v != nil {
			o.crash = fmt.Errorf("driver panicked on image %q: %v\n\n%s", o.node.img.Name, v, debug.Stack())
		}
	}
	s.done <- *o
}

// begin emits that an attempt begins.
func (s *scheduler) begin(img *image.Image, state image.Status, attempt int) {
	s.sink.Emit(event.ImageState{Image: img.Name, Reference: img.Reference, State: state, Attempt: attempt})
}

// job makes the order for the driver, whose words become events.
func (s *scheduler) job(img *image.Image) Job {
	return Job{
		Name:       img.Name,
		Reference:  img.Reference,
		ContextDir: img.ContextDir,
		Dockerfile: filepath.Join(img.ContextDir, dockerfile),
		From:       img.From,
		Root:       img.Parent == nil,
		Output:     output{s.sink, img.Name},
		OnStep: func(index, total int, text string) {
			s.sink.Emit(event.Step{Image: img.Name, Index: index, Total: total, Text: text})
		},
	}
}

// output makes events of what is written to it.
type output struct {
	sink  event.Sink
	image string
}

func (o output) Write(p []byte) (int, error) {
	o.sink.Emit(event.Output{Image: o.image, Data: p})
	return len(p), nil
}
