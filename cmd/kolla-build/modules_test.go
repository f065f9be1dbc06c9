package main

import (
	"runtime/debug"
	"testing"
)

// TestPinnedModules: versions that must not slip back, whatever a dependency asks
// for. Each process of ours, and we start many, would pay for it.
func TestPinnedModules(t *testing.T) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("the test binary has no build information")
	}
	// Older ones fill a table of two million entries in init, which takes 45 ms.
	const path, version = "github.com/mattn/go-runewidth", "v0.0.31"
	for _, module := range info.Deps {
		if module.Path == path {
			if module.Version != version {
				t.Errorf("%s is %s, want %s", path, module.Version, version)
			}
			return
		}
	}
	t.Errorf("%s is not linked any more: this test can go", path)
}
