package buildahdriver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCopyReason: what keeps a store from overlays, and that looking changes nothing.
func TestCopyReason(t *testing.T) {
	// A filesystem on which an overlay has no upper folder.
	mounted, err := mountOverlay(t.TempDir(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := mounted.close(); err != nil {
			t.Error(err)
		}
	})
	marked := t.TempDir()
	if err := markCopying(marked); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ root, want string }{
		"an ordinary folder":       {t.TempDir(), ""},
		"that is not there":        {filepath.Join(t.TempDir(), "not", "there"), ""},
		"on an overlay":            {mounted.merged, "is on the container's own overlay"},
		"to be made on an overlay": {filepath.Join(mounted.merged, "not", "there"), "container's own overlay"},
		"used before by copying":   {marked, "was made where nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := copyReason(test.root); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(mounted.merged, "not")); err == nil {
		t.Error("looking has made a folder")
	}
}

// decideOnDiffs has the library decide, once for this process, how it compares layers: by
// the store that is opened first, and the other tests need the way of ordinary stores.
func decideOnDiffs(t *testing.T) {
	t.Helper()
	d := openDriver(t)
	layer, err := buildLayer(d.store, "", func(string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	driver, err := d.store.GraphDriver()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := driver.Changes(layer.ID, nil, "", nil, ""); err != nil {
		t.Fatal(err)
	}
}

// openCopying opens a driver on a store that builds on copies.
func openCopying(t *testing.T) *Driver {
	t.Helper()
	decideOnDiffs(t)
	d := openDriver(t, func(o *Options) {
		if err := markCopying(o.Root); err != nil {
			t.Fatal(err)
		}
	})
	if !isCopying(d.store) {
		t.Fatalf("the store has the options %v", d.store.GraphOptions())
	}
	return d
}
