package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"

	"github.com/kolla-build/kolla-build/internal/git"
	"github.com/kolla-build/kolla-build/internal/redact"
	"github.com/kolla-build/kolla-build/internal/screen"
)

// gitCommand is one run of git.
type gitCommand struct {
	*exec.Cmd
	cause   func() error // why it was stopped, if it was
	remote  bool         // it talks to a server
	message tail         // of what it says on standard error
}

// command prepares a run of git that only works on the repository.
func (r *repository) command(ctx context.Context, args ...string) *gitCommand {
	return newGitCommand(ctx, r.git().Command(ctx, args...))
}

func (r *repository) git() git.Repository { return git.Repository{Dir: r.dir, Env: r.f.opts.Env} }

func newGitCommand(ctx context.Context, cmd *exec.Cmd) *gitCommand {
	c := &gitCommand{Cmd: cmd, cause: func() error { return context.Cause(ctx) }}
	c.Stderr = &c.message
	return c
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
	args = append(append(options, "--", r.remote.location), refspecs...)
	c := newGitCommand(ctx, r.git().RemoteCommand(ctx, r.remote.Remote, args...))
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
	explained := fmt.Errorf("git: %s", redact.URLs(text))
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
