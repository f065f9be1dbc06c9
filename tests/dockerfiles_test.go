package tests

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openshift/imagebuilder"
	"github.com/openshift/imagebuilder/dockerfile/command"

	"github.com/kolla-build/kolla-build/distros"
)

// TestDockerfiles renders the shipped templates for every distro and shows them to
// the parser that buildah uses.
func TestDockerfiles(t *testing.T) {
	t.Parallel()
	for _, distro := range distros.Names() {
		for _, kind := range []string{"binary", "source"} {
			t.Run(distro+" "+kind, func(t *testing.T) {
				dir := t.TempDir()
				kollaBuild(t, "-b", distro, "-t", kind, "--template-only", "--work-dir", dir).wants(t, 0)
				list := kollaBuild(t, "-b", distro, "-t", kind, "--list-images")
				dockerfiles := findDockerfiles(t, dir)
				if got, want := len(dockerfiles), strings.Count(list.stdout, "\n"); got != want || got == 0 {
					t.Errorf("%d Dockerfiles %q for\n%s", got, dockerfiles, list)
				}
				for _, path := range dockerfiles {
					if err := checkDockerfile(path); err != nil {
						t.Errorf("%v\n%s", err, readFile(t, path))
					}
				}
			})
		}
	}
}

func findDockerfiles(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Base(path) == "Dockerfile" {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func checkDockerfile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	node, err := imagebuilder.ParseDockerfile(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for i, child := range node.Children {
		// The parser itself takes any word for an instruction.
		if _, known := command.Commands[child.Value]; !known {
			return fmt.Errorf("%s:%d: unknown instruction %s", path, child.StartLine, child.Value)
		}
		if (child.Value == command.From) != (i == 0) {
			return fmt.Errorf("%s:%d: FROM comes first, and once", path, child.StartLine)
		}
	}
	return nil
}
