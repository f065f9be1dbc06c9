package run

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
)

// scheduler decides what starts when. One goroutine, that of loop, owns all of
// its state and that of the nodes, so there is nothing to lock. Workers are
// goroutines that make one call of the driver, retries included; they read
// only what never changes, and send what came of it to done.
type scheduler struct {
	selection   *image.Selection
	driver      Driver
	sink        event.Sink
	attempts    int
	threads     int
	pushThreads int
	wantPush    bool

	nodes    []*node
	toBuild  queue // all that these need is built
	toPush   queue // these are built, and all that they need is pushed
	building int   // workers
	pushing  int   // workers
	done     chan outcome

	cancel context.CancelFunc
	crash  error // a worker has panicked
}

func newScheduler(opts Options, cancel context.CancelFunc) *scheduler {
	s := &scheduler{
		selection:   opts.Selection,
		driver:      opts.Driver,
		sink:        event.Fan(),
		attempts:    max(opts.Retries, 0) + 1,
		threads:     max(opts.Threads, 1),
		pushThreads: max(opts.PushThreads, 1),
		wantPush:    opts.Push,
		nodes:       newGraph(opts.Selection, opts.Expected),
		done:        make(chan outcome),
		cancel:      cancel,
	}
	if opts.Sink != nil {
		s.sink = event.Fan(opts.Sink)
	}
	return s
}

// loop runs until there is nothing left to do, or until ctx is cancelled and
// the workers have come back. It panics if one of them has.
func (s *scheduler) loop(ctx context.Context) {
	for _, n := range s.nodes {
		if n.needsToBuild == 0 {
			s.toBuild.push(n)
		}
	}
	for {
		if ctx.Err() == nil {
			s.startWorkers(ctx)
		}
		if s.building+s.pushing == 0 {
			break
		}
		o := <-s.done
		if o.push {
			s.pushing--
		} else {
			s.building--
		}
		switch {
		case o.crash != nil:
			s.crash = cmp.Or(s.crash, o.crash) // the first tells most
			s.cancel()
		case o.push:
			s.pushEnded(ctx, o)
		default:
			s.buildEnded(ctx, o)
		}
	}
	if s.crash != nil {
		panic(s.crash)
	}
}

// startWorkers gives every free place to the most urgent node.
func (s *scheduler) startWorkers(ctx context.Context) {
	for s.building < s.threads && s.toBuild.len() > 0 {
		n := s.toBuild.pop()
		n.result.Started = time.Now()
		s.building++
		go s.build(ctx, n)
	}
	for s.pushing < s.pushThreads && s.toPush.len() > 0 {
		n := s.toPush.pop()
		s.pushing++
		go s.push(ctx, n, n.built)
	}
}

func (s *scheduler) buildEnded(ctx context.Context, o outcome) {
	n := o.node
	n.result.Elapsed, n.result.Attempts = o.elapsed, o.attempts
	switch {
	case o.err == nil:
		n.built = o.built
		n.result.ID, n.result.Digest, n.result.Size = o.built.ID, o.built.Digest, o.built.Size
		n.result.Unchanged = o.built.Unchanged
		n.result.Status = image.Built
		s.tell(n, image.Built, o.elapsed)
		for _, user := range n.users {
			if user.needsToBuild--; user.needsToBuild == 0 {
				s.toBuild.push(user)
			}
		}
		s.queuePush(n)
	case ctx.Err() != nil:
		// Whatever it died of, it was told to: it has not failed.
	default:
		n.result.Status, n.result.Err = image.Error, o.err
		s.tell(n, image.Error, o.elapsed)
		for _, below := range n.below() {
			if below.result.Status == image.Unprocessed {
				below.result.Status, below.result.Err = image.ParentError, fmt.Errorf("%s failed", n.img.Name)
				s.tell(below, image.ParentError, 0)
			}
		}
	}
}

func (s *scheduler) pushEnded(ctx context.Context, o outcome) {
	n := o.node
	switch {
	case o.err == nil:
		n.result.Pushed = true
		n.result.Digest = o.digest
		s.tell(n, image.Pushed, o.elapsed)
	case ctx.Err() != nil:
		return
	default:
		n.result.Status, n.result.Err = image.PushError, o.err
		s.tell(n, image.PushError, o.elapsed)
	}
	for _, user := range n.users {
		user.needsToPush--
		s.queuePush(user)
	}
}

// queuePush queues n for its push if the time has come. That is so once only:
// after n's build or after the push of the last of what it needs, whichever
// is later.
func (s *scheduler) queuePush(n *node) {
	if s.wantPush && n.result.Status == image.Built && n.needsToPush == 0 {
		s.toPush.push(n)
	}
}

// tell emits that n has reached a state.
func (s *scheduler) tell(n *node, state image.Status, elapsed time.Duration) {
	s.sink.Emit(event.ImageState{
		Image:     n.img.Name,
		Reference: n.img.Reference,
		State:     state,
		Elapsed:   elapsed,
		Digest:    n.result.Digest,
		Unchanged: n.result.Unchanged,
		Err:       n.result.Err,
	})
}
