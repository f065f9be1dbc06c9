package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/kolla-build/kolla-build/distros"
	"github.com/kolla-build/kolla-build/internal/config"
)

// commands are what the program does besides building. A command is the first
// argument; no image has the name of one.
var commands = map[string]func(args []string, stdout io.Writer) error{
	"images":  imagesCommand,
	"unshare": unshareCommand,
}

// dispatch does what the arguments ask for. Results go to stdout; everything else is
// talk, and goes to standard error.
func dispatch(args []string, stdout io.Writer) error {
	if len(args) > 0 {
		if command, ok := commands[args[0]]; ok {
			return command(args[1:], stdout)
		}
	}
	cfg, err := parse(args, stdout)
	if err != nil || cfg == nil {
		return err
	}
	switch {
	case cfg.ListImages, cfg.ListDependencies, cfg.SaveDependency != "":
		return list(cfg, stdout)
	case cfg.TemplateOnly:
		return templateOnly(cfg, stdout)
	}
	return build(cfg)
}

// parse returns nil without an error if the arguments asked for help or the
// version, and stdout has it.
func parse(args []string, stdout io.Writer) (*config.Config, error) {
	cfg, err := config.Parse(args, config.Environment{
		Version: version,
		Distros: distros.Names(),
		Stdout:  stdout,
	})
	if errors.Is(err, config.ErrAnswered) {
		return nil, nil
	}
	return cfg, err
}

// list prints the selected images, in the form asked for.
func list(cfg *config.Config, stdout io.Writer) error {
	tree, err := loadTree(cfg)
	if err != nil {
		return err
	}
	defer tree.close()
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
