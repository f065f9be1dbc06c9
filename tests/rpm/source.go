package rpm

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	archive   = regexp.MustCompile(`(?m)^ADD (\S+)-archive /`)
	linked    = regexp.MustCompile(`\bln --symbolic (\S+)-source/\* /(\S+)`)
	published = regexp.MustCompile(`\bfind /(\S+)-source -type f '\(' -name (\S+) `)
)

// Sources makes stand-ins for the sources of all images, given as Dockerfiles of type
// source by name, and for the projects that they install from an index. It returns the
// text of a kolla-build.conf that names the sources, and the text of a header that makes
// pip look into the index.
//
// Most are projects that hold no more than their names. Those that a Dockerfile takes
// files from have them by standin.toml.
func (m *Mirror) Sources(dockerfiles map[string]string) (config, header string, err error) {
	var b strings.Builder
	projects := map[string]bool{}
	for _, image := range slices.Sorted(maps.Keys(dockerfiles)) {
		text := continuation.ReplaceAllString(dockerfiles[image], " ")
		for _, name := range PipInstalled(text) {
			projects[name] = true
		}
		if !slices.ContainsFunc(archive.FindAllStringSubmatch(text, -1), func(add []string) bool { return add[1] == image }) {
			continue
		}
		dir := filepath.Join(m.dir, "sources", image, image)
		if err := writeTexts(dir, m.data.source(image, text)); err != nil {
			return "", "", err
		}
		fmt.Fprintf(&b, "[%s]\ntype = local\nlocation = %s\n", image, dir)
	}
	for name := range projects {
		if err := writeWheel(filepath.Join(m.served(), "wheels"), name); err != nil {
			return "", "", err
		}
	}
	// The oddly named last one switches the isolation off, in which pip would want
	// setuptools from the index.
	header = fmt.Sprintf("ENV PIP_NO_INDEX=1 PIP_FIND_LINKS=%s/wheels/ PIP_NO_BUILD_ISOLATION=0\n", m.url)
	return b.String(), header, nil
}

// source returns the files of an image's source by path: the programs that the
// Dockerfile looks for, or else a project in Python.
func (d Data) source(image, dockerfile string) map[string]string {
	files := map[string]string{}
	for _, found := range published.FindAllStringSubmatch(dockerfile, -1) {
		files[found[2]] = "#!/bin/sh\n"
	}
	if found := linked.FindStringSubmatch(dockerfile); found != nil {
		files["setup.py"] = fmt.Sprintf("import setuptools\nsetuptools.setup(name=%q, version='1', packages=setuptools.find_packages(), include_package_data=True)\n", found[2])
		files["MANIFEST.in"] = "graft .\n"
	}
	maps.Copy(files, d.Sources[image].Files)
	return files
}

// writeTexts writes files by their paths below dir. Those that begin with #! can be
// executed.
func writeTexts(dir string, texts map[string]string) error {
	for name, text := range texts {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(path.Dir(file), 0o755); err != nil {
			return err
		}
		mode := os.FileMode(0o644)
		if strings.HasPrefix(text, "#!") {
			mode = 0o755
		}
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			return err
		}
	}
	return nil
}
