package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/image"
)

// commands are what the program does besides building. A command is the first
// argument; no image has the name of one.
var commands = map[string]func(args []string, stdout io.Writer) error{
	"check":      checkCommand,
	"completion": completionCommand,
	"config":     configCommand,
	"doctor":     doctorCommand,
	"genconfig":  genconfigCommand,
	"images":     imagesCommand,
	"man":        manCommand,
	"plan":       planCommand,
	"prune":      pruneCommand,
	"unshare":    unshareCommand,
}

// dispatch does what the arguments ask for. Results go to stdout; everything else is
// talk, and goes to standard error.
func dispatch(args []string, stdout io.Writer) error {
	if len(args) > 0 {
		if command, ok := commands[args[0]]; ok {
			return command(args[1:], stdout)
		}
	}
	cfg, err := parseRun(args, stdout)
	if err != nil || cfg == nil {
		return err
	}
	switch {
	case cfg.ListImages, cfg.ListDependencies, cfg.SaveDependency != "":
		warn(cfg, cfg.Notices)
		return list(cfg, stdout)
	case cfg.TemplateOnly:
		warn(cfg, cfg.Notices)
		return templateOnly(cfg, stdout)
	}
	return build(cfg)
}

// refuse tells of options that would change what is built, and that nothing here
// heeds: to ignore them would build the wrong images.
func refuse(cfg *config.Config) error {
	var problems []config.Problem
	if cfg.Platform != "" {
		problems = append(problems, config.Problem{Text: "--platform does not work in this version", Remedy: "build on a machine of that platform"})
	}
	if len(problems) > 0 {
		return &config.Error{Problems: problems}
	}
	return nil
}

// parse returns nil without an error if the arguments asked for help or the
// version, and stdout has it.
func parse(args []string, stdout io.Writer) (*config.Config, error) {
	env, err := configEnvironment(stdout)
	if err != nil {
		return nil, err
	}
	cfg, err := config.Parse(args, env)
	if errors.Is(err, config.ErrAnswered) {
		return nil, nil
	}
	return cfg, err
}

// parseRun is parse for what depends on every option: it refuses those that this
// version cannot heed.
func parseRun(args []string, stdout io.Writer) (*config.Config, error) {
	cfg, err := parse(args, stdout)
	if err != nil || cfg == nil {
		return nil, err
	}
	return cfg, refuse(cfg)
}

// list prints the selected images, in the form asked for.
func list(cfg *config.Config, stdout io.Writer) error {
	tree, err := loadTree(cfg, nil)
	var none *image.NoMatchError
	if errors.As(err, &none) && cfg.ListDependencies {
		// What the Python tool prints, and scripts wait for.
		_, err = fmt.Fprintln(stdout, "Nothing matched!")
		return err
	}
	if err != nil {
		return err
	}
	defer tree.close()
	warn(cfg, warnings(cfg, tree))
	switch {
	case cfg.ListImages:
		return tree.selection.ListImages(stdout)
	case cfg.ListDependencies:
		return tree.selection.ListDependencies(stdout)
	}
	file, err := os.Create(cfg.SaveDependency)
	if err != nil {
		return fmt.Errorf("failed to save the dependencies: %w", err)
	}
	return errors.Join(tree.selection.Dot(file), file.Close())
}
