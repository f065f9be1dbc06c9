package catalogue_test

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/distros"
	"github.com/kolla-build/kolla-build/internal/catalogue"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/template"
	"github.com/kolla-build/kolla-build/templates"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	pageFile  = "../../docs/images.md"
	sizesFile = "../../docs/sizes.toml"
	builtOn   = "debian 13"
)

// columns are the releases that the page has, each with its tag of the base image.
var columns = []struct{ distro, tag, title string }{
	{"centos", "stream10", "centos stream10"},
	{"debian", "12", "debian 12"},
	{"debian", "13", builtOn},
	{"fedora", "44", "fedora 44"},
	{"oraclelinux", "10", "oraclelinux 10"},
	{"rhel", "10", "rhel 10"},
	{"rocky", "10", "rocky 10"},
	{"ubuntu", "24.04", "ubuntu 24.04"},
}

// TestPage holds docs/images.md to what templates and distros say.
func TestPage(t *testing.T) {
	page := catalogue.Page{Built: readSizes(t), BuiltOn: builtOn, Reasons: reasons(t)}
	var names []string
	for _, c := range columns {
		column := catalogue.Column{Title: c.title, Images: map[string]catalogue.Types{}}
		binary, source := buildable(t, c.distro, c.tag, "binary"), buildable(t, c.distro, c.tag, "source")
		for name := range binary {
			column.Images[name] = catalogue.Types{Binary: binary[name], Source: source[name]}
		}
		page.Columns = append(page.Columns, column)
		names = slices.Sorted(maps.Keys(binary))
	}
	page.Profiles = profiles(t, names)

	got := page.Markdown()
	if *update {
		if err := os.WriteFile(pageFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(pageFile)
	if err != nil {
		t.Fatalf("%v\nto write it: make golden", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what templates and distros say\nto write it anew: make golden", filepath.Clean(pageFile))
	}
	for name := range page.Built {
		if !slices.Contains(names, name) {
			t.Errorf("%s has the size of %s, which is no image\nto write it anew: make catalogue", sizesFile, name)
		}
	}
}

func readSizes(t *testing.T) catalogue.Sizes {
	t.Helper()
	file, err := os.Open(sizesFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	sizes, err := catalogue.ReadSizes(file)
	if err != nil {
		t.Fatal(err)
	}
	return sizes
}

// buildable tells for every image whether it can be built there.
func buildable(t *testing.T, distroName, tag, installType string) map[string]bool {
	t.Helper()
	distro, err := distros.Lookup(distroName)
	if err != nil {
		t.Fatal(err)
	}
	tree := tree(t, distro, tag, installType)
	selection, err := tree.Select(image.Request{
		Unbuildable: distro.UnbuildableFor(distros.Target{Type: installType, Tag: tag, Arch: "x86_64"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	can := map[string]bool{}
	for _, img := range tree.Images() {
		can[img.Name] = selection.Status(img) != image.Unbuildable
	}
	return can
}

func tree(t *testing.T, distro distros.Distro, tag, installType string) *image.Tree {
	t.Helper()
	files, err := template.Load(template.EmbeddedRoot("templates", templates.FS()))
	if err != nil {
		t.Fatal(err)
	}
	known, err := distros.Users()
	if err != nil {
		t.Fatal(err)
	}
	users := map[string]template.User{}
	for name, user := range known {
		users[name] = template.User(user)
	}
	rendered, err := template.Render(files, template.Variables{
		BaseDistro: distro.Name, BaseImage: distro.BaseImage, BaseDistroTag: tag, BaseArch: "x86_64",
		BasePackageType: distro.PackageType, PackageManager: distro.PackageManager, InstallType: installType,
		Namespace: "kolla", Tag: "0", Users: users, Distro: distro.Values(),
	})
	if err != nil {
		t.Fatal(err)
	}
	var contexts []image.Rendered
	for _, r := range rendered {
		contexts = append(contexts, image.Rendered{Name: r.Name, Reference: "kolla/" + r.Name + ":0", Dockerfile: r.Dockerfile})
	}
	made, err := image.NewTree(contexts)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func reasons(t *testing.T) []catalogue.Reason {
	t.Helper()
	var all []catalogue.Reason
	for _, name := range distros.Names() {
		distro, err := distros.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, condition := range slices.Sorted(maps.Keys(distro.Unbuildable)) {
			table := distro.Unbuildable[condition]
			when := condition
			if when == "always" {
				when = ""
			}
			for _, image := range slices.Sorted(maps.Keys(table)) {
				all = append(all, catalogue.Reason{Distro: name, Image: image, When: when, Why: table[image]})
			}
		}
	}
	return all
}

// profiles returns what today's profiles select of the images with these names.
func profiles(t *testing.T, names []string) []catalogue.Profile {
	t.Helper()
	parsed, err := config.Parse(nil, config.Environment{Version: "0", Distros: distros.Names()})
	if err != nil {
		t.Fatal(err)
	}
	var contexts []image.Rendered
	for _, name := range names {
		contexts = append(contexts, image.Rendered{Name: name, Reference: "kolla/" + name, Dockerfile: "FROM scratch\n"})
	}
	flat, err := image.NewTree(contexts)
	if err != nil {
		t.Fatal(err)
	}
	var all []catalogue.Profile
	for _, name := range []string{"infra", "main", "aux", "default"} {
		patterns := parsed.Profiles[name]
		selection, err := flat.Select(image.Request{Patterns: patterns})
		if err != nil {
			t.Fatal(err)
		}
		// Those of the shipped profiles are plain words.
		profile := catalogue.Profile{Name: name, Idle: slices.DeleteFunc(slices.Clone(patterns), func(pattern string) bool {
			return slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, pattern) })
		})}
		for _, img := range selection.Matched() {
			profile.Images = append(profile.Images, img.Name)
		}
		all = append(all, profile)
	}
	return all
}
