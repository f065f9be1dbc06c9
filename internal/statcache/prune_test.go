package statcache

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPrune(t *testing.T) {
	dir := t.TempDir()
	cache := filepath.Join(dir, "cache")
	c := Open(cache)
	for _, name := range []string{"stays", "goes"} {
		write(t, filepath.Join(dir, name), "text")
		seed(t, c, filepath.Join(dir, name), sum("text"))
	}
	if err := os.Remove(filepath.Join(dir, "goes")); err != nil {
		t.Fatal(err)
	}
	for _, dry := range []bool{true, false} {
		if gone := c.Prune(dry); gone != 1 {
			t.Errorf("dry %t: %d are gone, want 1", dry, gone)
		}
	}
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	if again := Open(cache); len(again.entries) != 1 || again.Prune(false) != 0 {
		t.Errorf("kept are %v", again.entries)
	}
}
