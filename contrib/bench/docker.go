package main

import (
	"context"
	"os/exec"
	"path/filepath"
)

// docker is Docker's client with the daemon of this machine, which runs as root: what
// that takes is not counted, so its figures are too low by far. It is here for the time
// that it takes.
type docker struct{ buildkit bool }

func (d docker) name() string {
	if d.buildkit {
		return "docker-buildkit"
	}
	return "docker"
}

func (d docker) missing() string {
	if why := lookFor("docker"); why != "" {
		return why
	}
	if exec.Command("docker", "info", "--format", "{{.ID}}").Run() != nil {
		return "its daemon does not answer"
	}
	return ""
}

func (docker) remembers() bool { return true }

func (d docker) bud(ctx context.Context, p place, reference, dir string) error {
	value := "DOCKER_BUILDKIT=0"
	if d.buildkit {
		value = "DOCKER_BUILDKIT=1"
	}
	return p.command(ctx, "env", value, "docker", "build", "--network", "host", "--tag", reference, dir)
}

func (d docker) prepare(ctx context.Context, p place) error {
	dir, err := p.baseContext()
	if err != nil {
		return err
	}
	return d.bud(ctx, p, baseReference, dir)
}

func (d docker) build(ctx context.Context, p place) error {
	return p.parentsFirst(ctx, func(ctx context.Context, image treeImage) error {
		return d.bud(ctx, p, image.reference, filepath.Join(p.tree.dir, image.name))
	})
}

func (docker) push() func(context.Context, place) error {
	return func(ctx context.Context, p place) error {
		return p.parentsFirst(ctx, func(ctx context.Context, image treeImage) error {
			return p.command(ctx, "docker", "push", image.reference)
		})
	}
}
