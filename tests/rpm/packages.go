package rpm

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// keyFile is where a root has the key that the packages are signed with.
const keyFile = "/etc/pki/rpm-gpg/RPM-GPG-KEY-stand-in"

// repositoryOf returns the name of the repository that a package is in.
func (d Distro) repositoryOf(name string) string {
	for _, repository := range d.Repositories {
		if repository.has(name) {
			return repository.Name
		}
	}
	return d.Repositories[0].Name
}

// stale returns the patterns of a distro's repositories that fit none of the names, as
// those of packages which no image installs any more.
func (d Distro) stale(names []string) []string {
	var all []string
	for _, repository := range d.Repositories {
		for _, pattern := range repository.Packages {
			only := Repository{Packages: []string{pattern}}
			if !slices.ContainsFunc(names, only.has) {
				all = append(all, pattern)
			}
		}
	}
	return all
}

// packages describes the packages of a distro, and writes their files into root.
func (m *Mirror) packages(distro Distro, name string, names []string, root string) ([]Package, error) {
	var packages []Package
	for _, one := range m.data.closure(names) {
		content := m.data.Packages[one]
		p := Package{Name: one, Requires: slices.Clone(content.Requires)}
		for _, debian := range content.Debian {
			p.Requires = append(p.Requires, debianPrefix+debian)
		}
		files := content.texts()
		maps.Copy(files, m.repositoryFiles(distro, name, one))
		if one == distro.Release {
			files["/etc/os-release"] = distro.OSRelease
			files[keyFile] = m.key.Public
			// From these dnf learns what $releasever is.
			p.Provides = []string{"system-release = " + distro.Version, "system-release(releasever) = " + distro.Version}
		}
		var err error
		if p.Files, err = content.write(root, files); err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
	return packages, nil
}

// closure adds to the names those of all packages that these require, sorted.
func (d Data) closure(names []string) []string {
	all := map[string]bool{}
	for queue := slices.Clone(names); len(queue) > 0; queue = queue[1:] {
		if !all[queue[0]] {
			all[queue[0]] = true
			queue = append(queue, d.Packages[queue[0]].Requires...)
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// repositoryFiles are what a package of the distro brings to make repositories known.
func (m *Mirror) repositoryFiles(distro Distro, name, pkg string) map[string]string {
	files := map[string]string{}
	for _, repository := range distro.Repositories {
		release := repository.Release
		if release == "" {
			release = distro.Release
		}
		if release != pkg {
			continue
		}
		enabled := 1
		if repository.Disabled {
			enabled = 0
		}
		files["/etc/yum.repos.d/"+repository.Name+".repo"] = fmt.Sprintf(
			"[%[1]s]\nname=%[1]s\nbaseurl=%[2]s\nenabled=%[3]d\ngpgcheck=1\ngpgkey=file://%[4]s\n",
			repository.Name, m.repositoryURL(name, repository.Name), enabled, keyFile)
	}
	return files
}

// texts returns the texts of a package's files, programs among them, by path.
func (c Content) texts() map[string]string {
	texts := map[string]string{}
	maps.Copy(texts, c.Files)
	for _, path := range c.Programs {
		texts[path] = "#!/bin/sh\n"
	}
	return texts
}

// write writes the files, links and folders of a package into root, and returns their
// paths as a Package has them.
func (c Content) write(root string, texts map[string]string) ([]string, error) {
	if err := writeTexts(root, texts); err != nil {
		return nil, err
	}
	paths := slices.Collect(maps.Keys(texts))
	for path, target := range c.Links {
		link := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			return nil, err
		}
		if err := os.Symlink(target, link); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	for _, path := range c.Folders {
		if err := os.MkdirAll(filepath.Join(root, path), 0o755); err != nil {
			return nil, err
		}
		paths = append(paths, path+"/")
	}
	slices.Sort(paths)
	return paths, nil
}
