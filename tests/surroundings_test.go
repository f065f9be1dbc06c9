package tests

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// fromScratch is an image that needs no other: a shell and its tools.
const fromScratch = `FROM scratch
COPY --chmod=755 busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN mkdir -p /etc /tmp /root && chmod 1777 /tmp && echo root:x:0:0::/root:/bin/sh > /etc/passwd && echo nova:x:42436:42436::/:/bin/sh >> /etc/passwd
`

// scratchTree makes a tree of images FROM scratch. The first is called root.
func scratchTree(t *testing.T, texts map[string]string) string {
	t.Helper()
	busybox, err := os.ReadFile(lookPath(t, "busybox"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"root": fromScratch, "root/busybox": string(busybox)}
	for name, text := range texts {
		all[name] = text
	}
	return tree(t, all)
}

// shell runs the program by a shell that does something before.
func shell(before string, args ...string) *exec.Cmd {
	return exec.Command("sh", append([]string{"-c", before + "\nexec \"$@\"", "sh", program}, args...)...)
}

// builtQuickly fails the test if the log of an image says that it was built the slow way.
func builtQuickly(t *testing.T, logs, image string) {
	t.Helper()
	if log := readFile(t, filepath.Join(logs, image+".log")); strings.Contains(log, "# slow path") {
		t.Errorf("%s was built the slow way:\n%s", image, log)
	}
}

// TestUmask builds one tree under several umasks: the images are the same, and nothing is built
// again because of another umask.
func TestUmask(t *testing.T) {
	t.Parallel()
	const list = "RUN cd / && find . -xdev \\( -path ./proc -o -path ./sys -o -path ./dev \\) -prune -o ! -type l -exec stat -c '%n %a %u:%g' {} + | sort\n"
	dir := scratchTree(t, map[string]string{
		"base":             strings.TrimPrefix(fromRoot, "") + "WORKDIR /made/by/workdir\nCOPY folder /copied\nCOPY sources.list /etc/\nADD folder/file /added/\nRUN mkdir /by-run && touch /by-run/file\nUSER nova\nRUN id\n",
		"base/folder/file": "x",
		"look":             strings.ReplaceAll(fromRoot, "root", "base") + list,
	})
	sources := filepath.Join(t.TempDir(), "sources.list")
	if err := os.WriteFile(sources, []byte("# none\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	logs := map[string]string{}
	run := func(umask string, s store, more ...string) outcome {
		logs[umask] = filepath.Join(t.TempDir(), "logs")
		args := append(s.options(), "-b", "debian", "-D", dir, "--logs-dir", logs[umask])
		return execute(t, shell("export OS_DEFAULT__APT_SOURCES_LIST="+sources+"; umask "+umask, append(args, more...)...))
	}
	first := newStore(t)
	run("022", first).wants(t, 0, "^built 3 images in ")
	listed := func(umask string) string {
		return strings.Join(regexp.MustCompile(`(?m)^\..*$`).FindAllString(readFile(t, filepath.Join(logs[umask], "look.log")), -1), "\n")
	}
	want := listed("022")
	for _, umask := range []string{"027", "077", "000"} {
		if o := run(umask, first); o.status != 0 || !strings.Contains(o.stderr, " unchanged\n") {
			t.Errorf("umask %s: an unchanged tree is built again\n%s", umask, o)
		}
		run(umask, first, "--nocache").wants(t, 0, "^built 3 images in ")
		if got := listed(umask); got != want {
			t.Errorf("umask %s: the image has\n%s\nwith umask 022 it has\n%s", umask, got, want)
		}
		builtQuickly(t, logs[umask], "base")
		// What is the user's own follows the umask.
		info, err := os.Stat(filepath.Join(logs[umask], "look.log"))
		if err != nil {
			t.Fatal(err)
		}
		if umask == "077" && info.Mode().Perm() != 0o600 {
			t.Errorf("others may read the log: %v", info.Mode())
		}
	}
	if !strings.Contains(want, "/copied/file 644 0:0") || !strings.Contains(want, "/made/by 755 ") {
		t.Errorf("the list of files lacks some:\n%s", want)
	}
	private := newStore(t)
	run("000", private).wants(t, 0)
	if info, err := os.Stat(private.root); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the store is open to others: %v, %v", info.Mode(), err)
	}
}

// TestNohup: the end of a session does not end a build that nohup has started.
func TestNohup(t *testing.T) {
	t.Parallel()
	var once sync.Once
	var pid int
	started := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-started
		once.Do(func() { _ = syscall.Kill(-pid, syscall.SIGHUP) }) // to the child as well, as a terminal does
		fmt.Fprintln(w, "hung up")
	}))
	defer server.Close()
	dir := scratchTree(t, map[string]string{"leaf": fromRoot + "RUN wget -q -O - " + server.URL + " && sleep 1 && echo still here > /made\n"})
	cmd := shell("trap '' HUP", append(newStore(t).options(), "-b", "debian", "-D", dir)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid = cmd.Process.Pid
	close(started)
	if err := cmd.Wait(); err != nil || !strings.Contains(stderr.String(), "built 2 images in ") {
		t.Errorf("%v\n%s", err, stderr.String())
	}
}

