// Package distros holds what kolla-build knows of each distro, one file a distro:
// the image that its tree begins with, where its packages come from, what it does
// not have. It also holds the users that services run as, which are the same on
// every distro.
//
// A file is read when its distro is asked for, and never at start.
package distros

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed *.toml
var files embed.FS

// usersFile is the one file that is not about a distro.
const usersFile = "users.toml"

// Distro is a distribution that images can be built on.
type Distro struct {
	// Name is what --base takes: "debian".
	Name string `toml:"-"`
	// BaseImage is the image that the tree begins with, without a tag, and
	// BaseTag the tag of it that is taken unless another is asked for.
	BaseImage string `toml:"base_image"`
	BaseTag   string `toml:"base_tag"`
	// PackageType is deb or rpm, PackageManager apt or dnf.
	PackageType    string `toml:"package_type"`
	PackageManager string `toml:"package_manager"`
	// DumbInit tells whether the distro, with the repositories below, has the
	// package dumb-init. Without it the service is process 1 itself.
	DumbInit bool `toml:"dumb_init"`
	// RunMounts are mounts for whatever installs packages, as RUN --mount has them:
	// the credentials that the distro's repositories ask for.
	RunMounts []string `toml:"run_mounts"`
	// Repositories says, by the name of the image that enables them, which
	// repositories are needed beyond what the base image is configured with.
	Repositories map[string]Repositories `toml:"repositories"`
	// Unbuildable says what cannot be built here, see [Distro.UnbuildableFor].
	Unbuildable map[string]Reasons `toml:"unbuildable"`
	// Bootstrap says how to make the base image from the distro's packages.
	Bootstrap Bootstrap `toml:"bootstrap"`
}

// Repositories says how an image enables package repositories.
type Repositories struct {
	// Type is the install type that needs them, binary or source; empty for both.
	Type string `toml:"type"`
	// Packages bring the description of a repository, or its keys, and stay.
	Packages []string `toml:"packages"`
	// Tools are packages that only the commands need; they are removed again,
	// which only deb distros have a use for.
	Tools []string `toml:"tools"`
	// Commands are run by the shell once packages and tools are installed.
	Commands []string `toml:"commands"`
}

// Bootstrap says how to make a root file system from packages.
type Bootstrap struct {
	// Tool is mmdebstrap or dnf.
	Tool string `toml:"tool"`
	// Releases gives, by tag of the base image, the release's name in the
	// distro's repositories: a suite for mmdebstrap, --releasever for dnf.
	Releases map[string]string `toml:"releases"`
	// Components are the parts of a deb repository that are enabled.
	Components []string `toml:"components"`
	// Packages are those to install: for deb beyond what mmdebstrap's variant
	// has, for rpm all, dependencies aside.
	Packages []string `toml:"packages"`
	// Keyring is the file with the signing keys on the machine that builds,
	// empty where the tool finds it itself.
	Keyring string `toml:"keyring"`
	// SourcesFiles gives, by release, the file below /etc/apt/sources.list.d in which
	// the distro's own image says where its packages come from. Those of older
	// releases are not here: they have a sources.list.
	SourcesFiles map[string]string `toml:"sources_files"`
	// SignedBy is the file with the signing keys in the image, for those.
	SignedBy string `toml:"signed_by"`
}

// Values returns the distro as templates see it: the keys of its file.
func (d Distro) Values() map[string]any {
	repositories := map[string]any{}
	for image, r := range d.Repositories {
		repositories[image] = map[string]any{
			"type":     r.Type,
			"packages": r.Packages,
			"tools":    append([]string{}, r.Tools...),
			"commands": r.Commands,
		}
	}
	return map[string]any{
		"name":            d.Name,
		"base_image":      d.BaseImage,
		"base_tag":        d.BaseTag,
		"package_type":    d.PackageType,
		"package_manager": d.PackageManager,
		"dumb_init":       d.DumbInit,
		"releases":        d.Bootstrap.Releases,
		"repositories":    repositories,
		"run_mounts":      d.RunMounts,
	}
}

// Lookup returns the distro of that name; the error for an unknown one lists
// those that are known.
func Lookup(name string) (Distro, error) {
	if !slices.Contains(Names(), name) {
		return Distro{}, fmt.Errorf("unknown distro %q, known are %s", name, strings.Join(Names(), ", "))
	}
	d := Distro{Name: name}
	if err := decode(name+".toml", &d); err != nil {
		return Distro{}, err
	}
	return d, nil
}

// Names returns the names of all distros, sorted.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the directory is part of the binary
	}
	var names []string
	for _, entry := range entries {
		if name, ok := strings.CutSuffix(entry.Name(), ".toml"); ok && entry.Name() != usersFile {
			names = append(names, name)
		}
	}
	return names
}

// decode reads one of our files. A key that nothing reads is a mistake in it.
func decode(file string, into any) error {
	text, err := fs.ReadFile(files, file)
	if err != nil {
		return err
	}
	meta, err := toml.Decode(string(text), into)
	if err != nil {
		return fmt.Errorf("failed to read %s: %w", file, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		var errs []error
		for _, key := range unknown {
			errs = append(errs, fmt.Errorf("failed to read %s: unknown key %q", file, key))
		}
		return errors.Join(errs...)
	}
	return nil
}
