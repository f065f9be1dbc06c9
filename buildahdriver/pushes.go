package buildahdriver

import (
	"context"
	"path/filepath"

	"github.com/sirupsen/logrus"
	"go.podman.io/image/v5/docker/reference"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/pushlog"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/registry"
)

// pushes knows which image was pushed under which name, and what its manifest is at the
// registry: there layers are compressed, and so it is not the one in the store. An image
// that is pushed again then costs one request, by which the registry tells whether the tag
// still names that manifest. A registry has no manifest without its layers.
type pushes struct {
	log        *pushlog.Log
	registries *registry.Client
}

// newPushes returns those from the store in the folder root.
func newPushes(root string, options Options) *pushes {
	return &pushes{
		log:        pushlog.Open(filepath.Join(root, ownFolder, "pushed")),
		registries: registry.NewClient(options.systemFor, options.AllowedRealms),
	}
}

func (p *pushes) close() { p.registries.Close() }

// last returns the digest of the manifest that an image was pushed with, if it is the last
// that was pushed under the name.
func (p *pushes) last(name reference.Named, image string) (manifest string, found bool) {
	last, found := p.log.Last(name.String())
	return last.Manifest, found && last.Image == image
}

// unchanged asks the registry whether a name still stands for what an image was pushed as.
// Wherever that is in doubt it does not.
func (p *pushes) unchanged(ctx context.Context, name reference.Named, image string) (manifest string, yes bool) {
	tagged, isTagged := name.(reference.NamedTagged)
	manifest, found := p.last(name, image)
	if !found || !isTagged {
		return "", false
	}
	there, err := p.registries.Digest(ctx, tagged)
	if err != nil {
		logrus.Debugf("cannot tell whether %s is as it was pushed: %v", name, err)
		return "", false
	}
	return manifest, there.String() == manifest
}

// keep remembers a push. One that cannot be remembered is as good.
func (p *pushes) keep(name reference.Named, image, manifest string) {
	if err := p.log.Keep(name.String(), pushlog.Push{Image: image, Manifest: manifest}); err != nil {
		logrus.Debug(err)
	}
}
