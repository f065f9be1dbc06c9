package tests

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/distros"
	"github.com/kolla-build/kolla-build/tests/rpm"
)

// wholeRPM is for make rpm.
var wholeRPM = flag.Bool("rpm", false, "build all images of the distros with RPMs, not only some of them")

// someOfRPM are images of each kind: what they ask dnf for, and what they do with the
// files of packages.
const someOfRPM = "^(cron|haproxy-ssh|hacluster-pcs|horizon|httpd|keystone|mariadb-server|memcached|nova-compute|prometheus-blackbox-exporter|rabbitmq)$"

// allOfRPM leaves out what has no stand-in from source: bifrost runs playbooks of
// Ansible, kolla-toolbox fetches collections for it, and fluentd is a gem of Ruby.
var allOfRPM = map[string]string{
	"binary": ".",
	"source": "^(?!(bifrost-base|bifrost-deploy|fluentd|kolla-toolbox)$)",
}

// rpmDistros are the distros that have stand-ins.
var rpmDistros = []struct {
	name string
	// hidden are packages in repositories that the distro's root does not use.
	hidden []string
	// onlyWhole leaves those out of make test that are much like another one.
	onlyWhole bool
}{
	{name: "centos", hidden: []string{"dumb-init", "openstack-keystone", "pcs"}},
	{name: "fedora"},
	{name: "oraclelinux", hidden: []string{"dumb-init", "pcs"}, onlyWhole: true},
	{name: "rocky", hidden: []string{"dumb-init", "openstack-keystone", "pcs"}, onlyWhole: true},
}

// TestRPM builds the trees of distros with RPMs from stand-ins of their packages, on
// roots that dnf bootstraps. See docs/rpm.md for what that proves.
func TestRPM(t *testing.T) {
	t.Parallel()
	mirror := newMirror(t)
	for _, distro := range rpmDistros {
		name := distro.name
		if distro.onlyWhole && !*wholeRPM {
			continue
		}
		d := newRPMDistro(t, mirror, name)
		t.Run(name, func(t *testing.T) {
			d.lookAtRoot(t, distro.hidden)
			for _, kind := range []string{"binary", "source"} {
				t.Run(kind, func(t *testing.T) { d.build(t, kind) })
			}
			d.lookAtImage(t, "memcached", "memcached")
		})
	}
}

// rpmDistro is a distro whose packages have stand-ins.
type rpmDistro struct {
	// options are those to build on it, but for the type.
	options []string
	// dir has the configuration and the header that sources need.
	dir string
}

// newMirror returns a mirror of RPMs that is served until the test ends.
func newMirror(t *testing.T) *rpm.Mirror {
	t.Helper()
	home := newKeys(t, "ours")
	dir := t.TempDir()
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(dir, rpm.Served))))
	t.Cleanup(server.Close)
	mirror, err := rpm.New(dir, server.URL, rpm.Key{Home: home, Name: "ours", Public: readFile(t, filepath.Join(home, "ours.asc"))})
	if err != nil {
		t.Fatal(err)
	}
	return mirror
}

// newRPMDistro adds a distro to the mirror, with all that its images ask for.
func newRPMDistro(t *testing.T, mirror *rpm.Mirror, name string) rpmDistro {
	t.Helper()
	distro, err := distros.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, one := range distro.Bootstrap.Packages {
		names[one] = true
	}
	source := dockerfilesOf(t, name, "source")
	for _, texts := range []map[string]string{source, dockerfilesOf(t, name, "binary")} {
		for _, text := range texts {
			for _, one := range rpm.Installed(text) {
				names[one] = true
			}
		}
	}
	url, err := mirror.Add(name, slices.Sorted(maps.Keys(names)))
	if err != nil {
		t.Fatal(err)
	}
	conf, header, err := mirror.Sources(source)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := writeFiles(dir, map[string]string{"kolla-build.conf": conf, "header": header}); err != nil {
		t.Fatal(err)
	}
	return rpmDistro{
		options: append(newStore(t).options(), "-b", name, "--bootstrap", "--bootstrap-mirror", url, "--bootstrap-keyring", mirror.KeyFile()),
		dir:     dir,
	}
}

// dockerfilesOf returns the Dockerfiles of all images of the distro, by name.
func dockerfilesOf(t *testing.T, distro, kind string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	kollaBuild(t, "-b", distro, "-t", kind, "--template-only", "--work-dir", dir).wants(t, 0)
	texts, err := rpm.Dockerfiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// build builds the tree, or some of it.
func (d rpmDistro) build(t *testing.T, kind string) {
	t.Helper()
	selection := someOfRPM
	if *wholeRPM {
		selection = allOfRPM[kind]
	}
	o := kollaBuild(t, append(d.ofType(kind), selection)...)
	o.wants(t, 0, `^built \d+ images in `)
	t.Log(regexp.MustCompile(`(?m)^built .*`).FindString(o.stderr))
}

// ofType returns the options to build images of that type.
func (d rpmDistro) ofType(kind string) []string {
	options := append(slices.Clone(d.options), "-t", kind)
	if kind == "source" {
		options = append(options, "--config-file", filepath.Join(d.dir, "kolla-build.conf"), "-i", filepath.Join(d.dir, "header"))
	}
	return options
}

// lookAtRoot tells whether dnf is in earnest: rpm knows what is installed, and dnf
// installs neither what nobody has, nor what is in repositories that nobody has enabled.
func (d rpmDistro) lookAtRoot(t *testing.T, hidden []string) {
	t.Helper()
	names := slices.Concat(hidden, []string{"no-such-package"})
	dir := tree(t, map[string]string{
		"known":   fromBase + "RUN rpm --query bash dnf\n",
		"unknown": fromBase + "RUN dnf install --assumeyes " + strings.Join(names, " ") + "\n",
	})
	patterns := []string{"^known +built in ", "^unknown +failed after "}
	for _, name := range names {
		patterns = append(patterns, `^unknown +\| No match for argument: `+name+"$")
	}
	kollaBuild(t, append(d.options, "-D", dir)...).wants(t, 1, patterns...)
}

// lookAtImage tells whether a package is installed in an image of type binary, and
// dnf has left nothing there that nobody needs.
func (d rpmDistro) lookAtImage(t *testing.T, image, name string) {
	t.Helper()
	look := tree(t, map[string]string{
		"look": from(image) + fmt.Sprintf("USER root\nRUN rpm --query %s && test -z \"$(find /var/cache/dnf /var/log -type f)\"\n", name),
	})
	kollaBuild(t, append(d.options, "-t", "binary", "-D", "../templates", "-D", look, "--skip-parents", "^look$")...).
		wants(t, 0, "^built 1 image in ")
}
