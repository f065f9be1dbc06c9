package templates

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// python is the interpreter that the script names in its first line.
const python = "/usr/bin/python3"

// setConfigs runs base/set_configs.py with what it writes besides configuration
// in dir, and this process's user as the only owner.
type setConfigs struct {
	t        *testing.T
	dir      string
	strategy string
}

func newSetConfigs(t *testing.T) *setConfigs {
	t.Helper()
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("%v\ninstall it: contrib/setup test", err)
	}
	s := &setConfigs{t: t, dir: t.TempDir(), strategy: "COPY_ALWAYS"}
	if err := os.Mkdir(s.path("in"), 0o755); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *setConfigs) path(name string) string { return filepath.Join(s.dir, name) }

func (s *setConfigs) write(name, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// harness loads the script with the paths that it writes to in the folder DIR.
const harness = `
import importlib.util, os, sys
spec = importlib.util.spec_from_file_location("set_configs", "base/set_configs.py")
module = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(module)
module.CONFIGURED = os.path.join(os.environ["DIR"], "configured")
module.CONFIG_FILES = os.path.join(os.environ["DIR"], "config_files")
module.DEFAULTS = os.path.join(os.environ["DIR"], "defaults")
module.RUN_COMMAND = os.path.join(os.environ["DIR"], "run_command")
if "TRUSTED" in os.environ:
    module.TRUSTED = {int(os.environ["TRUSTED"])}
module.main()
`

// run runs it with a configuration in the directory that the deployment mounts.
func (s *setConfigs) run(config string, args ...string) (output string, ok bool) {
	s.t.Helper()
	s.write("config_files/config.json", s.fill(config))
	return s.runWith(nil, args...)
}

// fill replaces DIR and OWNER in a configuration.
func (s *setConfigs) fill(config string) string {
	return strings.NewReplacer("DIR", s.dir, "OWNER", fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid())).Replace(config)
}

func (s *setConfigs) runWith(env []string, args ...string) (output string, ok bool) {
	s.t.Helper()
	cmd := exec.Command(python, append([]string{"-c", harness}, args...)...)
	cmd.Env = append(os.Environ(), "DIR="+s.dir, "KOLLA_CONFIG_STRATEGY="+s.strategy)
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "Traceback") {
		s.t.Errorf("a traceback where a message is expected:\n%s", out)
	}
	return string(out), err == nil
}

func (s *setConfigs) must(config string, args ...string) {
	s.t.Helper()
	if out, ok := s.run(config, args...); !ok {
		s.t.Fatalf("failed: %s", out)
	}
}

// expect fails unless the file has that text and mode.
func (s *setConfigs) expect(name, text string, mode os.FileMode) {
	s.t.Helper()
	info, err := os.Stat(s.path(name))
	if err != nil {
		s.t.Error(err)
		return
	}
	if info.Mode().Perm() != mode {
		s.t.Errorf("%s has mode %v, want %v", name, info.Mode().Perm(), mode)
	}
	if info.IsDir() {
		return
	}
	if got, _ := os.ReadFile(s.path(name)); string(got) != text {
		s.t.Errorf("%s holds %q, want %q", name, got, text)
	}
}

