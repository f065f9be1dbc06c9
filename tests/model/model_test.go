// Package model does random things to a store, by the program, by another tool and by force, and compares
// what is there after each of them with what has to be.
//
//	make model DURATION=2h
//
// A sequence is made of a seed. Those that have failed once are kept in testdata/seeds, and come first.
package model

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kolla-build/kolla-build/tests/registry"
)

var (
	steps    = flag.Int("steps", 20, "how many things to do to each store")
	seed     = flag.Uint64("seed", 0, "the `number` that the only sequence is made of; 0 for the kept ones, and a random one")
	duration = flag.Duration("duration", 0, "how long to try one random sequence after the other; 0 for a single one")
)

func TestMain(m *testing.M) {
	if command := os.Getenv(otherTool); command != "" {
		if err := useLibrary(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func TestModel(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Fatal("this is for an ordinary user\nas root, type: contrib/go test -exec contrib/as-user ./tests/model")
	}
	program := os.Getenv("KOLLA_BUILD_BINARY")
	if program == "" {
		program = "../../bin/kolla-build"
	}
	program, err := filepath.Abs(program)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		t.Fatalf("%v\nbuild it first: make build", err)
	}
	begun := time.Now()
	if *seed != 0 {
		sequence(t, *seed, program)
		return
	}
	for _, kept := range keptSeeds(t) {
		sequence(t, kept, program)
	}
	for count := 1; ; count++ {
		sequence(t, rand.Uint64N(1<<32), program)
		if took := time.Since(begun); took >= *duration || t.Failed() {
			t.Logf("%d random sequences of %d steps in %v", count, *steps, took.Round(time.Second))
			return
		}
	}
}

func keptSeeds(t *testing.T) []uint64 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "seeds"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var seeds []uint64
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		n, err := strconv.ParseUint(line, 10, 64)
		if err != nil {
			t.Fatalf("testdata/seeds: %v", err)
		}
		seeds = append(seeds, n)
	}
	return seeds
}

// operations are what is done to a store, each as often as its weight says.
var operations = []struct {
	name   string
	weight int
	do     func(w *world)
}{
	{"build", 4, func(w *world) { w.build(false) }},
	{"build and push", 2, func(w *world) { w.build(true) }},
	{"edit", 5, (*world).edit},
	{"kill", 4, (*world).kill},
	{"interrupt", 1, (*world).interrupt},
	{"two at once", 3, (*world).two},
	{"prune", 2, func(w *world) { w.prune(false) }},
	{"prune all", 1, func(w *world) { w.prune(true) }},
	{"prune beside a build", 1, (*world).pruneBeside},
	{"another tool's image", 2, (*world).addForeign},
	{"another tool's name", 1, (*world).nameForeign},
	{"another tool's container", 1, (*world).addContainer},
	{"another tool's removal", 2, (*world).removeOurs},
	{"times", 1, (*world).times},
}

// sequence does things to a store of its own.
func sequence(t *testing.T, seed uint64, program string) {
	t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
		w := newWorld(t, seed, program, registry.Start(t, registry.Options{}).Host)
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("repeat it with: -seed %d -steps %d; keep the number in tests/model/testdata/seeds", seed, *steps)
			}
		})
		for _, folder := range []string{"home", "tmp"} {
			w.must(os.MkdirAll(w.path(folder), 0o755))
		}
		w.start()
		total := 0
		for _, o := range operations {
			total += o.weight
		}
		for step := 1; step <= *steps && !t.Failed(); step++ {
			at := w.random.IntN(total)
			for _, o := range operations {
				if at -= o.weight; at < 0 {
					t.Logf("%3d %s", step, o.name)
					o.do(w)
					break
				}
			}
			w.check(step == *steps)
		}
		if !t.Failed() {
			w.end()
		}
	})
}

// start makes the store, with nothing in it.
func (w *world) start() {
	w.foreignImage()
	w.expect(w.run(w.args("none")...), 0) // opens and makes it
	w.expect(w.run(append([]string{"prune", "--all"}, w.args("none")...)...), 0)
	w.removeAll()
	w.empty = w.size()
}

