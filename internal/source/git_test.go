package source

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// upstream is a repository to fetch from.
type upstream struct {
	t   *testing.T
	dir string
}

func newUpstream(t *testing.T) upstream {
	t.Helper()
	u := upstream{t, filepath.Join(t.TempDir(), "keystone")}
	if err := os.Mkdir(u.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	u.git("init", "--quiet", "--initial-branch=master")
	return u
}

func (u upstream) git(args ...string) string {
	u.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = u.dir
	cmd.Env = append(environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b",
		"GIT_AUTHOR_DATE=1000000000 +0000", "GIT_COMMITTER_DATE=1000000000 +0000")
	out, err := cmd.CombinedOutput()
	if err != nil {
		u.t.Fatalf("git %s: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit writes a file, commits everything and returns the id.
func (u upstream) commit(name, content string) string {
	u.t.Helper()
	writeFile(u.t, content, u.dir, name)
	u.git("add", "--all")
	u.git("commit", "--quiet", "--message", name)
	return u.git("rev-parse", "HEAD")
}

func (u upstream) spec(reference string) Spec {
	return Spec{Section: "keystone-base", Type: Git, Location: "file://" + u.dir, Reference: reference, Where: "kolla-build.conf:9"}
}

func TestGitReferences(t *testing.T) {
	u := newUpstream(t)
	first := u.commit("first", "1")
	u.git("tag", "light")
	u.git("tag", "--annotate", "--message=x", "1.0.0")
	u.commit("second", "2")
	u.git("checkout", "--quiet", "-b", "stable/2026.1")
	u.commit("third", "3")
	u.git("checkout", "--quiet", "master")

	r := newRig(t)
	for reference, want := range map[string][]string{
		"":                         {"first", "second"},
		"master":                   {"first", "second"},
		"refs/heads/master":        {"first", "second"},
		"stable/2026.1":            {"first", "second", "third"},
		"light":                    {"first"},
		"1.0.0":                    {"first"},
		first:                      {"first"},
		first[:8]:                  {"first"},
		u.git("rev-parse", "HEAD"): {"first", "second"},
	} {
		top := "keystone-base-archive"
		if reference != "" {
			top += "-" + strings.ReplaceAll(reference, "/", "-")
		}
		all := []string{top + "/"}
		for _, name := range want {
			all = append(all, top+"/"+name)
		}
		if got := names(t, r.must(t, u.spec(reference)).Path); !slices.Equal(got, all) {
			t.Errorf("%q: got %v", reference, got)
		}
	}
	r.fails(t, u.spec("stable/none"), "[keystone-base] (kolla-build.conf:9)", "couldn't find remote ref stable/none", "\ncheck the reference")
	r.fails(t, u.spec("0123456789abcdef"), `has no branch, tag or commit "0123456789abcdef"`)
}

func TestGitArchiveIsReproducible(t *testing.T) {
	u := newUpstream(t)
	os.Symlink("run.sh", filepath.Join(u.dir, "link"))
	writeFile(t, "#!/bin/sh\n", u.dir, "run.sh")
	os.Chmod(filepath.Join(u.dir, "run.sh"), 0o700)
	// What a check-out would do to files is not done.
	writeFile(t, "*.txt text eol=crlf ident\nhidden export-ignore\n", u.dir, ".gitattributes")
	writeFile(t, "x", u.dir, "hidden")
	u.commit("sub/text.txt", "a\nb $Id$\n")
	one := newRig(t).must(t, u.spec("master"))
	want := []string{".gitattributes", "hidden", "link -> run.sh", "run.sh*", "sub/", "sub/text.txt"}
	top := "keystone-base-archive-master/"
	for i := range want {
		want[i] = top + want[i]
	}
	if got := names(t, one.Path); !slices.Equal(got, append([]string{top}, want...)) {
		t.Errorf("got %v", got)
	}
	if two := newRig(t).must(t, u.spec("master")); two.Digest != one.Digest {
		t.Error("two clones give two archives")
	}
}

// TestGitRefusesHostileCommits: a commit may hold no more than a tarball, and no names that
// unpack to something else than they list.
func TestGitRefusesHostileCommits(t *testing.T) {
	for _, target := range []string{"/etc/shadow", "/", "../../..", "sub/../../../x"} {
		u := newUpstream(t)
		os.Symlink(target, filepath.Join(u.dir, "out"))
		u.commit("file", "1")
		newRig(t).fails(t, u.spec("master"), `"keystone-base-archive-master/out" is a symbolic link to "`+target+`"`)
	}
	for name, word := range map[string]string{
		".git": "is a repository's own", ".GIT": "is a repository's own", "a/b": "is no name of git's", "..": "no name of git's", ".": "no name of git's",
	} {
		u := newUpstream(t)
		first := u.commit("file", "1")
		blob, err := hex.DecodeString(u.git("rev-parse", first+":file"))
		if err != nil {
			t.Fatal(err)
		}
		object := filepath.Join(t.TempDir(), "tree")
		writeFile(t, "100644 "+name+"\x00"+string(blob), object)
		tree := u.git("hash-object", "-t", "tree", "-w", "--literally", object)
		u.git("update-ref", "refs/heads/master", u.git("commit-tree", "-m", "evil", tree))
		newRig(t).fails(t, u.spec("master"), fmt.Sprintf("%q", name), word)
	}
}

func TestGitLaterRuns(t *testing.T) {
	u := newUpstream(t)
	u.commit("a", "1")
	r := newRig(t)
	one := r.must(t, u.spec("master"))
	later := r.again(t)
	if same := later.must(t, u.spec("master")); same.Digest != one.Digest || !strings.Contains(later.text(), "found unchanged in the cache") {
		t.Errorf("got %+v, said %s", same, later.text())
	}
	// A branch that has been rewritten is no trouble.
	u.git("commit", "--quiet", "--amend", "--allow-empty", "--message=other")
	tip := u.commit("a", "2")
	if changed := r.again(t).must(t, u.spec("master")); changed.Digest == one.Digest {
		t.Error("the branch has moved, the archive has not")
	}

	byID := r.must(t, u.spec(tip))
	if err := os.Rename(u.dir, u.dir+".away"); err != nil {
		t.Fatal(err)
	}
	if again := r.again(t).must(t, u.spec(tip)); again.Digest != byID.Digest {
		t.Error("a commit by its id needs no server")
	}
	r.again(t).fails(t, u.spec("master"), "does not appear to be a git repository")
}

func TestGitStale(t *testing.T) {
	u := newUpstream(t)
	u.commit("a", "1")
	backend := gitServer(t, u)
	spec := u.spec("master")
	spec.Location = backend.URL + "/keystone/.git"
	r := newRig(t, func(o *Options) { o.Retries = 1 })
	one := r.must(t, spec)
	backend.Close()
	gone := r.again(t)
	gone.fails(t, spec, "git: ", "127.0.0.1")
	if !strings.Contains(gone.text(), "trying keystone-base again") {
		t.Errorf("said %s", gone.text())
	}
	offline := r.again(t, func(o *Options) { o.Stale = true })
	if again := offline.must(t, spec); again.Digest != one.Digest || len(offline.warnings) != 1 {
		t.Errorf("got %+v, warned %q", again, offline.warnings)
	}
}

// gitServer serves repositories by http, with git's own program. The handlers
// come before it, one request each.
func gitServer(t *testing.T, u upstream, before ...http.HandlerFunc) *script {
	t.Helper()
	path, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(path)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + filepath.Dir(u.dir), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
	}
	return serve(t, append(before, backend.ServeHTTP)...)
}

func TestGitOverHTTP(t *testing.T) {
	u := newUpstream(t)
	u.commit("a", "1")
	server := gitServer(t, u, status(http.StatusServiceUnavailable))
	spec := u.spec("master")
	spec.Location = strings.Replace(server.URL, "://", "://me:geheim@", 1) + "/keystone/.git"
	r := newRig(t)
	r.must(t, spec)
	if got := server.requests()[1].Get("Authorization"); got != "Basic bWU6Z2VoZWlt" {
		t.Errorf("sent %q", got)
	}
	if strings.Contains(r.text(), "geheim") {
		t.Errorf("said %s", r.text())
	}
	private := serve(t, status(http.StatusUnauthorized, "WWW-Authenticate", "Basic"))
	spec.Location = private.URL + "/keystone"
	r.fails(t, spec, "terminal prompts disabled", "\nset up a credential helper")
}

func TestGitOverHTTPDoesNotLeaveTLS(t *testing.T) {
	u := newUpstream(t)
	u.commit("a", "1")
	plain := gitServer(t, u)
	safe := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plain.URL+r.URL.RequestURI(), http.StatusMovedPermanently)
	}))
	defer safe.Close()
	spec := u.spec("master")
	spec.Location = safe.URL + "/keystone/.git"
	newRig(t, func(o *Options) { o.Env = append(o.Env, "GIT_SSL_NO_VERIFY=1") }).fails(t, spec, "git: ")
	if n := len(plain.requests()); n != 0 {
		t.Errorf("%d requests without encryption", n)
	}
}

