package model

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// images is how many images the tree has.
const images = 5

// tags are those that runs build under.
var tags = []string{"a", "b"}

// content is what an image has: file N holds the version of image N that it was built from.
type content string

// world is a store with what is known of it.
type world struct {
	t       *testing.T
	random  *rand.Rand
	program string
	dir     string // all that follows is in it
	host    string // of the registry

	parent  [images]int // -1 has none
	version [images]int
	// possible is what each image of ours may be, by its name; an empty string stands for not
	// being there. A run that was not seen to its end leaves several.
	possible   map[string]map[content]bool
	pushed     map[string]map[content]bool
	foreign    map[string]content // the other tool's images
	containers []string           // the other tool's
	killed     bool               // leftovers are allowed until a prune
	empty      int64              // the size of the store before anything was built, in bytes
}

func (w *world) path(parts ...string) string {
	return filepath.Join(append([]string{w.dir}, parts...)...)
}

// name is an image's name in the store.
func (w *world) name(image int, tag string) string {
	return fmt.Sprintf("%s/kolla/debian-binary-i%d:%s", w.host, image, tag)
}

func newWorld(t *testing.T, seed uint64, program, host string) *world {
	t.Helper()
	dir, err := os.MkdirTemp("", "kolla-build-model-")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, random: rand.New(rand.NewPCG(seed, 0)), program: program, dir: dir, host: host, //nolint:gosec // to be repeated
		possible: map[string]map[content]bool{}, pushed: map[string]map[content]bool{}, foreign: map[string]content{},
	}
	t.Cleanup(func() {
		if out, err := exec.Command(program, "unshare", "rm", "-rf", dir).CombinedOutput(); err != nil {
			t.Errorf("failed to remove %s: %v\n%s", dir, err, out)
		}
	})
	for i := range images {
		w.parent[i] = w.random.IntN(i+1) - 1
		w.write(i)
		if w.parent[i] < 0 {
			w.copyBusybox(i)
		}
	}
	for i := range images {
		for _, tag := range tags {
			w.possible[w.name(i, tag)] = map[content]bool{"": true}
			w.pushed[w.name(i, tag)] = map[content]bool{"": true}
		}
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) copyBusybox(image int) {
	for _, path := range []string{"/bin/busybox", "/usr/sbin/busybox"} {
		if data, err := os.ReadFile(path); err == nil {
			w.must(os.WriteFile(w.path("tree", fmt.Sprintf("i%d", image), "busybox"), data, 0o755)) //nolint:gosec // a program
			return
		}
	}
	w.t.Fatal("there is no busybox\ninstall it: contrib/setup test")
}

// write writes an image's template and its file.
func (w *world) write(image int) {
	folder := w.path("tree", fmt.Sprintf("i%d", image))
	w.must(os.MkdirAll(folder, 0o755))
	from := "FROM scratch\nCOPY --chmod=755 busybox /bin/sh\n"
	if p := w.parent[image]; p >= 0 {
		from = fmt.Sprintf("FROM {{ namespace }}/{{ image_prefix }}i%d:{{ tag }}\n", p)
	}
	text := from + fmt.Sprintf("COPY file /file%d\nRUN read v < /file%d && echo $v > /ran%d\n", image, image, image)
	w.must(os.WriteFile(filepath.Join(folder, "Dockerfile.j2"), []byte(text), 0o644)) //nolint:gosec // a template
	w.must(os.WriteFile(filepath.Join(folder, "file"), []byte(w.text(image)), 0o644)) //nolint:gosec // a file of an image
}

// text is what an image's file holds: its version, and as much more as makes layers of a size.
func (w *world) text(image int) string {
	return fmt.Sprintf("%d\n%s", w.version[image], strings.Repeat("x", 50_000))
}

// now is what an image has if it is built now.
func (w *world) now(image int) content {
	var parts []string
	for i := image; i >= 0; i = w.parent[i] {
		parts = append(parts, fmt.Sprintf("%d=%d", i, w.version[i]))
	}
	slices.Sort(parts)
	return content(strings.Join(parts, " "))
}

// onWayTo tells whether an image has another below it, or is it.
func (w *world) onWayTo(below, image int) bool {
	for i := image; i >= 0; i = w.parent[i] {
		if i == below {
			return true
		}
	}
	return false
}

// done is what became of a command.
type done struct {
	command        string
	status         int
	stdout, stderr string
}

func (d done) String() string {
	return fmt.Sprintf("$ %s\n[status %d]\n%s%s", d.command, d.status, d.stdout, d.stderr)
}

