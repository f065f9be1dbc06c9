package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/bootstrap"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
)

// bootstrapImage is the name under which events tell of the base image.
const bootstrapImage = "bootstrap"

// bootstrapInputs describes the base image that is to be made.
func bootstrapInputs(cfg *config.Config, tree *tree) (bootstrap.Spec, error) {
	how := tree.distro.Bootstrap
	release, ok := how.Releases[tree.base.tag]
	if !ok {
		return bootstrap.Spec{}, fmt.Errorf("failed to bootstrap %s: nothing is known of its release %q\nchoose another with --base-tag, or leave out --bootstrap to pull the base image", tree.distro.Name, tree.base.tag)
	}
	keyring := how.Keyring
	if cfg.BootstrapKeyring != "" {
		var err error
		if keyring, err = filepath.Abs(cfg.BootstrapKeyring); err != nil {
			return bootstrap.Spec{}, err
		}
	}
	return bootstrap.Spec{
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

// bootstrapBase makes the base image of the tree, unless the store has it.
func bootstrapBase(ctx context.Context, cfg *config.Config, driver *buildahdriver.Driver, tree *tree, sink event.Sink) error {
	base, err := bootstrapInputs(cfg, tree)
	if err != nil {
		return err
	}
	if driver.Imported(base.Name, base.Digest()) {
		return nil
	}
	if err := base.Check(); err != nil {
		return err
	}
	state := event.ImageState{Image: bootstrapImage, Reference: base.Name, Attempt: 1}
	sink.Emit(event.Notice{Text: fmt.Sprintf("bootstrapping the base image %s %s with %s", tree.distro.Name, base.Release, base.Tool)})
	state.State = image.Building
	sink.Emit(state)
	begun := time.Now()
	built, err := driver.ImportRoot(ctx, buildahdriver.ImportOptions{
		Name:      base.Name,
		Inputs:    base.Digest(),
		Env:       []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
		Cmd:       []string{"/bin/sh"},
		CreatedBy: base.Tool + " " + base.Release,
	}, func(root string) error {
		return base.Install(ctx, root, driver.TempDir(), outputOf(bootstrapImage, sink), buildahdriver.RunTool)
	})
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
