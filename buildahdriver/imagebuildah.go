package buildahdriver

import (
	"context"
	"fmt"
	"strings"

	"go.podman.io/buildah/define"
	"go.podman.io/buildah/imagebuildah"
	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/types"
	"go.podman.io/storage/pkg/archive"
)

// buildWithImagebuildah builds what the quick way does not know, for a reason that
// beyond.go lists. The store and the result are the same.
func (d *Driver) buildWithImagebuildah(ctx context.Context, options BuildOptions, reason string) (*Image, error) {
	if err := needsMoreIDs(options.Dockerfile, reason); err != nil {
		return nil, err
	}
	if err := d.refuseToCutOff(options, reason); err != nil {
		return nil, err
	}
	if err := d.needsMounts(options.Dockerfile, reason); err != nil {
		return nil, err
	}
	options.reportSlow("by imagebuildah: " + reason)
	name, err := storeName(options.Name)
	if err != nil {
		return nil, err
	}
	excludes, ignoreFile, err := contextExcludes(&options)
	if err != nil {
		return nil, err
	}
	var labels, unset []string
	for key, value := range options.Labels {
		if value == "" {
			unset = append(unset, key)
		} else {
			labels = append(labels, key+"="+value)
		}
	}
	namespaces, configure := buildahNetwork(options.Network)
	pull := define.PullIfMissing
	if options.PullNewer {
		pull = define.PullIfNewer
	}
	route, err := d.pushes.registries.Route(&d.system, nil, false)
	if err != nil {
		return nil, err
	}
	defer route.Close()
	step := 0
	buildOptions := define.BuildOptions{
		ContextDirectory:        options.ContextDir,
		Args:                    options.Args,
		Labels:                  labels,
		UnsetLabels:             unset,
		Output:                  name.String(),
		OutputFormat:            define.OCIv1ImageManifest,
		Compression:             archive.Uncompressed,
		PullPolicy:              pull,
		Isolation:               d.buildahIsolation(),
		NamespaceOptions:        namespaces,
		ConfigureNetwork:        configure,
		NetworkInterface:        noNetworks{},
		CommonBuildOpts:         &define.CommonBuildOptions{Secrets: options.Secrets, IdentityLabel: types.OptionalBoolFalse},
		SystemContext:           route.System(),
		Excludes:                excludes,
		IgnoreFile:              ignoreFile,
		In:                      strings.NewReader(""),
		Out:                     options.Output,
		Err:                     options.Output,
		ReportWriter:            options.Output,
		NoCache:                 true,
		RemoveIntermediateCtrs:  true,
		ForceRmIntermediateCtrs: true,
		ContainerSuffix:         containerName(d.scratch.dir, ""),
		Log: func(format string, args ...any) {
			// Steps of several stages have no common count.
			step++
			options.OnStep(step, 0, oneLine(fmt.Sprintf(format, args...)))
		},
	}
	var id string
	var canonical reference.Canonical
	err = d.whileUnsynced([]string{name.String()}, func() (err error) {
		id, canonical, err = imagebuildah.BuildDockerfiles(ctx, d.store, buildOptions, options.Dockerfile)
		if err != nil {
			return err
		}
		return markImage(d.store, id, markBuilt)
	})
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	if err != nil {
		return nil, fmt.Errorf("failed to build %s: %w", options.Dockerfile, route.Explain(err))
	}
	digest := ""
	if canonical != nil {
		digest = canonical.Digest().String()
	}
	return d.built(name.String(), id, digest)
}
