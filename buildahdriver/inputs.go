package buildahdriver

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/openshift/imagebuilder"
	"github.com/openshift/imagebuilder/dockerfile/command"
	"github.com/openshift/imagebuilder/dockerfile/parser"
	"go.podman.io/buildah"
	"go.podman.io/storage"
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

// addsURL tells whether a Dockerfile fetches something, or may do so.
func addsURL(node *parser.Node) bool {
	for _, child := range node.Children {
		// What a variable holds is known only when the instruction runs.
		if child.Value == command.Add && (namesURL(child) || strings.Contains(child.Original, "$")) {
			return true
		}
	}
	return false
}

func namesURL(add *parser.Node) bool {
	return slices.ContainsFunc(strings.Fields(add.Original), isURL)
}

// isURL tells what ADD fetches from what it takes from the context.
func isURL(source string) bool {
	source = strings.TrimLeft(source, "[\"'")
	return strings.Contains(source, "://") || strings.HasPrefix(source, "git@")
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
	labels, err := d.labels(stored)
	if err != nil || labels[key] != value {
		return nil, false
	}
	image, err := d.built(local.String(), stored.ID, stored.Digest.String())
	return image, err == nil
}

// labels reads an image's labels. An image's id is the digest of its configuration, by
// which the store keeps that; so no more needs to be read, for hundreds of images.
func (d *Driver) labels(image *storage.Image) (map[string]string, error) {
	data, err := d.store.ImageBigData(image.ID, digest.NewDigestFromEncoded(digest.SHA256, image.ID).String())
	if err != nil {
		return nil, fmt.Errorf("failed to read the configuration of %s: %w", image.ID, err)
	}
	var config v1.Image
	if err := json.Unmarshal(data, &config); err != nil {
		return nil, fmt.Errorf("failed to read the configuration of %s: %w", image.ID, err)
	}
	return config.Config.Labels, nil
}