func TestGitStalls(t *testing.T) {
	u := newUpstream(t)
	release := make(chan struct{})
	server := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) })
	spec := u.spec("master")
	spec.Location = server.URL + "/x"
	newRig(t, func(o *Options) { o.Timeout, o.Retries = 200*time.Millisecond, 0 }).fails(t, spec, "the server has stalled")
}

func TestGitCancellation(t *testing.T) {
	u := newUpstream(t)
	release, reached := make(chan struct{}), make(chan struct{})
	server := serve(t, func(http.ResponseWriter, *http.Request) {
		close(reached)
		<-release
	})
	t.Cleanup(func() { close(release) })
	spec := u.spec("master")
	spec.Location = server.URL + "/x"
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-reached
		cancel()
	}()
	if _, err := r.Fetch(ctx, spec); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	r.clean(t)
	if left, _ := os.ReadDir(filepath.Join(r.dir, "repositories")); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestGitRepositoryOfAKilledProcess(t *testing.T) {
	u := newUpstream(t)
	u.commit("a", "1")
	r := newRig(t)
	r.must(t, u.spec("master"))
	repo := r.cache.Repository("git file://" + u.dir)
	u.commit("a", "2")
	for _, name := range []string{repo + ".busy", filepath.Join(repo, "shallow.lock")} {
		writeFile(t, "", name)
	}
	r.again(t).must(t, u.spec("master"))
	r.clean(t)
}

