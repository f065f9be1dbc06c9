package buildahdriver

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/sirupsen/logrus"
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
	id, err := d.findBase(ctx, name, newer, output)
	if err != nil || !SingleID() {
		return id, err
	}
	_, err, _ = d.pulls.Do("owners of "+id, func() (any, error) { return nil, d.recordOwners(id) })
	return id, err
}

func (d *Driver) findBase(ctx context.Context, name string, newer bool, output io.Writer) (string, error) {
	local, err := storeName(name)
	if err != nil {
		return "", err
	}
	image, err := d.store.Image(local.String())
	if err == nil {
		if damage := d.checkImage(image); damage != nil {
			if err := d.dropDamaged(image, local, damage); err != nil {
				return "", err
			}
			err = storage.ErrImageUnknown
		}
	}
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

// dropDamaged removes a base image that can be pulled again.
func (d *Driver) dropDamaged(image *storage.Image, name reference.Named, damage error) error {
	damage = fmt.Errorf("the base image %s is damaged: %w", name, damage)
	if reference.Domain(name) == localDomain {
		return remediedError{damage, "build it anew, or remove what is damaged: kolla-build check --repair"}
	}
	logrus.Warnf("%v; it is pulled again", damage)
	if err := deleteImage(d.store, image.ID); err != nil {
		return errors.Join(damage, fmt.Errorf("failed to remove it: %w", err))
	}
	return nil
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
	var id string
	err = d.whileUnsynced(d.pullNames(source), func() error {
		known, err := d.imageIDs()
		if err != nil {
			return err
		}
		images, err := runtime.Pull(ctx, source, policy, &libimage.PullOptions{
			CopyOptions: libimage.CopyOptions{Writer: &serialWriter{writer: output}, MaxRetries: &retries},
		})
		if err != nil {
			return err
		}
		if id = images[0].ID(); known[id] {
			return nil
		}
		return markImage(d.store, id, markPulled)
	})
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return "", cause
		}
		return "", registryError("pull the base image "+source, source, route.Explain(err))
	}
	return id, nil
}

// imageIDs returns the ids of all images.
func (d *Driver) imageIDs() (map[string]bool, error) {
	images, err := d.store.Images()
	if err != nil {
		return nil, fmt.Errorf("failed to list the store's images: %w", err)
	}
	ids := map[string]bool{}
	for _, image := range images {
		ids[image.ID] = true
	}
	return ids, nil
}

// pullNames returns the names that an image may have in the store once it is pulled.
func (d *Driver) pullNames(source string) []string {
	if named, err := registryName(source); err == nil && hasDomain(source) {
		return []string{named.String()}
	}
	search, err := sysregistriesv2.UnqualifiedSearchRegistries(&d.system)
	if err != nil {
		return nil
	}
	var names []string
	for _, registry := range search {
		if named, err := registryName(registry + "/" + source); err == nil {
			names = append(names, named.String())
		}
	}
	return names
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
