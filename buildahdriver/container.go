package buildahdriver

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	docker "github.com/fsouza/go-dockerclient"
	"github.com/openshift/imagebuilder"
	"github.com/openshift/imagebuilder/dockerfile/parser"
	"github.com/sirupsen/logrus"
	"go.podman.io/buildah"
	"go.podman.io/buildah/define"
	"go.podman.io/common/pkg/config"
	is "go.podman.io/image/v5/storage"
	"go.podman.io/image/v5/types"
	"go.podman.io/storage/pkg/archive"
	"go.podman.io/storage/pkg/stringid"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/layer"
)

// buildInContainer builds an image in a working container of buildah's, and lets
// buildah commit it: for stores where a layer cannot be built in its place, and for
// buildah's own isolations.
func (d *Driver) buildInContainer(ctx context.Context, b *build) (image *Image, err error) {
	var names []string
	if b.options.Name != "" {
		name, err := storeName(b.options.Name)
		if err != nil {
			return nil, err
		}
		names = append(names, name.String())
	}
	err = d.whileUnsynced(names, func() (err error) {
		image, err = d.buildContained(ctx, b)
		return err
	})
	return image, err
}

// buildContained does the work of buildInContainer.
func (d *Driver) buildContained(ctx context.Context, b *build) (_ *Image, err error) {
	if err := needsMoreIDs(b.options.Dockerfile, d.inContainer); err != nil {
		return nil, err
	}
	if err := d.needsMounts(b.options.Dockerfile, d.inContainer); err != nil {
		return nil, err
	}
	container, root, err := d.newContainer(ctx, b.from, b.base)
	if err != nil {
		return nil, err
	}
	defer func() {
		if deleteErr := container.Delete(); deleteErr != nil {
			err = errors.Join(err, fmt.Errorf("failed to delete the working container: %w", deleteErr))
		}
	}()
	if err := b.instructions.FromImage(baseImage(container, b.from), b.node); err != nil {
		return nil, fmt.Errorf("%s: %w", b.options.Dockerfile, err)
	}
	if err := b.run(ctx, root, container); err != nil {
		return nil, err
	}
	configure(container, b.instructions)
	for key, value := range b.options.Labels {
		if value == "" {
			container.UnsetLabel(key)
		} else {
			container.SetLabel(key, value)
		}
	}
	describe(container, b.node)
	if err := d.checkCommittable(container, root); err != nil {
		return nil, err
	}
	return d.commit(ctx, container, b.options)
}

// newContainer makes and mounts a working container on the image base, called from, and
// returns the path of its root as well: buildah's own record of it is lost with
// the first of its calls that mounts for itself.
func (d *Driver) newContainer(ctx context.Context, from, base string) (_ *buildah.Builder, root string, err error) {
	container, err := buildah.NewBuilder(ctx, d.store, buildah.BuilderOptions{
		FromImage:        base,
		Container:        containerName(d.scratch.dir, stringid.GenerateRandomID()[:12]),
		PullPolicy:       define.PullNever,
		SystemContext:    &d.system,
		Isolation:        d.buildahIsolation(),
		Capabilities:     config.DefaultCapabilities,
		Format:           define.OCIv1ImageManifest,
		Logger:           logrus.StandardLogger(),
		NetworkInterface: noNetworks{},
	})
	if err != nil {
		return nil, "", fmt.Errorf("failed to make a working container on %s: %w", from, err)
	}
	root, err = container.Mount(container.MountLabel)
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("failed to mount a working container on %s: %w", from, err), container.Delete())
	}
	return container, root, nil
}

