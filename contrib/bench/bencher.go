package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The cases, in the order in which they follow one another.
const (
	caseCold   = "cold"   // nothing but the base image is there
	caseSame   = "same"   // nothing has changed
	caseLeaf   = "leaf"   // a file of one image that no other stands on
	caseMiddle = "middle" // a file of a service's base, and so it and its leaves
	casePush   = "push"   // to an empty registry
	caseAgain  = "again"  // the same, once more
)

func caseNames() []string {
	return []string{caseCold, caseSame, caseLeaf, caseMiddle, casePush, caseAgain}
}

// bencher runs all tools on all trees.
type bencher struct {
	settings
	rootfs  string
	mirror  *mirror // nil unless real packages are installed
	results []result
	count   int // of runs, for names that are new
}

// result is what one case has cost.
type result struct {
	tool   string
	images int
	name   string // of the case
	cost
	registry float64 // CPU seconds of the registry
	disk     float64 // megabytes that the images take, after a cold run
}

func newBencher(ctx context.Context, s settings) (*bencher, error) {
	b := &bencher{settings: s}
	// Podman takes no folder for its state with a path of more than 50 characters.
	dir, err := os.MkdirTemp(s.dir, "bench-")
	if err != nil {
		return nil, err
	}
	b.dir = dir
	if s.packages != "" {
		if b.mirror, err = startMirror(s.packages, filepath.Join(dir, "mirror")); err != nil {
			return nil, err
		}
		b.rootfs = filepath.Join(dir, "rootfs.tar")
		return b, b.mirror.bootstrap(ctx, b.rootfs)
	}
	if b.rootfs = s.rootfs; b.rootfs == "" {
		b.rootfs = filepath.Join(dir, "rootfs.tar")
		return b, writeBusybox(b.rootfs)
	}
	b.rootfs, err = filepath.Abs(b.rootfs)
	return b, err
}

// close removes what the runs have left, of which much belongs to subordinate ids.
func (b *bencher) close() error {
	if b.mirror != nil {
		if err := b.mirror.close(); err != nil {
			return err
		}
	}
	out, err := exec.Command(b.program, "unshare", "rm", "-rf", b.dir).CombinedOutput()
	if err != nil {
		return fmt.Errorf("failed to remove %s: %w\n%s", b.dir, err, out)
	}
	return nil
}

// all runs everything. Tools take turns, so that what the machine does beside hits all
// of them.
func (b *bencher) all(ctx context.Context) error {
	var chosen []tool
	for _, t := range allTools(b.settings) {
		if len(b.tools) > 0 && !slices.Contains(b.tools, t.name()) {
			continue
		}
		if why := t.missing(); why != "" {
			fmt.Fprintf(os.Stderr, "bench: without %s: %s\n", t.name(), why)
			continue
		}
		chosen = append(chosen, t)
	}
	for _, size := range b.sizes {
		for range b.runs {
			for _, t := range chosen {
				err := b.run(ctx, t, size)
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if err != nil {
					// The others' figures are worth no less.
					fmt.Fprintf(os.Stderr, "bench: %s with %d images: %v\n", t.name(), size, err)
				}
			}
		}
	}
	return nil
}

// run takes one tool through all cases, in folders of its own.
func (b *bencher) run(ctx context.Context, t tool, size int) (err error) {
	b.count++
	p := place{dir: filepath.Join(b.dir, strconv.Itoa(b.count)), rootfs: b.rootfs, jobs: b.jobs}
	if b.verbose {
		p.output = os.Stderr
	}
	if err := os.Mkdir(p.dir, 0o755); err != nil {
		return err
	}
	registry, err := startRegistry(filepath.Join(p.dir, "registry"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, registry.stop()) }()
	p.registry = registry.address
	more := writesMore
	if b.mirror != nil {
		more = installs
	}
	if p.tree, err = writeTree(filepath.Join(p.dir, "tree"), size, registry.address+"/bench/debian-binary-", more); err != nil {
		return err
	}
	if err := t.prepare(ctx, p); err != nil {
		return fmt.Errorf("failed to prepare: %w", err)
	}
	empty, err := b.diskUsage(p)
	if err != nil {
		return err
	}
	for _, name := range b.cases {
		work, err := b.work(t, p, name)
		if err != nil {
			return err
		}
		if work == nil {
			continue
		}
		before := registry.cpu()
		spent, err := measure(registry.pid(), func() error { return work(ctx, p) })
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r := result{tool: t.name(), images: size, name: name, cost: spent, registry: registry.cpu() - before}
		if name == caseCold {
			full, err := b.diskUsage(p)
			if err != nil {
				return err
			}
			r.disk = full - empty
		}
		b.results = append(b.results, r)
		fmt.Fprintf(os.Stderr, "bench: %-16s %4d %-6s %7.2f CPU s %7.2f s %5.0f MB\n", r.tool, r.images, r.name, r.cpu, r.wall, r.peak)
	}
	return nil
}

// work returns what a tool does in a case, after the change that the case is about. It
// is nil if the tool cannot do it.
func (b *bencher) work(t tool, p place, name string) (func(context.Context, place) error, error) {
	switch name {
	case caseCold, caseSame:
		if name == caseSame && !t.remembers() {
			return nil, nil
		}
		return t.build, nil
	case caseLeaf, caseMiddle:
		if !t.remembers() {
			return nil, nil
		}
		return t.build, p.tree.change(name)
	case casePush, caseAgain:
		return t.push(), nil
	}
	return nil, fmt.Errorf("there is no case %q: %s", name, strings.Join(caseNames(), ", "))
}

// diskUsage returns the megabytes below a place's store.
func (b *bencher) diskUsage(p place) (float64, error) {
	if err := os.MkdirAll(p.store(), 0o755); err != nil {
		return 0, err
	}
	out, err := exec.Command(b.program, "unshare", "du", "-s", "--block-size=1024", p.store()).Output()
	if err != nil {
		return 0, fmt.Errorf("failed to measure %s: %w", p.store(), err)
	}
	number, _, _ := strings.Cut(string(out), "\t")
	kib, err := strconv.ParseFloat(number, 64)
	return kib / 1024, err
}
