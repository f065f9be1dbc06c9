package template_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/distros"
	"github.com/kolla-build/kolla-build/internal/template"
	"github.com/kolla-build/kolla-build/templates"
)

// dockerfiles renders the built-in templates and returns the Dockerfiles by
// name of image.
func dockerfiles(t *testing.T, vars template.Variables) map[string]string {
	t.Helper()
	tree, err := template.Load(template.EmbeddedRoot("templates", templates.FS()))
	if err != nil {
		t.Fatal(err)
	}
	rendered, err := template.Render(tree, vars)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]string{}
	for _, r := range rendered {
		byName[r.Name] = r.Dockerfile
	}
	return byName
}

// everywhere runs a test for every distro and type.
func everywhere(t *testing.T, test func(t *testing.T, vars template.Variables)) {
	for _, name := range distros.Names() {
		for _, installType := range []string{"binary", "source"} {
			t.Run(name+"-"+installType, func(t *testing.T) { test(t, builtInVariables(t, name, installType)) })
		}
	}
}

// leaf tells whether no other image is built from the named one.
func leaf(files map[string]string, name string) bool {
	for _, text := range files {
		from, _, _ := strings.Cut(text, "\n")
		if strings.HasSuffix(from, "-"+name+":0.0.0") && !strings.Contains(from, "-openstack-"+name+":") {
			return false
		}
	}
	return true
}

// instructions returns a Dockerfile's instructions, each with the lines that
// continue it.
func instructions(text string) []string {
	var found []string
	continued := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case continued:
			found[len(found)-1] += "\n" + line
		case line != "":
			found = append(found, line)
		}
		continued = strings.HasSuffix(line, "\\")
	}
	return found
}

func TestHeader(t *testing.T) {
	everywhere(t, func(t *testing.T, vars template.Variables) {
		vars.IncludeHeader = "ENV header=1\nRUN header"
		for name, text := range dockerfiles(t, vars) {
			if name != "base" {
				if strings.Contains(text, "header=1") {
					t.Errorf("%s has the header", name)
				}
				continue
			}
			var kinds []string
			for _, i := range instructions(text)[:6] {
				kinds = append(kinds, strings.Fields(i)[0])
			}
			if want := []string{"FROM", "LABEL", "LABEL", "ENV", "RUN", "ENV"}; !slices.Equal(kinds, want) {
				t.Errorf("base begins with %q", kinds)
			}
		}
	})
}

// A footer runs as root: the USER of a service comes after it.
func TestFooter(t *testing.T) {
	everywhere(t, func(t *testing.T, vars template.Variables) {
		vars.IncludeFooter = "RUN footer\n"
		files := dockerfiles(t, vars)
		vars.IncludeFooterAll = true
		all := dockerfiles(t, vars)
		for name := range files {
			if leaf(files, name) {
				checkFooter(t, name, files[name])
			} else if strings.Contains(files[name], "RUN footer") {
				t.Errorf("%s has the footer, and other images are built from it", name)
			}
			checkFooter(t, name, all[name])
		}
	})
}

func checkFooter(t *testing.T, name, text string) {
	t.Helper()
	found := instructions(text)
	if strings.HasPrefix(found[len(found)-1], "USER ") {
		found = found[:len(found)-1]
	}
	if found[len(found)-1] != "RUN footer" || strings.Count(text, "RUN footer") != 1 {
		t.Errorf("%s does not end with one footer:\n%s", name, text)
	}
}

// What the configuration adds reaches every image that it is meant for.
func TestExtras(t *testing.T) {
	everywhere(t, func(t *testing.T, vars template.Variables) {
		vars.Plugins, vars.Additions, vars.PatchesPath = map[string][]string{}, map[string][]string{}, "/patches"
		for name := range dockerfiles(t, vars) {
			vars.Plugins[name] = []string{"tiny"}
			vars.Additions[name] = []string{"files", "more"}
		}
		for name, text := range dockerfiles(t, vars) {
			wantOrder(t, name, text, "\nADD additions-archive /\n", "\nADD plugins-archive /\n",
				"kolla_pip_install --below /plugins", "\nCOPY patches /patches\nRUN kolla_patch")
			if installs := strings.Contains(text, "\n        patch "); installs != (name == "base") {
				t.Errorf("%s installs patch: %v", name, installs)
			}
		}
	})
}

// A plugin of one image changes no other.
func TestPluginOfOneImage(t *testing.T) {
	vars := builtInVariables(t, "debian", "source")
	bare := dockerfiles(t, vars)
	vars.Plugins = map[string][]string{"neutron-server": {"tiny"}}
	for name, text := range dockerfiles(t, vars) {
		if changed := text != bare[name]; changed != (name == "neutron-server") {
			t.Errorf("%s changed: %v", name, changed)
		}
		if strings.Contains(text, "additions-archive") {
			t.Errorf("%s adds additions of which there are none", name)
		}
	}
}

