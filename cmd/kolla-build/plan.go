package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/plan"
	"github.com/kolla-build/kolla-build/internal/source"
)

// planCommand prints what a build with the same arguments would do. It builds nothing,
// and asks no registry; sources that the cache lacks are fetched.
func planCommand(args []string, stdout io.Writer) error {
	own, rest, err := config.LookupCommand("plan").Cut(args)
	if err != nil {
		return err
	}
	explain := own["explain"] != ""
	cfg, err := parseRun(rest, stdout)
	if err != nil || cfg == nil {
		return err
	}
	warn(cfg, cfg.Notices)
	ctx, stop := interruptible(func() {})
	defer stop()
	tree, made, err := makePlan(ctx, cfg)
	var badSource *source.Error
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return errInterrupted
	case errors.As(err, &badSource):
		report(os.Stderr, err)
		return errSourcesFailed
	default:
		return err
	}
	defer tree.close()
	warn(cfg, warnings(cfg, tree))
	switch own["format"] {
	case "json":
		return plan.JSON(stdout, made, explain)
	case "dot":
		return plan.Dot(stdout, made)
	}
	var dockerfile func(string) string
	if explain {
		dockerfile = tree.dockerfile
	}
	return plan.Text(stdout, made, dockerfile)
}

// makePlan makes the plan for what the configuration asks for. The caller closes the
// tree.
func makePlan(ctx context.Context, cfg *config.Config) (_ *tree, _ *plan.Plan, err error) {
	catalogue, err := buildahdriver.Look(storeOptions(cfg))
	if err != nil {
		return nil, nil, err
	}
	tree, err := loadTree(cfg, existing(cfg, catalogue))
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tree.close())
		}
	}()
	world, err := newWorld(cfg, tree, catalogue, true, talk(cfg))
	if err != nil {
		return nil, nil, err
	}
	defer world.start(ctx)()
	made, err := plan.Make(ctx, tree.selection, world, plan.Options{Anew: !cfg.Cache, Push: cfg.Push})
	world.keep()
	return tree, made, err
}
