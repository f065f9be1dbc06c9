// Package rpm stands in for the mirrors of distros with RPMs, which tests cannot have:
// packages with the distro's names, in repositories with the distro's names, signed.
// A root that is bootstrapped from them works, and dnf works in it.
//
// Most packages are empty. Those whose commands a Dockerfile runs have the files of
// Debian's: each package of Debian becomes an RPM, with its dependencies, and the
// package with the distro's name depends on it. So a command is there when its package
// has been installed, and not before. What the distro's packages have beyond that, and
// which of them are in which repository, says standin.toml.
package rpm

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Served is the folder, below the one where a mirror is made, that a web server has to
// serve while the mirror is in use.
const Served = "www"

// Mirror makes the stand-ins of all distros.
type Mirror struct {
	data   Data
	dir    string
	url    string
	key    Key
	debian []Package
}

// Key is what packages are signed with.
type Key struct {
	// Home is gpg's folder, which has the secret key of that name.
	Home, Name string
	// Public is the text of the public key.
	Public string
}

// New makes a mirror below dir, which has to be there and empty: so far with Debian's
// packages only. The URL is that of the folder Served.
func New(dir, url string, key Key) (*Mirror, error) {
	data, err := LoadData()
	if err != nil {
		return nil, err
	}
	m := &Mirror{data: data, dir: dir, url: url, key: key}
	if err := os.WriteFile(m.KeyFile(), []byte(key.Public), 0o644); err != nil {
		return nil, err
	}
	debs, err := fetchDebian(dir, data.debian())
	if err != nil {
		return nil, err
	}
	root := filepath.Join(dir, "debian")
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	if m.debian, err = unpackDebian(debs, root); err != nil {
		return nil, err
	}
	return m, m.build("debian", m.debian)
}

// debian returns the names of all packages of Debian that stand-ins are made of.
func (d Data) debian() []string {
	names := map[string]bool{}
	for _, content := range d.Packages {
		for _, name := range content.Debian {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// KeyFile is the path of the public key.
func (m *Mirror) KeyFile() string { return filepath.Join(m.dir, "key.asc") }

func (m *Mirror) served() string { return filepath.Join(m.dir, Served) }

// Add makes the repositories of a distro, with packages of these names and what they
// require. It returns the URL of the first one, which a root can be bootstrapped from.
func (m *Mirror) Add(name string, names []string) (string, error) {
	distro, ok := m.data.Distros[name]
	if !ok {
		return "", fmt.Errorf("standin.toml has no distro %q", name)
	}
	if stale := distro.stale(names); len(stale) > 0 {
		return "", fmt.Errorf("standin.toml says where %s are in %s, and no image installs them", strings.Join(stale, ", "), name)
	}
	root := filepath.Join(m.dir, name)
	packages, err := m.packages(distro, name, names, root)
	if err != nil {
		return "", err
	}
	if err := m.build(name, packages); err != nil {
		return "", err
	}
	contents := map[string][]string{}
	for _, p := range packages {
		where := distro.repositoryOf(p.Name)
		contents[where] = append(contents[where], m.rpm(name, p))
	}
	first := distro.Repositories[0].Name
	for _, p := range m.debian {
		contents[first] = append(contents[first], m.rpm("debian", p))
	}
	for _, repository := range distro.Repositories {
		if err := m.publish(filepath.Join(m.served(), name, repository.Name), contents[repository.Name]); err != nil {
			return "", err
		}
	}
	return m.repositoryURL(name, first), nil
}

func (m *Mirror) repositoryURL(distro, repository string) string {
	return fmt.Sprintf("%s/%s/%s", m.url, distro, repository)
}

// rpm is the path of the file of a package that was built.
func (m *Mirror) rpm(group string, p Package) string {
	return filepath.Join(m.dir, "rpms-"+group, p.Name+".rpm")
}

// build makes and signs RPMs of packages whose files lie in the folder of the group.
func (m *Mirror) build(group string, packages []Package) error {
	out, file := filepath.Join(m.dir, "rpms-"+group), filepath.Join(m.dir, group+".spec")
	if err := os.WriteFile(file, []byte(spec(packages, filepath.Join(m.dir, group))), 0o644); err != nil {
		return err
	}
	err := run("rpmbuild", "-bb", "--define", "_topdir "+filepath.Join(m.dir, "rpmbuild"),
		"--define", "_rpmdir "+out, "--define", "_build_name_fmt %%{NAME}.rpm", file)
	if err != nil {
		return err
	}
	return m.sign(out)
}

// sign signs all packages of a folder.
func (m *Mirror) sign(dir string) error {
	gpg, err := exec.LookPath("gpg")
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.rpm"))
	if err != nil {
		return err
	}
	// Debian's rpmsign does not know where gpg is.
	return run("rpmsign", append([]string{"--define", "_gpg_name " + m.key.Name, "--define", "_gpg_path " + m.key.Home,
		"--define", "__gpg " + gpg, "--addsign"}, files...)...)
}

// publish makes a repository of packages.
func (m *Mirror) publish(dir string, rpms []string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, rpm := range rpms {
		if err := os.Link(rpm, filepath.Join(dir, filepath.Base(rpm))); err != nil {
			return err
		}
	}
	return run("createrepo_c", "--quiet", dir)
}
