package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// written returns a folder with the configuration of all containers.
func written(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := writeConfiguration(folder, newSettings()); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestConfiguration holds each config.json against the files beside it: all that it wants
// are there, unless they are optional, and all that are there are wanted.
func TestConfiguration(t *testing.T) {
	folder := written(t)
	for name := range new(cloud).containers() {
		text, err := os.ReadFile(filepath.Join(folder, name, "config.json"))
		if err != nil {
			t.Error(err)
			continue
		}
		var config struct {
			Command string
			Files   []struct {
				Source   string
				Optional bool
			} `json:"config_files"`
		}
		if err := json.Unmarshal(text, &config); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		wanted := []string{"config.json"}
		for _, file := range config.Files {
			source := strings.TrimPrefix(file.Source, "/var/lib/kolla/config_files/")
			_, err := os.Stat(filepath.Join(folder, name, source))
			if err != nil && !file.Optional {
				t.Errorf("%s: %v", name, err)
			}
			wanted = append(wanted, strings.TrimSuffix(source, "/"))
		}
		for _, there := range list(t, filepath.Join(folder, name)) {
			if !slices.Contains(wanted, there) {
				t.Errorf("%s: nothing takes %s", name, there)
			}
		}
	}
}

func list(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// TestJSON also finds a password that would have to be escaped.
func TestJSON(t *testing.T) {
	folder := os.DirFS(written(t))
	names, err := fs.Glob(folder, "*/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil || !json.Valid(text) {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

func TestImagesAreUsed(t *testing.T) {
	used := map[string]bool{}
	for _, one := range new(cloud).containers() {
		used[one.image] = true
	}
	for _, name := range images {
		if !used[name] {
			t.Errorf("no container is made of %s", name)
		}
	}
	if len(used) != len(images) {
		t.Errorf("containers are made of %d images, and %d are built", len(used), len(images))
	}
}

func TestMessages(t *testing.T) {
	const said = `[{"name":"notifications.info","messages":3},{"name":"notifications.error","messages":0}]`
	if count, err := messages(said, "notifications.info"); count != 3 || err != nil {
		t.Errorf("have %d, %v", count, err)
	}
	for _, bad := range []string{"", "[]"} {
		if _, err := messages(bad, "notifications.info"); err == nil {
			t.Errorf("%q: want an error", bad)
		}
	}
}

func TestUntil(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	busy, ended := errors.New("busy"), errors.New("ended")

	if err := until(ctx, func() (bool, error) { return true, nil }); err != nil {
		t.Errorf("done at once: %v", err)
	}
	if err := until(ctx, func() (bool, error) { return true, ended }); !errors.Is(err, ended) {
		t.Errorf("want the error of a try that is the last: %v", err)
	}
	tries := 0
	err := until(ctx, func() (bool, error) {
		if tries++; tries == 2 {
			cancel()
			return false, errors.New("killed with the context")
		}
		return false, busy
	})
	if !errors.Is(err, context.Canceled) || !errors.Is(err, busy) {
		t.Errorf("want the context's error and that of the try before: %v", err)
	}
}
