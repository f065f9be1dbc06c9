package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/term"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/display"
	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/logfile"
	"github.com/kolla-build/kolla-build/internal/run"
	"github.com/kolla-build/kolla-build/internal/summary"
)

// build builds the selected images, and pushes them if asked to.
func build(cfg *config.Config) (err error) {
	if err := readCreds(cfg); err != nil {
		return err
	}
	if done, err := nothingToDo(cfg); done {
		return err
	}
	if err := enter(cfg); err != nil {
		return err
	}
	// To know what exists the store has to be open; otherwise templates and
	// selection are checked before it is touched.
	var tree *tree
	if !cfg.SkipExisting {
		if tree, err = loadTree(cfg, nil); err != nil {
			return err
		}
	}
	driver, err := openStore(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, driver.Close()) }()
	if err := errors.Join(driver.CheckSpace(), driver.CheckNetwork(networkOf(cfg))); err != nil {
		return err
	}
	if cfg.SkipExisting {
		if tree, err = loadTree(cfg, driver.Has); err != nil {
			return err
		}
	}
	defer tree.close()

	ctx, stop := interruptible(func() { os.RemoveAll(driver.TempDir()) })
	defer stop()
	sink, done, err := listeners(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	for _, text := range slices.Concat(cfg.Notices, warnings(cfg, tree)) {
		sink.Emit(event.Notice{Level: event.Warning, Text: text})
	}

	for _, text := range driver.Notes() {
		sink.Emit(event.Notice{Text: text})
	}
	if err := refuseRun(cfg, tree); err != nil {
		return err
	}
	if cfg.Bootstrap {
		if err := bootstrapBase(ctx, cfg, driver, tree, sink); err != nil {
			return err
		}
	}
	report, err := buildTree(ctx, cfg, driver, tree, sink)
	if err != nil {
		return err
	}
	if err := summarize(cfg, report); err != nil {
		return err
	}
	return outcome(report, cfg.AllowedToFail)
}

// refuseRun refuses what needs to run something, where nothing can be run: before any work,
// so that no tree is left half built.
func refuseRun(cfg *config.Config, tree *tree) error {
	if cfg.Bootstrap {
		if err := buildahdriver.CannotRun(tree.base.reference(), "--bootstrap, which runs "+tree.distro.Bootstrap.Tool); err != nil {
			return err
		}
	}
	for _, img := range tree.selection.Matched() {
		if err := buildahdriver.RefuseRun(img.Name, tree.dockerfile(img.Name), networkOf(cfg)); err != nil {
			return err
		}
	}
	return nil
}

// buildTree runs.
func buildTree(ctx context.Context, cfg *config.Config, driver *buildahdriver.Driver, tree *tree, sink event.Sink) (*summary.Report, error) {
	sources, err := newSources(cfg, tree, false, sink)
	if err != nil {
		return nil, err
	}
	known, err := openMemory(driver.GraphRoot())
	if err != nil {
		return nil, err
	}
	contexts := contexts{
		lister: newLister(cfg, tree, sources, known.digests),
		dir:    filepath.Join(driver.TempDir(), "contexts"),
	}
	if err := os.Mkdir(contexts.dir, 0o700); err != nil {
		return nil, fmt.Errorf("failed to make the folder for build contexts: %w", err)
	}
	if cfg.WorkDir != "" {
		if err := os.MkdirAll(cfg.WorkDir, 0o755&^userUmask); err != nil { //nolint:gosec // as any program makes folders
			return nil, fmt.Errorf("failed to make the folder for the rendered templates: %w\nsee what --work-dir names", err)
		}
		if contexts.workDir, err = tree.write(cfg.WorkDir); err != nil {
			return nil, err
		}
	}
	fetching, cancel := context.WithCancel(ctx)
	sources.Start(fetching)
	defer func() {
		cancel()
		sources.Wait()
	}()
	var secrets []string
	for _, secret := range cfg.Secrets {
		secrets = append(secrets, secret.String())
	}
	report := run.Run(ctx, run.Options{
		Selection: tree.selection,
		Driver: &adapter{
			engine:   driver,
			contexts: contexts,
			history:  known.history,
			secrets:  secrets,
			pull:     cfg.Pull,
			network:  networkOf(cfg),
			limits:   buildahdriver.StepLimits{Timeout: cfg.StepTimeout, Silence: cfg.StepSilence},
			cache:    cfg.Cache,
			former:   sync.OnceValues(func() (catalogue, error) { return driver.Catalogue() }),
		},
		Threads:     cfg.Threads,
		PushThreads: cfg.PushThreads,
		Retries:     cfg.Retries,
		Push:        cfg.Push,
		Sink:        sink,
		Expected:    known.expected,
	})
	known.keep()
	return report, nil
}

// summarize tells what has become of the images: people on standard error,
// programs on standard output or in a file.
func summarize(cfg *config.Config, report *summary.Report) (err error) {
	if !cfg.Summary {
		return nil
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("failed to write the summary: %w", err)
		}
	}()
	if !cfg.Quiet {
		var logPath func(string) string
		if cfg.LogsDir != "" {
			logPath = func(image string) string { return logfile.Path(cfg.LogsDir, image) }
		}
		if err := summary.Text(os.Stderr, report, logPath); err != nil {
			return err
		}
	}
	if cfg.SummaryJSONFile == "" {
		if cfg.Origin("format") == config.OriginDefault || cfg.Format != "json" {
			return nil
		}
		return summary.JSON(os.Stdout, report, "")
	}
	file, err := os.OpenFile(cfg.SummaryJSONFile, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666&^userUmask) //nolint:gosec // as os.Create
	if err != nil {
		return fmt.Errorf("%w\nsee --summary-json-file", err)
	}
	return errors.Join(summary.JSON(file, report, "    "), file.Close())
}

// listeners returns what the run tells its events to: a display on standard
// error, and log files if asked for.
func listeners(cfg *config.Config) (_ event.Sink, done func() error, err error) {
	screen := talk(cfg)
	if cfg.LogsDir == "" {
		return event.Fan(screen), func() error { return nil }, nil
	}
	logs, err := logfile.New(cfg.LogsDir, userUmask, screen)
	if err != nil {
		return nil, nil, err
	}
	return event.Fan(logs, screen), logs.Close, nil
}

// talk returns the display for people, on standard error.
func talk(cfg *config.Config) event.Sink {
	options := display.Options{Color: wantsColor(os.Stderr), Debug: cfg.Debug}
	if cfg.Quiet {
		return display.NewQuiet(os.Stderr, options)
	}
	return display.NewPlain(os.Stderr, options)
}

// wantsColor follows https://no-color.org.
func wantsColor(file *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(file.Fd()))
}