// names returns the names of what is in the folder of the test.
func (s *setConfigs) names() []string {
	s.t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func (s *setConfigs) expectMissing(name string) {
	s.t.Helper()
	if _, err := os.Lstat(s.path(name)); err == nil {
		s.t.Errorf("%s is there", name)
	}
}

func TestSetConfigsCopies(t *testing.T) {
	s := newSetConfigs(t)
	s.write("in/a.conf", "a")
	s.write("in/b.conf", "b")
	s.write("in/tree/sub/file", "deep")
	s.write("etc/tree/old", "of the image")
	s.write("etc/merged/old", "of the image")
	s.must(`{
		"command": "run --me",
		"config_files": [
			{"source": "DIR/in/a.conf", "dest": "DIR/etc/deep/renamed", "owner": "OWNER", "perm": "0600"},
			{"source": "DIR/in/*.conf", "dest": "DIR/etc/all/", "owner": "OWNER", "perm": "0640"},
			{"source": "DIR/in/tree", "dest": "DIR/etc/tree", "owner": "OWNER", "perm": "0640"},
			{"source": "DIR/in/tree", "dest": "DIR/etc/merged", "owner": "OWNER", "perm": "0640", "merge": true},
			{"source": "DIR/in/none", "dest": "DIR/etc/none", "owner": "OWNER", "perm": "0600", "optional": true}
		]
	}`)
	s.expect("run_command", "run --me", 0o644)
	s.expect("etc/deep/renamed", "a", 0o600)
	s.expect("etc/all/a.conf", "a", 0o640)
	s.expect("etc/all/b.conf", "b", 0o640)
	s.expect("etc/tree", "", 0o750)
	s.expect("etc/tree/sub/file", "deep", 0o640)
	s.expect("etc/merged/sub/file", "deep", 0o640)
	s.expect("etc/merged/old", "of the image", 0o644)
	s.expectMissing("etc/tree/old")
	s.expectMissing("etc/none")
}

func TestSetConfigsPreserves(t *testing.T) {
	s := newSetConfigs(t)
	s.write("in/script", "x")
	if err := os.Chmod(s.path("in/script"), 0o751); err != nil {
		t.Fatal(err)
	}
	s.must(`{"command": "x", "config_files": [{"source": "DIR/in/script", "dest": "DIR/out", "preserve_properties": true}]}`)
	s.expect("out", "x", 0o751)
}

func TestSetConfigsCreates(t *testing.T) {
	s := newSetConfigs(t)
	s.write("kept", "data")
	s.must(`{
		"command": "x",
		"directories": [{"path": "DIR/var/lib/x", "owner": "OWNER", "perm": "0700"}],
		"files": [
			{"path": "DIR/new", "owner": "OWNER", "perm": "0600"},
			{"path": "DIR/kept", "owner": "OWNER", "perm": "0600"}
		]
	}`)
	s.expect("var/lib/x", "", 0o700)
	s.expect("new", "", 0o600)
	s.expect("kept", "data", 0o600)
}

func TestSetConfigsPermissions(t *testing.T) {
	s := newSetConfigs(t)
	s.write("log/a/b", "")
	s.write("log/keep", "")
	s.must(`{"command": "x", "permissions": [
		{"path": "DIR/log", "owner": "OWNER", "perm": "0640", "recurse": true, "exclude": ["/keep$"]},
		{"path": "DIR/not-there", "owner": "OWNER"}
	]}`)
	s.expect("log/a", "", 0o750)
	s.expect("log/a/b", "", 0o640)
	s.expect("log/keep", "", 0o644)
}

func TestSetConfigsStrategy(t *testing.T) {
	s := newSetConfigs(t)
	const config = `{"command": "x", "config_files": [{"source": "DIR/in/a", "dest": "DIR/out", "owner": "OWNER", "perm": "0600"}]}`
	s.write("in/a", "first")
	s.must(config)
	s.write("in/a", "second")
	s.strategy = "COPY_ONCE"
	s.must(config)
	s.expect("out", "first", 0o600)
	s.strategy = "COPY_ALWAYS"
	s.must(config)
	s.expect("out", "second", 0o600)
	s.strategy = ""
	if out, ok := s.run(config); ok || !strings.Contains(out, "KOLLA_CONFIG_STRATEGY") {
		t.Errorf("without a strategy: %v, %s", ok, out)
	}
}

func TestSetConfigsMistakes(t *testing.T) {
	file := func(changes map[string]any) string {
		entry := map[string]any{"source": "DIR/in/a", "dest": "DIR/out", "owner": "OWNER", "perm": "0600"}
		for key, value := range changes {
			if value == nil {
				delete(entry, key)
			} else {
				entry[key] = value
			}
		}
		text, err := json.Marshal(map[string]any{"command": "x", "config_files": []any{entry}})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for name, c := range map[string]struct{ config, want string }{
		"no json":        {`{`, "config.json"},
		"a list":         {`[]`, "an object"},
		"no command":     {`{}`, "'command'"},
		"files no list":  {`{"command": "x", "config_files": {}}`, "config_files"},
		"no owner":       {file(map[string]any{"owner": nil}), "'owner'"},
		"perm a number":  {file(map[string]any{"perm": 600}), "'perm'"},
		"perm no octal":  {file(map[string]any{"perm": "rw"}), "octal"},
		"unknown owner":  {file(map[string]any{"owner": "nobody-we-know"}), "no such user"},
		"no such source": {file(map[string]any{"source": "DIR/in/none"}), "not optional"},
		"perm too long":  {file(map[string]any{"perm": "006000"}), "three or four"},
		"perm negative":  {file(map[string]any{"perm": "-1"}), "octal"},
		"unknown key":    {file(map[string]any{"optinal": true}), "'optinal'"},
		"a bad pattern":  {`{"command": "x", "permissions": [{"path": "DIR/in", "owner": "OWNER", "recurse": true, "exclude": ["("]}]}`, "kolla_set_configs:"},
		"no list":        {`{"command": "x", "permissions": [{"path": "DIR/in", "owner": "OWNER", "exclude": "in"}]}`, "'exclude'"},
		"no path":        {`{"command": "x", "directories": [{"owner": "OWNER", "perm": "0700"}]}`, "'path'"},
		"a list's text":  {`{"command": "x", "directories": ["/var/log"]}`, "a list of objects"},
		"unknown group":  {file(map[string]any{"owner": "root:no-group-we-know"}), "no such user or group"},
		"no parent":      {`{"command": "x", "files": [{"path": "DIR/none/file", "owner": "OWNER", "perm": "0600"}]}`, "No such file"},
		"a pattern":      {`{"command": "x", "files": [{"path": "DIR/*", "owner": "OWNER", "perm": "0600"}]}`, "pattern"},
		"a directory":    {`{"command": "x", "files": [{"path": "DIR/in", "owner": "OWNER", "perm": "0600"}]}`, "not a file"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSetConfigs(t)
			s.write("in/a", "a")
			out, ok := s.run(c.config)
			if ok || !strings.Contains(out, c.want) {
				t.Errorf("ok is %v, output %q, want %q in it", ok, out, c.want)
			}
			s.expectMissing("run_command")
		})
	}
}

// TestSetConfigsTrustsItsDirectoryAlone: services run the script as root, and must not be
// able to tell it what to do (CVE-2022-38060).
func TestSetConfigsTrustsItsDirectoryAlone(t *testing.T) {
	const evil = `{"command": "evil", "config_files": [{"source": "DIR/in/a", "dest": "DIR/escaped", "owner": "OWNER", "perm": "0600"}]}`
	for name, env := range map[string]func(*setConfigs) string{
		"the text": func(s *setConfigs) string { return "KOLLA_CONFIG=" + s.fill(evil) },
		"the file": func(s *setConfigs) string {
			s.write("evil.json", s.fill(evil))
			return "KOLLA_CONFIG_FILE=" + s.path("evil.json")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSetConfigs(t)
			s.write("in/a", "a")
			s.write("config_files/config.json", `{"command": "good"}`)
			if out, ok := s.runWith([]string{env(s)}); !ok {
				t.Fatal(out)
			}
			s.expect("run_command", "good", 0o644)
			s.expectMissing("escaped")
		})
	}
}

