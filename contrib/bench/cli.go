package main

import (
	"context"
	"os"
	"path/filepath"
)

// cli is buildah or podman, which take the same options here: one process for every
// image, without root.
type cli struct {
	program string
	layers  bool // keep a layer for each instruction, and with it a cache
}

func (c cli) name() string {
	if c.program == "buildah" && c.layers {
		return "buildah-layers"
	}
	return c.program
}

func (c cli) missing() string { return lookFor(c.program) }
func (c cli) remembers() bool { return c.layers }

// isolation needs neither a runtime nor cgroups, which not all machines give to users.
const isolation = "chroot"

func (c cli) global(p place) []string {
	args := []string{"--root", p.store(), "--runroot", p.runRoot(), "--storage-driver", "overlay"}
	if c.program == "podman" {
		args = append(args, "--cgroup-manager", "cgroupfs", "--events-backend", "file")
	}
	return args
}

func (c cli) bud(ctx context.Context, p place, reference, dir string) error {
	args := append(c.global(p), "build", "--isolation", isolation, "--pull=false", "--signature-policy", policy(p), "--network", "host")
	if c.layers {
		args = append(args, "--layers")
	} else {
		args = append(args, "--layers=false")
	}
	return p.command(ctx, c.program, append(args, "--tag", reference, dir)...)
}

// prepare brings the signature policy too, which the machine may not have.
func (c cli) prepare(ctx context.Context, p place) error {
	if err := os.WriteFile(policy(p), []byte(`{"default": [{"type": "insecureAcceptAnything"}]}`), 0o600); err != nil {
		return err
	}
	dir, err := p.baseContext()
	if err != nil {
		return err
	}
	return c.bud(ctx, p, baseReference, dir)
}

func policy(p place) string { return filepath.Join(p.dir, "policy.json") }

func (c cli) build(ctx context.Context, p place) error {
	return p.parentsFirst(ctx, func(ctx context.Context, image treeImage) error {
		return c.bud(ctx, p, image.reference, filepath.Join(p.tree.dir, image.name))
	})
}

func (c cli) push() func(context.Context, place) error {
	return func(ctx context.Context, p place) error {
		return p.parentsFirst(ctx, func(ctx context.Context, image treeImage) error {
			args := append(c.global(p), "push", "--tls-verify=false", "--signature-policy", policy(p), image.reference)
			return p.command(ctx, c.program, args...)
		})
	}
}
