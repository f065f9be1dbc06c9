package buildahdriver

import (
	"fmt"
	"strings"

	"go.podman.io/image/v5/docker/reference"
)

// localDomain is where an image without a registry lives in a store, as podman
// and buildah name it too.
const localDomain = "localhost"

// storeName returns the name under which the store keeps an image: one without a
// registry is localhost's.
func storeName(name string) (reference.Named, error) {
	if !hasDomain(name) {
		name = localDomain + "/" + name
	}
	return parseName(name)
}

// registryName returns the name an image has in a registry: one without a
// registry belongs to docker.io, as for every docker client.
func registryName(name string) (reference.Named, error) {
	return parseName(name)
}

func parseName(name string) (reference.Named, error) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return nil, fmt.Errorf("invalid image name %q: %w", name, err)
	}
	return reference.TagNameOnly(named), nil
}

// hasDomain tells whether a name begins with a registry's host, by the rule of
// the distribution project: the first part has a dot or a port, or is localhost.
func hasDomain(name string) bool {
	first, rest, ok := strings.Cut(name, "/")
	return ok && rest != "" && (strings.ContainsAny(first, ".:") || first == localDomain)
}

// storeName returns the full name in the store; it is empty for an image without a name.
func (o *BuildOptions) storeName() (string, error) {
	if o.Name == "" {
		return "", nil
	}
	name, err := storeName(o.Name)
	if err != nil {
		return "", err
	}
	return name.String(), nil
}