// command is a call of the program in the store, with a process group of its own.
func (w *world) command(args ...string) *exec.Cmd {
	cmd := exec.Command(w.program, args...)
	cmd.Env = append(os.Environ(), "HOME="+w.path("home"), "TMPDIR="+w.path("tmp"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Stdout, cmd.Stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return cmd
}

func (w *world) store() []string {
	return []string{"--root", w.path("root"), "--runroot", w.path("run")}
}

func finish(cmd *exec.Cmd) (done, error) {
	err := cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = nil
	}
	return done{cmd.String(), cmd.ProcessState.ExitCode(), cmd.Stdout.(*bytes.Buffer).String(), cmd.Stderr.(*bytes.Buffer).String()}, err
}

// run runs the program to its end.
func (w *world) run(args ...string) done {
	w.t.Helper()
	cmd := w.command(args...)
	w.must(cmd.Start())
	d, err := finish(cmd)
	w.must(err)
	return d
}

// tool runs another program on the same store, in the user namespace.
func (w *world) tool(args ...string) done {
	w.t.Helper()
	return w.run(append([]string{"unshare"}, args...)...)
}

// stored is how skopeo calls an image of the store.
func (w *world) stored(name string) string {
	return fmt.Sprintf("containers-storage:[overlay@%s+%s]%s", w.path("root"), w.path("run"), name)
}

// listed returns the names of all images.
func (w *world) listed() []string {
	w.t.Helper()
	d := w.run(append([]string{"images"}, w.store()...)...)
	lines := strings.Split(strings.TrimSpace(d.stdout), "\n")
	if d.status != 0 || !strings.HasPrefix(lines[0], "REFERENCE ") {
		w.t.Fatalf("the images cannot be listed:\n%s", d)
	}
	var names []string
	for _, line := range lines[1:] {
		if name := strings.Fields(line)[0]; !strings.HasPrefix(name, "<") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// export returns what an image has, by another tool, and an error if that is not whole.
func (w *world) export(source string) (content, error) {
	w.t.Helper()
	folder := w.path("export")
	defer os.RemoveAll(folder)
	if d := w.tool("skopeo", "--insecure-policy", "copy", "--quiet", "--src-tls-verify=false", source, "dir:"+folder); d.status != 0 {
		return "", fmt.Errorf("it cannot be exported: %s", d)
	}
	text, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if err != nil {
		return "", err
	}
	var manifest struct{ Layers []struct{ Digest string } }
	if err := json.Unmarshal(text, &manifest); err != nil {
		return "", err
	}
	files := map[string]string{}
	for _, layer := range manifest.Layers {
		if err := unpack(filepath.Join(folder, strings.TrimPrefix(layer.Digest, "sha256:")), files); err != nil {
			return "", err
		}
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		image, isFile := strings.CutPrefix(name, "file")
		if !isFile {
			continue
		}
		version, rest, _ := strings.Cut(files[name], "\n")
		if len(rest) != 50_000 || strings.TrimSpace(files["ran"+image]) != version {
			return "", fmt.Errorf("%s has %d bytes and is of version %q, RUN has seen %q", name, len(rest), version, files["ran"+image])
		}
		parts = append(parts, image+"="+version)
	}
	return content(strings.Join(parts, " ")), nil
}

func unpack(path string, files map[string]string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	var stream io.Reader = file
	if z, err := gzip.NewReader(file); err == nil {
		stream = z
	} else if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	for archive := tar.NewReader(stream); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if header.Name == "bin/sh" {
			continue
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			return err
		}
		files[strings.TrimPrefix(header.Name, "./")] = string(data)
	}
}

// size is that of all files of the store, in bytes.
func (w *world) size() int64 {
	w.t.Helper()
	var total int64
	d := w.tool("find", w.path("root"), "-type", "f", "-not", "-name", "blob-info-cache-*", "-printf", `%s\n`)
	for line := range strings.Lines(d.stdout) {
		var n int64
		if _, err := fmt.Sscan(line, &n); err == nil {
			total += n
		}
	}
	return total
}

// leftovers lists what must not be there while nothing runs.
func (w *world) leftovers() []string {
	var left []string
	add := func(pattern string) {
		found, err := filepath.Glob(w.path(pattern))
		w.must(err)
		left = append(left, found...)
	}
	paths, err := filepath.Glob("/proc/[0-9]*/mountinfo")
	w.must(err)
	for _, path := range paths {
		for name, want := range map[string]string{path: w.path("root"), filepath.Join(filepath.Dir(path), "cmdline"): w.path("root")} {
			if text, err := os.ReadFile(name); err == nil && strings.Contains(string(text), want) {
				left = append(left, name)
			}
		}
	}
	if w.killed {
		return left // files go with the next prune
	}
	for _, pattern := range []string{"root/kolla-build/tmp/*", "root/overlay/staging/*", "root/overlay-*/.tmp-*", "root/overlay/*/merged/*"} {
		add(pattern)
	}
	// What a killed process of Go or of a library leaves in TMPDIR is not the store's.
	add("tmp/*")
	return left
}

// settle waits until killed processes are gone, which the kernel may still be ending.
func (w *world) settle(group int) {
	for deadline := time.Now().Add(time.Minute); syscall.Kill(-group, 0) == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal("a killed process has survived")
		}
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