// removeAll removes all images of ours: the plan of another tree needs none.
func (w *world) removeAll() {
	w.must(os.MkdirAll(w.path("bare", "nothing"), 0o755))
	w.must(os.WriteFile(w.path("bare", "nothing", "Dockerfile.j2"), []byte("FROM scratch\n"), 0o644)) //nolint:gosec // a template
	w.expect(w.run(append([]string{"prune", "--all", "-b", "debian", "-D", w.path("bare")}, w.store()...)...), 0)
}

// args are those of a build under a tag.
func (w *world) args(tag string, more ...string) []string {
	return slices.Concat(w.store(), []string{"-b", "debian", "-D", w.path("tree"), "--registry", w.host, "--tls-verify=false", "--tag", tag}, more)
}

func (w *world) expect(d done, status int) {
	w.t.Helper()
	if d.status != status {
		w.t.Fatalf("want status %d of\n%s", status, d)
	}
}

func (w *world) tag() string { return tags[w.random.IntN(len(tags))] }

// builds returns the arguments of a random build, and the images that it is to have built in the end.
func (w *world) builds(push bool) (tag string, args []string, built []int) {
	tag = w.tag()
	more := []string{"-T", strconv.Itoa(1 + w.random.IntN(3))}
	if push {
		more = append(more, "--push")
	}
	if w.random.IntN(6) == 0 {
		more = append(more, "--nocache")
	}
	wanted := w.random.IntN(2*images) - images // mostly all
	if wanted >= 0 {
		more = append(more, fmt.Sprintf("^i%d$", wanted))
	}
	for i := range images {
		if wanted < 0 || w.onWayTo(i, wanted) {
			built = append(built, i)
		}
	}
	return tag, w.args(tag, more...), built
}

// succeeded notes that images were built, and pushed.
func (w *world) succeeded(tag string, built []int, push bool) {
	for _, i := range built {
		w.possible[w.name(i, tag)] = map[content]bool{w.now(i): true}
		if push {
			w.pushed[w.name(i, tag)] = map[content]bool{w.now(i): true}
		}
	}
}

// maybe notes that images may have been built, and pushed.
func (w *world) maybe(tag string, built []int, push bool) {
	for _, i := range built {
		w.possible[w.name(i, tag)][w.now(i)] = true
		if push {
			w.pushed[w.name(i, tag)][w.now(i)] = true
		}
	}
}

func (w *world) build(push bool) {
	tag, args, built := w.builds(push)
	w.expect(w.run(args...), 0)
	w.succeeded(tag, built, push)
}

// edit gives an image another version, or an old one.
func (w *world) edit() {
	image := w.random.IntN(images)
	w.version[image] = w.random.IntN(5)
	w.write(image)
}

// kill ends a build at some point of it, without a chance to end well.
func (w *world) kill() {
	push := w.random.IntN(2) == 0
	tag, args, built := w.builds(push)
	delay := time.Duration(w.random.IntN(1500)) * time.Millisecond
	cmd := w.command(args...)
	w.must(cmd.Start())
	time.Sleep(delay) // no point is the right one
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	_, err := finish(cmd)
	w.must(err)
	w.settle(cmd.Process.Pid)
	w.maybe(tag, built, push)
	w.killed = true
}

// interrupt ends a build politely.
func (w *world) interrupt() {
	tag, args, built := w.builds(false)
	delay := time.Duration(w.random.IntN(1000)) * time.Millisecond
	cmd := w.command(args...)
	w.must(cmd.Start())
	time.Sleep(delay) // no point is the right one
	_ = syscall.Kill(cmd.Process.Pid, syscall.SIGINT)
	d, err := finish(cmd)
	w.must(err)
	if d.status != 0 && d.status != 130 {
		w.t.Errorf("an interrupted run ends with %s", d)
	}
	w.maybe(tag, built, false)
}

// two runs build at once, the same or not.
func (w *world) two() {
	var cmds []*exec.Cmd
	push := w.random.IntN(2) == 0
	for range 2 + w.random.IntN(2) {
		tag, args, built := w.builds(push)
		w.succeeded(tag, built, push) // what else is there goes nowhere
		cmd := w.command(args...)
		w.must(cmd.Start())
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		d, err := finish(cmd)
		w.must(err)
		w.expect(d, 0)
	}
}

