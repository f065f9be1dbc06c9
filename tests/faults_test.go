package tests

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/kolla-build/kolla-build/tests/registry"
)

// These are cases of tests/reliability that no other test is about.

// onDir runs the program on a tree, in a store of the test's own.
func onDir(s store, dir string, args ...string) *exec.Cmd {
	return exec.Command(program, slices.Concat(s.options(), []string{"-b", "debian", "-D", dir}, args)...)
}

// A template that cannot be rendered is found before a store is opened or made.
func TestBrokenTemplateOpensNoStore(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"syntax": "FROM scratch\nRUN {% if %}\n", "undefined": "FROM scratch\nRUN {{ unheard_of() }}\n"} {
		s := newStore(t)
		execute(t, onDir(s, tree(t, map[string]string{"broken": text}))).wants(t, 3, `broken/Dockerfile\.j2:2:`)
		if _, err := os.Lstat(s.root); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: there is a store: %v", name, err)
		}
	}
}

// What no registry has fails the images on it, and no other.
func TestMissingParent(t *testing.T) {
	t.Parallel()
	r := registry.Start(t, registry.Options{})
	missing := "FROM " + r.Host + "/never/pushed:1\n"
	dir := tree(t, map[string]string{
		"one": missing, "two": missing, "above": strings.ReplaceAll(fromRoot, "root", "one"),
		"good": "FROM scratch\nCOPY file /\n", "good/file": "x",
	})
	o := execute(t, onDir(newStore(t), dir, "--tls-verify=false"))
	o.wants(t, 1, "^one +failed after .*never/pushed:1", "^two +failed after .*never/pushed:1", "^good +built in ", "^above +not built: one failed$")
	if strings.Contains(o.stderr, "trying again") {
		t.Errorf("what is not there is asked for again:\n%s", o)
	}
}

// pushTree is a tree of two images, the first with a layer that takes more than one read.
func pushTree(t *testing.T) string {
	t.Helper()
	noise := make([]byte, 3<<20) // which cannot be compressed
	random := rand.NewChaCha8([32]byte{})
	_, _ = random.Read(noise)
	return tree(t, map[string]string{
		"root": "FROM scratch\nCOPY file /\n", "root/file": string(noise),
		"child": fromRoot + "COPY file /child\n", "child/file": "x",
		"other": fromRoot + "COPY file /other\n", "other/file": "y",
	})
}

