// Package podman runs what kolla-build has built, for the tests that want to see it work.
package podman

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

// Engine is podman with the images of a store.
type Engine struct{ options []string }

// Store returns the options by which kolla-build and podman use the store in a folder.
func Store(folder string) []string {
	return []string{"--root", filepath.Join(folder, "root"), "--runroot", filepath.Join(folder, "run")}
}

// DefaultStore returns the folder of a test's own store. It is there for the next run, which
// only builds what has changed. No two tests share one: podman may clear away what
// kolla-build is at work on: older versions take any staging area for abandoned.
func DefaultStore(test string) string {
	home, err := os.UserHomeDir()
	if err != nil {
		return "" // there is no default, then
	}
	return filepath.Join(home, ".local/share/kolla-build", test)
}

// New returns podman with the images of the store in a folder.
func New(folder string) Engine {
	return Engine{append(Store(folder),
		// podman takes vfs where nothing else is said, and then sees none of our images.
		"--storage-driver", "overlay",
		// A user that never logs in has no systemd to ask for a control group, and runc is the
		// runtime that does without on any machine.
		"--cgroup-manager", "cgroupfs", "--runtime", "runc",
	)}
}

// Run returns what a podman command prints. What it says on standard error is in the error.
func (e Engine) Run(ctx context.Context, stdin io.Reader, args ...string) (string, error) {
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

// Tell runs a podman command whose output is for the user's eyes.
func (e Engine) Tell(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "podman", slices.Concat(e.options, args)...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}

// Exec runs a command in a container, as the container's user.
func (e Engine) Exec(ctx context.Context, container string, command ...string) (string, error) {
	return e.Run(ctx, nil, append([]string{"exec", container}, command...)...)
}

// Running tells with an error that a container has ended, or never was.
func (e Engine) Running(ctx context.Context, container string) error {
	state, err := e.Run(ctx, nil, "inspect", "--format", "{{.State.Status}}", container)
	if err == nil && state != "running" {
		err = fmt.Errorf("container %q is %s", container, state)
	}
	return err
}