// There are locations and references that are options or commands to git,
// or lead it elsewhere.
func TestGitRefusesHostileSpecs(t *testing.T) {
	u := newUpstream(t)
	u.commit("a", "1")
	r := newRig(t)
	mark := filepath.Join(t.TempDir(), "mark")
	for location, word := range map[string]string{
		"--upload-pack=touch " + mark:               "would be an option",
		"ext::sh -c touch% " + mark:                 "names no repository",
		"fd::17":                                    "names no repository",
		"ssh://-oProxyCommand=touch " + mark + "/x": "no valid URL",
		"ssh://-oProxyCommand=touch/x":              "where a host should be",
		"ssh://-ofoo@host/x":                        "where a host should be",
		"-oProxyCommand=x:path":                     "would be an option",
		"me@-oProxyCommand=x:path":                  "names no repository",
		"gopher://host/x":                           "which is refused",
		"https+ext://host/x":                        "which is refused",
		"https:///x":                                "where a host should be",
		"file://host/x":                             "where a host should be",
		"relative/path":                             "names no repository",
		"https://host/a\nb":                         "control characters",
		"":                                          "no location",
	} {
		spec := u.spec("master")
		spec.Location = location
		r.fails(t, spec, word)
	}
	for _, reference := range []string{"--upload-pack=touch " + mark, "-x", "a b", "a:b", "+a", "a..b", "a~1", "a^", "@{u}", "a*", "a\nb", "/a", "a/", "a//b", "a.", `a\b`, "[a"} {
		r.fails(t, u.spec(reference), "its reference")
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a command was run")
	}
	for _, location := range []string{"https://host/x", "http://h:8080/x?y", "ssh://me@host:29418/x", "git://host/x", "me@host:x/y.git", "host:x", "/srv/x", "file:///srv/x", "https://me@host/x"} {
		if _, err := parseRemote(location); err != nil {
			t.Errorf("%s: %v", location, err)
		}
	}
}

