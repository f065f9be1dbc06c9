package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver"
)

// unshareCommand runs a command, or a shell, in the user namespace that images are
// built in: there, and nowhere else, the user owns the files of the store.
func unshareCommand(args []string, _ io.Writer) error {
	if len(args) == 0 {
		args = []string{shell()}
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return fmt.Errorf("failed to find the command: %w", err)
	}
	umask := readUmask()
	if err := buildahdriver.EnterUserNamespace(buildahdriver.IDs(os.Getenv("KOLLA_BUILD_IDS"))); err != nil {
		return err
	}
	unix.Umask(umask)
	err = unix.Exec(path, args, os.Environ())
	return errors.Join(fmt.Errorf("failed to execute %s", path), err)
}

func shell() string {
	if name := os.Getenv("SHELL"); name != "" {
		return name
	}
	return "/bin/sh"
}
