package main

import (
	"io"
	"strings"

	"github.com/kolla-build/kolla-build/internal/config/completion"
	"github.com/kolla-build/kolla-build/internal/config/manual"
)

// completionCommand prints the completion script for a shell.
func completionCommand(args []string, stdout io.Writer) error {
	if len(args) != 1 {
		return usageError("completion takes the name of a shell", "type: kolla-build completion "+strings.Join(completion.Names(), "|"))
	}
	env, err := configEnvironment(stdout)
	if err != nil {
		return err
	}
	script, err := completion.Script(args[0], env)
	if err != nil {
		return usageError(err.Error(), "")
	}
	_, err = io.WriteString(stdout, script)
	return err
}

// manCommand prints the manual page.
func manCommand(args []string, stdout io.Writer) error {
	if len(args) > 0 {
		return usageError("man takes no arguments", "type: kolla-build man | man -l -")
	}
	env, err := configEnvironment(stdout)
	if err != nil {
		return err
	}
	_, err = io.WriteString(stdout, manual.Page(env))
	return err
}
