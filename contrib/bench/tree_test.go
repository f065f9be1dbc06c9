package main

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
)

func TestWriteTree(t *testing.T) {
	for _, size := range []int{3, 42, 152} {
		dir := t.TempDir()
		tree, err := writeTree(dir, size, "kolla/", writesMore)
		if err != nil || len(tree.images) != size {
			t.Fatalf("%d images, %v, want %d", len(tree.images), err, size)
		}
		seen := map[string]bool{"": true}
		for _, image := range tree.images {
			if !seen[image.parent] || seen[image.name] {
				t.Errorf("%s comes before %s, or twice", image.name, image.parent)
			}
			seen[image.name] = true
		}
		again, err := readTree(dir, size)
		for i := range again {
			again[i].reference = "kolla/" + again[i].reference
		}
		if err != nil || !reflect.DeepEqual(again, tree.images) {
			t.Errorf("read %v, %v", again, err)
		}
	}
}

func TestChange(t *testing.T) {
	tree, err := writeTree(t.TempDir(), 42, "kolla/", writesMore)
	if err != nil {
		t.Fatal(err)
	}
	for name, image := range map[string]string{caseLeaf: "service0-leaf1", caseMiddle: "service0-base"} {
		file := filepath.Join(tree.dir, image, "config")
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.change(name); err != nil {
			t.Fatal(err)
		}
		if after, err := os.ReadFile(file); err != nil || len(after) <= len(before) {
			t.Errorf("%s: %q, %v", name, after, err)
		}
	}
}

func TestParentsFirst(t *testing.T) {
	tree, err := writeTree(t.TempDir(), 42, "kolla/", writesMore)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	done := map[string]bool{"": true}
	err = place{tree: tree, jobs: 3}.parentsFirst(t.Context(), func(_ context.Context, image treeImage) error {
		mu.Lock()
		defer mu.Unlock()
		if !done[image.parent] {
			t.Errorf("%s was done before %s", image.name, image.parent)
		}
		done[image.name] = true
		return nil
	})
	if err != nil || len(done) != 43 {
		t.Errorf("did %d, %v", len(done)-1, err)
	}
	broken := errors.New("broken")
	err = place{tree: tree, jobs: 1}.parentsFirst(t.Context(), func(context.Context, treeImage) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestWriteBusybox(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rootfs.tar")
	if err := writeBusybox(path); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	names := map[string]bool{}
	for r := tar.NewReader(file); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names[header.Name] = true
	}
	for _, want := range []string{"bin/sh", "bin/busybox", "dev/", "tmp/"} {
		if !names[want] {
			t.Errorf("there is no %s", want)
		}
	}
}
