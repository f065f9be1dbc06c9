package buildahdriver

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.podman.io/storage"
	"go.podman.io/storage/pkg/archive"
)

func TestBuildConfiguration(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	buildImage(t, d, "kolla/parent:1", `FROM base:1
MAINTAINER somebody
LABEL a=1 b="two words"
ENV FIRST one
ENV PS1="$(tput bold)" SECOND=two
ENTRYPOINT ["dumb-init", "--"]
CMD ["kolla_start"]
`, nil)
	image, _ := buildImage(t, d, "kolla/child:1", `FROM kolla/parent:1
# A comment.
LABEL b=3
RUN true && \

    # inside a continuation
    true
  USER nova
WORKDIR /var/lib/nova
ENTRYPOINT []
`, nil)
	config := readConfig(t, d, image)
	check := func(what string, got, want any) {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	check("name", image.Name, "localhost/kolla/child:1")
	check("maintainer", config.Author, "somebody")
	check("labels", config.Config.Labels, map[string]string{"a": "1", "b": "3"})
	check("user", config.Config.User, "nova")
	check("working directory", config.Config.WorkingDir, "/var/lib/nova")
	check("entry point", config.Config.Entrypoint, "[]")
	for _, want := range []string{"FIRST=one", "PS1=$(tput bold)", "SECOND=two"} {
		if !slices.Contains(config.Config.Env, want) {
			t.Errorf("environment %v lacks %s", config.Config.Env, want)
		}
	}
	if last := config.History[len(config.History)-1].CreatedBy; last != "ENTRYPOINT []" {
		t.Errorf("the history ends with %q", last)
	}
}

func TestRunSeesEnvironmentAndUser(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	image, output, err := func() (*Image, string, error) {
		var out bytes.Buffer
		image, err := d.Build(context.Background(), BuildOptions{
			Name: "x:1", Output: &out,
			Args: map[string]string{"http_proxy": "http://user:hunter2@proxy", "undeclared": "no"},
			ContextDir: writeContext(t, map[string]string{"Dockerfile": `FROM base:1
ENV SERVICE=nova
WORKDIR /var/lib/nova
USER nova
RUN echo service=$SERVICE proxy=$http_proxy undeclared=$undeclared dir=$(pwd) home=$HOME $(id)
`}),
		})
		return image, out.String(), err
	}()
	if err != nil {
		t.Fatal(err, output)
	}
	want := "service=nova proxy=http://user:hunter2@proxy undeclared= dir=/var/lib/nova home=/var/lib/nova uid=42436(nova) gid=42436(nova) groups=42400(kolla)\n"
	if output != want {
		t.Errorf("got  %swant %s", output, want)
	}
	if found := grepStore(t, d, image, "hunter2"); found != "" {
		t.Errorf("the proxy's password is in the image: %s", found)
	}
}

// grepStore looks for text in an image's configuration and manifest.
func grepStore(t *testing.T, d *Driver, image *Image, text string) string {
	t.Helper()
	names, err := d.store.ListImageBigData(image.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := d.store.ImageBigData(image.ID, name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(text)) {
			return string(data)
		}
	}
	return ""
}

func TestFailingStepNamesItsLine(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	_, output, err := tryBuild(t, d, "x:1", "FROM base:1\nLABEL a=b\nRUN echo before; \\\n  exit 7\nRUN echo after\n", nil)
	var step *StepError
	if !errors.As(err, &step) {
		t.Fatalf("got %v, want a StepError", err)
	}
	if step.Line != 3 || !strings.HasSuffix(err.Error(), "exit status 7") {
		t.Errorf("got %v", err)
	}
	if output != "before\n" {
		t.Errorf("output %q", output)
	}
	if _, err := d.store.Image("localhost/x:1"); !errors.Is(err, storage.ErrImageUnknown) {
		t.Errorf("a failed build left an image: %v", err)
	}
	assertNothingLeft(t, d)
}

// assertNothingLeft checks that builds left neither containers nor files.
func assertNothingLeft(t *testing.T, d *Driver) {
	t.Helper()
	containers, err := d.store.Containers()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range containers {
		t.Errorf("the working container %v is left", c.Names)
	}
	entries, err := os.ReadDir(d.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "policy.json" {
			t.Errorf("the temporary file %s is left", e.Name())
		}
	}
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(mounts), "\n") {
		if strings.Contains(line, d.GraphRoot()) && strings.Contains(line, "/merged") {
			t.Errorf("the mount %s is left", line)
		}
	}
}