// TestFileLimit: RUN gets the caller's limit on open files, not the one that Go raises.
func TestFileLimit(t *testing.T) {
	t.Parallel()
	dir := scratchTree(t, map[string]string{"leaf": fromRoot + "RUN echo soft $(ulimit -Sn) hard $(ulimit -Hn)\n"})
	s := newStore(t)
	for _, limit := range []struct{ set, want string }{
		{"ulimit -Sn 321", "soft 321 hard "},
		{"ulimit -Sn 1000; ulimit -Hn 1000", "soft 1000 hard 1000"},
		{"ulimit -n 256", "soft 256 hard 256"},
	} {
		logs := t.TempDir()
		execute(t, shell(limit.set, append(s.options(), "-b", "debian", "-D", dir, "--nocache", "--logs-dir", logs)...)).wants(t, 0)
		if log := readFile(t, filepath.Join(logs, "leaf.log")); !strings.Contains(log, limit.want) {
			t.Errorf("with %s, RUN prints\n%s", limit.set, log)
		}
	}
}

// TestSurroundings builds in surroundings that are not those of a login.
func TestSurroundings(t *testing.T) {
	t.Parallel()
	dir := scratchTree(t, map[string]string{"leaf": fromRoot + "COPY Dockerfile /\nRUN test -f /Dockerfile\nUSER nova\nRUN test $(id -u) = 42436\n"})
	for name, test := range map[string]struct {
		before  string
		options func(s store) []string
	}{
		"no HOME":                       {"unset HOME", nil},
		"HOME is not there":             {"export XDG_CACHE_HOME=$HOME/cache HOME=/not/there", nil},
		"HOME is root's":                {"export HOME=/root", nil},
		"no XDG_RUNTIME_DIR":            {"unset XDG_RUNTIME_DIR", nil},
		"XDG_RUNTIME_DIR is not there":  {"export XDG_RUNTIME_DIR=/run/user/4711", nil},
		"XDG_RUNTIME_DIR is root's":     {"export XDG_RUNTIME_DIR=/run", nil},
		"no PATH":                       {"unset PATH", nil},
		"TMPDIR is not there":           {"export TMPDIR=/not/there", nil},
		"TMPDIR has blanks":             {"mkdir -p \"$TMPDIR/a b\"; export TMPDIR=\"$TMPDIR/a b\"", nil},
		"TMPDIR is closed":              {"export TMPDIR=/root", nil},
		"Turkish":                       {"export LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8", nil},
		"no environment":                {"exec env -i \"$@\"", nil},
		"no shell, no user":             {"unset SHELL USER LOGNAME TERM", nil},
		"closed standard input":         {"exec <&-", nil},
		"working folder is gone":        {"mkdir \"$HOME/gone\"; cd \"$HOME/gone\"; rmdir \"$HOME/gone\"", nil},
		"default runroot":               {"unset XDG_RUNTIME_DIR", func(s store) []string { return []string{"--root", s.root} }},
		"a root with commas":            {"", func(s store) []string { return []string{"--root", s.root + "/a,b", "--runroot", s.runRoot} }},
		"a root with colons":            {"", func(s store) []string { return []string{"--root", s.root + "/a:b", "--runroot", s.runRoot} }},
		"a root with backslashes":       {"", func(s store) []string { return []string{"--root", s.root + `/a\b`, "--runroot", s.runRoot} }},
		"a root with blanks":            {"", func(s store) []string { return []string{"--root", s.root + "/a b", "--runroot", s.runRoot + "/a b"} }},
		"root and runroot with a comma": {"", func(s store) []string { return []string{"--root", s.root + "/a,b", "--runroot", s.runRoot + "/a,b"} }},
		"a root of 250 characters": {"", func(s store) []string {
			return []string{"--root", s.root + "/" + strings.Repeat("long/", 50), "--runroot", s.runRoot}
		}},
		"a root that is a symbolic link": {"", func(s store) []string {
			link(t, s.root)
			return []string{"--root", s.root + "-link", "--runroot", s.runRoot}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			options := s.options()
			if test.options != nil {
				options = test.options(s)
			}
			logs := t.TempDir()
			args := append(options, "-b", "debian", "-D", dir, "--logs-dir", logs)
			execute(t, shell(test.before, args...)).wants(t, 0, "^built 2 images in ")
			builtQuickly(t, logs, "leaf")
			if o := execute(t, shell(test.before, args...)); o.status != 0 || !strings.Contains(o.stderr, " unchanged\n") {
				t.Errorf("an unchanged tree is built again\n%s", o)
			}
		})
	}
}

