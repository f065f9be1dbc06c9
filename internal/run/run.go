package run

import (
	"context"
	"time"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/summary"
)

// Options say what to run, and how.
type Options struct {
	Selection   *image.Selection
	Driver      Driver
	Threads     int        // builds at once, at least 1
	PushThreads int        // pushes at once, at least 1; they do not count as builds
	Retries     int        // attempts beyond the first, at what may heal
	Push        bool       // push what is built
	Sink        event.Sink // may be nil; events reach it one at a time

	// Expected tells how long the build of an image is likely to take, such as it
	// took last time; 0 if that is not known. It may be nil. Only the order in which
	// builds begin depends on it.
	Expected func(*image.Image) time.Duration
}

// Run builds the selected images, and pushes them if asked to. It returns when
// all is done, or when ctx is cancelled and what was going on has ended.
//
// An image is built once all that it needs is built; if one of these fails, so
// do its descendants, and everything else goes on. An image is pushed once it
// is built and all that it needs has been pushed, or could not be: a registry
// should not hold an image before its parents, but an image is as good as
// before if its parent lacks a tag there.
//
// If the driver panics, the other calls are cancelled and waited for, so that
// they can clean up, and Run panics.
func Run(ctx context.Context, opts Options) *summary.Report {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := newScheduler(opts, cancel)
	started := time.Now()
	s.start()
	s.loop(ctx)
	return s.finish(started)
}

// start tells what will be done.
func (s *scheduler) start() {
	begin := event.RunStarted{Threads: s.threads, Push: s.wantPush}
	for _, n := range s.nodes {
		begin.Images = append(begin.Images, n.img.Name)
	}
	s.sink.Emit(begin)
}

// finish reports what was done.
func (s *scheduler) finish(started time.Time) *summary.Report {
	report := &summary.Report{Elapsed: time.Since(started), Push: s.wantPush}
	selected := map[*image.Image]*node{}
	for _, n := range s.nodes {
		selected[n.img] = n
		if n.result.Status == image.Unprocessed {
			s.tell(n, image.Unprocessed, 0)
		}
	}
	for _, img := range s.selection.Tree().Images() {
		if n := selected[img]; n != nil {
			report.Results = append(report.Results, n.result)
			continue
		}
		report.Results = append(report.Results, summary.Result{
			Name:      img.Name,
			Reference: img.Reference,
			Status:    s.selection.Status(img),
			Reason:    s.selection.Reason(img),
		})
	}
	// A run that was cancelled when there was nothing left to do is complete.
	report.Interrupted = len(report.With(image.Unprocessed)) > 0 || len(report.Unpushed()) > 0
	s.sink.Emit(event.RunFinished{Elapsed: report.Elapsed, Interrupted: report.Interrupted})
	return report
}
