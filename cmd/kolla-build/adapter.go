package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/history"
	"github.com/kolla-build/kolla-build/internal/plan"
	"github.com/kolla-build/kolla-build/internal/run"
)

// engine is what a run needs of a driver.
type engine interface {
	Has(name string) bool
	BaseID(ctx context.Context, from string, newer bool, output io.Writer) (string, error)
	Find(name, key, value string) (*buildahdriver.Image, bool)
	Rename(ctx context.Context, id, name string) (*buildahdriver.Image, error)
	Build(ctx context.Context, options buildahdriver.BuildOptions) (*buildahdriver.Image, error)
	Push(ctx context.Context, reference string, output io.Writer) (string, error)
}

// adapter lets a run work with a driver. It builds what has changed.
type adapter struct {
	engine   engine
	contexts contexts
	history  *history.History
	secrets  []string // as buildah takes them
	pull     bool     // base images, if there are newer ones
	network  buildahdriver.Network
	limits   buildahdriver.StepLimits
	cache    bool // take unchanged images from the store

	// former shows what the store held when it was first needed: images that have lost
	// their names. What this run builds has its name.
	former func() (catalogue, error)
}

// inputLabel holds, on an image, the digest of what it was made from.
const inputLabel = "org.kolla-build.input"

// Build implements run.Driver.
func (a *adapter) Build(ctx context.Context, job run.Job) (run.Built, error) {
	inputs, err := a.contexts.planned(ctx, job.Name)
	if err != nil {
		return run.Built{}, err
	}
	base := ""
	if inputs.Unknowable == "" {
		if base, err = a.base(ctx, job); err != nil {
			return run.Built{}, err
		}
	}
	if inputs = inputs.On(job.From, base); a.cache && inputs.Unknowable == "" {
		if there, found := a.unchanged(ctx, job.Reference, inputs); found {
			built := run.Built{ID: there.ID, Digest: there.Digest, Size: there.Size, Unchanged: true}
			return built, a.contexts.show(ctx, job)
		}
	}
	return a.build(ctx, job, base)
}

// base returns the id of the image that an image stands on.
func (a *adapter) base(ctx context.Context, job run.Job) (string, error) {
	needs, err := buildahdriver.Examine(a.contexts.images[job.Name].Dockerfile, a.contexts.args)
	if err != nil {
		return "", err
	}
	id, err := a.engine.BaseID(ctx, needs.From, a.pull && job.Root, job.Output)
	if err != nil && !job.Root && !a.engine.Has(job.From) {
		err = fmt.Errorf("%w\nits parent was skipped and is not in the store: build it too, or push it to its registry", err)
	}
	return id, withRemedy(err)
}

// unchanged returns the image that was made of the same inputs, if there is one. Should
// it have lost its name, to a later build maybe, it gets it again.
func (a *adapter) unchanged(ctx context.Context, reference string, inputs plan.Inputs) (*buildahdriver.Image, bool) {
	digest := inputs.Digest()
	there, found := a.engine.Find(reference, inputLabel, digest)
	if !found {
		there, found = a.rename(ctx, reference, digest)
	}
	if !found {
		return nil, false
	}
	a.history.Used(reference)
	if last, remembered := a.history.Last(reference); !remembered || last.ID != there.ID {
		a.remember(reference, plan.Record{ID: there.ID, Digest: digest, Seconds: last.Seconds, Inputs: inputs})
	}
	return there, true
}

// rename gives an image its name again.
func (a *adapter) rename(ctx context.Context, reference, digest string) (*buildahdriver.Image, bool) {
	store, err := a.former()
	if err != nil {
		return nil, false // then it is built again
	}
	id, found := store.Former(reference, inputLabel, digest)
	if !found {
		return nil, false
	}
	image, err := a.engine.Rename(ctx, id, reference)
	return image, err == nil // it may be gone by now
}

// build builds an image on the base with an id, which is empty if that is not known.
func (a *adapter) build(ctx context.Context, job run.Job, base string) (run.Built, error) {
	dir, done, err := a.contexts.lay(ctx, job)
	defer done()
	if err != nil {
		return run.Built{}, err
	}
	inputs, err := a.contexts.laid(ctx, job.Name, dir)
	if err != nil {
		return run.Built{}, err
	}
	inputs = inputs.On(job.From, base)
	begun := time.Now()
	built, err := a.engine.Build(ctx, buildahdriver.BuildOptions{
		Name:       job.Reference,
		ContextDir: dir,
		Args:       a.contexts.args,
		Labels:     a.labels(job.Name, inputs),
		Secrets:    a.secrets,
		PullNewer:  a.pull && job.Root,
		Network:    a.network,
		Limits:     a.limits,
		Output:     job.Output,
		OnStep:     job.OnStep,
	})
	var step *buildahdriver.StepError
	if errors.As(err, &step) {
		// The context may be gone when the user reads this; the template is not.
		step.Dockerfile = path.Join(job.ContextDir, dockerfileName)
	}
	if err != nil {
		return run.Built{}, withRemedy(err)
	}
	a.remember(job.Reference, plan.Record{ID: built.ID, Digest: inputs.Digest(), Seconds: time.Since(begun).Seconds(), Inputs: inputs})
	return run.Built{ID: built.ID, Digest: built.Digest, Size: built.Size}, nil
}

// labels are all that an image gets beside those of its Dockerfile.
func (a *adapter) labels(image string, inputs plan.Inputs) map[string]string {
	all := map[string]string{inputLabel: inputs.Digest()}
	maps.Copy(all, a.contexts.labels.of(image))
	maps.Copy(all, a.contexts.labels.dates)
	return all
}

// remember keeps a record. A build is no worse for want of one.
func (a *adapter) remember(reference string, record plan.Record) {
	if err := a.history.Keep(reference, record); err != nil {
		logrus.Debug(err)
	}
}

// Push implements run.Driver.
func (a *adapter) Push(ctx context.Context, job run.Job, _ run.Built) (string, error) {
	digest, err := a.engine.Push(ctx, job.Reference, job.Output)
	return digest, withRemedy(err)
}