// link makes a folder, and a symbolic link to it.
func link(t *testing.T, folder string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(folder, folder+"-link"); err != nil {
		t.Fatal(err)
	}
}

// inNamespace runs the program in our user namespace, after a script that may mount.
func inNamespace(script string, args ...string) *exec.Cmd {
	return exec.Command(program, append([]string{"unshare", "sh", "-ec", script + "\nexec \"$@\"", "sh", program}, args...)...)
}

// TestReadOnly: folders that cannot be written to, or from which nothing can be executed.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	dir := scratchTree(t, nil)
	s := newStore(t)
	const readOnlyHome = `readonly=$(mktemp -d); mount -t tmpfs -o ro tmpfs "$readonly"; export HOME="$readonly"`
	ourStore := append(s.options(), "-b", "debian", "-D", dir, "--nocache")
	for _, test := range []struct {
		name, script string
		args         []string
		status       int
		says         []string
	}{
		{"noexec TMPDIR", `export TMPDIR=$(mktemp -d); mount -t tmpfs -o noexec,nosuid,nodev tmpfs "$TMPDIR"`, ourStore, 0, []string{"^built 1 image in "}},
		{"read-only TMPDIR", `export TMPDIR=$(mktemp -d); mount -t tmpfs -o ro tmpfs "$TMPDIR"`, ourStore, 0, []string{"^built 1 image in "}},
		{"read-only HOME", readOnlyHome, ourStore, 1, []string{"^kolla-build: failed to make the cache of sources: .*read-only", "^  see what XDG_CACHE_HOME or HOME names$"}},
		{"read-only HOME, other caches", "export XDG_CACHE_HOME=$(mktemp -d); " + readOnlyHome, ourStore, 0, []string{"^built 1 image in "}},
		{"read-only HOME for all", "export XDG_CACHE_HOME=$(mktemp -d); " + readOnlyHome, []string{"-b", "debian", "-D", dir}, 6,
			[]string{"^kolla-build: failed to open the image store .*read-only", "^  choose folders that you may write to with --root and --runroot$"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			execute(t, inNamespace(test.script, test.args...)).wants(t, test.status, test.says...)
		})
	}
}

// bareMachine hides what containers-common, podman and buildah install, and programs. With a
// script it then makes folders of its own.
const bareMachine = `for folder in /etc/containers /usr/share/containers /usr/lib/podman /usr/libexec/podman /usr/local/libexec /usr/local/lib/podman; do
	[ ! -d "$folder" ] || mount -t tmpfs tmpfs "$folder"
done
export HOME=$(mktemp -d) PATH=/not/there
unset XDG_CONFIG_HOME
`

