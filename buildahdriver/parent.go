package buildahdriver

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	docker "github.com/fsouza/go-dockerclient"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"go.podman.io/buildah"
	buildahdocker "go.podman.io/buildah/docker"
	"go.podman.io/buildah/pkg/parse"
	imagelib "go.podman.io/image/v5/image"
	is "go.podman.io/image/v5/storage"
	"go.podman.io/storage"
)

// parent is the image that another stands on, or nothing at all for "scratch".
type parent struct {
	name     string // one of its names
	topLayer string
	layers   []v1.Descriptor // the lowest first, uncompressed
	config   v1.Image
	// docker has what the OCI format has no place for: the shell, triggers, the
	// health check.
	docker      buildahdocker.Config
	annotations map[string]string
}

// scratchParent is what buildah takes "FROM scratch" for.
func scratchParent() (*parent, error) {
	os, architecture, variant, err := parse.Platform(parse.DefaultPlatform())
	if err != nil {
		return nil, err
	}
	return &parent{config: v1.Image{
		Platform: v1.Platform{OS: os, Architecture: architecture, Variant: variant},
		Config:   v1.ImageConfig{WorkingDir: "/"},
	}}, nil
}

// loadParent reads an image of the store.
func (d *Driver) loadParent(ctx context.Context, id string) (*parent, error) {
	if id == buildah.BaseImageFakeName {
		return scratchParent()
	}
	stored, err := d.store.Image(id)
	if err != nil {
		return nil, fmt.Errorf("failed to look up the base image %s: %w", id, err)
	}
	p := &parent{topLayer: stored.TopLayer}
	if len(stored.Names) > 0 {
		p.name = stored.Names[0]
	}
	if err := p.readConfig(ctx, d, stored.ID); err != nil {
		return nil, fmt.Errorf("failed to read the base image %s: %w", id, err)
	}
	if err := p.readLayers(d.store); err != nil {
		return nil, err
	}
	return p, nil
}

// readConfig reads the configuration, converted where the image has docker's format.
func (p *parent) readConfig(ctx context.Context, d *Driver, id string) error {
	reference, err := is.Transport.NewStoreReference(d.store, nil, id)
	if err != nil {
		return err
	}
	source, err := reference.NewImageSource(ctx, &d.system)
	if err != nil {
		return err
	}
	defer source.Close()
	unparsed := imagelib.UnparsedInstance(source, nil)
	image, err := imagelib.FromUnparsedImage(ctx, &d.system, unparsed)
	if err != nil {
		return err
	}
	config, err := image.OCIConfig(ctx)
	if err != nil {
		return err
	}
	p.config = *config
	blob, err := image.ConfigBlob(ctx)
	if err != nil {
		return err
	}
	var dockerImage buildahdocker.V1Image
	if err := json.Unmarshal(blob, &dockerImage); err != nil {
		return err
	}
	if dockerImage.Config != nil {
		p.docker = *dockerImage.Config
	}
	raw, mediaType, err := unparsed.Manifest(ctx)
	if err != nil {
		return err
	}
	if mediaType == v1.MediaTypeImageManifest {
		var manifest v1.Manifest
		if err := json.Unmarshal(raw, &manifest); err != nil {
			return err
		}
		p.annotations = manifest.Annotations
	}
	return nil
}

// readLayers looks up what the store knows of the image's layers.
func (p *parent) readLayers(store storage.Store) error {
	for id := p.topLayer; id != ""; {
		layer, err := store.Layer(id)
		if err != nil {
			return fmt.Errorf("failed to look up layer %s: %w", id, err)
		}
		switch {
		case layer.UncompressedDigest == "" || layer.UncompressedSize < 0:
			return fmt.Errorf("%w: the store has not read all of layer %s", errCannotStage, id)
		case len(layer.UIDMap) > 0 || len(layer.GIDMap) > 0:
			return fmt.Errorf("%w: the owners in layer %s are mapped", errCannotStage, id)
		}
		p.layers = append([]v1.Descriptor{{
			MediaType: v1.MediaTypeImageLayer,
			Digest:    layer.UncompressedDigest,
			Size:      layer.UncompressedSize,
		}}, p.layers...)
		id = layer.Parent
	}
	return nil
}

func (p *parent) size() int64 {
	var total int64
	for _, layer := range p.layers {
		total += layer.Size
	}
	return total
}

// forInstructions describes the image to the interpreter of instructions.
func (p *parent) forInstructions(from string) *docker.Image {
	config := docker.Config{
		// RUN is refused without a name here, even for scratch.
		Image:        from,
		User:         p.config.Config.User,
		Env:          p.config.Config.Env,
		Cmd:          p.config.Config.Cmd,
		Entrypoint:   p.config.Config.Entrypoint,
		WorkingDir:   p.config.Config.WorkingDir,
		Labels:       maps.Clone(p.config.Config.Labels),
		Shell:        p.docker.Shell,
		StopSignal:   p.config.Config.StopSignal,
		OnBuild:      p.docker.OnBuild,
		Healthcheck:  (*docker.HealthConfig)(p.docker.Healthcheck),
		Volumes:      map[string]struct{}{},
		ExposedPorts: map[docker.Port]struct{}{},
	}
	for volume := range p.config.Config.Volumes {
		config.Volumes[volume] = struct{}{}
	}
	for port := range p.config.Config.ExposedPorts {
		config.ExposedPorts[docker.Port(port)] = struct{}{}
	}
	return &docker.Image{Config: &config, Author: p.config.Author}
}
