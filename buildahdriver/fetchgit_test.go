package buildahdriver

import (
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseGitSource(t *testing.T) {
	for source, want := range map[string]gitSource{
		"https://host/a.git":             {location: "https://host/a.git"},
		"https://host/a.git#main":        {location: "https://host/a.git", ref: "main"},
		"https://host/a.git#v1.0:docs/x": {location: "https://host/a.git", ref: "v1.0", subdir: "docs/x"},
		"https://host/a.git#:docs":       {location: "https://host/a.git", subdir: "docs"},
		"http://me:secret@host/a.git":    {location: "http://host/a.git", auth: "Basic bWU6c2VjcmV0"},
		"git@host:a/b.git#feature/x":     {location: "git@host:a/b.git", ref: "feature/x"},
		"ssh://git@host/a":               {location: "ssh://git@host/a"},
		"git://host/a":                   {location: "git://host/a"},
	} {
		got, isGit, err := parseGitSource(source)
		if err != nil || !isGit || *got != want {
			t.Errorf("%s: got %+v, %v, %v", source, got, isGit, err)
		}
	}
	for _, source := range []string{"https://host/a.tar.gz", "https://host/agit", "ext::sh -c x", "file:///a.git", "/a.git", "-oProxyCommand=x", "ssh://-oProxyCommand=x/a"} {
		if got, isGit, _ := parseGitSource(source); isGit {
			t.Errorf("%s is taken for the repository %+v", source, got)
		}
	}
	for _, source := range []string{"https://host/a.git#--upload-pack=x", "https://host/a.git#a..b", "https://host/a.git#a b", "https://host/a.git#+a"} {
		if _, _, err := parseGitSource(source); err == nil {
			t.Errorf("%s is accepted", source)
		}
	}
}

func TestAddGit(t *testing.T) {
	work, served := t.TempDir(), t.TempDir()
	for _, args := range [][]string{
		{"init", "-q", "-b", "main", work},
		{"-C", work, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "--allow-empty", "-m", "empty"},
	} {
		runGit(t, args...)
	}
	for name, content := range map[string]string{"file": "top\n", "sub/inside": "inside\n"} {
		path := filepath.Join(work, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/hostname", filepath.Join(work, "out")); err != nil {
		t.Fatal(err)
	}
	runGit(t, "-C", work, "add", ".")
	runGit(t, "-C", work, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "-m", "files")
	runGit(t, "-C", work, "tag", "v1")
	repository := filepath.Join(served, "a.git")
	runGit(t, "clone", "-q", "--bare", work, repository)
	backend := strings.TrimSpace(runGit(t, "--exec-path")) + "/git-http-backend"
	server := httptest.NewServer(&cgi.Handler{Path: backend, Env: []string{"GIT_PROJECT_ROOT=" + served, "GIT_HTTP_EXPORT_ALL=1"}})
	defer server.Close()

	d := openDriver(t)
	buildBase(t, d)
	_, output := buildImage(t, d, "x:1", strings.ReplaceAll(`FROM base:1
ADD URL/a.git /all
ADD --chown=7:8 URL/a.git#v1:sub /sub
ADD --keep-git-dir=true URL/a.git#main /kept/
RUN cat /all/file /sub/inside && ls -A /all && stat -c %u:%g /sub/inside && test -d /kept/.git && readlink /all/out
`, "URL", server.URL), nil)
	if want := "top\ninside\nfile\nout\nsub\n7:8\n/etc/hostname\n"; output != want {
		t.Errorf("printed %q, want %q", output, want)
	}
	for instruction, want := range map[string]string{
		"ADD URL/a.git#nowhere /x":      "nowhere",
		"ADD URL/missing.git /x":        "missing",
		"ADD URL/a.git#main:nowhere /x": "nowhere",
		"ADD URL/a.git#--exec=x /x":     "not a valid git reference",
	} {
		_, _, err := tryBuild(t, d, "x:1", "FROM base:1\n"+strings.ReplaceAll(instruction, "URL", server.URL)+"\n", nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", instruction, err, want)
		}
	}
	assertNothingLeft(t, d)
}

func runGit(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, output)
	}
	return string(output)
}