// A registry that fails for a while is tried again, and each manifest is put once; one that fails for
// ever fails the image, and those on it.
func TestRegistryFaults(t *testing.T) {
	t.Parallel()
	r := registry.Start(t, registry.Options{})
	dir := pushTree(t)
	s := newStore(t)
	is := func(method, part string) func(*http.Request) bool {
		return func(r *http.Request) bool { return r.Method == method && strings.Contains(r.URL.Path, part) }
	}
	status := func(code int, headers ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			http.Error(w, http.StatusText(code), code)
		}
	}
	reset := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = r.Body.Read(make([]byte, 1<<20))
		panic(http.ErrAbortHandler)
	}
	panics := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for _, test := range []struct {
		name    string
		at      func(*http.Request) bool
		fault   http.HandlerFunc
		forEver bool
		least   time.Duration
	}{
		{"500 once at an upload", is(http.MethodPost, "/root/blobs/uploads/"), status(500), false, 0},
		{"502 once at a manifest", is(http.MethodPut, "/root/manifests/"), status(502), false, 0},
		{"503 once at a layer", is(http.MethodHead, "/root/blobs/"), status(503), false, 0},
		{"429 with seconds", is(http.MethodHead, "/root/blobs/"), status(429, "Retry-After", "2"), false, 2 * time.Second},
		{"429 with a date", is(http.MethodHead, "/root/blobs/"), func(w http.ResponseWriter, r *http.Request) {
			status(429, "Retry-After", time.Now().Add(3*time.Second).UTC().Format(http.TimeFormat))(w, r)
		}, false, 2 * time.Second},
		{"429 at an upload", is(http.MethodPost, "/root/blobs/uploads/"), status(429, "Retry-After", "1"), false, 0},
		{"a reset in a layer", is(http.MethodPatch, "/root/"), reset, false, 0},
		{"a reset at a manifest", is(http.MethodPut, "/root/manifests/"), panics, false, 0},
		// As the registry says while another push writes the same layer.
		{"an invalid digest once", is(http.MethodPut, "/root/manifests/"), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match uploaded content"}]}`)
		}, false, 0},
		{"503 for ever", is(http.MethodPut, "/child/manifests/"), status(503), true, 0},
		{"a reset for ever", is(http.MethodPut, "/child/manifests/"), panics, true, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := r.Watch(t)
			var faults atomic.Int64
			var puts puts
			w.Meddle = func(answer http.ResponseWriter, request *http.Request) bool {
				path := request.Clone(request.Context())
				path.URL.Path = strings.NewReplacer("debian-binary-", "").Replace(path.URL.Path)
				if !test.at(path) || faults.Add(1) > 1 && !test.forEver {
					puts.note(request)
					return false
				}
				test.fault(answer, request)
				return true
			}
			// A namespace of its own, or the registry would have the layers of the test before.
			args := []string{"--namespace", namespace(test.name), "--registry", w.Host, "--push", "--tls-verify=false", "--retries", "2"}
			begun := time.Now()
			o := execute(t, onDir(s, dir, args...))
			if took := time.Since(begun); took < test.least {
				t.Errorf("it took %v, and has not waited for %v", took, test.least)
			}
			if faults.Load() == 0 {
				t.Fatalf("nothing went wrong:\n%s", o)
			}
			wanted := map[string]int{"root": 1, "child": 1, "other": 1}
			if test.forEver {
				delete(wanted, "child")
				o.wants(t, 5, "^child +push failed after .*child", "pushed 2, failed 1 in ")
				if n := faults.Load(); n < 2 || n > 12 {
					t.Errorf("it was tried %d times", n)
				}
			} else {
				o.wants(t, 0, "pushed 3 in ")
			}
			if put := puts.count(); fmt.Sprint(put) != fmt.Sprint(wanted) {
				t.Errorf("manifests put: %v, want %v\n%s", put, wanted, o)
			}
			if left := findTraces(t, s, "no process has this"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// puts counts the manifests that reach the registry, by image.
type puts struct {
	mu     sync.Mutex
	images map[string]int
}

func (p *puts) note(r *http.Request) {
	repository, _, isManifest := strings.Cut(r.URL.Path, "/manifests/")
	if r.Method != http.MethodPut || !isManifest {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.images == nil {
		p.images = map[string]int{}
	}
	p.images[repository[strings.LastIndex(repository, "-")+1:]]++
}

func (p *puts) count() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.images)
}

// A registry that takes a layer and does not answer keeps nobody from ending a run.
func TestStalledRegistry(t *testing.T) {
	r := registry.Start(t, registry.Options{})
	w := r.Watch(t)
	begun, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	t.Cleanup(func() { close(release) }) // before the watch ends
	w.Meddle = func(_ http.ResponseWriter, request *http.Request) bool {
		if request.Method == http.MethodPatch {
			once.Do(func() { close(begun) })
			<-release
		}
		return false
	}
	s := newStore(t)
	cmd := onDir(s, tree(t, map[string]string{"root": "FROM scratch\nCOPY file /\n", "root/file": "x"}), "--registry", w.Host, "--push", "--tls-verify=false")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-begun:
	case <-time.After(patience):
		_ = terminal(syscall.SIGKILL)(cmd.Process.Pid)
		t.Fatal("nothing is pushed")
	}
	sent := time.Now()
	if err := terminal(syscall.SIGINT)(cmd.Process.Pid); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	if took := time.Since(sent); took > interruptLimit || cmd.ProcessState.ExitCode() != 130 {
		t.Errorf("ended after %v with %v\n%s", took, err, stderr.String())
	}
	if left := findTraces(t, s, "no process has this"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Several runs build and push the same names from one store at once. All succeed, and what the registry
// has in the end is what one of them says that it has pushed.
func TestTwoRunsPushTheSame(t *testing.T) {
	t.Parallel()
	const runs = 4
	r := registry.Start(t, registry.Options{})
	s := newStore(t)
	dir := pushTree(t)
	var outcomes [runs]outcome
	var logs [runs]string
	var group sync.WaitGroup
	for i := range runs {
		logs[i] = t.TempDir()
		group.Go(func() {
			var err error
			outcomes[i], err = capture(onDir(s, dir, "--nocache", "--registry", r.Host, "--push", "--tls-verify=false", "--logs-dir", logs[i]))
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, o := range outcomes {
		o.wants(t, 0, "^built 3 images, pushed 3 in ")
	}
	for _, image := range []string{"root", "child", "other"} {
		var told []string
		for _, dir := range logs {
			told = append(told, pushedDigest(t, dir, image))
		}
		got := pull(t, fmt.Sprintf("%s/kolla/debian-binary-%s:%s", r.Host, image, version(t)), "--src-tls-verify=false")
		if !slices.Contains(told, got.digest) {
			t.Errorf("%s: pulled %s, pushed %v", image, got.digest, told)
		}
		if lines := got.files.lines(); !strings.Contains(lines["/file"], fmt.Sprint(3<<20)) {
			t.Errorf("%s has %v", image, lines)
		}
	}
	if left := findTraces(t, s, "no process has this"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A store on a full disk: the run fails and says where, and goes on once there is space.
func TestFullStore(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{
		"small": "FROM scratch\nCOPY file /\n", "small/file": "x",
		"large": strings.ReplaceAll(fromRoot, "root", "small") + "COPY file /large\n", "large/file": strings.Repeat("large", 16<<20),
	})
	s := newStore(t)
	script := `mkdir -p "$ROOT"; mount -t tmpfs -o size=70m tmpfs "$ROOT"
if "$@"; then echo it fits; exit 99; fi
echo "left: $(find "$ROOT/overlay/staging" "$ROOT/kolla-build/tmp" -mindepth 1)"
echo there is space >&2
mount -o remount,size=400m "$ROOT"
"$@"
"$@"
echo "left: $(find "$ROOT/overlay/staging" "$ROOT/kolla-build/tmp" -mindepth 1)"
`
	args := append([]string{"unshare", "sh", "-ec", script, "sh", program}, onDir(s, dir).Args[1:]...)
	cmd := exec.Command(program, args...)
	cmd.Env = append(cmd.Environ(), "ROOT="+s.root)
	o := execute(t, cmd)
	o.wants(t, 0, "^large +failed after .*"+regexp.QuoteMeta(s.root)+".*no space left on device", "there is space", "^small +unchanged$", "^large +built in ", "; 2 unchanged$")
	if o.stdout != "left: \nleft: \n" {
		t.Errorf("files are left behind: %s", o.stdout)
	}
}

// Secrets and passwords are in nothing that a run prints, writes or keeps.
func TestSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	const secret, password, proxy = "hush-4711-secret", "hush-4711-password", "hush-4711-proxy"
	r := registry.Start(t, registry.Options{TLS: true, User: "kolla", Password: password})
	s := newStore(t)
	home := t.TempDir()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := scratchTree(t, map[string]string{"leaf": fromRoot + `RUN --mount=type=secret,id=token test "$(cat /run/secrets/token)" = ` + strings.ReplaceAll(secret, "-", `"-"`) + ` && cp /run/secrets/token /tmp/ && rm /tmp/token
RUN --mount=type=secret,id=token,env=TOKEN test -n "$TOKEN"
RUN test ! -e /run/secrets/token && test -z "$TOKEN" && test -n "$http_proxy" && ! grep -q -e -4711-secret -e -4711-password /proc/1/environ
`})
	logs := filepath.Join(home, "logs")
	run := func(command []string, args ...string) outcome {
		cmd := exec.Command(program, slices.Concat(command, s.options(), []string{"-b", "debian", "-D", dir, "--registry", r.Host, "--work-dir", filepath.Join(home, "work")}, args)...)
		cmd.Env = append(cmd.Environ(), "HOME="+home, "http_proxy=http://user:"+proxy+"@127.0.0.1:9/", "no_proxy=127.0.0.1")
		cmd.Stdin = strings.NewReader("kolla:" + password + "\n")
		return execute(t, cmd)
	}
	push := []string{"--push", "--cert-dir", r.CertDir, "--creds-stdin", "--secret", "id=token,src=" + file}
	for _, o := range []outcome{
		run(nil, append(push, "--logs-dir", logs, "-d", "--format", "json", "--summary-json-file", filepath.Join(home, "summary.json"))...),
		run(nil, append(push, "--nocache", "-T", "1")...),
		run([]string{"plan"}, "--format", "json"),
		run([]string{"config"}),
		run([]string{"images"}),
	} {
		o.wants(t, 0)
		if text := o.stdout + o.stderr; strings.Contains(text, "hush-4711") {
			t.Errorf("it is printed:\n%s", o)
		}
	}
	// grep ends with 1 where nothing is found. Layers are as files in the store.
	search := execute(t, exec.Command(program, "unshare", "grep", "-rlaF", "hush-4711", s.root, s.runRoot, home))
	search.wants(t, 1)
	if search.stdout != "" || search.stderr != "" {
		t.Errorf("it is in files:\n%s", search)
	}
	// And so would it be found, if it were.
	if err := os.WriteFile(filepath.Join(home, "proof"), []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	execute(t, exec.Command(program, "unshare", "grep", "-rlaF", "hush-4711", s.root, s.runRoot, home)).wants(t, 0)
}

// A RUN that prints without measure, and what terminals and CI take for commands.
func TestFloodOfOutput(t *testing.T) {
	const limit = 300 << 20 // bytes of memory; the line alone has that many
	s := newStore(t)
	dir := scratchTree(t, map[string]string{"leaf": fromRoot + `RUN yes flood | tr -d '\n' | head -c 300000000; echo; \
    head -c 1000000 /dev/zero; echo; \
    printf '\033[2J\033]0;title\007\r::error::forged\n::error::forged\n##[error]forged\nsection_start:1:forged\r\n\302\233forged\n'; exit 3
`})
	cmd := onDir(s, dir)
	o := execute(t, cmd)
	o.wants(t, 1, "^leaf +failed after .*exit status 3")
	if at := strings.IndexAny(o.stderr, "\x00\x1b\x07\r\u009b"); at >= 0 {
		t.Errorf("the screen gets %q", o.stderr[max(0, at-20):min(len(o.stderr), at+20)])
	}
	if line := regexp.MustCompile(`(?m)^(::|##\[|section_start).*`).FindString(o.stderr); line != "" {
		t.Errorf("a line begins with %q", line)
	}
	if len(o.stderr) > 1<<20 {
		t.Errorf("the screen gets %d bytes", len(o.stderr))
	}
	if peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss * 1024; peak > limit {
		t.Errorf("%d MB of memory", peak>>20)
	}
}
