package repositories

import (
	"errors"
	"os"
	"strings"
	"testing"
)

var (
	debian = Target{PackageType: "deb", Distro: "debian", Arch: "x86_64", Codename: "Gazpacho"}
	arm    = Target{PackageType: "deb", Distro: "debian", Arch: "aarch64", Codename: "Gazpacho"}
	rocky  = Target{PackageType: "rpm", Distro: "rocky", Arch: "x86_64"}
)

func sections(t *testing.T, name string) Sections {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// The wanted texts were made by the functions of the Python tool.
func TestInstructions(t *testing.T) {
	for name, test := range map[string]struct {
		scheme Scheme
		user   string
		target Target
		names  []string
		mode   string
		want   string
	}{
		"switches on": {Switches, "", rocky, []string{"ceph", "none", "epel"}, "enable",
			"RUN dnf config-manager  --enable centos-ceph-squid --enable epel || true"},
		"switches off": {Switches, "", rocky, []string{"epel"}, "disable",
			"RUN dnf config-manager  --disable epel || true"},
		"switches nothing": {Switches, "", rocky, []string{"none"}, "enable", ""},
		"switches debian": {Switches, "", debian, []string{"grafana", "none", "partial"}, "enable",
			"RUN echo 'Uris: https://one.example/apt' >/etc/apt/sources.list.d/grafana.sources && echo 'Components: main' >>/etc/apt/sources.list.d/grafana.sources && echo 'Types: deb' >>/etc/apt/sources.list.d/grafana.sources && echo 'Suites: stable' >>/etc/apt/sources.list.d/grafana.sources && echo 'Signed-By: /etc/kolla/apt-keys/grafana.asc' >>/etc/apt/sources.list.d/grafana.sources"},
		"switches debian, off": {Switches, "", debian, []string{"grafana"}, "disable", ""},
		"switches debian, architecture": {Switches, "", arm, []string{"grafana", "rabbitmq"}, "enable",
			"RUN echo 'Uris: https://two.example/apt' >/etc/apt/sources.list.d/rabbitmq.sources && echo 'Components: main' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Types: deb' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Suites: bookworm' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Signed-By: /etc/kolla/apt-keys/rabbitmq.gpg' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Architectures: amd64' >>/etc/apt/sources.list.d/rabbitmq.sources"},
		"switches, a file of the user's": {Switches, "switches-user.yaml", rocky, []string{"ceph", "epel"}, "enable",
			"RUN dnf config-manager  --enable site-ceph || true"},

		"files on": {Files, "", rocky, []string{"grafana", "epel"}, "enable",
			"RUN echo '[grafana]' >/etc/yum.repos.d/grafana.repo && echo 'name=grafana' >>/etc/yum.repos.d/grafana.repo && echo 'enabled=1' >>/etc/yum.repos.d/grafana.repo && echo 'gpgcheck=1' >>/etc/yum.repos.d/grafana.repo && echo 'gpgkey=https://one.example/a.key' >>/etc/yum.repos.d/grafana.repo && echo '       https://one.example/b.key' >>/etc/yum.repos.d/grafana.repo && echo 'baseurl=https://one.example/rpm' >>/etc/yum.repos.d/grafana.repo && echo 'baseurl=https://two.example/rpm' >>/etc/yum.repos.d/grafana.repo && dnf config-manager --enable epel || true"},
		"files off": {Files, "", rocky, []string{"grafana", "epel", "crb"}, "disable",
			"RUN dnf config-manager --disable epel || truednf config-manager --disable crb || true"},
		"files debian": {Files, "", debian, []string{"grafana", "rabbitmq"}, "enable",
			"RUN echo 'Uris: https://one.example/apt' >/etc/apt/sources.list.d/grafana.sources && echo 'Components: main' >>/etc/apt/sources.list.d/grafana.sources && echo 'Types: deb' >>/etc/apt/sources.list.d/grafana.sources && echo 'Suites: stable' >>/etc/apt/sources.list.d/grafana.sources && echo 'Signed-By: /etc/kolla/apt-keys/grafana.asc' >>/etc/apt/sources.list.d/grafana.sources && echo 'Uris: https://two.example/apt' >/etc/apt/sources.list.d/rabbitmq.sources && echo 'Components: main' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Types: deb' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Suites: trixie/{openstack_release_codename}' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Signed-By: /etc/kolla/apt-keys//usr/share/keyrings/rabbitmq.gpg' >>/etc/apt/sources.list.d/rabbitmq.sources"},

		"merged on": {Merged, "", rocky, []string{"grafana", "epel"}, "enable",
			"RUN grep -rlF '[grafana]' /etc/yum.repos.d/ 2>/dev/null | xargs -r rm -f && echo '[grafana]' >/etc/yum.repos.d/grafana.repo && echo 'name=grafana' >>/etc/yum.repos.d/grafana.repo && echo 'enabled=1' >>/etc/yum.repos.d/grafana.repo && echo 'gpgcheck=1' >>/etc/yum.repos.d/grafana.repo && echo 'gpgkey=https://one.example/a.key' >>/etc/yum.repos.d/grafana.repo && echo '       https://one.example/b.key' >>/etc/yum.repos.d/grafana.repo && echo 'baseurl=https://one.example/rpm' >>/etc/yum.repos.d/grafana.repo && echo 'baseurl=https://two.example/rpm' >>/etc/yum.repos.d/grafana.repo && dnf config-manager --enable epel || true"},
		"merged debian": {Merged, "", debian, []string{"rabbitmq", "debian"}, "enable",
			"RUN echo 'Uris: https://two.example/apt' >/etc/apt/sources.list.d/rabbitmq.sources && echo 'Components: main' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Types: deb' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Suites: trixie/gazpacho' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Signed-By: /usr/share/keyrings/rabbitmq.gpg' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Trusted: yes' >>/etc/apt/sources.list.d/rabbitmq.sources && "},
		"merged debian, architecture": {Merged, "", arm, []string{"rabbitmq"}, "enable",
			"RUN echo 'Uris: https://two.example/apt' >/etc/apt/sources.list.d/rabbitmq.sources && echo 'Components: main' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Types: deb' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Suites: trixie/gazpacho' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Signed-By: /usr/share/keyrings/rabbitmq.gpg' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Trusted: yes' >>/etc/apt/sources.list.d/rabbitmq.sources && echo 'Architectures: amd64' >>/etc/apt/sources.list.d/rabbitmq.sources"},
		"merged, a file of the user's": {Merged, "merged-user.yaml", rocky, []string{"epel"}, "enable",
			"RUN grep -rlF '[epel]' /etc/yum.repos.d/ 2>/dev/null | xargs -r rm -f && echo '[epel]' >/etc/yum.repos.d/epel.repo && echo 'name=epel' >>/etc/yum.repos.d/epel.repo && echo 'enabled=1' >>/etc/yum.repos.d/epel.repo && echo 'gpgkey=file:///site.key' >>/etc/yum.repos.d/epel.repo && echo 'metalink=https://site.example/epel' >>/etc/yum.repos.d/epel.repo"},
	} {
		t.Run(name, func(t *testing.T) {
			r := Repositories{Scheme: test.scheme, Tree: sections(t, map[Scheme]string{Switches: "switches.yaml", Files: "files.yaml", Merged: "files.yaml"}[test.scheme])}
			if test.user != "" {
				r.User = sections(t, test.user)
			}
			got, err := r.Instructions(test.target, test.names, test.mode)
			if err != nil || got != test.want {
				t.Errorf("got %v\n%s\nwant\n%s", err, got, test.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	nowhere := rocky
	nowhere.Distro = "plan9"
	for name, test := range map[string]struct {
		scheme     Scheme
		tree, user string
		target     Target
		names      string
		mode       string
		kind       string
		words      string
	}{
		"mode":          {Switches, "switches.yaml", "", rocky, "epel", "toggle", "KeyError", "enable and disable"},
		"distro":        {Switches, "switches.yaml", "", nowhere, "epel", "enable", "KeyError", "--repos-yaml"},
		"only a name":   {Switches, "switches.yaml", "", debian, "bare", "enable", "TypeError", "only a name"},
		"unknown":       {Files, "files.yaml", "", rocky, "none", "enable", "KeyError", `no repository "none" for rocky`},
		"no key":        {Merged, "files.yaml", "", rocky, "keyless", "enable", "KeyError", "has no gpgkey"},
		"no place":      {Merged, "files.yaml", "", rocky, "placeless", "enable", "ValueError", "has no baseurl"},
		"no component":  {Merged, "files.yaml", "", debian, "halved", "enable", "KeyError", "has no component"},
		"shares a file": {Merged, "files.yaml", "shared-user.yaml", rocky, "grafana", "enable", "ValueError", "(crb) take the place"},
	} {
		t.Run(name, func(t *testing.T) {
			r := Repositories{Scheme: test.scheme, Tree: sections(t, test.tree)}
			if test.user != "" {
				r.User = sections(t, test.user)
			}
			got, err := r.Instructions(test.target, []string{test.names}, test.mode)
			var wrong *Error
			if !errors.As(err, &wrong) || wrong.Kind != test.kind || !strings.Contains(err.Error(), test.words) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestParse(t *testing.T) {
	for text, words := range map[string]string{
		"debian: [a]":            `section "debian"`,
		"debian:\n  a: [1]":      "line 2",
		"debian:\n  a: {b: [}\n": "yaml",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q: %v", text, err)
		}
	}
	parsed, err := Parse([]byte("debian:\n  a: {distro: yes, b: 'no', c: off}\n"))
	if err != nil {
		t.Fatal(err)
	}
	a := parsed["debian"].byName["a"].(repo)
	if !truth(a["distro"]) || a["b"] != "no" || a["c"] != false {
		t.Errorf("got %v", a)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("deb:\n  a: {url: b, suite: c, component: d, gpg_key: e}\nrocky:\n  x: y\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		parsed, err := Parse(text)
		if err != nil {
			return
		}
		for _, scheme := range []Scheme{Switches, Files, Merged} {
			for _, target := range []Target{debian, rocky} {
				r := Repositories{Scheme: scheme, Tree: parsed, User: parsed}
				if got, err := r.Instructions(target, []string{"a", "x"}, "enable"); err != nil && got != "" {
					t.Errorf("%q beside %v", got, err)
				}
			}
		}
	})
}

func TestSchemeOf(t *testing.T) {
	for text, want := range map[string]Scheme{
		"rocky: {a: b}":                        Switches,
		"deb: {}\nrocky: {a: {name: b}}":       Files,
		"rocky: {a: {name: b, file_group: c}}": Merged,
	} {
		parsed, err := Parse([]byte(text))
		if err != nil || SchemeOf(parsed) != want {
			t.Errorf("%q: got %d, %v", text, SchemeOf(parsed), err)
		}
	}
}
