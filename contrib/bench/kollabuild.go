package main

import (
	"context"
	"path/filepath"
	"strconv"
)

// kollaBuild is the program that all this is about.
type kollaBuild struct{ program string }

func (kollaBuild) name() string    { return "kolla-build" }
func (kollaBuild) missing() string { return "" }
func (kollaBuild) remembers() bool { return true }

// options are those of all its runs. Nobody's configuration is read.
func (k kollaBuild) options(p place) []string {
	return []string{
		"--config-file", "/dev/null", "--root", p.store(), "--runroot", p.runRoot(),
		"--base", "debian", "--namespace", "bench", "--tag", "1", "--nopull", "--threads", strconv.Itoa(p.jobs),
	}
}

func (k kollaBuild) prepare(ctx context.Context, p place) error {
	dir, err := p.baseContext()
	if err != nil {
		return err
	}
	return p.command(ctx, k.program, append(k.options(p), "--docker-dir", filepath.Dir(dir))...)
}

func (k kollaBuild) build(ctx context.Context, p place) error { return k.run(ctx, p) }

func (k kollaBuild) push() func(context.Context, place) error {
	return func(ctx context.Context, p place) error {
		return k.run(ctx, p, "--push", "--push-threads", strconv.Itoa(p.jobs), "--tls-verify=false")
	}
}

func (k kollaBuild) run(ctx context.Context, p place, more ...string) error {
	args := append(k.options(p), "--registry", p.registry, "--docker-dir", p.tree.dir)
	return p.command(ctx, k.program, append(args, more...)...)
}
