package distros

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	want := []string{"centos", "debian", "fedora", "oraclelinux", "rhel", "rocky", "ubuntu"}
	if got := Names(); !slices.Equal(got, want) {
		t.Errorf("Names() = %q, want %q", got, want)
	}
}

func TestLookupUnknown(t *testing.T) {
	_, err := Lookup("gentoo")
	if err == nil {
		t.Fatal("gentoo is known")
	}
	for _, name := range append(Names(), "gentoo") {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("the error does not name %s: %v", name, err)
		}
	}
	if _, err := Lookup("users"); err == nil {
		t.Error("users.toml passes for a distro")
	}
}

// Every file says all that the program relies on, and nothing that contradicts it.
func TestDistros(t *testing.T) {
	managers := map[string]string{"deb": "apt", "rpm": "dnf"}
	tools := map[string]string{"deb": "mmdebstrap", "rpm": "dnf"}
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			d, err := Lookup(name)
			if err != nil {
				t.Fatal(err)
			}
			if d.Name != name {
				t.Errorf("Name = %q", d.Name)
			}
			if d.BaseImage == "" || d.BaseTag == "" || strings.Contains(d.BaseImage, ":") {
				t.Errorf("base image %q, base tag %q", d.BaseImage, d.BaseTag)
			}
			if want := managers[d.PackageType]; want == "" || d.PackageManager != want {
				t.Errorf("package type %q with package manager %q", d.PackageType, d.PackageManager)
			}
			if d.Bootstrap.Tool != tools[d.PackageType] {
				t.Errorf("bootstrap tool %q for %s", d.Bootstrap.Tool, d.PackageType)
			}
			for _, tag := range []string{d.BaseTag, "latest"} {
				if d.Bootstrap.Releases[tag] == "" {
					t.Errorf("no release to bootstrap for base tag %q", tag)
				}
			}
			if deb := d.PackageType == "deb"; deb != (len(d.Bootstrap.Components) > 0) {
				t.Errorf("components %q", d.Bootstrap.Components)
			}
			if len(d.Bootstrap.Packages) == 0 || !slices.IsSorted(d.Bootstrap.Packages) {
				t.Errorf("packages to bootstrap %q", d.Bootstrap.Packages)
			}
			for release, file := range d.Bootstrap.SourcesFiles {
				if !slices.Contains(slices.Collect(maps.Values(d.Bootstrap.Releases)), release) || file != name+".sources" || d.Bootstrap.SignedBy == "" {
					t.Errorf("sources of release %q in %q, signed by %q", release, file, d.Bootstrap.SignedBy)
				}
			}
			for image, r := range d.Repositories {
				if len(r.Packages) == 0 {
					t.Errorf("repositories of %s: no packages", image)
				}
				if !slices.Contains([]string{"", "binary", "source"}, r.Type) {
					t.Errorf("repositories of %s: type %q", image, r.Type)
				}
				if len(r.Tools) > 0 && d.PackageType != "deb" {
					t.Errorf("repositories of %s: tools are not removed on %s", image, d.PackageType)
				}
			}
		})
	}
}

// Hosts of mirrors are the business of the distros' own configuration.
func TestNoHosts(t *testing.T) {
	url := regexp.MustCompile(`[a-z]+://`)
	for _, name := range Names() {
		text, err := files.ReadFile(name + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		if found := url.Find(text); found != nil {
			t.Errorf("%s.toml has an address: %q", name, found)
		}
	}
}

func TestUsers(t *testing.T) {
	users, err := Users()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]User{
		"kolla":     {42400, 42400, "kolla"},
		"keystone":  {42425, 42425, "keystone"},
		"nova":      {42436, 42436, "nova"},
		"hacluster": {42486, 42486, "haclient"},
	} {
		if users[name] != want {
			t.Errorf("%s is %v, want %v", name, users[name], want)
		}
	}
	owners := map[int]string{}
	for name, user := range users {
		if user.UID < 42400 || user.UID > 65535 || user.GID < 42400 || user.GID > 65535 {
			t.Errorf("%s has ids out of range: %v", name, user)
		}
		if other, ok := owners[user.UID]; ok {
			t.Errorf("%s and %s have the same uid", name, other)
		}
		owners[user.UID] = name
	}
}