// prune removes what nothing needs, with --all also the names of other tags.
func (w *world) prune(all bool) {
	tag := w.tag()
	command := []string{"prune"}
	if all {
		command = append(command, "--all")
	}
	w.expect(w.run(append(command, w.args(tag)...)...), 0)
	w.pruned(tag, all)
	w.killed = false
	if again := w.run(append(append(command, "--dry-run"), w.args(tag)...)...); again.status != 0 || strings.TrimSpace(again.stdout) != "" {
		w.t.Errorf("after a prune there is more to prune:\n%s", again)
	}
	w.checkLayers()
}

func (w *world) pruned(tag string, all bool) {
	if !all {
		return
	}
	for name, possible := range w.possible {
		if !strings.HasSuffix(name, ":"+tag) {
			possible[""] = true // unless something of the other tool's is based on it
		}
	}
	// An image of ours goes with all its names: docs/prune.md.
	listed := w.listed()
	maps.DeleteFunc(w.foreign, func(name string, _ content) bool {
		return strings.HasPrefix(name, "localhost/named/") && !slices.Contains(listed, name)
	})
}

func (w *world) pruneBeside() {
	tag, args, built := w.builds(false)
	build, prune := w.command(args...), w.command(append([]string{"prune"}, w.args(tag)...)...)
	w.must(build.Start())
	time.Sleep(time.Duration(w.random.IntN(300)) * time.Millisecond) // no point is the right one
	w.must(prune.Start())
	for _, cmd := range []*exec.Cmd{build, prune} {
		d, err := finish(cmd)
		w.must(err)
		w.expect(d, 0)
	}
	w.succeeded(tag, built, false)
}

// foreignImage makes an image in a folder, that is not of ours.
func (w *world) foreignImage() {
	text := w.path("foreign-tree", "outside")
	w.must(os.MkdirAll(text, 0o755))
	w.must(os.WriteFile(filepath.Join(text, "Dockerfile.j2"), []byte("FROM scratch\nCOPY --chmod=755 busybox /bin/sh\nCOPY file /file9\nRUN read v < /file9 && echo $v > /ran9\n"), 0o644)) //nolint:gosec // a template
	w.must(os.WriteFile(filepath.Join(text, "file"), []byte("7\n"+strings.Repeat("x", 50_000)), 0o644))                                                                                     //nolint:gosec // a file of an image
	data, err := os.ReadFile(w.busybox())
	w.must(err)
	w.must(os.WriteFile(filepath.Join(text, "busybox"), data, 0o755)) //nolint:gosec // a program
	w.expect(w.run("--root", w.path("elsewhere"), "--runroot", w.path("elsewhere-run"), "-b", "debian", "-D", w.path("foreign-tree"), "--registry", w.host, "--tls-verify=false", "--push", "--tag", "1"), 0)
}

func (w *world) busybox() string {
	for i := range images {
		if path := w.path("tree", fmt.Sprintf("i%d", i), "busybox"); exists(path) {
			return path
		}
	}
	return ""
}

// addForeign lets another tool pull an image.
func (w *world) addForeign() {
	name := fmt.Sprintf("localhost/foreign/%d:1", w.random.IntN(3))
	w.expect(w.tool("skopeo", "--insecure-policy", "copy", "--quiet", "--src-tls-verify=false", "docker://"+w.host+"/kolla/debian-binary-outside:1", w.stored(name)), 0)
	w.foreign[name] = "9=7"
}

