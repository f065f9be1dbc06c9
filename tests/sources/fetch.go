package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kolla-build/kolla-build/tests/podman"
)

// script runs in the base image, which knows Debian's mirror and its keys. Arguments are
// the names of projects. One whose tarball the mirror lacks is left out.
const script = `
set -o errexit -o nounset
sed 's/^deb /deb-src /' /etc/apt/sources.list > /etc/apt/sources.list.d/deb-src.list
apt-get --quiet=2 update
cd /fetched
for project; do
    apt-get --quiet=2 source --download-only --tar-only "$project" || true
done
apt-cache depends --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
    --no-enhances "${@/#/python3-}" > depends
`

// fetched is what has been found for the projects.
type fetched struct {
	tarballs map[string]string // files, by project
	depends  []string          // the packages of Debian that they want, all together
}

// fetch gets what the projects need into a folder. What is given is not looked for.
func fetch(ctx context.Context, engine podman.Engine, base, dir string, given map[string]string) (fetched, error) {
	args := []string{"run", "--rm", "--network", "host", "--volume", dir + ":/fetched", base, "bash", "-c", script, "bash"}
	if err := engine.Tell(ctx, append(args, names()...)...); err != nil {
		return fetched{}, fmt.Errorf("failed to fetch the sources: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "depends"))
	if err != nil {
		return fetched{}, err
	}
	found := fetched{map[string]string{}, depends(string(text))}
	var problems []error
	for _, name := range names() {
		found.tarballs[name] = given[name]
		if given[name] == "" {
			found.tarballs[name], err = tarball(dir, name)
			problems = append(problems, err)
		}
	}
	return found, errors.Join(problems...)
}

// tarball finds the one that Debian calls PROJECT_VERSION.orig.tar.COMPRESSION.
func tarball(dir, name string) (string, error) {
	files, err := filepath.Glob(filepath.Join(dir, name+"_*.orig.tar.*"))
	if err == nil && len(files) != 1 {
		err = fmt.Errorf("the mirror has no upstream tarball of %[1]s\nget it elsewhere, and add the argument %[1]s=FILE", name)
	}
	if err != nil {
		return "", err
	}
	return files[0], nil
}

// depends reads what apt-cache tells. Of alternatives it takes the first. What is installed
// from source is left out, and so is what is only virtual.
func depends(text string) []string {
	var packages []string
	chosen := false
	for line := range strings.Lines(text) {
		name, first := strings.CutPrefix(strings.TrimSpace(line), "|Depends: ")
		name, last := strings.CutPrefix(name, "Depends: ")
		if !first && !last {
			continue
		}
		if !chosen && !strings.HasPrefix(name, "<") && find(strings.TrimPrefix(name, "python3-")) == nil {
			packages = append(packages, name)
		}
		chosen = first
	}
	slices.Sort(packages)
	return slices.Compact(packages)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
