package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/kolla-build/kolla-build/internal/config"
)

// genconfigCommand writes a sample of the configuration file, to the file that
// is named or to stdout. It overwrites nothing: the file may have been edited.
func genconfigCommand(args []string, stdout io.Writer) error {
	env, err := configEnvironment(stdout)
	if err != nil {
		return err
	}
	name := "-"
	switch {
	case len(args) > 1 || len(args) == 1 && len(args[0]) > 1 && args[0][0] == '-':
		return usageError("genconfig takes the name of a file, and nothing else", "type: kolla-build genconfig [FILE]")
	case len(args) == 1:
		name = args[0]
	}
	sample := config.Sample(env)
	if name == "-" {
		_, err := io.WriteString(stdout, sample)
		return err
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("failed to write the sample: %s is there already\nmove it away, or write to another file", name)
	}
	if err != nil {
		return fmt.Errorf("failed to write the sample: %w", err)
	}
	_, err = io.WriteString(file, sample)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("failed to write the sample: %w", err)
	}
	return nil
}

// usageError is about arguments of a command.
func usageError(text, remedy string) error {
	return &config.Error{Problems: []config.Problem{{Text: text, Remedy: remedy}}}
}
