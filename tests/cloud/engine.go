package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// engine is podman with the images of a store.
type engine struct{ options []string }

func newEngine(folder string) engine {
	return engine{[]string{
		"--root", filepath.Join(folder, "root"), "--runroot", filepath.Join(folder, "run"),
		// podman takes vfs where nothing else is said, and then sees none of our images.
		"--storage-driver", "overlay",
		// A user that never logs in has no systemd to ask for a control group, and runc is the
		// runtime that does without on any machine.
		"--cgroup-manager", "cgroupfs", "--runtime", "runc",
	}}
}

// run returns the standard output of a podman command. What it says on standard error is
// in the error.
func (e engine) run(ctx context.Context, stdin io.Reader, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "podman", slices.Concat(e.options, args)...)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = stdin, &stderr
	out, err := cmd.Output()
	if err != nil {
		said := strings.TrimSpace(string(out) + stderr.String())
		return "", fmt.Errorf("podman %s: %w\n%s", strings.Join(args, " "), err, said)
	}
	return strings.TrimSpace(string(out)), nil
}

// tell runs a podman command that prints for the user's eyes.
func (e engine) tell(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "podman", slices.Concat(e.options, args)...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}

// exec runs a command in a container, as the container's user.
func (e engine) exec(ctx context.Context, container string, command ...string) (string, error) {
	return e.run(ctx, nil, append([]string{"exec", container}, command...)...)
}

// running tells with an error that a container has ended, or never was.
func (e engine) running(ctx context.Context, container string) error {
	state, err := e.run(ctx, nil, "inspect", "--format", "{{.State.Status}}", container)
	if err == nil && state != "running" {
		err = fmt.Errorf("container %q is %s", container, state)
	}
	return err
}
