package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Format stands for the way in which sources are put into contexts. It changes when
// the same sources make other archives there.
const Format = treeFormat

// Content is what a source holds.
type Content struct {
	Section string
	Digest  string // stands for its archive, and for where that goes
}

// Contents waits for the sources of an image and tells what they hold: all that
// Place would lay into its context, less patches, depends on that and on [Format].
func (s *Set) Contents(ctx context.Context, image string) ([]Content, error) {
	want := s.wants[image]
	var contents []Content
	for _, group := range []struct {
		top   string
		specs []Spec
	}{{"", want.Sources}, {Plugins, want.Plugins}, {Additions, want.Additions}} {
		for _, spec := range group.specs {
			archive, err := s.await(ctx, spec)
			if err != nil {
				return nil, err
			}
			digest := archive.Digest
			if group.top != "" {
				// It is packed again, and what we have packed may have other links.
				digest = fmt.Sprintf("%s %s %t", digest, group.top, archive.own)
			}
			contents = append(contents, Content{spec.Section, digest})
		}
	}
	return contents, nil
}

// Empty tells whether there is nothing to fetch or to pack.
func (s *Set) Empty() bool { return len(s.pending) == 0 }

// Patches returns the paths of the patches that [PlacePatches] lays into the context of
// an image, by their names in its folder patches.
func Patches(dir, image string) (map[string]string, error) {
	paths := map[string]string{}
	if dir == "" {
		return paths, nil
	}
	from, err := os.OpenRoot(filepath.Join(dir, image))
	if errors.Is(err, fs.ErrNotExist) {
		return paths, nil
	}
	if err != nil {
		return nil, err
	}
	defer from.Close()
	names, err := patchNames(from)
	for _, name := range names {
		paths[name] = filepath.Join(dir, image, name)
	}
	return paths, err
}

// Lays tells whether an image has a source of its own with this section.
func (s *Set) Lays(image, section string) bool {
	for _, spec := range s.wants[image].Sources {
		if spec.Section == section {
			return true
		}
	}
	return false
}
