package tests

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestGuideSources builds from sources of every type that the guide names, with a
// plugin for neutron-server, and looks for them in the images.
func TestGuideSources(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := serveSources(t, map[string]string{
		"/requirements.tar.gz": gzipped(t, archive(t, map[string]string{"requirements/upper-constraints.txt": "networking-cisco===1.0\n"})),
	}, map[string][]revision{
		"keystone": {
			{"master", project("keystone", "keystone of master")},
			{"stable/kilo", project("keystone", "keystone of stable/kilo")},
		},
		"networking-cisco": {{"master", project("networking-cisco", "plugin of master")}},
	})
	config := strings.NewReplacer("SERVER", server, "DIR", dir).Replace(`
[openstack-base]
type = url
location = SERVER/requirements.tar.gz

[keystone]
type = git
location = SERVER/git/keystone
reference = stable/kilo

[neutron-base]
type = local
location = DIR/src/neutron

[neutron-server-additions-notes]
type = local
location = DIR/notes.tar.gz

[neutron-server-plugin-networking-cisco]
type = git
location = SERVER/git/networking-cisco
reference = master
`)
	files := map[string]string{
		"kolla-build.conf": config,
		"notes.tar.gz":     gzipped(t, archive(t, map[string]string{"notes/origin": "notes of a tarball\n"})),
		// What setup.py asks for, the distro has: pip needs no index.
		"header": "ENV PIP_NO_INDEX=1 PIP_NO_BUILD_ISOLATION=0\n",
	}
	for name, text := range project("neutron", "neutron of a folder") {
		files["src/neutron/"+name] = text
	}
	if err := writeFiles(dir, files); err != nil {
		t.Fatal(err)
	}

	options := []string{"-t", "source", "--config-file", filepath.Join(dir, "kolla-build.conf")}
	build(t, append(options, "-i", filepath.Join(dir, "header"), "^keystone$", "^neutron-server$")...).
		wants(t, 0, "^built 6 images in ")

	logs := t.TempDir()
	const python = "RUN /var/lib/kolla/venv/bin/python -c 'from %[1]s import origin; print(origin)'\n"
	look := tree(t, map[string]string{
		"look-at-keystone": from("keystone") + fmt.Sprintf(python, "keystone"),
		"look-at-neutron":  from("neutron-server") + fmt.Sprintf(python, "neutron") + fmt.Sprintf(python, "networking_cisco") + "RUN cat /additions/notes/origin\n",
	})
	build(t, append(options, "-D", "../templates", "-D", look, "--skip-parents", "--logs-dir", logs, "^look-at-")...).
		wants(t, 0, "^built 2 images in ", `^skipped: 6 \(base, keystone, `)
	for image, lines := range map[string][]string{
		"look-at-keystone": {"keystone of stable/kilo"},
		"look-at-neutron":  {"neutron of a folder", "plugin of master", "notes of a tarball"},
	} {
		log := readFile(t, filepath.Join(logs, image+".log"))
		for _, line := range lines {
			if !strings.Contains(log, "\n"+line+"\n") {
				t.Errorf("%q is not in the image:\n%s", line, log)
			}
		}
	}
}

// from begins the Dockerfile of a child of an image.
func from(image string) string { return strings.ReplaceAll(fromRoot, "root", image) }

// project is a Python project of OpenStack's kind, whose only content is a word
// about where it is from.
func project(name, origin string) map[string]string {
	module := strings.ReplaceAll(name, "-", "_")
	return map[string]string{
		"setup.py":              "import setuptools\nsetuptools.setup(setup_requires=['pbr'], pbr=True)\n",
		"setup.cfg":             fmt.Sprintf("[metadata]\nname = %s\n[files]\npackages =\n    %s\n", name, module),
		module + "/__init__.py": fmt.Sprintf("origin = %q\n", origin),
	}
}

// revision is a branch of a git repository, with all files that are on it.
type revision struct {
	branch string
	files  map[string]string
}

// serveSources serves files, by path, and git repositories, by the names they have
// below /git. It returns the URL of the server.
func serveSources(t *testing.T, files map[string]string, repositories map[string][]revision) string {
	t.Helper()
	root := t.TempDir()
	for name, revisions := range repositories {
		dir := filepath.Join(root, name)
		git(t, "init", "--quiet", dir)
		for _, r := range revisions {
			git(t, "-C", dir, "checkout", "--quiet", "--orphan", r.branch)
			if err := writeFiles(dir, r.files); err != nil {
				t.Fatal(err)
			}
			git(t, "-C", dir, "add", "--all")
			git(t, "-C", dir, "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "--quiet", "--message", r.branch)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/git/", &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(git(t, "--exec-path")), "git-http-backend"),
		Root: "/git",
		Env:  []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1"},
	})
	for path, content := range files {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, content) })
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// git runs git, whatever the user has configured, and returns what it prints.
func git(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Env = append(cmd.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	o := execute(t, cmd)
	o.wants(t, 0)
	return o.stdout
}

// archive is a tar archive of files, by path.
func archive(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(t *testing.T, data string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(data)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
