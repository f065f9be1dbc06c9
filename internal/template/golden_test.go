package template_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/openshift/imagebuilder/dockerfile/parser"

	"github.com/kolla-build/kolla-build/distros"
	"github.com/kolla-build/kolla-build/internal/template"
	"github.com/kolla-build/kolla-build/templates"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// TestGolden renders the built-in templates for every distro and type. Each
// Dockerfile must be as its golden file has it, and must be one to buildah's
// parser.
func TestGolden(t *testing.T) {
	tree, err := template.Load(template.EmbeddedRoot("templates", templates.FS()))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range distros.Names() {
		for _, installType := range []string{"binary", "source"} {
			t.Run(name+"-"+installType, func(t *testing.T) {
				t.Parallel()
				rendered, err := template.Render(tree, builtInVariables(t, name, installType))
				if err != nil {
					t.Fatal(err)
				}
				parseAll(t, rendered)
				kept := slices.DeleteFunc(rendered, func(r template.Rendered) bool { return !hasGolden(name, r.Name) })
				dir := filepath.Join("testdata", "golden", name+"-"+installType)
				if *update {
					writeGolden(t, dir, kept)
				}
				compareGolden(t, dir, kept)
			})
		}
	}
}

// hasGolden tells whether the Dockerfile of an image is kept. Debian's all are. Of
// the other distros it is those in which macros and data files meet; how the rest
// differs is a matter of package names, and too much for anyone to read.
func hasGolden(distro, image string) bool {
	return distro == "debian" || slices.Contains([]string{
		"base", "cron", "etcd", "keystone", "keystone-base", "mariadb-server", "neutron-server", "nova-api", "nova-base",
		"nova-libvirt", "openstack-base", "ovn-base", "prometheus-node-exporter", "rabbitmq",
	}, image)
}

// builtInVariables returns what a run without further options passes on.
func builtInVariables(t testing.TB, name, installType string) template.Variables {
	t.Helper()
	distro, err := distros.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	known, err := distros.Users()
	if err != nil {
		t.Fatal(err)
	}
	users := map[string]template.User{}
	for name, u := range known {
		users[name] = template.User(u)
	}
	return template.Variables{
		BaseDistro: name, BaseImage: distro.BaseImage, BaseDistroTag: distro.BaseTag, BaseArch: "x86_64",
		BasePackageType: distro.PackageType, PackageManager: distro.PackageManager, InstallType: installType,
		Namespace: "kolla", ImagePrefix: name + "-" + installType + "-", Tag: "0.0.0",
		Maintainer: "Kolla Project", KollaVersion: "0.0.0",
		OpenStackRelease: "master", OpenStackBranch: "master", OpenStackBranchSlashed: "master",
		UseDumbInit: distro.DumbInit, DockerHealthchecks: true, CleanPackageCache: true,
		Users: users, Distro: distro.Values(),
	}
}

func writeGolden(t *testing.T, dir string, rendered []template.Rendered) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, r := range rendered {
		if err := os.WriteFile(goldenFile(dir, r.Name), []byte(r.Dockerfile+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func parseAll(t *testing.T, rendered []template.Rendered) {
	t.Helper()
	for _, r := range rendered {
		if _, err := parser.Parse(strings.NewReader(r.Dockerfile)); err != nil {
			t.Errorf("%s: buildah cannot parse the Dockerfile: %v\n%s", r.Name, err, r.Dockerfile)
		}
	}
}

func compareGolden(t *testing.T, dir string, rendered []template.Rendered) {
	t.Helper()
	for _, r := range rendered {
		want, err := os.ReadFile(goldenFile(dir, r.Name))
		if err != nil {
			t.Errorf("%v\nrun go test -update", err)
			continue
		}
		if !bytes.Equal(want, []byte(r.Dockerfile+"\n")) {
			t.Errorf("%s differs from %s\nlook with go test -update and git diff", r.Name, goldenFile(dir, r.Name))
		}
	}
	files, err := filepath.Glob(goldenFile(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(rendered) {
		t.Errorf("%s holds %d files for %d images\nrun go test -update", dir, len(files), len(rendered))
	}
}

func goldenFile(dir, image string) string { return filepath.Join(dir, image+".Dockerfile") }

func BenchmarkRender(b *testing.B) {
	vars := builtInVariables(b, "debian", "source")
	for b.Loop() {
		tree, err := template.Load(template.EmbeddedRoot("templates", templates.FS()))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := template.Render(tree, vars); err != nil {
			b.Fatal(err)
		}
	}
}
