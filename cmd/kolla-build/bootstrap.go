package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
)

// bootstrapImage is the name under which events tell of the base image.
const bootstrapImage = "bootstrap"

// bootstrapInputs describes the base image that is to be made.
func bootstrapInputs(cfg *config.Config, tree *tree) (buildahdriver.Bootstrap, error) {
	how := tree.distro.Bootstrap
	release, ok := how.Releases[tree.base.tag]
	if !ok {
		return buildahdriver.Bootstrap{}, fmt.Errorf("failed to bootstrap %s: nothing is known of its release %q\nchoose another with --base-tag, or leave out --bootstrap to pull the base image", tree.distro.Name, tree.base.tag)
	}
	keyring := how.Keyring
	if cfg.BootstrapKeyring != "" {
		var err error
		if keyring, err = filepath.Abs(cfg.BootstrapKeyring); err != nil {
			return buildahdriver.Bootstrap{}, err
		}
	}
	return buildahdriver.Bootstrap{
		Name:        tree.base.reference(),
		Tool:        how.Tool,
		Release:     release,
		Components:  how.Components,
		Packages:    how.Packages,
		Mirror:      cfg.BootstrapMirror,
		Keyring:     keyring,
		SourcesFile: how.SourcesFiles[release],
		SignedBy:    how.SignedBy,
	}, nil
}

// bootstrap makes the base image of the tree, unless the store has it.
func bootstrap(ctx context.Context, cfg *config.Config, driver *buildahdriver.Driver, tree *tree, sink event.Sink) error {
	base, err := bootstrapInputs(cfg, tree)
	if err != nil {
		return err
	}
	if driver.Bootstrapped(base) {
		return nil
	}
	state := event.ImageState{Image: bootstrapImage, Reference: base.Name, Attempt: 1}
	sink.Emit(event.Notice{Text: fmt.Sprintf("bootstrapping the base image %s %s with %s", tree.distro.Name, base.Release, base.Tool)})
	state.State = image.Building
	sink.Emit(state)
	begun := time.Now()
	built, err := driver.Bootstrap(ctx, base, outputOf(bootstrapImage, sink))
	state.Elapsed = time.Since(begun)
	if err != nil {
		if ctx.Err() != nil {
			sink.Emit(event.Notice{Image: bootstrapImage, Text: "interrupted"})
			return errInterrupted
		}
		state.State, state.Err = image.Error, withRemedy(err)
		sink.Emit(state)
		return errImagesFailed
	}
	state.State, state.Digest = image.Built, built.Digest
	sink.Emit(state)
	return nil
}

// outputOf is a writer whose bytes become events.
func outputOf(name string, sink event.Sink) writerFunc {
	return func(p []byte) (int, error) {
		sink.Emit(event.Output{Image: name, Data: p})
		return len(p), nil
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
