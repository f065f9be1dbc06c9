package templates

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// What the image had comes back once the deployment no longer brings a file.
func TestSetConfigsDefaults(t *testing.T) {
	s := newSetConfigs(t)
	s.write("in/a", "of the deployment")
	s.write("in/tree/sub/file", "of the deployment")
	s.write("etc/a", "of the image")
	s.write("etc/dir/file", "of the image")
	s.write("etc/merged/kept", "of the image")
	s.write("etc/merged/sub/file", "of the image")
	if err := os.Symlink("a", s.path("etc/link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.path("etc/a"), 0o604); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s.must(`{"command": "x", "config_files": [
			{"source": "DIR/in/a", "dest": "DIR/etc/a", "owner": "OWNER", "perm": "0600"},
			{"source": "DIR/in/a", "dest": "DIR/etc/new/", "owner": "OWNER", "perm": "0600"},
			{"source": "DIR/in/a", "dest": "DIR/etc/link", "owner": "OWNER", "perm": "0600"},
			{"source": "DIR/in/tree", "dest": "DIR/etc/dir", "owner": "OWNER", "perm": "0600"},
			{"source": "DIR/in/tree", "dest": "DIR/etc/merged", "owner": "OWNER", "perm": "0600", "merge": true}
		]}`)
		s.expect("etc/a", "of the deployment", 0o600)
		s.expect("etc/new/a", "of the deployment", 0o600)
		s.expect("etc/link", "of the deployment", 0o600)
		s.expect("etc/merged/sub/file", "of the deployment", 0o600)
		s.expect("etc/merged/kept", "of the image", 0o644)
		s.expectMissing("etc/dir/file")
	}
	if out, ok := s.run(`{"command": "x"}`, "--check"); ok || !strings.Contains(out, "no longer asked for") {
		t.Errorf("the check does not tell that copies would go: %v, %s", ok, out)
	}
	s.must(`{"command": "x"}`)
	s.expect("etc/a", "of the image", 0o604)
	s.expect("etc/dir/file", "of the image", 0o644)
	s.expect("etc/merged/sub/file", "of the image", 0o644)
	s.expectMissing("etc/new/a")
	if target, err := os.Readlink(s.path("etc/link")); target != "a" {
		t.Errorf("the link leads to %q: %v", target, err)
	}
}

func TestSetConfigsBrokenState(t *testing.T) {
	for _, state := range []string{"", "{", "[]", `{"/a": 1}`, `{"/a": {}}`} {
		s := newSetConfigs(t)
		s.write("defaults/state", state)
		if out, ok := s.run(`{"command": "x"}`); ok || !strings.Contains(out, "defaults/state") {
			t.Errorf("state %q: %v, %s", state, ok, out)
		}
	}
}

// A file beside the configuration is found where the deployment puts it.
func TestSetConfigsFile(t *testing.T) {
	_, noYAML := exec.Command(python, "-c", "import yaml").Output()
	s := newSetConfigs(t)
	if out, ok := s.runWith(nil); ok || !strings.Contains(out, "config.json") {
		t.Errorf("without a configuration: %v, %s", ok, out)
	}
	s.write("config_files/config.json", `{"command": "of json"}`)
	if out, ok := s.runWith(nil); !ok {
		t.Error(out)
	}
	s.expect("run_command", "of json", 0o644)
	s.write("config_files/config.yaml", "command: of yaml\n")
	out, ok := s.runWith(nil)
	if noYAML != nil {
		if ok || !strings.Contains(out, "python3-yaml") {
			t.Errorf("without python3-yaml: %v, %s", ok, out)
		}
		return
	}
	if !ok {
		t.Error(out)
	}
	s.expect("run_command", "of yaml", 0o644)
	for _, text := range []string{"", "- a", "a: [", "command: 1", "!!python/object:os.system {}"} {
		s.write("config_files/config.yaml", text)
		if out, ok := s.runWith(nil); ok || !strings.Contains(out, "config.yaml") {
			t.Errorf("%q: %v, %s", text, ok, out)
		}
	}
}

func TestSetConfigsSeveralIntoOneDirectory(t *testing.T) {
	const config = `{"command": "x", "config_files": [
		{"source": "DIR/in/tree", "dest": "DIR/out", "owner": "OWNER", "perm": "0640"},
		{"source": "DIR/in/a", "dest": "DIR/out/a", "owner": "OWNER", "perm": "0640"}
	]}`
	s := newSetConfigs(t)
	s.write("in/tree/file", "")
	s.write("in/a", "")
	s.must(config)
	s.must(config, "--check")
	s.write("out/more", "")
	if out, ok := s.run(config, "--check"); ok {
		t.Errorf("not noticed: %s", out)
	}
}

func TestSetConfigsLinks(t *testing.T) {
	s := newSetConfigs(t)
	s.write("outside", "")
	for _, dir := range []string{"in/tree", "log"} {
		if err := os.MkdirAll(s.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, link := range []string{"in/tree/link", "log/link"} {
		if err := os.Symlink(s.path("outside"), s.path(link)); err != nil {
			t.Fatal(err)
		}
	}
	const config = `{"command": "x",
		"config_files": [{"source": "DIR/in/tree", "dest": "DIR/out", "merge": true, "preserve_properties": true}],
		"permissions": [{"path": "DIR/log", "owner": "OWNER", "perm": "0600", "recurse": true}]}`
	for range 2 {
		s.must(config)
		s.must(config, "--check")
	}
	if target, err := os.Readlink(s.path("out/link")); target != s.path("outside") {
		t.Errorf("the link leads to %q: %v", target, err)
	}
	s.expect("outside", "", 0o644)
}
