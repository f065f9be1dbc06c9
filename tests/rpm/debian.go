package rpm

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// debianRelease is the one whose files the stand-ins have: it needs a dnf as new as
// the distros' own.
const debianRelease = "trixie"

// debianPrefix begins the names of the RPMs that are made of Debian's packages, so that
// they are never those of a distro.
const debianPrefix = "debian-"

// unwanted are folders of Debian's packages that have no reader here, and the file that
// the distro's own takes the place of.
var unwanted = []string{
	"./usr/share/doc", "./usr/share/man", "./usr/share/info", "./usr/share/locale", "./usr/share/lintian",
	"./etc/os-release", "./usr/lib/os-release",
}

// fetchDebian downloads packages of Debian, with all that they depend on, and returns
// the paths of their files below dir.
func fetchDebian(dir string, names []string) ([]string, error) {
	folder := filepath.Join(dir, "debs")
	if err := os.Mkdir(folder, 0o755); err != nil {
		return nil, err
	}
	// Nothing is to be unpacked: the hook takes what was downloaded.
	err := run("mmdebstrap", "--mode=chrootless", "--variant=extract", "--format=null",
		"--include="+strings.Join(names, ","), "--skip=extract",
		`--extract-hook=cp "$1"/var/cache/apt/archives/*.deb '`+folder+`'`, debianRelease)
	if err != nil {
		return nil, err
	}
	return filepath.Glob(filepath.Join(folder, "*.deb"))
}

// unpackDebian unpacks packages of Debian into the folder root, and describes them as
// RPMs.
func unpackDebian(debs []string, root string) ([]Package, error) {
	var controls []control
	var packages []Package
	for _, deb := range debs {
		fields, err := output("dpkg-deb", "--field", deb)
		if err != nil {
			return nil, err
		}
		controls = append(controls, parseControl(fields))
	}
	present := providers(controls)
	for i, deb := range debs {
		files, err := unpack(deb, root)
		if err != nil {
			return nil, err
		}
		packages = append(packages, Package{
			Name:     debianPrefix + controls[i].name,
			Requires: requirements(controls[i], present),
			Files:    files,
		})
	}
	return packages, nil
}

// unpack returns the paths of what the package has.
func unpack(deb, root string) ([]string, error) {
	// A package may still name /bin and /lib, which are links to the folders of /usr.
	args := []string{"--extract", "--directory=" + root, "--preserve-permissions", "--no-same-owner",
		"--verbose", "--show-transformed-names", "--quoting-style=literal", `--transform=flags=rh;s,^\./\(bin\|sbin\|lib\|lib64\)/,./usr/\1/,`}
	for _, path := range unwanted {
		args = append(args, "--exclude="+path)
	}
	archive := exec.Command("dpkg-deb", "--fsys-tarfile", deb)
	tar := exec.Command("tar", args...)
	var names, problems bytes.Buffer
	tar.Stdout, tar.Stderr, archive.Stderr = &names, &problems, &problems
	var err error
	if tar.Stdin, err = archive.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := archive.Start(); err != nil {
		return nil, err
	}
	if err := tar.Run(); err != nil {
		return nil, fmt.Errorf("failed to unpack %s: %w\n%s", deb, err, &problems)
	}
	if err := archive.Wait(); err != nil {
		return nil, fmt.Errorf("failed to read %s: %w\n%s", deb, err, &problems)
	}
	var files []string
	for line := range strings.Lines(names.String()) {
		if path := strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "."); path != "/" {
			files = append(files, path)
		}
	}
	return files, nil
}

// control is what a package of Debian says about itself. A dependency is a list of
// alternatives.
type control struct {
	name     string
	provides []string
	depends  [][]string
}

func parseControl(text string) control {
	var c control
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "Package":
			c.name = value
		case "Provides":
			for _, name := range alternatives(value) {
				c.provides = append(c.provides, name...)
			}
		case "Depends", "Pre-Depends":
			c.depends = append(c.depends, alternatives(value)...)
		}
	}
	return c
}

// alternatives reads "a (>= 1), b:any | c" as [[a] [b c]].
func alternatives(relation string) [][]string {
	var all [][]string
	for one := range strings.SplitSeq(relation, ",") {
		var names []string
		for name := range strings.SplitSeq(one, "|") {
			name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
			name, _, _ = strings.Cut(name, ":")
			names = append(names, name)
		}
		all = append(all, names)
	}
	return all
}

// providers maps all names that a dependency may have to the package that fulfils it.
func providers(controls []control) map[string]string {
	present := map[string]string{}
	for _, c := range controls {
		for _, name := range c.provides {
			present[name] = c.name
		}
	}
	for _, c := range controls {
		present[c.name] = c.name
	}
	return present
}

// requirements are the dependencies as those of an RPM. apt has seen to it that one of
// the alternatives is there.
func requirements(c control, present map[string]string) []string {
	var all []string
	for _, names := range c.depends {
		for _, name := range names {
			if found, ok := present[name]; ok {
				all = append(all, debianPrefix+found)
				break
			}
		}
	}
	return all
}