// wantOrder fails unless the text has each of the parts once, in this order.
func wantOrder(t *testing.T, name, text string, parts ...string) {
	t.Helper()
	last := -1
	for _, part := range parts {
		at := strings.Index(text, part)
		if at < last || at < 0 || strings.Count(text, part) != 1 {
			t.Errorf("%s has %q not once, or at the wrong place:\n%s", name, part, text)
		}
		last = at
	}
}

// Every variable that an option sets changes what it is meant to.
func TestOptions(t *testing.T) {
	tests := []struct {
		name         string
		distro       string
		set          func(*template.Variables)
		image        string
		with, absent []string
	}{
		{"dumb-init", "debian", func(*template.Variables) {},
			"base", []string{"\n        dumb-init ", "\nENTRYPOINT [\"dumb-init\""}, nil},
		{"no dumb-init", "debian", func(v *template.Variables) { v.UseDumbInit = false },
			"base", []string{"\nCMD [\"kolla_start\"]"}, []string{"dumb-init", "ENTRYPOINT"}},
		{"health checks", "centos", func(*template.Variables) {},
			"base", []string{"\nCOPY healthcheck_curl "}, nil},
		{"no health checks", "centos", func(v *template.Variables) { v.DockerHealthchecks = false },
			"base", nil, []string{"healthcheck"}},
		{"the package cache stays on deb", "ubuntu", func(v *template.Variables) { v.CleanPackageCache = false },
			"mariadb-server", []string{"apt-get install"}, []string{"apt-get clean", "apt/lists"}},
		{"the package cache stays on rpm", "fedora", func(v *template.Variables) { v.CleanPackageCache = false },
			"mariadb-server", []string{"dnf install"}, []string{"dnf clean", "/var/cache/dnf"}},
		{"maintainer", "debian", func(v *template.Variables) { v.Maintainer = "Me <me@example.org>" },
			"cron", []string{`LABEL maintainer="Me <me@example.org>" `}, nil},
		{"a user", "debian", func(v *template.Variables) { v.Users["nova"] = template.User{UID: 1000, GID: 1001, Group: "compute"} },
			"base", []string{" nova:1000:compute:1001 "}, []string{"42436"}},
		{"a user's group", "debian", func(v *template.Variables) { v.Users["nova"] = template.User{UID: 1000, GID: 1001, Group: "compute"} },
			"nova-base", []string{"--owner=nova --group=compute "}, nil},
		{"the user kolla", "debian", func(v *template.Variables) { v.Users["kolla"] = template.User{UID: 1000, GID: 1001, Group: "all"} },
			"base", []string{" kolla:1000:all:1001 ", "--group=all --mode=2775 /var/log/kolla", "s/%kolla/%all/"}, []string{"42400"}},
		{"the group of the user kolla", "debian", func(v *template.Variables) { v.Users["kolla"] = template.User{UID: 1000, GID: 1001, Group: "all"} },
			"memcached", []string{"usermod --append --groups all "}, nil},
		{"sources.list", "debian", func(v *template.Variables) { v.AptSourcesList = true },
			"base", []string{"\nRUN rm -f /etc/apt/sources.list.d/debian.sources\n", "\nCOPY sources.list /etc/apt/sources.list\n"}, []string{"apt_preferences"}},
		{"apt_preferences", "ubuntu", func(v *template.Variables) { v.AptPreferences = true },
			"base", []string{"\nCOPY apt_preferences /etc/apt/preferences\n"}, []string{"sources.list"}},
		{"apt files on rpm", "centos", func(v *template.Variables) { v.AptSourcesList, v.AptPreferences = true, true },
			"base", nil, []string{"apt"}},
		{"RPM set-up", "rhel", func(v *template.Variables) { v.RPMSetup = []string{"COPY a.repo /", "RUN dnf b"} },
			"base", []string{"\nCOPY a.repo /\nRUN dnf b\n"}, nil},
		{"RPM set-up on deb", "debian", func(v *template.Variables) { v.RPMSetup = []string{"COPY a.repo /"} },
			"base", nil, []string{"a.repo"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			vars := builtInVariables(t, test.distro, "source")
			test.set(&vars)
			text := dockerfiles(t, vars)[test.image]
			for _, want := range test.with {
				if !strings.Contains(text, want) {
					t.Errorf("%s lacks %q:\n%s", test.image, want, text)
				}
			}
			for _, unwanted := range test.absent {
				if strings.Contains(text, unwanted) {
					t.Errorf("%s has %q:\n%s", test.image, unwanted, text)
				}
			}
		})
	}
}
