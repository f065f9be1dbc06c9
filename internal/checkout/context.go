package checkout

import (
	"path/filepath"
	"regexp"
	"strings"

	"github.com/kolla-build/kolla-build/internal/repositories"
)

// quoted matches the names that a module has between single quotes.
var quoted = regexp.MustCompile(`'([a-z_]+)'`)

// Variables returns the names that the Python tool of the checkout may give its
// templates: every name that the module which renders them has between quotes.
// There are more of these than variables, but none is missing. It is nil where
// no such module is found.
func (c *Checkout) Variables() map[string]bool {
	var names map[string]bool
	for _, module := range workers {
		for _, m := range quoted.FindAllStringSubmatch(c.modules[module], -1) {
			if names == nil {
				names = map[string]bool{"env": true}
			}
			names[m[1]] = true
		}
	}
	return names
}

// RepositoryScheme returns how the templates set up package repositories.
func (c *Checkout) RepositoryScheme() repositories.Scheme {
	switch methods := c.modules[moduleMethods]; {
	case strings.Contains(methods, "DNF_REMOVE_EXISTING"):
		return repositories.Merged
	case strings.Contains(methods, "DNF_REPO"):
		return repositories.Files
	}
	return repositories.Switches
}

// RepositoryFile returns the path of the file with the package repositories for
// the tag of a distro's base image. Some releases have a file of its own for a
// new release of a distro: 2024.1 for Ubuntu's, 2025.1 for those of enterprise
// Linux.
func (c *Checkout) RepositoryFile(distro, tag string) string {
	name := "repos.yaml"
	methods := c.modules[moduleMethods]
	switch {
	case strings.Contains(methods, "repos-noble.yaml") &&
		(strings.HasPrefix(tag, "24.04") || strings.HasPrefix(tag, "noble")):
		name = "repos-noble.yaml"
	case strings.Contains(methods, "repos-el10.yaml") &&
		(distro == "centos" && strings.HasPrefix(tag, "stream10") || distro == "rocky" && strings.HasPrefix(tag, "10")):
		name = "repos-el10.yaml"
	}
	return filepath.Join(c.Root, "kolla/template", name)
}
