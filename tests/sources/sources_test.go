package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestDepends(t *testing.T) {
	const said = `python3-nova
  Depends: python3-tooz
 |Depends: python3-ldap
  Depends: python3-pyldap
    python3-ldap
  Depends: <python3:any>
    python3
python3-neutron-dynamic-routing
  Depends: python3-neutron
  Depends: python3-tooz
  Depends: openssl
`
	want := []string{"openssl", "python3-ldap", "python3-tooz"}
	if have := depends(said); !slices.Equal(have, want) {
		t.Errorf("want %q, have %q", want, have)
	}
}

func TestTarballs(t *testing.T) {
	given, err := tarballs([]string{"heat=/tmp/heat.tar.xz"})
	if err != nil || given["heat"] != "/tmp/heat.tar.xz" {
		t.Errorf("have %v, %v", given, err)
	}
	for _, bad := range []string{"heat", "vim=/tmp/vim.tar.xz"} {
		if _, err := tarballs([]string{bad}); err == nil {
			t.Errorf("%s: want an error", bad)
		}
	}
}

func TestTarball(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"neutron_26.0.3.orig.tar.xz", "neutron-dynamic-routing_26.0.0.orig.tar.gz"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if file, err := tarball(dir, "neutron"); err != nil || filepath.Base(file) != "neutron_26.0.3.orig.tar.xz" {
		t.Errorf("have %q, %v", file, err)
	}
	if _, err := tarball(dir, "heat"); err == nil || !strings.Contains(err.Error(), "heat=FILE") {
		t.Errorf("want an error with a remedy, have %v", err)
	}
}

// TestConfigure follows the locations that are written to what is served there.
func TestConfigure(t *testing.T) {
	dir := t.TempDir()
	found := fetched{map[string]string{}, []string{"python3-tooz"}}
	for _, name := range names() {
		found.tarballs[name] = filepath.Join(dir, name+"_1.orig.tar.xz")
		if err := os.WriteFile(found.tarballs[name], []byte("of "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server, err := serve(found.tarballs)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	if _, err := configure(dir, server.url, found); err != nil {
		t.Fatal(err)
	}

	for _, name := range names() {
		location := server.url + "/" + name + "/" + name + "_1.orig.tar.xz"
		if !strings.Contains(read(t, filepath.Join(dir, "kolla-build.conf")), "location = "+location+"\n") {
			t.Errorf("the configuration lacks %s", location)
		}
		if body := get(t, location); body != "of "+name {
			t.Errorf("%s: %q", location, body)
		}
	}
	if override := read(t, filepath.Join(dir, "override.j2")); !strings.Contains(override, `= ["python3-tooz"] %}`) {
		t.Errorf("the packages are not in\n%s", override)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func get(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
