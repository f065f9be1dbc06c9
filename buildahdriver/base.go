package buildahdriver

import (
	"context"
	"errors"
	"fmt"
	"io"

	"go.podman.io/common/libimage"
	"go.podman.io/common/pkg/config"
	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/pkg/sysregistriesv2"
	"go.podman.io/storage"
)

// resolveBase returns the id of the image that a FROM instruction names, pulling
// it if the store does not have it, or if the registry has a newer one and that
// is asked for. However many builds ask, it is pulled once.
func (d *Driver) resolveBase(ctx context.Context, name string, newer bool, output io.Writer) (string, error) {
	local, err := storeName(name)
	if err != nil {
		return "", err
	}
	image, err := d.store.Image(local.String())
	switch {
	case err == nil && (!newer || reference.Domain(local) == localDomain):
		return image.ID, nil
	case err != nil && !errors.Is(err, storage.ErrImageUnknown):
		return "", fmt.Errorf("failed to look up the base image %s: %w", local, err)
	}
	policy := config.PullPolicyMissing
	if newer {
		policy = config.PullPolicyNewer
	}
	id, err, _ := d.pulls.Do(name, func() (any, error) {
		if id, ok := d.pulled.Load(name); ok {
			return id, nil
		}
		id, err := d.pull(ctx, name, policy, output)
		if err == nil {
			d.pulled.Store(name, id)
		}
		return id, err
	})
	if err != nil {
		return "", err
	}
	return id.(string), nil
}

func (d *Driver) pull(ctx context.Context, name string, policy config.PullPolicy, output io.Writer) (string, error) {
	source, err := d.pullName(name)
	if err != nil {
		return "", err
	}
	// A short name may stand for images of several registries.
	var known reference.Named
	if named, err := reference.ParseNormalizedNamed(source); err == nil && hasDomain(source) {
		known = named
	}
	route, err := d.pushes.registries.Route(&d.system, known, false)
	if err != nil {
		return "", err
	}
	defer route.Close()
	runtime, err := libimage.RuntimeFromStore(d.store, &libimage.RuntimeOptions{SystemContext: route.System()})
	if err != nil {
		return "", err
	}
	// The run decides about retries; here, once.
	var retries uint
	images, err := runtime.Pull(ctx, source, policy, &libimage.PullOptions{
		CopyOptions: libimage.CopyOptions{Writer: &serialWriter{writer: output}, MaxRetries: &retries},
	})
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return "", cause
		}
		return "", registryError("pull the base image "+source, source, route.Explain(err))
	}
	return images[0].ID(), nil
}

// pullName completes a name without a registry, if registries.conf does not say
// where to look for such names.
func (d *Driver) pullName(name string) (string, error) {
	if hasDomain(name) {
		return name, nil
	}
	search, err := sysregistriesv2.UnqualifiedSearchRegistries(&d.system)
	if err != nil {
		return "", fmt.Errorf("failed to read registries.conf: %w", err)
	}
	if len(search) > 0 {
		return name, nil
	}
	named, err := registryName(name)
	if err != nil {
		return "", err
	}
	return named.String(), nil
}
