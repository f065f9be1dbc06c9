// Package runtest has a driver that builds nothing, for tests of what stands
// above drivers.
package runtest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/kolla-build/kolla-build/internal/run"
)

// Driver is a run.Driver that builds nothing. It keeps a record of its calls,
// and does what its fields tell it. It is meant for a bubble of
// testing/synctest, in which its time passes at once.
type Driver struct {
	// BuildTime and PushTime tell how long an image takes. A call that is
	// cancelled ends at once. Nil means no time.
	BuildTime, PushTime func(name string) time.Duration

	// OnBuild and OnPush, if set, are called at the end of a call, and decide
	// its fate. The first call for an image has attempt 1.
	OnBuild, OnPush func(job run.Job, attempt int) error

	mu       sync.Mutex
	calls    []Call
	attempts map[string]int
	running  map[Kind]int
	peak     map[Kind]int
}

// Kind is one of the two kinds of calls.
type Kind string

// The kinds of calls.
const (
	Build Kind = "build"
	Push  Kind = "push"
)

// Call is a call that has ended.
type Call struct {
	Kind       Kind
	Name       string
	Start, End time.Time
	Err        error
}

// Build implements run.Driver. It reports one step, and prints one line.
func (d *Driver) Build(ctx context.Context, job run.Job) (run.Built, error) {
	err := d.call(ctx, Build, job, d.BuildTime, d.OnBuild)
	if err != nil {
		return run.Built{}, err
	}
	return run.Built{ID: "id-" + job.Name, Digest: "sha256:built-" + job.Name, Size: int64(len(job.Name))}, nil
}

// Push implements run.Driver.
func (d *Driver) Push(ctx context.Context, job run.Job, built run.Built) (string, error) {
	if built.ID != "id-"+job.Name {
		return "", fmt.Errorf("asked to push %q as %s", built.ID, job.Name)
	}
	err := d.call(ctx, Push, job, d.PushTime, d.OnPush)
	if err != nil {
		return "", err
	}
	return "sha256:pushed-" + job.Name, nil
}

// Calls returns the calls that have ended, in that order.
func (d *Driver) Calls(kind Kind) []Call {
	d.mu.Lock()
	defer d.mu.Unlock()
	var calls []Call
	for _, c := range d.calls {
		if c.Kind == kind {
			calls = append(calls, c)
		}
	}
	return calls
}

// Peak returns how many calls were going on at most at the same time.
func (d *Driver) Peak(kind Kind) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.peak[kind]
}

func (d *Driver) call(ctx context.Context, kind Kind, job run.Job, length func(string) time.Duration, then func(run.Job, int) error) error {
	c := Call{Kind: kind, Name: job.Name, Start: time.Now()}
	attempt := d.enter(kind, job.Name)
	if kind == Build {
		job.OnStep(1, 1, "FROM "+job.From)
		_, _ = fmt.Fprintf(job.Output, "building %s\n", job.Name)
	}
	if length != nil {
		c.Err = sleep(ctx, length(job.Name))
	}
	if c.Err == nil && then != nil {
		c.Err = then(job, attempt)
	}
	c.End = time.Now()
	d.leave(c)
	return c.Err
}

func (d *Driver) enter(kind Kind, name string) (attempt int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.attempts == nil {
		d.attempts, d.running, d.peak = map[string]int{}, map[Kind]int{}, map[Kind]int{}
	}
	d.running[kind]++
	d.peak[kind] = max(d.peak[kind], d.running[kind])
	d.attempts[string(kind)+name]++
	return d.attempts[string(kind)+name]
}

func (d *Driver) leave(c Call) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running[c.Kind]--
	d.calls = append(d.calls, c)
}

func sleep(ctx context.Context, length time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(length):
		return nil
	}
}

// TemporaryError is an error that may heal.
type TemporaryError string

func (e TemporaryError) Error() string { return string(e) }

// Temporary tells that a call is worth repeating.
func (TemporaryError) Temporary() bool { return true }