// entries returns what one image's own layer has, by path.
func entries(t *testing.T, d *Driver, image *Image) map[string]*tar.Header {
	t.Helper()
	stored, err := d.store.Image(image.ID)
	if err != nil {
		t.Fatal(err)
	}
	plain := archive.Uncompressed
	diff, err := d.store.Diff("", stored.TopLayer, &storage.DiffOptions{Compression: &plain})
	if err != nil {
		t.Fatal(err)
	}
	defer diff.Close()
	found := map[string]*tar.Header{}
	for reader := tar.NewReader(diff); ; {
		header, err := reader.Next()
		if err == io.EOF {
			_, err := io.Copy(io.Discard, diff) // the library's goroutine must see the end
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		found[strings.TrimSuffix(header.Name, "/")] = header
	}
}

func TestOwnersAndModesSurvive(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	var archived bytes.Buffer
	w := tar.NewWriter(&archived)
	capability := "\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" // cap_net_bind_service+ep
	for _, h := range []*tar.Header{
		{Name: "capable", Mode: 0o755, Size: 1, PAXRecords: map[string]string{"SCHILY.xattr.security.capability": capability}},
		{Name: "last-id", Mode: 0o640, Size: 1, Uid: 65535, Gid: 65535},
	} {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	buildImage(t, d, "below:1", "FROM base:1\nRUN mkdir /old /opaque && touch /old/file /opaque/file\n", nil)
	image, _ := buildImage(t, d, "x:1", `FROM below:1
ADD archive.tar /from/
COPY script /from/
COPY --chown=nova:kolla --chmod=750 script /from/owned
RUN touch /setuid && chown 42436:42400 /setuid && chmod 6755 /setuid && ln /setuid /hard && ln -s /setuid /soft
RUN mkdir -m 2775 /group && mkdir -m 1777 /sticky && mkfifo /fifo
RUN rm /old/file && rm -r /opaque && mkdir /opaque && touch /opaque/new
`, map[string]string{"archive.tar": archived.String(), "script": "#!/bin/sh\n"})
	found := entries(t, d, image)
	for _, want := range []struct {
		name     string
		kind     byte
		uid, gid int
		mode     int64
		link     string
	}{
		{"from/capable", tar.TypeReg, 0, 0, 0o755, ""},
		{"from/last-id", tar.TypeReg, 65535, 65535, 0o640, ""},
		{"from/script", tar.TypeReg, 0, 0, 0o755, ""},
		{"from/owned", tar.TypeReg, 42436, 42400, 0o750, ""},
		{"soft", tar.TypeSymlink, 0, 0, 0o777, "/setuid"},
		{"group", tar.TypeDir, 0, 0, 0o2775, ""},
		{"sticky", tar.TypeDir, 0, 0, 0o1777, ""},
		{"fifo", tar.TypeFifo, 0, 0, 0o644, ""},
		{"old/.wh.file", tar.TypeReg, 0, 0, 0, ""},
		{"opaque/.wh..wh..opq", tar.TypeReg, 0, 0, 0, ""},
		{"opaque/new", tar.TypeReg, 0, 0, 0o644, ""},
	} {
		h := found[want.name]
		if h == nil {
			t.Errorf("%s is missing", want.name)
			continue
		}
		if strings.Contains(want.name, ".wh.") {
			continue
		}
		if h.Typeflag != want.kind || h.Uid != want.uid || h.Gid != want.gid || h.Mode&0o7777 != want.mode || h.Linkname != want.link {
			t.Errorf("%s: type %c, %d:%d, mode %o, link %q; want %+v", want.name, h.Typeflag, h.Uid, h.Gid, h.Mode, h.Linkname, want)
		}
	}
	if got := found["from/capable"]; got != nil && got.PAXRecords["SCHILY.xattr.security.capability"] != capability {
		t.Errorf("the file capability is %q", got.PAXRecords)
	}
	// Which of two hard links comes first is up to the archiver.
	first, second := found["hard"], found["setuid"]
	if first == nil || second == nil {
		t.Fatal("a hard link is missing")
	}
	if second.Typeflag == tar.TypeLink {
		first, second = second, first
	}
	if first.Typeflag != tar.TypeLink || second.Mode&0o7777 != 0o6755 || second.Uid != 42436 {
		t.Errorf("hard links: %+v and %+v", first, second)
	}
	for _, never := range []string{"proc", "sys", "dev", "etc/resolv.conf", "etc/hosts", "etc/hostname"} {
		if found[never] != nil {
			t.Errorf("the layer has /%s, which was only mounted on", never)
		}
	}
}

func TestSeveralStagesGoThroughImagebuildah(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	image, _ := buildImage(t, d, "kolla/x:1", `FROM base:1 AS builder
RUN echo made > /made
FROM base:1
COPY --from=builder /made /made
RUN <<END
echo here > /document
END
`, nil)
	buildImage(t, d, "kolla/y:1", "FROM kolla/x:1\nRUN grep made /made && grep here /document\n", nil)
	if image.Name != "localhost/kolla/x:1" || !strings.HasPrefix(image.Digest, "sha256:") {
		t.Errorf("built %+v", image)
	}
	assertNothingLeft(t, d)
}

func TestIsolations(t *testing.T) {
	// Buildah prefers crun, and that of Debian 12 does not know the version of the
	// runtime specification that this buildah writes.
	t.Setenv("BUILDAH_RUNTIME", "runc")
	for _, isolation := range []Isolation{IsolationDefault, IsolationChroot, IsolationRootless} {
		t.Run(string("isolation "+isolation), func(t *testing.T) {
			d := openDriver(t, func(o *Options) { o.Isolation = isolation })
			base := openDriverFor(t, d)
			buildBase(t, base)
			_, output := buildImage(t, d, "x:1", "FROM base:1\nRUN touch /given && chown nova /given\nUSER nova\nRUN id -u && touch /tmp/made /given\n", nil)
			if !strings.Contains(output, "42436") {
				t.Errorf("output %q", output)
			}
		})
	}
}

// openDriverFor is a second driver on the same store with the default isolation,
// which needs nothing of the image.
func openDriverFor(t *testing.T, d *Driver) *Driver {
	t.Helper()
	return openDriver(t, func(o *Options) { o.Root, o.RunRoot = d.GraphRoot(), d.RunRoot() })
}

func TestContextLinksStayInside(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("host"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := writeContext(t, map[string]string{"Dockerfile": "FROM base:1\nCOPY link /stolen\nRUN cat /stolen\n"})
	if err := os.Symlink(secret, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	_, err := d.Build(context.Background(), BuildOptions{Name: "x:1", ContextDir: dir, Output: &output})
	if err == nil || strings.Contains(output.String(), "host") {
		t.Errorf("COPY followed a link out of the context: %v, %q", err, output.String())
	}
}

func TestParallelBuilds(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	var builds sync.WaitGroup
	for i := range 8 {
		builds.Go(func() {
			dir := writeContext(t, map[string]string{
				"Dockerfile": fmt.Sprintf("FROM base:1\nCOPY file /file\nRUN grep -q %d /file && echo %d\n", i, i),
				"file":       fmt.Sprint(i),
			})
			var output bytes.Buffer
			if _, err := d.Build(context.Background(), BuildOptions{Name: fmt.Sprintf("x%d:1", i), ContextDir: dir, Output: &output}); err != nil {
				t.Error(err)
			}
			if got, want := output.String(), fmt.Sprintf("%d\n", i); got != want {
				t.Errorf("output %q, want %q", got, want)
			}
		})
	}
	builds.Wait()
	images, err := listStore(d.store)
	if err != nil {
		t.Fatal(err)
	}
	if len(images) != 9 {
		t.Errorf("%d images, want 9", len(images))
	}
	assertNothingLeft(t, d)
}

func TestCancelledRunLeavesNothing(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	// A duration that nothing else on the machine sleeps for.
	mark := fmt.Sprintf("4%d", os.Getpid())
	dir := writeContext(t, map[string]string{"Dockerfile": fmt.Sprintf("FROM base:1\nRUN sleep %s & (sleep %s &) ; echo ready; sleep %s\n", mark, mark, mark)})
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	var begun time.Time
	ready := writerFunc(func(p []byte) (int, error) {
		if strings.Contains(string(p), "ready") {
			if n := len(processesWith(t, "sleep\x00"+mark)); n == 0 {
				t.Error("the marked processes cannot be seen")
			}
			begun = time.Now()
			cancel(cause)
		}
		return len(p), nil
	})
	_, err := d.Build(ctx, BuildOptions{Name: "x:1", ContextDir: dir, Output: ready})
	if !errors.Is(err, cause) {
		t.Errorf("got %v, want the cause of the context's end", err)
	}
	if took := time.Since(begun); took > 4*time.Second {
		t.Errorf("the build ended %v after it was cancelled", took)
	}
	if left := processesWith(t, "sleep\x00"+mark); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
	assertNothingLeft(t, d)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// processesWith lists processes whose command line has the text.
func processesWith(t *testing.T, text string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil && strings.HasPrefix(string(data), text) {
			found = append(found, file)
		}
	}
	return found
}

func TestLeavingsOfAKilledProcessAreRemoved(t *testing.T) {
	t.Setenv("TMPDIR", os.TempDir()) // what a killed process cannot restore
	dir := t.TempDir()
	options := Options{Root: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run")}
	first, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	buildBase(t, first)
	base, err := first.store.Image("localhost/base:1")
	if err != nil {
		t.Fatal(err)
	}
	container, _, err := first.newContainer(context.Background(), "base:1", base.ID)
	if err != nil {
		t.Fatal(err)
	}
	// What a killed process does: nothing is closed, but its lock is gone.
	first.scratch.lock.Close()
	if err := first.sandboxed.Load().Close(); err != nil { // its mount namespace went with it
		t.Fatal(err)
	}
	leaving := first.TempDir()

	second, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, err := second.store.Container(container.ContainerID); !errors.Is(err, storage.ErrContainerUnknown) {
		t.Errorf("the working container is still there: %v", err)
	}
	if _, err := os.Stat(leaving); !os.IsNotExist(err) {
		t.Errorf("the temporary folder is still there: %v", err)
	}
	buildImage(t, second, "x:1", "FROM base:1\nRUN true\n", nil)
}

func TestSecretReachesNoLayer(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	const password = "correct horse battery staple"
	t.Setenv("PASSWORD", password)
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(password), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"id=password,src=" + file, "id=password,env=PASSWORD"} {
		var output bytes.Buffer
		image, err := d.Build(context.Background(), BuildOptions{
			Name: "x:1", Output: &output, Secrets: []string{secret},
			ContextDir: writeContext(t, map[string]string{"Dockerfile": `FROM base:1
RUN --mount=type=secret,id=password test "$(wc -c < /run/secrets/password)" -eq 28 && echo seen
`}),
		})
		if err != nil {
			t.Fatalf("%v\n%s", err, output.String())
		}
		if !strings.Contains(output.String(), "seen") || strings.Contains(output.String(), password) {
			t.Errorf("output %q", output.String())
		}
		if found := grepStore(t, d, image, password); found != "" {
			t.Errorf("the secret is in the image: %s", found)
		}
		for name, header := range entries(t, d, image) {
			if header.Size == int64(len(password)) {
				t.Errorf("%s has the size of the secret", name)
			}
		}
	}
}

func TestHas(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	for name, want := range map[string]bool{"base:1": true, "localhost/base:1": true, "base:2": false, "registry.example/base:1": false, "NOT A NAME": false} {
		if got := d.Has(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
