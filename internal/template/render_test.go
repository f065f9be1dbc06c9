package template

import (
	"strings"
	"testing"
)

func load(t *testing.T, pairs ...string) *Tree {
	t.Helper()
	tree, err := Load(EmbeddedRoot("built-in", files(pairs...)))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestRender(t *testing.T) {
	tree := load(t,
		"macros.j2", "{% macro install(names) %}RUN {{ distro_package_manager }} install {{ names | join(' ') }}{% endmacro %}",
		"base/Dockerfile.j2", "FROM {{ base_image }}:{{ base_distro_tag }}\n",
		"nova/nova-api/Dockerfile.j2", "FROM {{ namespace }}/{{ image_prefix }}base:{{ tag }}\n"+
			"{% import 'macros.j2' as macros with context %}{{ macros.install(['x', image_name]) }}\n",
		"plain/Dockerfile", "FROM scratch # {{ untouched }}\n",
	)
	got, err := Render(tree, Variables{
		BaseImage: "debian", BaseDistroTag: "stable", Namespace: "host:5000/kolla", ImagePrefix: "debian-binary-", Tag: "1",
		PackageManager: "apt",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Rendered{
		{Name: "base", Dir: "base", Dockerfile: "FROM debian:stable"},
		{Name: "nova-api", Dir: "nova/nova-api", Dockerfile: "FROM host:5000/kolla/debian-binary-base:1\nRUN apt install x nova-api"},
		{Name: "plain", Dir: "plain", Dockerfile: "FROM scratch # {{ untouched }}\n"},
	}
	for i, r := range got {
		if r != want[i] {
			t.Errorf("got %+v, want %+v", r, want[i])
		}
	}
}

func TestVariables(t *testing.T) {
	source := `{{ install_type }} {{ install_metatype }} {{ debian_arch }} {{ supported_distro_name }} {{ distro.name }} ` +
		`{{ users.nova.uid }} {{ env.HOME }} {{ rpm_setup | join }} {{ use_dumb_init }}`
	vars := Variables{
		BaseDistro: "debian", BaseArch: "aarch64", UseDumbInit: true,
		Distro: map[string]any{"name": "Debian"}, Env: map[string]string{"HOME": "/root"}, RPMSetup: []string{"RUN a"},
		Users: map[string]User{"nova": {UID: 42436}},
	}
	for installType, types := range map[string]string{
		"binary": "binary rdo", "source": "source mixed", "rdo": "binary rdo", "rhos": "binary rhos",
	} {
		vars.InstallType = installType
		got, err := Render(load(t, "a/Dockerfile.j2", source), vars)
		if err != nil {
			t.Fatal(err)
		}
		if want := types + " arm64 debian Debian 42436 /root RUN a True"; got[0].Dockerfile != want {
			t.Errorf("%s: got %q, want %q", installType, got[0].Dockerfile, want)
		}
	}
}

func TestOneBrokenTemplateDoesNotKeepTheOthers(t *testing.T) {
	tree := load(t, "a/Dockerfile.j2", "{{ x.y }}", "b/Dockerfile.j2", "FROM b", "c/Dockerfile.j2", "\n{% nonsense %}")
	got, err := Render(tree, Variables{})
	if err == nil {
		t.Fatal("no error")
	}
	if got[1].Dockerfile != "FROM b" || got[1].Err != nil || got[0].Err == nil || got[2].Err == nil {
		t.Errorf("got %+v", got)
	}
	for _, want := range []string{"built-in/a/Dockerfile.j2:1:5: ", "(image a)\n>     1 | {{ x.y }}", "built-in/c/Dockerfile.j2:2:4: "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got\n%v\nwithout %q", err, want)
		}
	}
}

func TestErrorInMacrosNamesTheImage(t *testing.T) {
	tree := load(t, "macros.j2", "{% macro m() %}{{ raise_error('no') }}{% endmacro %}",
		"a/Dockerfile.j2", "{% import 'macros.j2' as m %}{{ m.m() }}")
	_, err := Render(tree, Variables{})
	if want := "built-in/macros.j2:1:30: no (image a)\n"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
