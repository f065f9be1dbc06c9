package main

import (
	"testing"

	"github.com/kolla-build/kolla-build/distros"
	"github.com/kolla-build/kolla-build/internal/config"
)

// The program has to take the arguments, and to print the summary that is read here.
func TestArguments(t *testing.T) {
	args := arguments([]string{"--threads", "2", "^cron$"})
	parsed, err := config.Parse(args[1:], config.Environment{Version: "0", Distros: distros.Names()})
	if err != nil {
		t.Fatal(err)
	}
	if parsed.Format != "json" || parsed.Base != "debian" || parsed.Threads != 2 {
		t.Errorf("format %q, base %q, %d threads of %q", parsed.Format, parsed.Base, parsed.Threads, args)
	}
}
