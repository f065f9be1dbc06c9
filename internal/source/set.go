package source

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"
)

// parallel is how many sources are fetched at once: enough to keep a line busy
// while one server is slow, few enough not to be taken for an attack.
const parallel = 4

// Want is what one image needs. A section without a location, or one that is not
// enabled, is to be left out by the caller.
type Want struct {
	Image     string
	Sources   []Spec // each becomes <section>-archive
	Plugins   []Spec // together they become plugins-archive
	Additions []Spec // together they become additions-archive
}

// Set is the sources of a selection of images.
type Set struct {
	fetcher *Fetcher
	patches string
	wants   map[string]Want
	pending []*pending
	bySpec  map[Spec]*pending
	wait    func()
}

// pending is a source that is being fetched, or has been once done is closed.
type pending struct {
	spec    Spec
	done    chan struct{}
	archive Archive
	err     error
}

// NewSet returns the set of what images need. The sources are fetched in the
// order of wants, so those that are needed first should come first. The folder
// patches has a folder of patches per image, see [PlacePatches]; it may be
// empty.
func NewSet(fetcher *Fetcher, patches string, wants []Want) *Set {
	s := &Set{fetcher: fetcher, patches: patches, wants: map[string]Want{}, bySpec: map[Spec]*pending{}}
	for _, want := range wants {
		s.wants[want.Image] = want
		for _, specs := range [][]Spec{want.Sources, want.Plugins, want.Additions} {
			for _, spec := range specs {
				if s.bySpec[spec] == nil {
					p := &pending{spec: spec, done: make(chan struct{})}
					s.bySpec[spec] = p
					s.pending = append(s.pending, p)
				}
			}
		}
	}
	return s
}

// Start begins to fetch all sources, several at once, and returns. It is called
// once, before Place. The fetching ends with ctx; Wait then waits for what there
// is to clean up.
func (s *Set) Start(ctx context.Context) {
	var group errgroup.Group
	group.SetLimit(parallel)
	var starter sync.WaitGroup
	// The group makes its caller wait when it is full.
	starter.Go(func() {
		for _, p := range s.pending {
			group.Go(func() error {
				defer close(p.done)
				p.archive, p.err = s.fetcher.Fetch(ctx, p.spec)
				return nil // it is told to those who need it
			})
		}
		_ = group.Wait() // and so there is none
	})
	s.wait = starter.Wait
}

// Wait waits until everything that Start has begun has ended.
func (s *Set) Wait() {
	s.wait()
	_ = s.fetcher.cache.Save() // or the next run reads more
}

// Place waits for the sources of an image and lays them into its context, in
// place of files of the same names: <section>-archive for each source,
// plugins-archive, additions-archive and the folder patches. An image that the
// set does not know has none, and gets the last three nevertheless, since a
// template may copy them. Calling it again does no harm.
//
// An error about a source is of type [*Error].
func (s *Set) Place(ctx context.Context, image, contextDir string) error {
	want := s.wants[image]
	placed := map[string]Archive{}
	for _, spec := range want.Sources {
		archive, err := s.await(ctx, spec)
		if err != nil {
			return err
		}
		placed[spec.Section] = archive
	}
	for _, group := range []struct {
		top   string
		specs []Spec
	}{{Plugins, want.Plugins}, {Additions, want.Additions}} {
		var archives []NamedArchive
		for _, spec := range group.specs {
			archive, err := s.await(ctx, spec)
			if err != nil {
				return err
			}
			archives = append(archives, NamedArchive{spec, archive})
		}
		archive, err := s.fetcher.PackTree(ctx, group.top, archives)
		if err != nil {
			return err
		}
		placed[group.top] = archive
	}
	if err := PlacePatches(s.patches, image, contextDir); err != nil {
		return err
	}
	return lay(placed, image, contextDir)
}

// await waits for a source.
func (s *Set) await(ctx context.Context, spec Spec) (Archive, error) {
	p := s.bySpec[spec]
	select {
	case <-p.done:
		return p.archive, p.err
	case <-ctx.Done():
		return Archive{}, context.Cause(ctx)
	}
}

// lay copies archives into a context.
func lay(archives map[string]Archive, image, contextDir string) error {
	to, err := os.OpenRoot(contextDir)
	if err != nil {
		return err
	}
	defer to.Close()
	for name, archive := range archives {
		from, err := os.OpenRoot(filepath.Dir(archive.Path))
		if err != nil {
			return err
		}
		err = copyFile(from, filepath.Base(archive.Path), to, name+"-archive")
		from.Close()
		if err != nil {
			return fmt.Errorf("failed to put the source %s into the context of %s: %w", name, image, err)
		}
	}
	return to.Chtimes(".", epoch, epoch)
}