// nameForeign lets another tool give an image of ours a name of its own.
func (w *world) nameForeign() {
	var names []string
	listed := w.listed()
	for name := range w.possible {
		if slices.Contains(listed, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	from := names[w.random.IntN(len(names))]
	got, err := w.export(w.stored(from))
	w.must(err)
	name := fmt.Sprintf("localhost/named/%d:1", w.random.IntN(3))
	w.expect(w.library("name", from, name), 0)
	w.foreign[name] = got
}

// addContainer lets another tool make a container of an image of ours.
func (w *world) addContainer() {
	name := fmt.Sprintf("theirs-%d", len(w.containers))
	image := w.name(w.random.IntN(images), w.tag())
	if !slices.Contains(w.listed(), image) {
		return
	}
	w.expect(w.library("container", image, name), 0)
	w.containers = append(w.containers, name)
}

// removeOurs lets another tool remove an image of ours, if none is based on it.
func (w *world) removeOurs() {
	before := w.listed()
	d := w.remove(w.name(w.random.IntN(images), w.tag()))
	after := w.listed()
	if d.status != 0 && len(after) != len(before) {
		w.t.Errorf("it has removed something and failed:\n%s", d)
	}
	// It removes an image with all its names.
	for _, name := range before {
		if slices.Contains(after, name) {
			continue
		}
		delete(w.foreign, name)
		if possible := w.possible[name]; possible != nil {
			possible[""] = true
		}
	}
}

func (w *world) remove(name string) done {
	w.t.Helper()
	d := w.tool("skopeo", "delete", w.stored(name))
	if d.status != 0 && !strings.Contains(d.stderr, "image is in use") && !strings.Contains(d.stderr, "identifier is not an image") {
		w.t.Errorf("%s cannot be removed:\n%s", name, d)
	}
	return d
}

// times gives the tree, or all the store, the times of another clock.
func (w *world) times() {
	date := []string{"1980-01-01", "2100-01-01", "now"}[w.random.IntN(3)]
	w.expect(w.tool("find", w.path("tree"), w.path("root"), w.path("home"), "-exec", "touch", "--no-dereference", "--date="+date, "{}", "+"), 0)
}

// check compares the store with what has to be: one image by its content, or all of them.
func (w *world) check(all bool) {
	w.t.Helper()
	if left := w.leftovers(); len(left) > 0 {
		w.t.Errorf("left behind: %v", left)
	}
	listed := w.listed()
	for name := range w.foreign {
		if !slices.Contains(listed, name) {
			w.t.Errorf("%s is gone, which is another tool's", name)
		}
	}
	if len(w.containers) > 0 {
		d := w.library("containers")
		w.expect(d, 0)
		if got := strings.Fields(d.stdout); !slices.Equal(got, slices.Sorted(slices.Values(w.containers))) {
			w.t.Errorf("there are the containers %v, want those of another tool: %v", got, w.containers)
		}
	}
	var ours []string
	for name, possible := range w.possible {
		switch there := slices.Contains(listed, name); {
		case there:
			ours = append(ours, name)
		case !possible[""]:
			w.t.Errorf("%s is gone; it was %v", name, slices.Sorted(maps.Keys(possible)))
		default:
			w.possible[name] = map[content]bool{"": true}
		}
	}
	slices.Sort(ours)
	if !all && len(ours) > 0 {
		ours = ours[w.random.IntN(len(ours)):][:1]
	}
	for _, name := range ours {
		w.compare(name, w.stored(name), w.possible[name])
	}
	if !all {
		return
	}
	for name, want := range w.foreign {
		w.compare(name, w.stored(name), map[content]bool{want: true})
	}
	for name, possible := range w.pushed {
		if !possible[""] {
			w.compare(name, "docker://"+name, possible)
		}
	}
}

func (w *world) compare(name, source string, possible map[content]bool) {
	w.t.Helper()
	if got, err := w.export(source); err != nil {
		w.t.Errorf("%s: %v", name, err)
	} else if !possible[got] {
		w.t.Errorf("%s has %q, want one of %q", name, got, slices.Sorted(maps.Keys(possible)))
	} else if strings.HasPrefix(source, "containers-storage:") && possible[""] {
		delete(possible, "") // it is there now
	}
}

// checkLayers wants the folders of layers that images have, and no others.
func (w *world) checkLayers() {
	w.t.Helper()
	d := w.run(append([]string{"check"}, w.store()...)...)
	if d.status != 0 {
		w.t.Errorf("the store is damaged:\n%s", d)
	}
}

// end removes everything, and wants the store to be as small as it was.
func (w *world) end() {
	w.t.Helper()
	w.expect(w.library(append([]string{"end"}, w.containers...)...), 0)
	w.containers = nil
	for name := range w.foreign {
		w.remove(name)
	}
	w.removeAll()
	w.killed = false
	w.foreign = map[string]content{}
	if listed := w.listed(); len(listed) > 0 {
		w.t.Errorf("prune --all has left %v", listed)
	}
	if size := w.size(); size > w.empty+100_000 {
		files := w.tool("find", w.path("root"), "-type", "f", "-size", "+10k", "-printf", `%s %p\n`)
		w.t.Errorf("the empty store has %d bytes, it had %d at first:\n%s", size, w.empty, files.stdout)
	}
	if left := w.leftovers(); len(left) > 0 {
		w.t.Errorf("left behind: %v", left)
	}
}
