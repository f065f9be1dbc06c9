package rpm

import (
	"bytes"
	_ "embed"
	"fmt"
	"path"

	"github.com/BurntSushi/toml"
)

//go:embed standin.toml
var standin []byte

// Data is what the stand-ins are made of, besides names: see standin.toml.
type Data struct {
	Distros  map[string]Distro  `toml:"distro"`
	Packages map[string]Content `toml:"package"`
	// Sources are files of the sources of images, by image.
	Sources map[string]struct{ Files map[string]string } `toml:"source"`
}

// Distro is one whose repositories are stood in for.
type Distro struct {
	// Release is the package that says which distro a root is, and brings its first
	// repositories.
	Release string
	// OSRelease is the text of /etc/os-release, and Version what dnf calls releasever.
	OSRelease string `toml:"os_release"`
	Version   string
	// Like is a distro whose repositories this one has, instead of its own.
	Like string
	// Repositories are the distro's. The first one has all packages that no other has.
	Repositories []Repository
}

// Repository is a part of a distro's packages.
type Repository struct {
	Name string
	// Release is the package that brings the repository; empty means the distro's.
	Release string
	// Disabled is a repository that is known and not used until somebody enables it.
	Disabled bool
	// Packages are patterns, as of path.Match.
	Packages []string
}

// has tells whether the package belongs to the repository.
func (r Repository) has(name string) bool {
	for _, pattern := range r.Packages {
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
	}
	return false
}

// Content is what a package has, beyond its name.
type Content struct {
	// Debian are packages of Debian that it brings, with all that these need.
	Debian []string
	// Requires are further packages.
	Requires []string
	// Files are texts of files, and Links targets of symbolic links, by path.
	Files, Links map[string]string
	// Programs are paths of commands that do nothing.
	Programs []string
	// Folders are paths of empty folders.
	Folders []string
}

// LoadData reads standin.toml.
func LoadData() (Data, error) {
	var data Data
	meta, err := toml.NewDecoder(bytes.NewReader(standin)).Decode(&data)
	if err != nil {
		return Data{}, fmt.Errorf("failed to read standin.toml: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return Data{}, fmt.Errorf("failed to read standin.toml: unknown key %s", unknown[0])
	}
	for name, distro := range data.Distros {
		if distro.Like != "" {
			distro.Repositories = data.Distros[distro.Like].Repositories
			data.Distros[name] = distro
		}
	}
	return data, nil
}
