package bootstrap

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/exit"
)

// TestDigestIsStable: images in the stores of users carry these digests.
func TestDigestIsStable(t *testing.T) {
	debian := Spec{
		Name: "localhost/bootstrap/debian:trixie", Tool: "mmdebstrap", Release: "trixie", Components: []string{"main"},
		Packages: []string{"ca-certificates"}, SourcesFile: "debian.sources", SignedBy: "/usr/share/keyrings/debian-archive-keyring.gpg",
	}
	centos := Spec{Tool: "dnf", Release: "10-stream", Packages: []string{"bash", "dnf"}, Mirror: "https://mirror.test/"}
	for want, spec := range map[string]Spec{
		"sha256:7107e8c1688af5db6dcc3b888cc9259ae06e02036a8963279e09b44e3933b93a": debian,
		"sha256:ee82e386d4097e17b47ebcf26237b5a2c0ee7edf9d1a5518b841e622ec2977da": centos,
	} {
		if got := spec.Digest(); got != want {
			t.Errorf("%s: got %s, want %s", spec.Tool, got, want)
		}
	}
	other := debian
	other.Name = "localhost/other:1"
	if other.Digest() != debian.Digest() {
		t.Error("the name counts")
	}
	other.Mirror = "https://mirror.test/"
	if other.Digest() == debian.Digest() {
		t.Error("the mirror does not count")
	}
}

func TestCommand(t *testing.T) {
	for name, test := range map[string]struct {
		spec Spec
		want string
	}{
		"mmdebstrap": {
			Spec{Tool: "mmdebstrap", Release: "trixie", Components: []string{"main", "contrib"}, Packages: []string{"a", "b"}, Mirror: "http://m.test", Keyring: "/k.gpg", Architecture: "arm64"},
			"mmdebstrap --mode=root --format=directory --variant=minbase --dpkgopt=path-exclude=/usr/share/doc/* --dpkgopt=path-include=/usr/share/doc/*/copyright " +
				"--dpkgopt=path-exclude=/usr/share/man/* --dpkgopt=path-exclude=/usr/share/info/* --components=main,contrib --include=a,b --architectures=arm64 --keyring=/k.gpg trixie /root http://m.test",
		},
		"dnf": {
			Spec{Tool: "dnf", Release: "9", Packages: []string{"bash"}},
			"dnf --assumeyes --installroot=/root --releasever=9 --setopt=install_weak_deps=False --setopt=tsflags=nodocs,nocontexts --setopt=gpgcheck=True " +
				"--setopt=reposdir=/etc/yum.repos.d --setopt=varsdir=/etc/dnf/vars install bash",
		},
		"dnf with a mirror": {
			Spec{Tool: "dnf", Release: "9", Packages: []string{"bash"}, Mirror: "http://m.test", Keyring: "/k.asc", Architecture: "aarch64"},
			"dnf --assumeyes --installroot=/root --releasever=9 --setopt=install_weak_deps=False --setopt=tsflags=nodocs,nocontexts --setopt=gpgcheck=True " +
				"--forcearch=aarch64 --repofrompath=bootstrap,http://m.test --repo=bootstrap --setopt=bootstrap.gpgcheck=True --setopt=bootstrap.gpgkey=file:///k.asc install bash",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := test.spec.command("/root")
			if err != nil || strings.Join(got, " ") != test.want {
				t.Errorf("got\n%s\nwant\n%s\n%v", strings.Join(got, " "), test.want, err)
			}
		})
	}
	if _, err := (Spec{Tool: "pacman"}).command("/root"); err == nil {
		t.Error("an unknown tool is known")
	}
}

func TestMissingTool(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := Spec{Tool: "mmdebstrap"}.Install(context.Background(), t.TempDir(), t.TempDir(), &bytes.Buffer{}, (*exec.Cmd).Run)
	var missing *MissingToolError
	if !errors.As(err, &missing) || missing.ExitCode() != exit.Environment {
		t.Fatalf("got %v", err)
	}
	for tool, want := range map[string]string{"mmdebstrap": "apt-get install mmdebstrap", "dnf": "dnf install dnf"} {
		if remedy := (&MissingToolError{tool}).Remedy(); !strings.Contains(remedy, want) {
			t.Errorf("%s: the remedy is %q", tool, remedy)
		}
	}
}

// TestRPMConfiguration: rpm reads .rpmmacros in the home that the tools get.
func TestRPMConfiguration(t *testing.T) {
	home, err := makeHome(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	macros, err := os.ReadFile(filepath.Join(home, ".rpmmacros"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"%_dbpath /usr/lib/sysimage/rpm", "%__transaction_selinux %{nil}"} {
		if !slices.Contains(strings.Split(string(macros), "\n"), want) {
			t.Errorf("%q is not in\n%s", want, macros)
		}
	}
}

func TestRPMDatabaseMoves(t *testing.T) {
	for name, test := range map[string]struct{ macros, want string }{
		"where it is":       {"%_dbpath\t%{_usr}/lib/sysimage/rpm\n", "usr/lib/sysimage/rpm"},
		"where it was once": {"# comment\n%_dbpath\t\t%{_var}/lib/rpm\n", "var/lib/rpm"},
		"without macros":    {"", "usr/lib/sysimage/rpm"},
	} {
		t.Run(name, func(t *testing.T) {
			root := aptRoot(t, map[string]string{
				"usr/lib/rpm/macros":              test.macros,
				"usr/lib/sysimage/rpm/rpmdb.test": "database",
				"var/lib/rpm/stale":               "stale",
			})
			if err := moveRPMDatabase(root); err != nil {
				t.Fatal(err)
			}
			if got, err := root.ReadFile(test.want + "/rpmdb.test"); string(got) != "database" {
				t.Errorf("got %q, %v", got, err)
			}
			if _, err := root.Stat("var/lib/rpm/stale"); (err == nil) != (test.want != "var/lib/rpm") {
				t.Errorf("what was there before: %v", err)
			}
		})
	}
}

// TestFinish: nothing that tells of the machine stays in the root.
func TestFinish(t *testing.T) {
	root := aptRoot(t, map[string]string{
		"etc/resolv.conf":      "nameserver 192.0.2.1\n",
		"etc/hostname":         "machine\n",
		"etc/os-release":       "ID=debian\n",
		"etc/apt/sources.list": "deb http://mirror.test/d trixie main\n",
		"var/log/dnf.log":      "machine\n",
	})
	if err := finish(root.Name(), Spec{SourcesFile: "debian.sources"}); err != nil {
		t.Fatal(err)
	}
	for file, stays := range map[string]bool{
		"etc/resolv.conf": false, "etc/hostname": false, "var/log/dnf.log": false, "etc/apt/sources.list": false,
		"etc/os-release": true, "etc/apt/sources.list.d/debian.sources": true,
	} {
		if _, err := root.Stat(file); (err == nil) != stays {
			t.Errorf("%s: %v", file, err)
		}
	}
}
