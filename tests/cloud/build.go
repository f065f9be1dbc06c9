package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/kolla-build/kolla-build/internal/summary"
)

// images are those that the containers are made of.
var images = []string{"haproxy", "memcached", "mariadb-server", "rabbitmq", "keystone", "keystone-fernet", "glance-api"}

// build builds the images, and returns their references by their names.
func build(ctx context.Context, program, folder string) (map[string]string, error) {
	args := []string{
		"-b", "debian", "-t", "binary", "--bootstrap", "--format", "json",
		"--root", filepath.Join(folder, "root"), "--runroot", filepath.Join(folder, "run"),
	}
	for _, name := range images {
		args = append(args, "^"+name+"$")
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("failed to build the images: %w", err)
	}
	return references(text)
}

func references(text []byte) (map[string]string, error) {
	var document summary.Document
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("failed to read the summary of the build: %w", err)
	}
	found := map[string]string{}
	for _, entry := range document.Built {
		found[entry.Name] = entry.Reference
	}
	var missing []error
	for _, name := range images {
		if found[name] == "" {
			missing = append(missing, fmt.Errorf("the summary of the build lacks image %q", name))
		}
	}
	return found, errors.Join(missing...)
}
