package main

import (
	"errors"
	"fmt"
	"os"

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
	if err := buildahdriver.EnterUserNamespace(); err != nil {
		return err
	}
	tree, err := loadTree(cfg)
	if err != nil {
		return err
	}
	defer tree.close()

	driver, err := openStore(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, driver.Close()) }()
	ctx, stop := interruptible(func() { os.RemoveAll(driver.TempDir()) })
	defer stop()

	dir := cfg.WorkDir
	if dir == "" {
		dir = driver.TempDir()
	}
	contexts, err := tree.write(dir)
	if err != nil {
		return err
	}
	sink, done, err := listeners(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()

	if cfg.Bootstrap {
		if err := bootstrap(ctx, cfg, driver, tree, sink); err != nil {
			return err
		}
	}
	for _, pattern := range tree.selection.Idle() {
		sink.Emit(event.Notice{Level: event.Warning, Text: fmt.Sprintf("no image matches %q", pattern)})
	}
	report := run.Run(ctx, run.Options{
		Selection:   tree.selection,
		Driver:      adapter{driver: driver, contexts: contexts, args: proxies()},
		Threads:     cfg.Threads,
		PushThreads: cfg.PushThreads,
		Retries:     cfg.Retries,
		Push:        cfg.Push,
		Sink:        sink,
	})
	if err := summarize(cfg, report); err != nil {
		return err
	}
	switch {
	case report.Interrupted:
		return errInterrupted
	case len(report.Failed()) > 0:
		return errImagesFailed
	}
	return nil
}

// summarize tells what has become of the images.
func summarize(cfg *config.Config, report *summary.Report) error {
	if cfg.Quiet {
		return nil
	}
	var logPath func(string) string
	if cfg.LogsDir != "" {
		logPath = func(image string) string { return logfile.Path(cfg.LogsDir, image) }
	}
	return summary.Text(os.Stderr, report, logPath)
}

// listeners returns what the run tells its events to: a display on standard
// error, and log files if asked for.
func listeners(cfg *config.Config) (_ event.Sink, done func() error, err error) {
	var screen event.Sink = display.Quiet{}
	if !cfg.Quiet {
		screen = display.NewPlain(os.Stderr, display.Options{Color: wantsColor(os.Stderr), Debug: cfg.Debug})
	}
	if cfg.LogsDir == "" {
		return event.Fan(screen), func() error { return nil }, nil
	}
	logs, err := logfile.New(cfg.LogsDir, screen)
	if err != nil {
		return nil, nil, err
	}
	return event.Fan(logs, screen), logs.Close, nil
}

// wantsColor follows https://no-color.org.
func wantsColor(file *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(file.Fd()))
}
