package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/kolla-build/kolla-build/internal/screen"
)

// lastWill is how long git has to remove its temporary files when it is told to
// stop.
const lastWill = 2 * time.Second

// settings are what git must not take from the user's configuration, which
// counts otherwise: credential helpers, insteadOf, proxies and certificates are
// set there.
var settings = []string{
	"core.hooksPath=/dev/null",
	"core.fsmonitor=false",
	"fetch.recurseSubmodules=false",
	"submodule.recurse=false",
	"fetch.prune=false",
	"fetch.pruneTags=false",
	"fetch.writeCommitGraph=false",
	"gc.auto=0",
	"maintenance.auto=false",
	"protocol.ext.allow=never",
}

// repositoryVariables lead git to another repository than the one it is told.
var repositoryVariables = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE",
	"GIT_REPLACE_REF_BASE", "GIT_CEILING_DIRECTORIES", "GIT_EXEC_PATH", "GIT_TEMPLATE_DIR",
}

// gitCommand is one run of git.
type gitCommand struct {
	*exec.Cmd
	cause   func() error // why it was stopped, if it was
	remote  bool         // it talks to a server
	message tail         // of what it says on standard error
}

// command prepares a run of git in the repository.
func (r *repository) command(ctx context.Context, args ...string) *gitCommand {
	c := &gitCommand{cause: func() error { return context.Cause(ctx) }}
	var all []string
	for _, setting := range settings {
		all = append(all, "-c", setting)
	}
	c.Cmd = exec.CommandContext(ctx, "git", append(append(all, "--git-dir="+r.dir), args...)...)
	c.Env = r.environment()
	c.Dir = "/"
	c.Stderr = &c.message
	// A process group of its own, so that ssh and git's helpers end with it.
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }
	c.WaitDelay = lastWill
	return c
}

// environment is what git gets: it must not ask questions on a terminal that
// shows the progress of a run, nor speak languages that we do not read. A program
// that the user has named in GIT_ASKPASS may answer, as it does in CI systems.
func (r *repository) environment() []string {
	env := []string{"GIT_ASKPASS="}
	configured := 0
	for _, entry := range r.f.opts.Env {
		key, value, _ := strings.Cut(entry, "=")
		switch {
		case slices.Contains(repositoryVariables, key):
		case key == "GIT_CONFIG_COUNT":
			configured, _ = strconv.Atoi(value)
		default:
			env = append(env, entry) // of equal keys, the last counts
		}
	}
	if r.remote.auth != "" {
		env = append(env,
			fmt.Sprintf("GIT_CONFIG_KEY_%d=http.%s.extraHeader", configured, r.remote.base),
			fmt.Sprintf("GIT_CONFIG_VALUE_%d=Authorization: %s", configured, r.remote.auth))
		configured++
	}
	return append(env,
		fmt.Sprintf("GIT_CONFIG_COUNT=%d", configured),
		"GIT_ALLOW_PROTOCOL="+r.remote.protocol,
		"GIT_TERMINAL_PROMPT=0",
		"SSH_ASKPASS=false", "SSH_ASKPASS_REQUIRE=force",
		"LC_ALL=C",
	)
}

// run runs the command to its end, or until its context ends, and leaves no
// process behind.
func (c *gitCommand) run() error {
	if err := c.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return fmt.Errorf("git is not installed: %w\ninstall the package git", err)
		}
		return err
	}
	err := c.Wait()
	_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) // whoever is left of the group
	cause := c.cause()
	switch {
	case err == nil:
		return nil
	case errors.Is(cause, errIdle):
		return &awayError{err: cause, heals: true}
	case cause != nil:
		return cause
	}
	return c.explain(err)
}

// run runs git for its effect.
func (r *repository) run(ctx context.Context, args ...string) error {
	return r.command(ctx, args...).run()
}

// output runs git for what it prints.
func (r *repository) output(ctx context.Context, args ...string) ([]byte, error) {
	var out bytes.Buffer
	c := r.command(ctx, args...)
	c.Stdout = &out
	err := c.run()
	return out.Bytes(), err
}

// fetch fetches from the remote. Its progress is the sign of life.
func (r *repository) fetch(ctx context.Context, args ...string) error {
	options := []string{"fetch", "--progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"}
	var refspecs []string
	for _, arg := range args {
		if strings.HasPrefix(arg, "--") {
			options = append(options, arg)
		} else {
			refspecs = append(refspecs, arg)
		}
	}
	ctx, idle := withIdle(ctx, r.f.opts.Timeout)
	defer idle.stop()
	c := r.command(ctx, append(append(options, "--", r.remote.location), refspecs...)...)
	c.remote = true
	c.message.beat = idle.beat
	return c.run()
}

// healing are the words of git, curl and ssh for what may be gone in a minute.
var healing = []string{
	"connection reset", "connection refused", "connection timed out", "operation timed out", "couldn't connect",
	"failed to connect", "early eof", "rpc failed", "unexpected disconnect", "hung up unexpectedly",
	"returned error: 429", "returned error: 5", "empty reply from server", "network is unreachable",
	"temporary failure in name resolution", "connection closed by",
}

// gone are their words for a server that is not there.
var gone = []string{"could not resolve host", "could not resolve hostname"}

// explain makes an error of what git has said.
func (c *gitCommand) explain(err error) error {
	text := c.message.reason()
	if text == "" {
		text = err.Error()
	}
	explained := fmt.Errorf("git: %s", redact(text))
	if !c.remote {
		return explained
	}
	text = strings.ToLower(c.message.String())
	contains := func(words []string) bool {
		for _, word := range words {
			if strings.Contains(text, word) {
				return true
			}
		}
		return false
	}
	switch {
	case contains(gone):
		return &awayError{err: fmt.Errorf("%w\ncheck the host's name, and whether https_proxy has to be set", explained)}
	case contains(healing):
		return &awayError{err: explained, heals: true}
	case strings.Contains(text, "couldn't find remote ref"):
		return fmt.Errorf("%w\ncheck the reference: a branch, a tag or a commit", explained)
	case strings.Contains(text, "terminal prompts disabled"), strings.Contains(text, "permission denied"), strings.Contains(text, "authentication failed"):
		return fmt.Errorf("%w\nset up a credential helper or an ssh agent for git: it cannot ask here", explained)
	}
	return explained
}

// tail keeps the end of what a command says.
type tail struct {
	text []byte
	beat func() // called for every word; may be nil
}

const tailSize = 8 << 10

func (t *tail) Write(p []byte) (int, error) {
	if t.beat != nil {
		t.beat()
	}
	t.text = append(t.text, p...)
	if extra := len(t.text) - tailSize; extra > 0 {
		t.text = append(t.text[:0], t.text[extra:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.text) }

// reason returns the first complaint in what git has said, or else its last
// words: what comes after the first are consequences.
func (t *tail) reason() string {
	last := ""
	for line := range strings.Lines(t.String()) {
		line = strings.TrimSpace(screen.Clean(line, 300))
		for _, prefix := range []string{"fatal: ", "error: ", "ERROR: "} {
			if rest, found := strings.CutPrefix(line, prefix); found {
				return rest
			}
		}
		if line != "" {
			last = line
		}
	}
	return last
}
