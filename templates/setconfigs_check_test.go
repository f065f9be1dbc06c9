package templates

import (
	"os"
	"strings"
	"testing"
)

func TestSetConfigsCheck(t *testing.T) {
	const config = `{"command": "x", "config_files": [{"source": "DIR/in/tree", "dest": "DIR/out", "owner": "OWNER", "perm": "0640"}]}`
	for name, change := range map[string]func(*setConfigs){
		"content": func(s *setConfigs) { s.write("out/file", "changed") },
		"mode":    func(s *setConfigs) { _ = os.Chmod(s.path("out/file"), 0o600) },
		"missing": func(s *setConfigs) { _ = os.Remove(s.path("out/file")) },
		"extra":   func(s *setConfigs) { s.write("out/other", "") },
		"source":  func(s *setConfigs) { s.write("in/tree/new", "") },
		"type": func(s *setConfigs) {
			_ = os.Remove(s.path("out/file"))
			_ = os.Mkdir(s.path("out/file"), 0o750)
		},
		"command":    func(s *setConfigs) { s.write("run_command", "y") },
		"no command": func(s *setConfigs) { _ = os.Remove(s.path("run_command")) },
		"no source":  func(s *setConfigs) { _ = os.RemoveAll(s.path("in/tree")) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSetConfigs(t)
			s.write("in/tree/file", "text")
			s.must(config)
			s.must(config, "--check")
			change(s)
			if out, ok := s.run(config, "--check"); ok {
				t.Errorf("not noticed: %s", out)
			}
		})
	}
}

// What was merged into a directory is looked at, and not what the directory had before;
// a file that is optional may be missing, until it comes.
func TestSetConfigsCheckMerged(t *testing.T) {
	const config = `{"command": "x", "config_files": [
		{"source": "DIR/in/tree", "dest": "DIR/out", "owner": "OWNER", "perm": "0640", "merge": true},
		{"source": "DIR/in/more*", "dest": "DIR/out/", "owner": "OWNER", "perm": "0640", "optional": true}
	]}`
	s := newSetConfigs(t)
	s.write("in/tree/sub/file", "text")
	s.write("out/sub/other", "of the image")
	s.must(config)
	s.write("out/sub/another", "of the service")
	s.must(config, "--check")
	s.write("in/more.conf", "text")
	if out, ok := s.run(config, "--check"); ok || !strings.Contains(out, "more.conf") {
		t.Errorf("the optional file is not noticed: %v, %s", ok, out)
	}
	s.must(config)
	s.must(config, "--check")
	s.write("out/sub/file", "of the service")
	if out, ok := s.run(config, "--check"); ok || !strings.Contains(out, "sub/file") {
		t.Errorf("the changed file is not noticed: %v, %s", ok, out)
	}
}

// A check changes nothing, not even where a start would.
func TestSetConfigsCheckOnly(t *testing.T) {
	s := newSetConfigs(t)
	s.write("in/a", "a")
	out, ok := s.run(`{
		"command": "x",
		"directories": [{"path": "DIR/dir", "owner": "OWNER", "perm": "0700"}],
		"config_files": [{"source": "DIR/in/a", "dest": "DIR/out", "owner": "OWNER", "perm": "0600"}]
	}`, "--check")
	if ok {
		t.Errorf("a container that never started is as it should be: %s", out)
	}
	if names := strings.Join(s.names(), " "); names != "config_files in" {
		t.Errorf("the check has made one of %q", names)
	}
}
