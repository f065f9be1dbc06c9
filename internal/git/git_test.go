package git_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/git"
)

// run runs git as a user would, to make repositories for tests.
func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// hostile makes a repository without the object that HEAD names, whose configuration runs a
// command on every way to get it, and on others. It returns the file that the command makes.
func hostile(t *testing.T, change ...string) (dir, mark string) {
	t.Helper()
	top := t.TempDir()
	dir, mark = filepath.Join(top, "evil"), filepath.Join(top, "mark")
	run(t, top, "init", "--quiet", dir)
	run(t, dir, "commit", "--quiet", "--allow-empty", "--message=x")
	head := run(t, dir, "rev-parse", "HEAD")
	if err := os.Remove(filepath.Join(dir, ".git/objects", head[:2], head[2:])); err != nil {
		t.Fatal(err)
	}
	command := filepath.Join(top, "command")
	if err := os.WriteFile(command, []byte("#!/bin/sh\ntouch "+mark+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, setting := range append([]string{
		"core.repositoryFormatVersion=1", "extensions.partialClone=origin", "remote.origin.promisor=true",
		"core.fsmonitor=COMMAND", "core.pager=COMMAND", "core.sshCommand=COMMAND", "gpg.program=COMMAND", "log.showSignature=true",
	}, change...) {
		key, value, _ := strings.Cut(strings.ReplaceAll(setting, "COMMAND", command), "=")
		run(t, dir, "config", key, value)
	}
	return filepath.Join(dir, ".git"), mark
}

func TestForeignRepositoryRunsNothing(t *testing.T) {
	for name, settings := range map[string][]string{
		"upload-pack": {"remote.origin.url=/srv/nothing", "remote.origin.uploadpack=COMMAND"},
		"ssh":         {"remote.origin.url=ssh://host/path"},
		"ext":         {"remote.origin.url=ext::COMMAND", "protocol.ext.allow=always"},
		"helper":      {"remote.origin.url=host", "remote.origin.vcs=ext", "protocol.allow=always"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, mark := hostile(t, settings...)
			// By itself git runs it: otherwise the test shows nothing.
			plain := exec.Command("git", "--git-dir="+dir, "-c", "protocol.ext.allow=always", "log", "-1")
			plain.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null")
			_ = plain.Run()
			if _, err := os.Stat(mark); err != nil && name != "helper" {
				t.Fatalf("the repository is harmless: %v", err)
			}
			_ = os.Remove(mark)
			for _, args := range [][]string{
				{"log", "--max-count=1", "HEAD", "--"},
				{"rev-parse", "--verify", "HEAD^{commit}"},
				{"cat-file", "-p", "HEAD"},
				{"ls-tree", "-r", "HEAD"},
			} {
				cmd := git.Repository{Dir: dir, Env: append(os.Environ(), "GIT_ALLOW_PROTOCOL=file:ssh:ext")}.Command(t.Context(), args...)
				if out, err := cmd.CombinedOutput(); err == nil {
					t.Errorf("git %q found what is not there: %s", args, out)
				}
				if _, err := os.Stat(mark); err == nil {
					t.Fatalf("git %q ran a command of the repository", args)
				}
			}
		})
	}
}

func TestHooksAreOff(t *testing.T) {
	top := t.TempDir()
	run(t, top, "init", "--quiet", "repository")
	mark := filepath.Join(top, "mark")
	hook := filepath.Join(top, "repository/.git/hooks/reference-transaction")
	if err := os.MkdirAll(filepath.Dir(hook), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(hook, []byte("#!/bin/sh\ntouch "+mark+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := git.Repository{Dir: filepath.Join(top, "repository/.git"), Env: os.Environ()}
	if out, err := r.Command(t.Context(), "symbolic-ref", "HEAD", "refs/heads/x").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("the hook ran")
	}
}

// TestEnvironment: what the environment says about git counts for remotes, and only where
// it leads to them.
func TestEnvironment(t *testing.T) {
	r := git.Repository{Dir: "/x", Env: []string{
		"HOME=/home/me", "GIT_DIR=/nowhere", "GIT_EXEC_PATH=/evil", "GIT_OBJECT_DIRECTORY=/nowhere", "GIT_EXTERNAL_DIFF=/evil",
		"GIT_ALLOW_PROTOCOL=ext", "GIT_NO_LAZY_FETCH=0", "GIT_TRACE=/log", "GIT_SSH_COMMAND=ssh -i key", "GIT_ASKPASS=/ask",
		"GIT_CONFIG_PARAMETERS='core.pager=/evil'", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=http.proxy", "GIT_CONFIG_VALUE_0=http://proxy",
	}}
	for _, test := range []struct {
		name       string
		env        []string
		with, lack []string
	}{
		{
			"local", r.Command(t.Context()).Environ(),
			[]string{"HOME=/home/me", "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ASKPASS="},
			[]string{"GIT_DIR", "GIT_EXEC_PATH", "GIT_OBJECT_DIRECTORY", "GIT_EXTERNAL_DIFF", "GIT_TRACE", "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_PARAMETERS"},
		},
		{
			"remote", r.RemoteCommand(t.Context(), git.Remote{Protocols: "https", Auth: "Basic eA==", AuthBase: "https://host/"}).Environ(),
			[]string{"GIT_ALLOW_PROTOCOL=https", "GIT_SSH_COMMAND=ssh -i key", "GIT_ASKPASS=/ask", "GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=http.proxy",
				"GIT_CONFIG_KEY_1=http.https://host/.extraHeader", "GIT_CONFIG_VALUE_1=Authorization: Basic eA=="},
			[]string{"GIT_DIR", "GIT_EXEC_PATH", "GIT_OBJECT_DIRECTORY", "GIT_EXTERNAL_DIFF", "GIT_TRACE", "GIT_CONFIG_PARAMETERS"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, entry := range test.with {
				if !slices.Contains(test.env, entry) {
					t.Errorf("%s is not in %q", entry, test.env)
				}
			}
			for _, entry := range test.env {
				if key, _, _ := strings.Cut(entry, "="); slices.Contains(test.lack, key) {
					t.Errorf("%s is there", entry)
				}
			}
		})
	}
	if args := r.RemoteCommand(t.Context(), git.Remote{Auth: "Basic eA=="}).Args; strings.Contains(strings.Join(args, " "), "eA==") {
		t.Errorf("a password is in the arguments: %q", args)
	}
}
