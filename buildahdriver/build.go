package buildahdriver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/openshift/imagebuilder"
	"github.com/openshift/imagebuilder/dockerfile/command"
	"github.com/openshift/imagebuilder/dockerfile/parser"
	"go.podman.io/buildah"
	"go.podman.io/buildah/define"
	"go.podman.io/buildah/pkg/parse"

	"github.com/kolla-build/kolla-build/internal/dockerfile"
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
	// Network is what RUN can reach. [Driver.CheckNetwork] tells whether it can be had.
	Network Network
	// Limits bound every RUN instruction, but not those in buildah's isolations.
	Limits StepLimits
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

// reportSlow says in the image's output that it is not built in its place in the store, and
// why. How begins with the way that is taken instead.
func (o *BuildOptions) reportSlow(how string) {
	_, _ = fmt.Fprintf(o.Output, "# slow path, %s\n", how) // a log that cannot be written fails the build elsewhere
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
	if d.options.Isolation != IsolationDefault {
		return d.buildIsolated(ctx, options)
	}
	return d.build(ctx, options)
}

// buildIsolated builds with the isolation of buildah's that the user has chosen. What our
// own executor does not do in it, buildah's builder does.
func (d *Driver) buildIsolated(ctx context.Context, options BuildOptions) (*Image, error) {
	if err := d.CheckNetwork(options.Network); err != nil {
		return nil, err
	}
	file, err := readDockerfile(options)
	if err != nil {
		return nil, err
	}
	reason := needsImagebuildah(file)
	if reason == "" && hasRunFlags(file.Target().Node) {
		reason = "RUN with a flag"
	}
	if reason != "" {
		return d.buildWithImagebuildah(ctx, options, reason)
	}
	if err := d.refuseToCutOff(options, "--isolation"); err != nil {
		return nil, err
	}
	image, err := d.build(ctx, options)
	if errors.Is(err, errNeedsImagebuildah) {
		return d.buildWithImagebuildah(ctx, options, err.Error())
	}
	return image, err
}

// refuseToCutOff refuses what buildah's chroot isolation cannot do; reason is why it would
// be used.
func (d *Driver) refuseToCutOff(options BuildOptions, reason string) error {
	if options.Network != NetworkNone || d.buildahIsolation() != define.IsolationChroot {
		return nil
	}
	return remediedError{
		fmt.Errorf("%s: buildah's chroot isolation cannot take the network away (it is used because of %s)", options.Dockerfile, reason),
		"use --isolation oci, or leave the network",
	}
}

func readDockerfile(options BuildOptions) (*dockerfile.File, error) {
	text, err := os.ReadFile(options.Dockerfile)
	if err != nil {
		return nil, fmt.Errorf("failed to read the Dockerfile: %w", err)
	}
	file, err := dockerfile.Parse(text, options.Args)
	if err != nil {
		return nil, fmt.Errorf("failed to parse %s: %w", options.Dockerfile, err)
	}
	return file, nil
}

// build is one stage of a Dockerfile that is being built.
type build struct {
	*stages
	options      BuildOptions // without name and labels if the stage is not the last
	node         *parser.Node
	instructions *imagebuilder.Builder
	from         string // as the FROM instruction has it
	base         string // the id of that image, or "scratch"
	stage        *dockerfile.Stage
	planned      int // how many instructions the Dockerfile has for the stage
}

// build builds with our own executor, in the fastest way that the store allows.
func (d *Driver) build(ctx context.Context, options BuildOptions) (*Image, error) {
	if d.inContainer == "" {
		image, err := d.buildStages(ctx, options, d.buildStaged)
		if !errors.Is(err, errCannotStage) {
			return image, err
		}
		options.reportSlow("in a working container of buildah's: " + err.Error())
	} else {
		options.reportSlow("in a working container of buildah's: " + d.inContainer)
	}
	return d.buildStages(ctx, options, d.buildInContainer)
}

// run executes the instructions in root, with the container that it is the root of, if
// it is of one.
func (b *build) run(ctx context.Context, root string, container *buildah.Builder) error {
	exec, err := newExecutor(ctx, b, root, container)
	if err != nil {
		return err
	}
	defer exec.close()
	b.steps.begin(b.planned, b.node)
	for i, child := range b.node.Children {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		text := oneLine(child.Original)
		b.steps.next(&b.options, text)
		if err := runStep(b.instructions, exec, child, runsIn(b.node.Children[i+1:])); err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return &StepError{Dockerfile: b.options.Dockerfile, Line: child.StartLine, Instruction: shorten(text), Err: err}
		}
	}
	return context.Cause(ctx)
}

// runsIn tells whether there is a RUN among instructions. What comes before one must
// make the folder of a VOLUME.
func runsIn(children []*parser.Node) bool {
	return slices.ContainsFunc(children, func(child *parser.Node) bool { return child.Value == command.Run })
}

func runStep(instructions *imagebuilder.Builder, exec *executor, child *parser.Node, runsLater bool) error {
	step := instructions.Step()
	if err := step.Resolve(child); err != nil {
		return err
	}
	return instructions.Run(step, exec, !runsLater)
}

// buildahNetwork returns what buildah needs to know of the network that RUN has: the
// host's, as Kolla's builds always have, or none.
func buildahNetwork(network Network) (define.NamespaceOptions, define.NetworkConfigurationPolicy) {
	if network == NetworkNone {
		return define.NamespaceOptions{{Name: "network"}}, define.NetworkDisabled
	}
	// Disabled would win over the host's namespace.
	return define.NamespaceOptions{{Name: "network", Host: true}}, define.NetworkEnabled
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

// contextExcludes reads the ignore file: the one beside the Dockerfile that has its name
// with .dockerignore or .containerignore behind it, else the context's.
func contextExcludes(options *BuildOptions) ([]string, string, error) {
	excludes, file, err := parse.ContainerIgnoreFile(options.ContextDir, "", []string{options.Dockerfile})
	if err != nil {
		return nil, "", fmt.Errorf("failed to read the ignore file of %s: %w", options.ContextDir, err)
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
