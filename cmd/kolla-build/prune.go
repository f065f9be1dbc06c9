package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/docker/go-units"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/history"
	"github.com/kolla-build/kolla-build/internal/source"
)

// pruneCommand removes what no name and no plan needs: see docs/prune.md.
func pruneCommand(args []string, stdout io.Writer) error {
	own, rest, err := config.LookupCommand("prune").Cut(args)
	if err != nil {
		return err
	}
	limit, err := storageLimit(own["keep-storage"])
	if err != nil {
		return err
	}
	cfg, err := parseRun(rest, stdout)
	if err != nil || cfg == nil {
		return err
	}
	warn(cfg, cfg.Notices)
	if err := buildahdriver.EnterUserNamespace(buildahdriver.IDs(cfg.IDs)); err != nil {
		return err
	}
	ctx, stop := interruptible(func() {})
	defer stop()
	p := pruner{cfg: cfg, all: own["all"] != "", limit: limit, dryRun: own["dry-run"] != ""}
	err = p.prune(ctx)
	if ctx.Err() != nil {
		err = errInterrupted
	}
	if !p.begun {
		return err
	}
	// What is gone is told, even if something else could not be removed.
	return errors.Join(p.report.write(stdout, own["format"]), err)
}

// storageLimit reads a size as docker does: the units are powers of 1024, and 20GB,
// 20g and 20GiB are the same.
func storageLimit(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	limit, err := units.RAMInBytes(text)
	if err != nil || limit < 1 {
		return 0, usageError(fmt.Sprintf("--keep-storage %s is no size", text), "a number with a unit, such as 20GB or 500MB")
	}
	return limit, nil
}

// pruner is one call of the command.
type pruner struct {
	cfg    *config.Config
	all    bool
	limit  int64
	dryRun bool
	begun  bool // something may be gone

	fetcher *source.Fetcher
	memory  memory
	needs   needs
	report  pruneReport
}

func (p *pruner) prune(ctx context.Context) (err error) {
	if p.fetcher, err = newFetcher(p.cfg, source.Options{Offline: true}); err != nil {
		return err
	}
	options := storeOptions(p.cfg)
	done, err := buildahdriver.Prune(ctx, options, buildahdriver.PruneOptions{
		Limit:   p.limit,
		Named:   p.all,
		DryRun:  p.dryRun,
		Needed:  func(id string, _ []string) bool { return p.needs.images[id] },
		LastUse: p.lastUse,
		OnWait:  func() { p.say("waiting until nobody builds in the store") },
		OnLock:  func() error { return p.look(ctx) },
	})
	p.report.DryRun = p.dryRun
	if done != nil {
		p.begun = true
		p.report.addImages(done)
	}
	if err != nil {
		return withRemedy(err)
	}
	if err := p.sources(ctx); err != nil {
		return err
	}
	if err := p.records(); err != nil {
		return err
	}
	p.sumUp()
	return nil
}

// look makes the plan, and opens the memory of the store.
func (p *pruner) look(ctx context.Context) error {
	catalogue, err := buildahdriver.Look(storeOptions(p.cfg))
	if err != nil {
		return err
	}
	if p.memory, err = openMemory(catalogue.Root()); err != nil {
		return err
	}
	p.needs, err = findNeeds(ctx, p.cfg, catalogue, p.fetcher)
	return err
}

// lastUse is told by the record that an image was built by. Images of localhost are
// referred to with and without it.
func (p *pruner) lastUse(id string, names []string) (last time.Time) {
	for _, name := range names {
		for _, reference := range []string{name, strings.TrimPrefix(name, "localhost/")} {
			if used := p.memory.history.LastUse(reference, id); used.After(last) {
				last = used
			}
		}
	}
	return last
}

// sources removes from the cache what no section of the configuration names.
func (p *pruner) sources(ctx context.Context) error {
	var specs []source.Spec
	for section, s := range p.cfg.Sources {
		if used(s) {
			specs = append(specs, spec(p.cfg, section, s))
		}
	}
	removed, err := p.fetcher.Prune(ctx, specs, p.dryRun)
	if errors.Is(err, source.ErrInUse) {
		p.say("sources stay: " + err.Error())
		return nil
	}
	for _, r := range removed {
		p.report.add(pruned{Kind: "source", ID: filepath.Base(r.Path), Name: cmp.Or(r.Where, r.Path), Size: r.Size})
	}
	return err
}

// records removes what is remembered of images that are gone, and of files.
func (p *pruner) records() error {
	catalogue, err := buildahdriver.Look(storeOptions(p.cfg))
	if err != nil {
		return err
	}
	dir, err := cacheFolder("plan")
	if err != nil {
		return err
	}
	count, size := p.memory.history.Prune(func(reference, _ string) bool {
		_, there := catalogue.Image(reference)
		return there || p.needs.references[reference]
	}, p.dryRun)
	others, more := history.PruneStores(filepath.Join(dir, historyFolder), p.dryRun)
	if count += others; count > 0 {
		p.report.add(pruned{Kind: "record", Name: fmt.Sprintf("builds of images: %d", count), Size: size + more})
	}
	if gone := p.memory.digests.Prune(p.dryRun); gone > 0 {
		p.report.add(pruned{Kind: "record", Name: fmt.Sprintf("digests of files: %d", gone)})
	}
	return p.memory.digests.Save()
}

// sumUp tells people how much it was.
func (p *pruner) sumUp() {
	verb := "freed"
	if p.dryRun {
		verb = "would free"
	}
	p.say(fmt.Sprintf("%s %s; the store holds %s", verb, units.BytesSize(float64(p.report.Freed)), units.BytesSize(float64(p.report.StoreSize))))
}

func (p *pruner) say(text string) {
	if !p.cfg.Quiet {
		fmt.Fprintln(os.Stderr, text)
	}
}
