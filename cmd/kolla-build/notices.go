package main

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/kolla-build/kolla-build/internal/config"
)

// openFile is os.Open, as the configuration wants it.
func openFile(name string) (fs.File, error) { return os.Open(name) }

// warn tells warnings where there are no events to tell them.
func warn(cfg *config.Config, warnings []string) {
	if cfg.Quiet {
		return
	}
	for _, text := range warnings {
		fmt.Fprintf(os.Stderr, "kolla-build: warning: %s\n", text)
	}
}

// warnings are what the user should know of a tree before anything is made of it.
func warnings(cfg *config.Config, tree *tree) []string {
	texts := passwordWarnings(cfg.IncludeHeader, cfg.IncludeFooter)
	for _, pattern := range tree.selection.Idle() {
		texts = append(texts, fmt.Sprintf("no image matches %q", pattern))
	}
	return texts
}
