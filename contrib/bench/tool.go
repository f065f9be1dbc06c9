package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sync/errgroup"
)

// tool is a builder of images.
type tool interface {
	name() string
	// missing tells why the tool cannot be used here, or nothing.
	missing() string
	// prepare puts the base image where the tool finds it. It is not measured.
	prepare(ctx context.Context, p place) error
	// build builds the tree.
	build(ctx context.Context, p place) error
	// remembers tells whether build takes less for what has not changed.
	remembers() bool
	// push returns what pushes the tree; nil if the tool does not push.
	push() func(ctx context.Context, p place) error
}

// place is where one run of a tool happens.
type place struct {
	dir      string
	rootfs   string
	registry string
	tree     tree
	jobs     int
	output   io.Writer // of the tools; may be nil
}

// baseReference is the image that trees stand on. Its name is one that kolla-build can
// give.
const baseReference = "localhost/bench/debian-binary-rootfs:1"

func (p place) store() string   { return filepath.Join(p.dir, "store") }
func (p place) runRoot() string { return filepath.Join(p.dir, "run") }

// baseContext makes the build context of the base image.
func (p place) baseContext() (string, error) {
	dir := filepath.Join(p.dir, "base", "rootfs")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for _, name := range []string{"Dockerfile", "Dockerfile.j2"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("FROM scratch\nADD rootfs.tar /\n"), 0o644); err != nil {
			return "", err
		}
	}
	archive := filepath.Join(dir, "rootfs.tar")
	if os.Link(p.rootfs, archive) == nil {
		return dir, nil
	}
	return dir, copyFile(p.rootfs, archive) // it is on another filesystem
}

// command runs a command to its end, in a home of its own.
func (p place) command(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "HOME="+p.dir, "XDG_CACHE_HOME="+filepath.Join(p.dir, "cache"),
		"XDG_DATA_HOME="+filepath.Join(p.dir, "data"), "XDG_CONFIG_HOME="+filepath.Join(p.dir, "config"), "TMPDIR="+p.dir)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if p.output != nil {
		cmd.Stdout, cmd.Stderr = p.output, p.output
	}
	if err := cmd.Run(); err != nil {
		const most = 2000
		text := output.Bytes()
		return fmt.Errorf("%s: %w\n%s", cmd, err, text[max(0, len(text)-most):])
	}
	return nil
}

// parentsFirst calls do for every image of the tree, a few at once, each after its
// parent.
func (p place) parentsFirst(ctx context.Context, do func(context.Context, treeImage) error) error {
	done := map[string]chan struct{}{"": make(chan struct{})}
	close(done[""])
	for _, image := range p.tree.images {
		done[image.name] = make(chan struct{})
	}
	// Images come parents first, so who waits for a place never keeps one from its
	// parent.
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(p.jobs)
	for _, image := range p.tree.images {
		group.Go(func() error {
			select {
			case <-done[image.parent]:
			case <-ctx.Done():
				return ctx.Err()
			}
			if err := do(ctx, image); err != nil {
				return err
			}
			close(done[image.name])
			return nil
		})
	}
	return group.Wait()
}

// allTools returns all tools, the floor first.
func allTools(s settings) []tool {
	return []tool{
		floor{s.program, false},
		floor{s.program, true},
		kollaBuild{s.program},
		cli{program: "buildah", layers: false},
		cli{program: "buildah", layers: true},
		cli{program: "podman", layers: true},
		docker{buildkit: false},
		docker{buildkit: true},
	}
}

func toolNames() []string {
	var names []string
	for _, t := range allTools(settings{}) {
		names = append(names, t.name())
	}
	return names
}

// lookFor tells that a program is not there.
func lookFor(program string) string {
	if _, err := exec.LookPath(program); err != nil {
		return program + " is not installed"
	}
	return ""
}
