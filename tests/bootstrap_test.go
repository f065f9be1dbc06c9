package tests

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/kolla-build/kolla-build/distros"
)

// TestBootstrapRPM makes a base image from a repository of signed packages, as far
// as that goes without a mirror of a distro: the packages have the names that
// centos asks for, and next to nothing in them.
func TestBootstrapRPM(t *testing.T) {
	t.Parallel()
	home := newKeys(t, "ours")
	repository := rpmRepository(t, home)
	s := newStore(t)
	dir, logs := tree(t, map[string]string{"root": fromBase + "RUN busybox find / -xdev -type f\n"}), t.TempDir()
	args := append(s.options(), "-b", "centos", "--bootstrap", "--bootstrap-mirror", "file://"+repository,
		"--bootstrap-keyring", filepath.Join(home, "ours.asc"), "-D", dir, "--logs-dir", logs)
	kollaBuild(t, args...).wants(t, 0, bootstrapping+" centos 10-stream with dnf$", "^built 1 image in ")

	log := readFile(t, filepath.Join(logs, "root.log"))
	var found []string
	for line := range strings.Lines(log) {
		if path := strings.TrimSpace(line); strings.HasPrefix(path, "/") && belongsToImage(path) {
			found = append(found, path)
		}
	}
	has := func(part string) bool { return strings.Contains(strings.Join(found, "\n"), part) }
	for _, want := range []string{"/usr/bin/busybox", "/usr/lib/sysimage/rpm/rpmdb.sqlite"} {
		if !has(want) {
			t.Errorf("the image lacks %s:\n%s", want, log)
		}
	}
	for _, leak := range []string{s.root, os.Getenv("HOME"), "/var/cache/", "/var/log/"} {
		if has(leak) {
			t.Errorf("the image has files of the machine in %s:\n%s", leak, log)
		}
	}

	again := kollaBuild(t, args...)
	again.wants(t, 0)
	if strings.Contains(again.stderr, bootstrapping) {
		t.Errorf("the base image is there, and was made again:\n%s", again)
	}
}

// TestBootstrapRPMRefused: packages must be signed, and by a key that is trusted.
func TestBootstrapRPMRefused(t *testing.T) {
	t.Parallel()
	home := newKeys(t, "ours", "theirs")
	signed, unsigned := rpmRepository(t, home), rpmRepository(t, "")
	dir := tree(t, map[string]string{"root": fromBase})
	for _, test := range []struct{ name, repository, keyring, problem string }{
		{"unsigned", unsigned, "ours.asc", "is not signed"},
		{"signed by others", signed, "theirs.asc", "(?i)gpg"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStore(t)
			o := kollaBuild(t, append(s.options(), "-b", "centos", "--bootstrap", "--bootstrap-mirror", "file://"+test.repository,
				"--bootstrap-keyring", filepath.Join(home, test.keyring), "-D", dir)...)
			o.wants(t, 1, `^bootstrap +\| .*`+test.problem, "^bootstrap +failed after ")
			noBase(t, s)
		})
	}
}

// TestBootstrapDebRefused: the index of a deb mirror must be signed, and by a key
// that is trusted.
func TestBootstrapDebRefused(t *testing.T) {
	t.Parallel()
	home := newKeys(t, "theirs")
	unsigned, signed := t.TempDir(), t.TempDir()
	for _, mirror := range []string{unsigned, signed} {
		if err := writeFiles(mirror, emptyDebMirror()); err != nil {
			t.Fatal(err)
		}
	}
	must(t, home, "gpg", "--batch", "--clearsign", "--output", signed+"/dists/trixie/InRelease", signed+"/dists/trixie/Release")
	must(t, home, "gpg", "--batch", "--export", "--output", home+"/theirs.gpg", "theirs")
	dir := tree(t, map[string]string{"root": fromBase})
	for _, test := range []struct {
		name, mirror, problem string
		options               []string
		refused               bool
	}{
		{"unsigned", unsigned, "is not signed", nil, true},
		{"signed by others", signed, "is not signed|NO_PUBKEY|Missing key", nil, true},
		// What is wrong with this one is only that it has no packages.
		{"signed by a key that is given", signed, "did not find any indices", []string{"--bootstrap-keyring", home + "/theirs.gpg"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.FileServer(http.Dir(test.mirror)))
			defer server.Close()
			s := newStore(t)
			o := kollaBuild(t, append(append(s.options(), "-b", "debian", "--bootstrap", "--bootstrap-mirror", server.URL, "-D", dir), test.options...)...)
			o.wants(t, 1, `^bootstrap +\| .*(`+test.problem+")", "^bootstrap +failed after ")
			if got := strings.Contains(o.stderr, "is not signed"); got != test.refused {
				t.Errorf("refused: %v, want %v:\n%s", got, test.refused, o)
			}
			noBase(t, s)
		})
	}
}

