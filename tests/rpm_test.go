package tests

import (
	"flag"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kolla-build/kolla-build/distros"
	"github.com/kolla-build/kolla-build/tests/rpm"
)

// wholeRPM is for make rpm.
var wholeRPM = flag.Bool("rpm", false, "build all images of the distros with RPMs, not only some of them")

// someOfRPM are images of each kind that dnf has to do with.
const someOfRPM = "^(cron|haproxy-ssh|horizon|httpd|keystone|mariadb-server|memcached|nova-compute|rabbitmq)$"

// TestRPM builds the trees of distros with RPMs from stand-ins of their packages, on
// roots that dnf bootstraps.
func TestRPM(t *testing.T) {
	t.Parallel()
	mirror := newMirror(t)
	for _, distro := range []string{"centos", "fedora"} {
		options := onRPM(t, mirror, distro)
		t.Run(distro+" binary", func(t *testing.T) {
			buildRPM(t, append(options, "-t", "binary"))
		})
	}
}

func buildRPM(t *testing.T, options []string) {
	t.Helper()
	logs := t.TempDir()
	options = append(options, "--logs-dir", logs)
	if !*wholeRPM {
		options = append(options, someOfRPM)
	}
	kollaBuild(t, options...).wants(t, 0)
}

// newMirror returns a mirror of RPMs that is served until the test ends.
func newMirror(t *testing.T) *rpm.Mirror {
	t.Helper()
	home := newKeys(t, "ours")
	dir := t.TempDir()
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(dir, "www"))))
	t.Cleanup(server.Close)
	mirror, err := rpm.New(dir, server.URL, rpm.Key{Home: home, Name: "ours", Public: readFile(t, filepath.Join(home, "ours.asc"))})
	if err != nil {
		t.Fatal(err)
	}
	return mirror
}

// onRPM adds a distro to the mirror, with all packages that its images ask for, and
// returns the options to build on it.
func onRPM(t *testing.T, mirror *rpm.Mirror, name string) []string {
	t.Helper()
	distro, err := distros.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, one := range distro.Bootstrap.Packages {
		names[one] = true
	}
	for _, kind := range []string{"binary", "source"} {
		for _, text := range renderedRPM(t, name, kind) {
			for _, one := range rpm.Installed(text) {
				names[one] = true
			}
		}
	}
	url, err := mirror.Add(name, slices.Sorted(maps.Keys(names)))
	if err != nil {
		t.Fatal(err)
	}
	return append(newStore(t).options(), "-b", name, "--bootstrap", "--bootstrap-mirror", url, "--bootstrap-keyring", mirror.KeyFile())
}

// renderedRPM returns the Dockerfiles of all images that can be built.
func renderedRPM(t *testing.T, distro, kind string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	kollaBuild(t, "-b", distro, "-t", kind, "--template-only", "--work-dir", dir).wants(t, 0)
	texts, err := rpm.Dockerfiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	return texts
}
