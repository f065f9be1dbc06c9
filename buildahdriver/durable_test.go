package buildahdriver

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestDiskSyncIsShared(t *testing.T) {
	disk, err := openDiskSync(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if err := disk.sync(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := disk.close(); err != nil {
		t.Fatal(err)
	}
	// What cannot be written must not count as written.
	if err := disk.sync(); err == nil {
		t.Error("a sync that failed is no error")
	}
	if err := disk.sync(); err == nil {
		t.Error("nor is the next")
	}
}

// startMachineAnew makes it look as if the machine had been started since.
func startMachineAnew(t *testing.T) {
	t.Helper()
	real := bootID
	t.Cleanup(func() { bootID = real })
	bootID = func() (string, error) { return "another", nil }
}

// TestPowerCutWhileALibraryWrites cuts the power, as it were, after a library has made an image's
// record, and before its files have reached the disk.
func TestPowerCutWhileALibraryWrites(t *testing.T) {
	for _, test := range []struct {
		name    string
		restart bool // the machine was started anew; else only the process was killed
		change  func(t *testing.T, d *Driver)
		want    string // the file in the image, or nothing if the image is gone
	}{
		{"cut", true, func(*testing.T, *Driver) {}, ""},
		{"killed", false, func(*testing.T, *Driver) {}, "new"},
		{"with a child that is on the disk", true, func(t *testing.T, d *Driver) {
			buildImage(t, d, "child:1", "FROM x:1\nCOPY file /child\n", map[string]string{"file": ""})
		}, "new"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("TMPDIR", os.TempDir()) // what a killed process cannot restore
			dir := t.TempDir()
			options := Options{Root: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run")}
			first, err := Open(options)
			if err != nil {
				t.Fatal(err)
			}
			buildImage(t, first, "x:1", "FROM scratch\nCOPY old /\n", map[string]string{"old": ""})
			if _, err := first.noteUnsynced([]string{"localhost/x:1", "localhost/absent:1"}); err != nil {
				t.Fatal(err)
			}
			buildImage(t, first, "x:1", "FROM scratch\nCOPY new /\n", map[string]string{"new": ""})
			test.change(t, first)
			first.scratch.lock.Close()

			if test.restart {
				startMachineAnew(t)
			}
			if _, err := Look(options); errors.Is(err, errCannotLook) != test.restart {
				t.Errorf("looking at the store: %v", err)
			}
			second, err := Open(options)
			if err != nil {
				t.Fatal(err)
			}
			defer second.Close()
			if image, found := second.Find("x:1", "", ""); found != (test.want != "") {
				t.Errorf("the image is there: %v", found)
			} else if found && entries(t, second, image)[test.want] == nil {
				t.Error("it is another image")
			}
			if notes, _ := findUnsynced(options.Root); len(notes) > 0 {
				t.Errorf("notes are left: %v", notes)
			}
			if _, err := Look(options); err != nil {
				t.Errorf("looking again: %v", err)
			}
		})
	}
}

// An image of before, which the name still has, is not lost with what was about to replace it.
func TestPowerCutBeforeALibraryWrites(t *testing.T) {
	t.Setenv("TMPDIR", os.TempDir())
	dir := t.TempDir()
	options := Options{Root: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run")}
	first, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	old, _ := buildImage(t, first, "x:1", "FROM scratch\nCOPY old /\n", map[string]string{"old": ""})
	if _, err := first.noteUnsynced([]string{"localhost/x:1"}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(ownPath(options.Root, "unsynced", "1.json"), nil, 0o600); err != nil {
		t.Fatal(err) // a note that was cut itself
	}
	first.scratch.lock.Close()
	startMachineAnew(t)
	second, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if image, found := second.Find("x:1", "", ""); !found || image.ID != old.ID {
		t.Errorf("found %v", image)
	}
	if _, err := Look(options); err != nil {
		t.Errorf("looking: %v", err)
	}
}

// TestLibrariesAreNoted: a note stands while a library makes an image, and goes.
func TestLibrariesAreNoted(t *testing.T) {
	d := openDriver(t, func(o *Options) { o.BuildahCommit = true })
	seen := false
	dir := writeContext(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY Dockerfile /\n"})
	if _, err := d.Build(context.Background(), BuildOptions{Name: "x:1", ContextDir: dir}); err != nil {
		t.Fatal(err)
	}
	stored, err := d.store.Image("localhost/x:1")
	if err != nil || markOf(stored.Metadata) != markBuilt {
		t.Errorf("the image is %+v, %v", stored, err)
	}
	failing := errors.New("no")
	err = d.whileUnsynced([]string{"localhost/y:1"}, func() error {
		notes, lost := findUnsynced(d.store.GraphRoot())
		for _, note := range notes {
			_, seen = note.Names["localhost/y:1"]
		}
		if lost {
			t.Error("the note is of another boot")
		}
		return failing
	})
	if !errors.Is(err, failing) || !seen {
		t.Errorf("a note was there: %v; %v", seen, err)
	}
	if notes, _ := findUnsynced(d.store.GraphRoot()); len(notes) > 0 {
		t.Errorf("notes are left: %v", notes)
	}
	if text := strings.Join(d.pullNames("quay.io/a/b:1"), " "); text != "quay.io/a/b:1" {
		t.Errorf("a pulled image may be called %q", text)
	}
}