// TestNothingOfPodmans builds all that once needed netavark or a policy on a machine that has
// nothing of podman's: in place, several stages, ADD of a URL, buildah's commit, a push.
func TestNothingOfPodmans(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(lookPath(t, "busybox")))))
	defer server.Close()
	dir := scratchTree(t, map[string]string{
		"plain":  fromRoot + "COPY Dockerfile /\nRUN cat /Dockerfile\n",
		"stages": strings.Replace(fromRoot, "\n", " AS first\n", 1) + "RUN echo made > /made\n" + fromRoot + "COPY --from=first /made /copied\nRUN cat /copied\n",
		"url":    fromRoot + "ADD " + server.URL + "/busybox /added\nRUN test -s /added\n",
	})
	for _, options := range [][]string{nil, {"--commit", "buildah"}, {"--storage-driver", "vfs"}} {
		t.Run(strings.Join(options, " "), func(t *testing.T) {
			s := newStore(t)
			args := append(append(s.options(), options...), "-b", "debian", "-D", dir)
			execute(t, inNamespace(bareMachine, args...)).wants(t, 0, "^built 4 images in ")
		})
	}
}

// TestBuildWithShippedStorageConf: the storage.conf of RHEL's containers-common in /usr/share,
// and no other file, sends nobody to root's folders and no image the slow way.
func TestBuildWithShippedStorageConf(t *testing.T) {
	t.Parallel()
	const conf = `[storage]
driver = "overlay"
runroot = "/run/containers/storage"
graphroot = "/var/lib/containers/storage"
[storage.options]
additionalimagestores = ["/usr/lib/containers/storage"]
pull_options = {enable_partial_images = "true", use_hard_links = "false", ostree_repos = ""}
[storage.options.overlay]
mount_program = "/usr/bin/not-fuse-overlayfs"
mountopt = "nodev,metacopy=on"
`
	dir, data, logs := scratchTree(t, map[string]string{"leaf": fromRoot + "RUN touch /made\n"}), newStore(t).root, t.TempDir()
	file := filepath.Join(t.TempDir(), "storage.conf")
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("%s\ncp=/bin/cp; $cp %s /usr/share/containers/storage.conf\nexport XDG_DATA_HOME=%s", bareMachine, file, data)
	if _, err := os.Stat("/usr/share/containers"); err != nil {
		t.Skip("there is no /usr/share/containers to put a file into, and no right to make one")
	}
	o := execute(t, inNamespace(script, "-b", "debian", "-D", dir, "--logs-dir", logs, "--debug"))
	o.wants(t, 0, "^built 2 images in ", `^kolla-build: debug: storage\.conf: ignored overlay\.mount_program=`, "metacopy=on does not matter to layers$")
	builtQuickly(t, logs, "leaf")
	if _, err := os.Stat(filepath.Join(data, "kolla-build", "storage", "overlay-images", "images.json")); err != nil {
		t.Errorf("the images are elsewhere: %v\n%s", err, o)
	}
}

// TestDebugShowsWhy: an image that goes the slow way says why in its log and with --debug, once.
func TestDebugShowsWhy(t *testing.T) {
	t.Parallel()
	dir, logs := scratchTree(t, nil), t.TempDir()
	o := kollaBuild(t, append(newStore(t).options(), "-b", "debian", "-D", dir, "--logs-dir", logs, "--debug", "--commit", "buildah")...)
	o.wants(t, 0)
	const why = "# slow path, in a working container of buildah's: buildah's commit was asked for"
	if n := strings.Count(o.stderr, why); n != 1 {
		t.Errorf("--debug says %d times why:\n%s", n, o)
	}
	if n := strings.Count(readFile(t, filepath.Join(logs, "root.log")), why); n != 1 {
		t.Errorf("the log says %d times why", n)
	}
	if regexp.MustCompile(`level=|msg=`).MatchString(o.stderr) {
		t.Errorf("messages of libraries are shown in their own form:\n%s", o)
	}
}

// TestMissingBootstrapTool: the machine lacks something, and that is said before any work.
func TestMissingBootstrapTool(t *testing.T) {
	t.Parallel()
	for distro, want := range map[string][]string{
		"debian": {"mmdebstrap is not installed$", "^  run as root: apt-get install mmdebstrap$"},
		"centos": {"dnf is not installed$", "^  run as root: dnf install dnf "},
	} {
		args := append(newStore(t).options(), "-b", distro, "--bootstrap", "-D", scratchTree(t, nil))
		execute(t, inNamespace("export PATH=/not/there", args...)).wants(t, 6, append(want, "^  or leave out --bootstrap to pull the base image$")...)
	}
}
