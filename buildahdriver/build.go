package buildahdriver

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	docker "github.com/fsouza/go-dockerclient"
	"github.com/openshift/imagebuilder"
	"github.com/openshift/imagebuilder/dockerfile/command"
	"github.com/openshift/imagebuilder/dockerfile/parser"
	"github.com/sirupsen/logrus"
	"go.podman.io/buildah"
	"go.podman.io/buildah/define"
	"go.podman.io/buildah/pkg/parse"
	"go.podman.io/common/pkg/config"
	is "go.podman.io/image/v5/storage"
	"go.podman.io/storage/pkg/stringid"
)

// BuildOptions describes one image to build.
type BuildOptions struct {
	// Name is the reference that the image gets in the store.
	Name string
	// ContextDir is the absolute path of the build context.
	ContextDir string
	// Dockerfile is its path; the default is Dockerfile in the context.
	Dockerfile string
	// Args are build arguments. The predefined ones, such as http_proxy, reach
	// RUN without an ARG instruction, and never the image's configuration.
	Args map[string]string
	// Labels are set on the image, after those of its Dockerfile and over those of
	// its base image. One with an empty value is removed.
	Labels map[string]string
	// Secrets are what "RUN --mount=type=secret" may ask for, each as
	// "id=ID,src=FILE" or "id=ID,env=VARIABLE". They reach no layer.
	Secrets []string
	// NoNetwork runs commands without a network; otherwise they have the host's.
	NoNetwork bool
	// PullNewer asks the registry for a newer base image even if the store has
	// one. Images of localhost have no registry to ask.
	PullNewer bool
	// Output receives what the instructions print.
	Output io.Writer
	// OnStep, if set, is called when an instruction begins: which, of how many,
	// from 1, and its text on one line.
	OnStep func(index, total int, instruction string)
}

// complete fills in defaults.
func (o *BuildOptions) complete() {
	if o.Dockerfile == "" {
		o.Dockerfile = filepath.Join(o.ContextDir, "Dockerfile")
	}
	if o.OnStep == nil {
		o.OnStep = func(int, int, string) {}
	}
	if o.Output == nil {
		o.Output = io.Discard
	}
}

// Image is an image that was built.
type Image struct {
	// Name is its full name in the store.
	Name string
	// ID is the digest of its configuration, in hex.
	ID string
	// Digest is the digest of its manifest in the store. A registry holds
	// compressed layers, and so another one.
	Digest string
	// Size is what its layers hold, uncompressed, in bytes.
	Size int64
}

// Build builds one image and commits it, with one layer for all its
// instructions. If an image has the name already, the name moves to the new one.
// An instruction that fails gives a [*StepError]. When the context ends, running
// commands are killed, nothing is committed, and the context's cause is
// returned.
func (d *Driver) Build(ctx context.Context, options BuildOptions) (*Image, error) {
	options.complete()
	node, err := parseDockerfile(options.Dockerfile)
	if err != nil {
		return nil, err
	}
	reason := needsImagebuildah(node)
	if (reason != "" || d.options.Isolation != IsolationDefault) && options.NoNetwork && d.buildahIsolation() == define.IsolationChroot {
		return nil, remediedError{
			fmt.Errorf("%s: buildah's chroot isolation cannot take the network away (it is used because of %s)", options.Dockerfile, cmp.Or(reason, "--isolation")),
			"use --isolation oci, or leave the network",
		}
	}
	if reason != "" {
		logrus.Debugf("%s: %s: built by imagebuildah", options.Dockerfile, reason)
		return d.buildWithImagebuildah(ctx, options)
	}
	return d.build(ctx, options, node)
}

func parseDockerfile(path string) (*parser.Node, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("failed to read the Dockerfile: %w", err)
	}
	node, err := imagebuilder.ParseDockerfile(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("failed to parse %s: %w", path, err)
	}
	return node, nil
}

// build goes the quick way: one working container, our own RUN, one commit.
func (d *Driver) build(ctx context.Context, options BuildOptions, node *parser.Node) (_ *Image, err error) {
	instructions := imagebuilder.NewBuilder(options.Args)
	from, err := instructions.From(node)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", options.Dockerfile, err)
	}
	container, root, err := d.newContainer(ctx, from, options.PullNewer, options.Output)
	if err != nil {
		return nil, err
	}
	defer func() {
		if deleteErr := container.Delete(); deleteErr != nil {
			err = errors.Join(err, fmt.Errorf("failed to delete the working container: %w", deleteErr))
		}
	}()
	if err := instructions.FromImage(baseImage(container, from), node); err != nil {
		return nil, fmt.Errorf("%s: %w", options.Dockerfile, err)
	}
	exec, err := d.newExecutor(ctx, options, container, root)
	if err != nil {
		return nil, err
	}
	for i, child := range node.Children {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		text := oneLine(child.Original)
		options.OnStep(i+1, len(node.Children), text)
		if err := runStep(instructions, exec, child); err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return nil, cause
			}
			return nil, &StepError{Dockerfile: options.Dockerfile, Line: child.StartLine, Instruction: shorten(text), Err: err}
		}
	}
	configure(container, instructions)
	for key, value := range options.Labels {
		if value == "" {
			container.UnsetLabel(key)
		} else {
			container.SetLabel(key, value)
		}
	}
	describe(container, node)
	return d.commit(ctx, container, options.Name)
}

