package podman

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"

	"github.com/kolla-build/kolla-build/internal/summary"
)

// Build has kolla-build build images of Debian into the store in a folder, on a base that
// is made from packages. It returns their references by their names.
func Build(ctx context.Context, program, folder string, images []string, options ...string) (map[string]string, error) {
	args := slices.Concat([]string{"-b", "debian", "--bootstrap", "--format", "json"}, Store(folder), options)
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
	return references(text, images)
}

// references reads those of the images in the summary of a run.
func references(text []byte, images []string) (map[string]string, error) {
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