func TestGitIgnoresItsSurroundings(t *testing.T) {
	u := newUpstream(t)
	u.commit("a", "1")
	mark := filepath.Join(t.TempDir(), "mark")
	hooks := filepath.Join(t.TempDir(), "hooks")
	for _, hook := range []string{"reference-transaction", "post-checkout", "post-update"} {
		writeFile(t, "#!/bin/sh\ntouch "+mark+"\n", hooks, hook)
		os.Chmod(filepath.Join(hooks, hook), 0o755)
	}
	config := filepath.Join(t.TempDir(), "gitconfig")
	writeFile(t, "[core]\n\thooksPath = "+hooks+"\n[url \"file://"+u.dir+"\"]\n\tinsteadOf = https://mirrored.example/keystone\n[protocol \"ext\"]\n\tallow = always\n", config)
	spec := u.spec("master")
	spec.Location = "https://mirrored.example/keystone"
	r := newRig(t, func(o *Options) {
		o.Env = append(o.Env, "GIT_CONFIG_GLOBAL="+config, "GIT_DIR=/nowhere", "GIT_WORK_TREE=/nowhere", "GIT_INDEX_FILE=/nowhere")
	})
	r.must(t, spec)
	if _, err := os.Stat(mark); err == nil {
		t.Error("a hook was run")
	}
}

func TestGitSubmodulesAreNotFollowed(t *testing.T) {
	inner := newUpstream(t)
	id := inner.commit("secret", "1")
	u := newUpstream(t)
	writeFile(t, "[submodule \"sub\"]\n\tpath = sub\n\turl = file://"+inner.dir+"\n", u.dir, ".gitmodules")
	u.git("update-index", "--add", "--cacheinfo", "160000,"+id+",sub")
	u.git("add", ".gitmodules")
	u.git("commit", "--quiet", "--message=sub")
	top := "keystone-base-archive/"
	if got := names(t, newRig(t).must(t, u.spec("")).Path); !slices.Equal(got, []string{top, top + ".gitmodules", top + "sub/"}) {
		t.Errorf("got %v", got)
	}
}

func TestGitIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	u := upstream{t, "/srv/x"}
	newRig(t).fails(t, u.spec("master"), "git is not installed", "\ninstall the package git")
}

func TestIsCommit(t *testing.T) {
	digits := strings.Repeat("0123456789abcdef", 5)
	for _, test := range []struct {
		text       string
		some, full bool
	}{
		{"", false, false},
		{digits[:6], false, false},
		{digits[:7], true, false},
		{digits[:40], true, true},
		{digits[:41], true, false},
		{digits[:64], true, true},
		{digits[:65], false, false},
		{strings.ToUpper(digits[:40]), false, false},
		{digits[:20] + "g" + digits[:19], false, false},
	} {
		if some, full := isCommit(test.text), isFullCommit(test.text); some != test.some || full != test.full {
			t.Errorf("%q: %v, %v", test.text, some, full)
		}
	}
}
