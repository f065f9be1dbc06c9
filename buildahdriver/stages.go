package buildahdriver

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/openshift/imagebuilder/dockerfile/parser"
	"go.podman.io/buildah/pkg/parse"
	"go.podman.io/storage"

	"github.com/kolla-build/kolla-build/internal/dockerfile"
)

// Each stage of a Dockerfile that the last one needs is built in the same way as an image
// of one stage, and becomes an image without a name. The ones after it are based on that
// image, or copy from its root. When the Dockerfile is built, or has failed, the images of
// all stages but the last are removed; layers that the last is based on stay.

// stages is what the stages of one Dockerfile share while it is built.
type stages struct {
	driver *Driver
	images map[*dockerfile.Stage]string // the ids of those that are built
	roots  imageRoots
	steps  steps
}

// buildStages builds a Dockerfile, each stage by one.
func (d *Driver) buildStages(ctx context.Context, options BuildOptions, one func(context.Context, *build) (*Image, error)) (image *Image, err error) {
	file, err := readDockerfile(options)
	if err != nil {
		return nil, err
	}
	s := &stages{driver: d, images: map[*dockerfile.Stage]string{}, roots: imageRoots{driver: d}}
	defer func() {
		if closeErr := s.close(); closeErr != nil {
			err = errors.Join(err, closeErr)
		}
	}()
	needed := file.Needed()
	for _, stage := range needed {
		s.steps.total += len(stage.Node.Children)
	}
	for _, stage := range needed {
		b, err := s.newBuild(ctx, options, stage, file)
		if err != nil {
			return nil, err
		}
		if image, err = one(ctx, b); err != nil {
			return nil, err
		}
		if stage != file.Target() {
			s.images[stage] = image.ID
		}
	}
	return image, nil
}

// newBuild finds the image that a stage is based on.
func (s *stages) newBuild(ctx context.Context, options BuildOptions, stage *dockerfile.Stage, file *dockerfile.File) (*build, error) {
	if stage != file.Target() {
		options.Name, options.Labels = "", nil
	}
	if err := checkPlatform(stage.Platform); err != nil {
		return nil, fmt.Errorf("%s: %w", options.Dockerfile, err)
	}
	b := &build{stages: s, options: options, stage: stage, node: stage.Node, instructions: stage.Builder, from: stage.From, planned: len(stage.Node.Children)}
	switch {
	case stage.Base != nil:
		b.base = s.images[stage.Base]
		return b, nil
	case stage.From == Scratch:
		b.base = Scratch
		return b, nil
	}
	var err error
	b.base, err = s.driver.resolveBase(ctx, b.from, options.PullNewer, options.Output)
	return b, err
}

// checkPlatform refuses images of another platform than this machine's.
func checkPlatform(platform string) error {
	if platform == "" {
		return nil
	}
	// Which variant is meant is for the manifest list of the image.
	os, architecture, _, err := parse.Platform(platform)
	if err != nil {
		return fmt.Errorf("FROM --platform=%s: %w", platform, err)
	}
	ownOS, ownArchitecture, _, err := parse.Platform(parse.DefaultPlatform())
	if err != nil {
		return err
	}
	if os != ownOS || architecture != ownArchitecture {
		return remediedError{
			fmt.Errorf("FROM --platform=%s: this machine builds images for %s/%s", platform, ownOS, ownArchitecture),
			fmt.Sprintf("build on a machine of %s/%s", os, architecture),
		}
	}
	return nil
}

// root returns the root of the stage or image that --from or from= names in a stage.
func (s *stages) root(ctx context.Context, of *dockerfile.Stage, from string, pullNewer bool, output io.Writer) (*imageRoot, error) {
	if other, found := of.Lookup(from); found {
		return s.roots.open(s.images[other])
	}
	if from == Scratch {
		return nil, errors.New("there is nothing in scratch to take")
	}
	id, err := s.driver.resolveBase(ctx, from, pullNewer, output)
	if err != nil {
		return nil, err
	}
	return s.roots.open(id)
}

// close removes the images of the stages.
func (s *stages) close() error {
	err := s.roots.close()
	store := s.driver.store
	for _, id := range s.images {
		image, lookupErr := store.Image(id)
		if errors.Is(lookupErr, storage.ErrImageUnknown) || lookupErr == nil && len(image.Names) > 0 {
			continue // somebody has named it meanwhile
		}
		if _, deleteErr := store.DeleteImage(id, true); deleteErr != nil && !errors.Is(deleteErr, storage.ErrImageUnknown) {
			err = errors.Join(err, fmt.Errorf("failed to remove the image of a stage: %w", deleteErr))
		}
	}
	return err
}

// steps counts the instructions of all stages.
type steps struct{ done, total int }

// begin is called when a stage begins. Its base image may have brought more instructions
// than the Dockerfile has: those of ONBUILD.
func (s *steps) begin(planned int, node *parser.Node) { s.total += len(node.Children) - planned }

// next reports that an instruction begins.
func (s *steps) next(options *BuildOptions, text string) {
	s.done++
	options.OnStep(s.done, s.total, text)
}
