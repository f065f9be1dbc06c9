package buildahdriver

import (
	"context"
	"fmt"
	"strings"

	"github.com/openshift/imagebuilder"
	"github.com/openshift/imagebuilder/dockerfile/command"
	"github.com/openshift/imagebuilder/dockerfile/parser"
	"go.podman.io/buildah"
)

// Base returns the id of the image that a Dockerfile stands on, pulling it if need
// be. It is empty if the build has inputs that are neither that image nor in the
// context: other images, URLs, mounts. Such a build is never known to be unchanged.
func (d *Driver) Base(ctx context.Context, options BuildOptions) (id string, err error) {
	options.complete()
	node, err := parseDockerfile(options.Dockerfile)
	if err != nil {
		return "", err
	}
	if needsImagebuildah(node) != "" || addsURL(node) {
		return "", nil
	}
	from, err := imagebuilder.NewBuilder(options.Args).From(node)
	if err != nil {
		return "", fmt.Errorf("%s: %w", options.Dockerfile, err)
	}
	if from == buildah.BaseImageFakeName {
		return from, nil
	}
	return d.resolveBase(ctx, from, options.PullNewer, options.Output)
}

func addsURL(node *parser.Node) bool {
	for _, child := range node.Children {
		if child.Value == command.Add && strings.Contains(child.Original, "://") {
			return true
		}
	}
	return false
}

// Labelled returns the image called name if the store has one with this label.
func (d *Driver) Labelled(ctx context.Context, name, key, value string) (*Image, bool) {
	local, err := storeName(name)
	if err != nil {
		return nil, false
	}
	stored, err := d.store.Image(local.String())
	if err != nil {
		return nil, false
	}
	info, err := buildah.ImportBuilderFromImage(ctx, d.store, buildah.ImportFromImageOptions{Image: stored.ID, SystemContext: &d.system})
	if err != nil || info.Labels()[key] != value {
		return nil, false
	}
	image, err := d.built(local.String(), stored.ID, info.FromImageDigest)
	return image, err == nil
}
