package templates

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sandbox is a folder that the scripts of an image take for the root of the image.
type sandbox struct {
	t   *testing.T
	dir string
	env []string
}

// roots are the folders that scripts name and that the sandbox has in their place.
var roots = []string{
	"/dev-mode", "/etc/", "/patches", "/requirements/", "/run_command", "/usr/local/bin/", "/usr/local/share/", "/var/",
}

func newSandbox(t *testing.T) *sandbox {
	t.Helper()
	s := &sandbox{t: t, dir: t.TempDir()}
	s.env = []string{
		"PATH=" + s.path("/bin") + ":" + os.Getenv("PATH"),
		"CALLS=" + s.path("/calls"),
		"KOLLA_BASE_DISTRO=debian",
	}
	s.write("/calls", "")
	return s
}

func (s *sandbox) path(name string) string { return filepath.Join(s.dir, name) }

func (s *sandbox) write(name, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o755); err != nil {
		s.t.Fatal(err)
	}
}

// fake puts commands in front of the machine's own that only note how they are called.
func (s *sandbox) fake(names ...string) {
	s.t.Helper()
	for _, name := range names {
		s.write("/bin/"+name, "#!/bin/bash\necho \"${0##*/} $*\" >> \"$CALLS\"\n")
	}
}

// install puts a script of ours where the others find it.
func (s *sandbox) install(file, name string) {
	s.t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	// All in one go: the sandbox itself may be below one of them.
	pairs := []string{"\ncd /\n", "\ncd " + s.dir + "\n"}
	for _, root := range roots {
		pairs = append(pairs, root, s.dir+root)
	}
	s.write("/bin/"+name, strings.NewReplacer(pairs...).Replace(string(text)))
}

// run runs a command of the sandbox and returns what it prints.
func (s *sandbox) run(name string, args ...string) (output string, ok bool) {
	s.t.Helper()
	cmd := exec.Command(s.path("/bin/"+name), args...)
	cmd.Env = s.env
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

func (s *sandbox) must(name string, args ...string) string {
	s.t.Helper()
	out, ok := s.run(name, args...)
	if !ok {
		s.t.Fatalf("%s %q failed: %s", name, args, out)
	}
	return out
}

// calls returns the calls of fakes since the last look.
func (s *sandbox) calls() string {
	s.t.Helper()
	text, err := os.ReadFile(s.path("/calls"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("/calls", "")
	return strings.ReplaceAll(string(text), s.dir, "")
}

func (s *sandbox) wantCalls(want ...string) {
	s.t.Helper()
	if got := s.calls(); got != strings.Join(append(want, ""), "\n") {
		s.t.Errorf("the calls are\n%swant\n%s", got, strings.Join(want, "\n"))
	}
}

// names returns the names of the files in a folder.
func (s *sandbox) names(dir string) string {
	s.t.Helper()
	entries, err := os.ReadDir(s.path(dir))
	if err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return strings.Join(names, " ")
}