// TestSetConfigsIsIsolated starts the script as the kernel does, with modules of an
// attacker's where Python would look for its own.
func TestSetConfigsIsIsolated(t *testing.T) {
	s := newSetConfigs(t)
	for _, module := range []string{"argparse", "json", "sitecustomize", "usercustomize"} {
		s.write("modules/"+module+".py", `open("`+s.path("escaped")+`", "w")`)
	}
	text, err := os.ReadFile("base/set_configs.py")
	if err != nil {
		t.Fatal(err)
	}
	s.write("bin/kolla_set_configs", string(text))
	if err := os.Chmod(s.path("bin/kolla_set_configs"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.write("startup.py", `open("`+s.path("escaped")+`", "w")`)
	cmd := exec.Command(s.path("bin/kolla_set_configs"), "--help")
	cmd.Dir = s.path("modules")
	cmd.Env = append(os.Environ(), "PYTHONPATH="+s.path("modules"), "PYTHONHOME=", "PYTHONSTARTUP="+s.path("startup.py"), "PYTHONINSPECT=1")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--check") {
		t.Fatalf("%v\n%s", err, out)
	}
	s.expectMissing("escaped")
}

// TestSetConfigsStaysOutOfLinkedDirectories: a service may put a link where its directory
// was, and what that leads to must not become the service's.
func TestSetConfigsStaysOutOfLinkedDirectories(t *testing.T) {
	s := newSetConfigs(t)
	s.write("secret/shadow", "")
	s.write("log/nova/api.log", "")
	for _, link := range []string{"log/linked", "log/nova/linked"} {
		if err := os.Symlink(s.path("secret"), s.path(link)); err != nil {
			t.Fatal(err)
		}
	}
	s.must(`{"command": "x", "permissions": [
		{"path": "DIR/log/*", "owner": "OWNER", "perm": "0600", "recurse": true}
	]}`)
	s.expect("log/nova/api.log", "", 0o600)
	s.expect("secret/shadow", "", 0o644)
	s.expect("secret", "", 0o755)
}

// TestSetConfigsStaysBelowRealDirectories: a service that owns a directory may have put a
// link in its place, to be given what it leads to.
func TestSetConfigsStaysBelowRealDirectories(t *testing.T) {
	for name, section := range map[string]string{
		"copy":        `"config_files": [{"source": "DIR/in/a", "dest": "DIR/home/.ssh/passwd", "owner": "OWNER", "perm": "0600"}]`,
		"merge":       `"config_files": [{"source": "DIR/in", "dest": "DIR/home/.ssh/sub", "owner": "OWNER", "perm": "0600", "merge": true}]`,
		"create":      `"files": [{"path": "DIR/home/.ssh/passwd", "owner": "OWNER", "perm": "0600"}]`,
		"permissions": `"permissions": [{"path": "DIR/home/.ssh/passwd", "owner": "OWNER", "perm": "0600"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newSetConfigs(t)
			s.write("in/a", "of the deployment")
			s.write("secret/passwd", "of root")
			s.write("secret/sub/a", "of root")
			s.write("home/file", "")
			if err := os.Symlink("../secret", s.path("home/.ssh")); err != nil {
				t.Fatal(err)
			}
			s.write("config_files/config.json", s.fill(`{"command": "x", `+section+`}`))
			// The link belongs to somebody else than root.
			out, ok := s.runWith([]string{"TRUSTED=12345"})
			if ok != (name == "permissions") || !strings.Contains(out, "the link .ssh above belongs to a service") {
				t.Errorf("ok is %v: %s", ok, out)
			}
			s.expect("secret/passwd", "of root", 0o644)
			s.expect("secret/sub/a", "of root", 0o644)
			// One of root's is a part of the image.
			if out, ok := s.runWith(nil); !ok {
				t.Error(out)
			}
		})
	}
}

// A source that ends in a slash is what the directory holds.
func TestSetConfigsCopiesContent(t *testing.T) {
	const config = `{"command": "x", "config_files": [
		{"source": "DIR/in/tree/", "dest": "DIR/etc/tree/", "owner": "OWNER", "perm": "0640"}
	]}`
	s := newSetConfigs(t)
	s.write("in/tree/sub/file", "deep")
	s.write("etc/tree/old", "of the image")
	for range 2 {
		s.must(config)
		s.must(config, "--check")
		s.expect("etc/tree/sub/file", "deep", 0o640)
		s.expectMissing("etc/tree/tree")
		s.expectMissing("etc/tree/old")
	}
	s.must(`{"command": "x"}`)
	s.expect("etc/tree/old", "of the image", 0o644)
}

// An optional file that has gone is no reason to restart a service.
func TestSetConfigsCheckVanished(t *testing.T) {
	const config = `{"command": "x", "config_files": [
		{"source": "DIR/in/*.conf", "dest": "DIR/out/", "owner": "OWNER", "perm": "0640", "optional": true},
		{"source": "DIR/in/a", "dest": "DIR/b", "owner": "OWNER", "perm": "0640", "optional": true}
	]}`
	s := newSetConfigs(t)
	s.write("in/a", "text")
	s.write("in/c.conf", "text")
	s.must(config)
	for _, name := range []string{"in/a", "in/c.conf"} {
		if err := os.Remove(s.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	s.must(config, "--check")
	s.must(config)
	s.expectMissing("b")
	s.expectMissing("out/c.conf")
	s.must(config, "--check")
}