func runStep(instructions *imagebuilder.Builder, exec *executor, child *parser.Node) error {
	step := instructions.Step()
	if err := step.Resolve(child); err != nil {
		return err
	}
	return instructions.Run(step, exec, false)
}

// newContainer makes and mounts a working container on the image called from, and
// returns the path of its root as well: buildah's own record of it is lost with
// the first of its calls that mounts for itself.
func (d *Driver) newContainer(ctx context.Context, from string, newer bool, output io.Writer) (_ *buildah.Builder, root string, err error) {
	base := buildah.BaseImageFakeName
	if from != base {
		if base, err = d.resolveBase(ctx, from, newer, output); err != nil {
			return nil, "", err
		}
	}
	container, err := buildah.NewBuilder(ctx, d.store, buildah.BuilderOptions{
		FromImage:     base,
		Container:     workingContainerPrefix + stringid.GenerateRandomID()[:12],
		PullPolicy:    define.PullNever,
		SystemContext: &d.system,
		Isolation:     d.buildahIsolation(),
		Capabilities:  config.DefaultCapabilities,
		Format:        define.OCIv1ImageManifest,
		Logger:        logrus.StandardLogger(),
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

// network returns what buildah needs to know of the network that RUN has: the
// host's, as Kolla's builds always have, or none.
func network(none bool) (define.NamespaceOptions, define.NetworkConfigurationPolicy) {
	if none {
		return define.NamespaceOptions{{Name: "network"}}, define.NetworkDisabled
	}
	// Disabled would win over the host's namespace.
	return define.NamespaceOptions{{Name: "network", Host: true}}, define.NetworkEnabled
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

// describe writes the instructions into the image's history. All but the last
// count as empty, since there is one layer for all of them. Build arguments are
// no part of an instruction's text, so their values stay out.
func describe(container *buildah.Builder, node *parser.Node) {
	now := time.Now().UTC()
	for i, child := range node.Children {
		text := oneLine(child.Original)
		if i == len(node.Children)-1 {
			container.SetCreatedBy(text)
			break
		}
		container.AddPrependedEmptyLayer(&now, text, "", "")
	}
}

// commit makes an image of the working container and calls it reference.
func (d *Driver) commit(ctx context.Context, container *buildah.Builder, reference string) (*Image, error) {
	name, err := storeName(reference)
	if err != nil {
		return nil, err
	}
	destination, err := is.Transport.NewStoreReference(d.store, name, "")
	if err != nil {
		return nil, fmt.Errorf("failed to name the image %s: %w", name, err)
	}
	results, err := container.CommitResults(ctx, destination, buildah.CommitOptions{
		PreferredManifestType: define.OCIv1ImageManifest,
		SystemContext:         &d.system,
	})
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return nil, cause
		}
		return nil, fmt.Errorf("failed to commit %s: %w", name, err)
	}
	return d.built(name.String(), results.ImageID, results.Digest.String())
}

func (d *Driver) built(name, id, digest string) (*Image, error) {
	image, err := d.store.Image(id)
	if err != nil {
		return nil, fmt.Errorf("failed to look up %s: %w", name, err)
	}
	size, err := d.layersSize(image.TopLayer)
	if err != nil {
		return nil, err
	}
	return &Image{Name: name, ID: image.ID, Digest: digest, Size: size}, nil
}

// needsImagebuildah tells why a Dockerfile cannot go the quick way, or nothing.
func needsImagebuildah(node *parser.Node) string {
	stages := 0
	for _, child := range node.Children {
		switch child.Value {
		case command.From:
			if stages++; stages > 1 {
				return "several stages"
			}
			if len(child.Flags) > 0 {
				return "FROM with a flag"
			}
		case command.Run:
			if len(child.Flags) > 0 {
				return "RUN with a flag"
			}
		case command.Add, command.Copy:
			for _, flag := range child.Flags {
				if !strings.HasPrefix(flag, "--chown=") && !strings.HasPrefix(flag, "--chmod=") {
					return strings.ToUpper(child.Value) + " with " + flag
				}
			}
		}
		if len(child.Heredocs) > 0 {
			return "a here-document"
		}
	}
	return ""
}

// contextExcludes reads the context's .containerignore or .dockerignore.
func contextExcludes(contextDir string) ([]string, string, error) {
	excludes, file, err := parse.ContainerIgnoreFile(contextDir, "", nil)
	if err != nil {
		return nil, "", fmt.Errorf("failed to read the ignore file of %s: %w", contextDir, err)
	}
	return excludes, file, nil
}

// oneLine joins the lines of an instruction.
func oneLine(instruction string) string {
	return strings.Join(strings.Fields(instruction), " ")
}

// shorten cuts an instruction for an error message.
func shorten(instruction string) string {
	const limit = 100
	if runes := []rune(instruction); len(runes) > limit {
		return string(runes[:limit]) + "..."
	}
	return instruction
}
