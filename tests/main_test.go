// Package tests tries the program as its users meet it: the real binary, run by an
// ordinary user, with real packages and real registries.
//
// All tests share one image store and one bootstrapped base. They keep out of each
// other's way by namespaces of their own for the images they build. Tests that look
// at what a run leaves behind, or at how long it takes, are not parallel: Go runs
// these first, and by themselves.
package tests

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

var (
	program string // the path of the binary under test
	shared  store
)

func TestMain(m *testing.M) {
	if refused := os.Getenv(refusedVariable); refused != "" {
		fmt.Fprintln(os.Stderr, "tests:", refuse(strings.Fields(refused)))
		os.Exit(1)
	}
	code, err := runAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tests:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

func runAll(m *testing.M) (code int, err error) {
	if os.Geteuid() == 0 {
		return 0, errors.New("these tests are for an ordinary user\nas root, type: contrib/go test -exec contrib/as-user ./tests/...")
	}
	program = os.Getenv("KOLLA_BUILD_BINARY")
	if program == "" {
		program = "../bin/kolla-build"
	}
	if program, err = filepath.Abs(program); err != nil {
		return 0, err
	}
	if _, err := os.Stat(program); err != nil {
		return 0, fmt.Errorf("%w\nbuild it first: make build", err)
	}
	dir, err := os.MkdirTemp("", "kolla-build-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, removeAll(dir)) }()
	if err := moveInto(dir); err != nil {
		return 0, err
	}
	shared = store{filepath.Join(dir, "root"), filepath.Join(dir, "run")}
	return m.Run(), nil
}

// moveInto makes dir the place for all that the tests, and the programs they run,
// keep in the user's home or in temporary files; and keeps the user's own
// configuration away from them.
func moveInto(dir string) error {
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"} {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	for name, folder := range map[string]string{"HOME": "home", "TMPDIR": "tmp"} {
		path := filepath.Join(dir, folder)
		if err := os.Mkdir(path, 0o755); err != nil {
			return err
		}
		if err := os.Setenv(name, path); err != nil {
			return err
		}
	}
	return nil
}

// removeAll removes a folder that has a store in it, whose files belong to
// subordinate ids: only in the user namespace are they ours to remove.
func removeAll(dir string) error {
	out, err := exec.Command(program, "unshare", "rm", "-rf", dir).CombinedOutput()
	if err != nil {
		return fmt.Errorf("failed to remove %s: %w\n%s", dir, err, out)
	}
	return nil
}

// store is an image store.
type store struct{ root, runRoot string }

// options make the program use the store.
func (s store) options() []string {
	return []string{"--root", s.root, "--runroot", s.runRoot}
}

// newStore returns a store for one test, which is removed with it.
func newStore(t *testing.T) store {
	t.Helper()
	dir, err := os.MkdirTemp("", "kolla-build-store-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := removeAll(dir); err != nil {
			t.Error(err)
		}
	})
	return store{filepath.Join(dir, "root"), filepath.Join(dir, "run")}
}

// outcome is what came of a run of a program.
type outcome struct {
	command        string
	status         int
	stdout, stderr string
}

// String tells all of it, for the messages of failing tests.
func (o outcome) String() string {
	return fmt.Sprintf("$ %s\n[status %d]\n[stdout]\n%s[stderr]\n%s", o.command, o.status, o.stdout, o.stderr)
}

// wants fails the test if the run did not end with this status, or if its standard
// error lacks one of the patterns.
func (o outcome) wants(t *testing.T, status int, patterns ...string) {
	t.Helper()
	ok := o.status == status
	for _, pattern := range patterns {
		if !regexp.MustCompile("(?m)" + pattern).MatchString(o.stderr) {
			t.Errorf("standard error lacks %q", pattern)
			ok = false
		}
	}
	if !ok {
		t.Fatalf("want status %d and %q of\n%s", status, patterns, o)
	}
}

// execute runs a command to its end.
func execute(t *testing.T, cmd *exec.Cmd) outcome {
	t.Helper()
	o, err := capture(cmd)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func capture(cmd *exec.Cmd) (outcome, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return outcome{}, err
	}
	return outcome{cmd.String(), cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}, nil
}

// kollaBuild runs the program with exactly these arguments.
func kollaBuild(t *testing.T, args ...string) outcome {
	t.Helper()
	return execute(t, exec.Command(program, args...))
}

// build builds on debian in the shared store, in a namespace of the test.
func build(t *testing.T, args ...string) outcome {
	t.Helper()
	return execute(t, buildCommand(t, args...))
}

func buildCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	options, err := onDebian()
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(program, slices.Concat(options, []string{"--namespace", namespace(t.Name())}, args)...)
}

// onDebian returns the options for building on the bootstrapped debian of the
// shared store. Whoever asks first has it made.
var onDebian = sync.OnceValues(func() ([]string, error) {
	options := append(shared.options(), "-b", "debian", "--bootstrap")
	templates, err := os.MkdirTemp("", "kolla-build-templates-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(templates)
	if err := writeFiles(templates, map[string]string{"root/Dockerfile.j2": fromBase}); err != nil {
		return nil, err
	}
	first, err := capture(exec.Command(program, append(options, "-D", templates)...))
	if err != nil {
		return nil, err
	}
	if first.status != 0 || !strings.Contains(first.stderr, bootstrapping) {
		return nil, fmt.Errorf("failed to bootstrap debian:\n%s", first)
	}
	return options, nil
})

// bootstrapping begins the line that tells that a base image is made.
const bootstrapping = "bootstrapping the base image"

// namespace makes a test's name a namespace of images.
func namespace(test string) string {
	return strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(test), "-"), "-")
}

// The first lines of Dockerfiles.
const (
	fromBase = "FROM {{ base_image }}:{{ base_distro_tag }}\n"
	fromRoot = "FROM {{ namespace }}/{{ image_prefix }}root:{{ tag }}\n"
)

// tree makes a folder of templates, given by the names of their images. A name with
// a slash in it is that of another file.
func tree(t *testing.T, texts map[string]string) string {
	t.Helper()
	files := map[string]string{}
	for name, text := range texts {
		if !strings.Contains(name, "/") {
			name += "/Dockerfile.j2"
		}
		files[name] = text
	}
	dir := t.TempDir()
	if err := writeFiles(dir, files); err != nil {
		t.Fatal(err)
	}
	return dir
}

func writeFiles(dir string, files map[string]string) error {
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
