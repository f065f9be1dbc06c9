package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/kolla-build/kolla-build/buildahdriver"
)

// fakeStore is a driver that builds nothing, and the store that it keeps images in. An
// image is its id and its label.
type fakeStore struct {
	mu     sync.Mutex
	names  map[string]string // id by reference
	labels map[string]string // input digest by id
	first  map[string]string // the reference that it was built as, by id
	base   string            // the id of the image that the tree stands on
	count  int
	built  []string                     // references, since it was last asked
	given  map[string]map[string]string // labels that the last build of a reference was given
}

const fakeBase = "localhost/fake:1"

func newFakeStore() *fakeStore {
	return &fakeStore{names: map[string]string{}, labels: map[string]string{}, first: map[string]string{}, base: "base 1",
		given: map[string]map[string]string{}}
}

func (f *fakeStore) Root() string { return "/fake" }

func (f *fakeStore) Has(name string) bool {
	_, found := f.Image(name)
	return found
}

func (f *fakeStore) Image(name string) (*buildahdriver.Image, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id, found := f.names[name]
	return &buildahdriver.Image{Name: name, ID: id}, found
}

func (f *fakeStore) Base(from string) (id string, remote, found bool) {
	id, err := f.BaseID(context.Background(), from, false, nil)
	return id, false, err == nil
}

func (f *fakeStore) BaseID(_ context.Context, from string, _ bool, _ io.Writer) (string, error) {
	if from == fakeBase || strings.HasPrefix(from, "localhost/other:") {
		return f.base, nil
	}
	image, found := f.Image(from)
	if !found {
		return "", errors.New("there is no " + from)
	}
	return image.ID, nil
}

func (f *fakeStore) Label(id, _ string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.labels[id]
}

func (f *fakeStore) Former(name, _, value string) (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, label := range f.labels {
		if label == value && f.first[id] == name {
			return id, true
		}
	}
	return "", false
}

func (f *fakeStore) Imported(_, _ string) bool { return false }

func (f *fakeStore) Find(name, key, value string) (*buildahdriver.Image, bool) {
	image, found := f.Image(name)
	return image, found && f.Label(image.ID, key) == value
}

func (f *fakeStore) Rename(_ context.Context, id, name string) (*buildahdriver.Image, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.names[name] = id
	return &buildahdriver.Image{Name: name, ID: id}, nil
}

// Build makes an image with an id of its own. It wants the context to be there.
func (f *fakeStore) Build(_ context.Context, options buildahdriver.BuildOptions) (*buildahdriver.Image, error) {
	if _, err := os.Stat(filepath.Join(options.ContextDir, dockerfileName)); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	id := fmt.Sprintf("image %d", f.count)
	f.names[options.Name], f.first[id], f.labels[id] = id, options.Name, options.Labels[inputLabel]
	f.built, f.given[options.Name] = append(f.built, options.Name), options.Labels
	return &buildahdriver.Image{Name: options.Name, ID: id}, nil
}

func (f *fakeStore) Push(context.Context, string, io.Writer) (string, error) { return "", nil }

// takeBuilt returns the names of the images that have been built since it was last
// called, sorted.
func (f *fakeStore) takeBuilt() string {
	var names []string
	for _, reference := range f.built {
		_, name, _ := strings.Cut(reference, "debian-binary-")
		name, _, _ = strings.Cut(name, ":")
		names = append(names, name)
	}
	f.built = nil
	slices.Sort(names)
	return strings.Join(names, " ")
}
