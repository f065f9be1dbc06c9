package templates_test

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openshift/imagebuilder/dockerfile/command"

	"github.com/kolla-build/kolla-build/distros"
	"github.com/kolla-build/kolla-build/internal/template"
	"github.com/kolla-build/kolla-build/templates"
)

// Every template has the shape of image.j2, and the blocks by which it can be changed
// from outside.
func TestShape(t *testing.T) {
	for image, dir := range imageDirs(t) {
		text := readTemplate(t, dir)
		if !strings.HasPrefix(text, "{% extends \"image.j2\" %}\n") {
			t.Errorf("%s does not begin with: {%% extends \"image.j2\" %%}", image)
		}
		for _, where := range []string{"header", "footer"} {
			block := fmt.Sprintf("{%% block %s_%s %%}", strings.ReplaceAll(image, "-", "_"), where)
			if strings.Count(text, block) != 1 {
				t.Errorf("%s does not have once: %s", image, block)
			}
		}
	}
}

// A key of packages that no distro knows would be passed over in silence.
func TestPackageKeys(t *testing.T) {
	known := []string{"all", "deb", "rpm", "x86_64", "aarch64"}
	for _, name := range distros.Names() {
		distro, err := distros.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		known = slices.Concat(known, []string{name}, slices.Collect(maps.Values(distro.Bootstrap.Releases)))
	}
	dict := regexp.MustCompile(`(?s)\{% set packages = \{\n(.*?)\n\} %\}`)
	entry := regexp.MustCompile(`(?m)^    '([^']*)': \[((?s:.*?))\]`)
	for image, dir := range imageDirs(t) {
		found := dict.FindStringSubmatch(readTemplate(t, dir))
		if found == nil {
			if strings.Contains(readTemplate(t, dir), "set packages") {
				t.Errorf("%s does not lay out its packages as the others do", image)
			}
			continue
		}
		for _, list := range entry.FindAllStringSubmatch(found[1], -1) {
			key := list[1]
			for _, kind := range []string{"binary-", "source-"} {
				key = strings.TrimPrefix(key, kind)
			}
			if !slices.Contains(known, key) || key == "all" && list[1] != "all" {
				t.Errorf("%s: no target is named %q", image, list[1])
			}
			var names []string
			for _, name := range regexp.MustCompile(`'([^']*)'`).FindAllStringSubmatch(list[2], -1) {
				names = append(names, name[1])
			}
			if len(names) == 0 || !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
				t.Errorf("%s: the list %q is not sorted, or has a name twice: %q", image, list[1], names)
			}
		}
	}
}

// What an image copies is in its folder, and nothing else is.
func TestFilesOfImages(t *testing.T) {
	tree, err := template.Load(template.EmbeddedRoot("templates", templates.FS()))
	if err != nil {
		t.Fatal(err)
	}
	dirs := imageDirs(t)
	unused := map[string]bool{}
	for _, dir := range dirs {
		for _, name := range filesBeside(t, dir) {
			unused[path.Join(dir, name)] = true
		}
	}
	for _, to := range targets(t) {
		for _, image := range parse(t, tree, to) {
			for _, source := range sources(image) {
				file := path.Join(dirs[image.name], source)
				delete(unused, file)
				if _, err := fs.Stat(templates.FS(), file); err != nil {
					t.Errorf("%s copies %s, which is not in its folder", image.name, source)
				}
			}
		}
	}
	for file := range unused {
		t.Errorf("no image copies %s", file)
	}
}

// sources returns what the image copies from its folder. Archives are made by the run.
func sources(image *dockerfile) []string {
	var found []string
	for _, one := range image.instructions {
		if one.name != command.Copy && one.name != command.Add {
			continue
		}
		for _, source := range one.args[:len(one.args)-1] {
			if !strings.HasSuffix(source, "-archive") {
				found = append(found, source)
			}
		}
	}
	return found
}

func filesBeside(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := fs.ReadDir(templates.FS(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if path.Ext(entry.Name()) != ".j2" {
			names = append(names, entry.Name())
		}
	}
	return names
}

// A distro that names an image which there is not says nothing.
func TestDistrosNameImages(t *testing.T) {
	dirs := imageDirs(t)
	for _, name := range distros.Names() {
		distro, err := distros.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		for image := range distro.Repositories {
			if dirs[image] == "" {
				t.Errorf("%s: repositories for %s, which is no image", name, image)
			}
		}
		for condition, reasons := range distro.Unbuildable {
			for image := range reasons {
				if dirs[image] == "" {
					t.Errorf("%s: unbuildable.%s names %s, which is no image", name, condition, image)
				}
			}
		}
	}
	for image := range runsAsRoot {
		if dirs[image] == "" {
			t.Errorf("runsAsRoot names %s, which is no image", image)
		}
	}
}

func readTemplate(t *testing.T, dir string) string {
	t.Helper()
	text, err := fs.ReadFile(templates.FS(), path.Join(dir, "Dockerfile.j2"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