// TestInterruptBootstrap interrupts a bootstrap that waits for its mirror.
func TestInterruptBootstrap(t *testing.T) {
	m := newMeeting(t)
	s := newStore(t)
	mirror := "http://" + m.listener.Addr().String()
	o := interrupt(t, terminal(syscall.SIGINT), m, 1, s, mirror,
		exec.Command(program, append(s.options(), "-b", "debian", "--bootstrap", "--bootstrap-mirror", mirror)...))
	o.wants(t, 130, bootstrapping, "^bootstrap +interrupted$")
	noBase(t, s)
}

// noBase fails the test if a bootstrapped image is in the store.
func noBase(t *testing.T, s store) {
	t.Helper()
	images := kollaBuild(t, append([]string{"images"}, s.options()...)...)
	images.wants(t, 0)
	if strings.Contains(images.stdout, "bootstrap") {
		t.Errorf("an image was made all the same:\n%s", images)
	}
}

// newKeys returns a home for gpg with throw-away keys in it, whose public halves are
// in NAME.asc. Its path is short, because an agent listens in it, and a socket's
// path cannot be long.
func newKeys(t *testing.T, names ...string) string {
	t.Helper()
	home, err := os.MkdirTemp("", "gpg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		must(t, home, "gpgconf", "--kill", "gpg-agent")
		if err := os.RemoveAll(home); err != nil {
			t.Error(err)
		}
	})
	for _, name := range names {
		must(t, home, "gpg", "--batch", "--passphrase", "", "--quick-generate-key", name, "rsa2048", "sign", "never")
		must(t, home, "gpg", "--batch", "--armor", "--export", "--output", filepath.Join(home, name+".asc"), name)
	}
	return home
}

// must runs a command that has to succeed, with the keys of home.
func must(t *testing.T, home string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(cmd.Environ(), "GNUPGHOME="+home)
	execute(t, cmd).wants(t, 0)
}

// rpmRepository makes a repository of the packages that a base image of centos is
// made of, signed with the key "ours" of home; without a home, not signed.
func rpmRepository(t *testing.T, home string) string {
	t.Helper()
	centos, err := distros.Lookup("centos")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	repository, spec := filepath.Join(dir, "repository"), filepath.Join(dir, "test.spec")
	if err := writeFiles(dir, map[string]string{"test.spec": rpmSpec(centos.Bootstrap.Packages)}); err != nil {
		t.Fatal(err)
	}
	must(t, home, "rpmbuild", "-bb", "--define", "_topdir "+dir, "--define", "_rpmdir "+repository, spec)
	packages, err := filepath.Glob(filepath.Join(repository, "*", "*.rpm"))
	if err != nil {
		t.Fatal(err)
	}
	if home != "" {
		// Debian's rpmsign does not know where gpg is.
		must(t, home, "rpmsign", append([]string{"--define", "_gpg_name ours", "--define", "__gpg " + lookPath(t, "gpg"), "--addsign"}, packages...)...)
	}
	must(t, home, "createrepo_c", "--quiet", repository)
	return repository
}

// emptyDebMirror is a mirror of a release without packages, by path.
func emptyDebMirror() map[string]string {
	const index = "main/binary-%s/Packages"
	files := map[string]string{}
	release := "Suite: trixie\nCodename: trixie\nArchitectures: amd64 arm64\nComponents: main\n" +
		"Date: Sat, 09 Aug 2025 09:00:00 UTC\nSHA256:\n"
	for _, architecture := range []string{"amd64", "arm64"} {
		path := fmt.Sprintf(index, architecture)
		files["dists/trixie/"+path] = ""
		release += fmt.Sprintf(" %x 0 %s\n", sha256.Sum256(nil), path)
	}
	files["dists/trixie/Release"] = release
	return files
}

// rpmSpec describes packages of which only the first has files: a shell.
func rpmSpec(names []string) string {
	var b strings.Builder
	for i, name := range names {
		if i == 0 {
			fmt.Fprintf(&b, "Name: %s\nVersion: 1\nRelease: 1\nLicense: none\nAutoReqProv: no\n", name)
			// A program that is ready is not to be worked on any more.
			b.WriteString("%define debug_package %{nil}\n%define __os_install_post %{nil}\n%define _build_id_links none\n")
		} else {
			fmt.Fprintf(&b, "%%package -n %s\n", name)
		}
		fmt.Fprintf(&b, "Summary: for a test\n%%description -n %s\nFor a test.\n", name)
		fmt.Fprintf(&b, "%%files -n %s\n", name)
		if i == 0 {
			b.WriteString("/usr/bin/busybox\n/bin/sh\n")
		}
	}
	b.WriteString("%install\nmkdir -p %{buildroot}/usr/bin %{buildroot}/bin\n" +
		"install -m 0755 $(command -v busybox) %{buildroot}/usr/bin/busybox\nln -s ../usr/bin/busybox %{buildroot}/bin/sh\n")
	return b.String()
}

func lookPath(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