// baseImage describes the working container's image to the interpreter of
// instructions.
func baseImage(container *buildah.Builder, from string) *docker.Image {
	config := docker.Config{
		// RUN is refused without a name here, even for scratch.
		Image:        from,
		User:         container.User(),
		Env:          container.Env(),
		Cmd:          container.Cmd(),
		Entrypoint:   container.Entrypoint(),
		WorkingDir:   container.WorkDir(),
		Labels:       container.Labels(),
		Shell:        container.Shell(),
		StopSignal:   container.StopSignal(),
		OnBuild:      container.OnBuild(),
		Healthcheck:  (*docker.HealthConfig)(container.Healthcheck()),
		Volumes:      map[string]struct{}{},
		ExposedPorts: map[docker.Port]struct{}{},
	}
	for _, volume := range container.Volumes() {
		config.Volumes[volume] = struct{}{}
	}
	for _, port := range container.Ports() {
		config.ExposedPorts[docker.Port(port)] = struct{}{}
	}
	return &docker.Image{Parent: container.FromImageID, Config: &config, Author: container.Maintainer()}
}

// configure gives the working container the configuration that the instructions
// ended with.
func configure(container *buildah.Builder, instructions *imagebuilder.Builder) {
	config := instructions.Config()
	if instructions.Author != "" {
		container.SetMaintainer(instructions.Author)
	}
	container.SetUser(config.User)
	container.SetWorkDir(config.WorkingDir)
	container.SetCmd(config.Cmd)
	container.SetEntrypoint(config.Entrypoint)
	container.SetShell(config.Shell)
	container.SetStopSignal(config.StopSignal)
	container.SetHealthcheck((*buildahHealthcheck)(config.Healthcheck))
	for _, entry := range config.Env {
		key, value, _ := strings.Cut(entry, "=")
		container.SetEnv(key, value)
	}
	container.ClearPorts()
	for port := range config.ExposedPorts {
		container.SetPort(string(port))
	}
	container.ClearVolumes()
	for volume := range config.Volumes {
		container.AddVolume(volume)
	}
	container.ClearOnBuild()
	for _, trigger := range config.OnBuild {
		container.SetOnBuild(trigger)
	}
	container.ClearLabels()
	for key, value := range maps.All(config.Labels) {
		container.SetLabel(key, value)
	}
}

// describe writes the instructions into the image's history: see childHistory.
func describe(container *buildah.Builder, node *parser.Node) {
	now := time.Now().UTC()
	texts := instructionTexts(node)
	for i, text := range texts {
		if i == len(texts)-1 {
			container.SetCreatedBy(text)
			break
		}
		container.AddPrependedEmptyLayer(&now, text, "", "")
	}
}

// checkCommittable refuses what the library's writer of archives would leave out without an error,
// with all that follows it: see package layer.
func (d *Driver) checkCommittable(container *buildah.Builder, root string) error {
	stored, err := d.store.Container(container.ContainerID)
	if err != nil {
		return fmt.Errorf("failed to look up the working container: %w", err)
	}
	driver, err := d.store.GraphDriver()
	if err != nil {
		return err
	}
	options := layer.Options{}
	if metadata, err := driver.Metadata(stored.LayerID); err == nil && metadata["UpperDir"] != "" {
		root, options.OpaqueXattr = metadata["UpperDir"], archive.GetOverlayXattrName("opaque")
	}
	if err := layer.CheckForLibrary(root, options); err != nil {
		return remediedError{fmt.Errorf("buildah would lose files of the image: %w", err), "build without --commit buildah and --isolation, which can keep them"}
	}
	return nil
}

// commit makes an image of the working container.
func (d *Driver) commit(ctx context.Context, container *buildah.Builder, options BuildOptions) (*Image, error) {
	var name string
	var destination types.ImageReference // without one the image gets no name
	if options.Name != "" {
		named, err := storeName(options.Name)
		if err != nil {
			return nil, err
		}
		if destination, err = is.Transport.NewStoreReference(d.store, named, ""); err != nil {
			return nil, fmt.Errorf("failed to name the image %s: %w", named, err)
		}
		name = named.String()
	}
	results, err := container.CommitResults(ctx, destination, buildah.CommitOptions{
		PreferredManifestType: define.OCIv1ImageManifest,
		SystemContext:         &d.system,
	})
	if err == nil {
		err = markImage(d.store, results.ImageID, markBuilt)
	}
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return nil, cause
		}
		return nil, fmt.Errorf("failed to commit %s: %w", name, err)
	}
	return d.built(name, results.ImageID, results.Digest.String())
}
