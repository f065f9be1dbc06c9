package main

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/kolla-build/kolla-build/internal/config"
)

// openFile is os.Open, as the configuration wants it.
func openFile(name string) (fs.File, error) { return os.Open(name) }

// warn tells what the configuration has to say. A build tells it among its
// events instead.
func warn(cfg *config.Config) {
	if cfg.Quiet {
		return
	}
	for _, notice := range cfg.Notices {
		fmt.Fprintf(os.Stderr, "kolla-build: warning: %s\n", notice)
	}
}
