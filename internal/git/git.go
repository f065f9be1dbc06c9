// Package git prepares runs of git that do what their caller asks and nothing else.
//
// A repository of somebody else's is full of commands: hooks, filters, pagers, helpers of
// transports, and, where objects are missing, a fetch from wherever its configuration says.
// The environment may send git to another repository, and its own protections ask who owns
// a folder, which says little about an archive that was just unpacked. So hooks are off,
// the variables of the environment are dropped but for those that lead to servers, and
// git talks to nobody unless the caller names a remote.
package git

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// killDelay is how long git has to remove its temporary files when it is told to stop.
const killDelay = 2 * time.Second

// settings override what the configuration of a repository, or of the user, says.
var settings = []string{
	"core.hooksPath=/dev/null",
	"core.fsmonitor=false",
	"core.pager=cat",
	"log.showSignature=false",
	"fetch.recurseSubmodules=false",
	"submodule.recurse=false",
	"fetch.prune=false",
	"fetch.pruneTags=false",
	"fetch.writeCommitGraph=false",
	"gc.auto=0",
	"maintenance.auto=false",
	"protocol.ext.allow=never",
}

// remoteVariables are what counts of the variables of git: how the user reaches servers,
// and who he is there. None of them leads to another repository.
var remoteVariables = []string{
	"GIT_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_PROXY_COMMAND",
	"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
	"GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY", "GIT_SSL_CIPHER_LIST",
	"GIT_SSL_NO_VERIFY", "GIT_SSL_VERSION", "GIT_SSL_CERT_PASSWORD_PROTECTED",
	"GIT_PROXY_SSL_CAINFO", "GIT_PROXY_SSL_CERT", "GIT_PROXY_SSL_KEY", "GIT_PROXY_SSL_CERT_PASSWORD_PROTECTED",
	"GIT_HTTP_PROXY_AUTHMETHOD", "GIT_HTTP_USER_AGENT", "GIT_HTTP_LOW_SPEED_LIMIT", "GIT_HTTP_LOW_SPEED_TIME",
	"GIT_HTTP_MAX_REQUESTS",
}

// Repository is where git works.
type Repository struct {
	// Dir is the repository itself: a bare one, or what a working tree has as ".git".
	Dir string
	// Env is the environment of the program, in the form of os.Environ.
	Env []string
}

// Remote is what a run of git may talk to.
type Remote struct {
	// Protocols are what git may speak, in the form of GIT_ALLOW_PROTOCOL.
	Protocols string
	// Auth is the value of the header Authorization for URLs that begin with AuthBase;
	// without it none is sent.
	Auth, AuthBase string
}

// Command prepares a run of git that only looks at the repository and changes it. It
// reaches no server, not even for objects that the repository lacks, and reads no
// configuration but the repository's.
func (r Repository) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := r.command(ctx, args)
	cmd.Env = append(environment(r.Env, nil),
		"GIT_ALLOW_PROTOCOL=none",
		"GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_CONFIG_NOSYSTEM=1",
	)
	return cmd
}

// RemoteCommand prepares a run of git that talks to a remote. The user's configuration
// counts: credential helpers, insteadOf, proxies and certificates are set there. Git must
// not ask questions on a terminal that shows the progress of a run; a program named in
// GIT_ASKPASS may answer, as it does in CI systems.
func (r Repository) RemoteCommand(ctx context.Context, remote Remote, args ...string) *exec.Cmd {
	cmd := r.command(ctx, args)
	env, count := configured(environment(r.Env, remoteVariables), r.Env)
	if remote.Auth != "" {
		env = append(env,
			fmt.Sprintf("GIT_CONFIG_KEY_%d=http.%s.extraHeader", count, remote.AuthBase),
			fmt.Sprintf("GIT_CONFIG_VALUE_%d=Authorization: %s", count, remote.Auth))
		count++
	}
	cmd.Env = append(env,
		fmt.Sprintf("GIT_CONFIG_COUNT=%d", count),
		"GIT_ALLOW_PROTOCOL="+remote.Protocols,
		"SSH_ASKPASS=false", "SSH_ASKPASS_REQUIRE=force",
	)
	return cmd
}

// command is what all runs have in common. Git gets a process group of its own, so that
// ssh and its helpers end with it.
func (r Repository) command(ctx context.Context, args []string) *exec.Cmd {
	all := []string{"--no-pager", "--no-replace-objects", "--no-optional-locks"}
	for _, setting := range settings {
		all = append(all, "-c", setting)
	}
	cmd := exec.CommandContext(ctx, "git", append(append(all, "--git-dir="+r.Dir), args...)...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = killDelay
	return cmd
}

// environment returns the environment with the given variables of git and no others. It
// speaks the language that we read.
func environment(env, keep []string) []string {
	kept := []string{"GIT_ASKPASS="} // of equal keys, the last counts
	for _, entry := range env {
		key, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(key, "GIT_") || slices.Contains(keep, key) {
			kept = append(kept, entry)
		}
	}
	return append(kept, "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C")
}

// configured adds the settings that the environment has by GIT_CONFIG_COUNT, and returns
// how many they are.
func configured(kept, env []string) ([]string, int) {
	count := 0
	for _, entry := range env {
		if value, found := strings.CutPrefix(entry, "GIT_CONFIG_COUNT="); found {
			count, _ = strconv.Atoi(value)
		}
	}
	for _, entry := range env {
		if strings.HasPrefix(entry, "GIT_CONFIG_KEY_") || strings.HasPrefix(entry, "GIT_CONFIG_VALUE_") {
			kept = append(kept, entry)
		}
	}
	return kept, count
}
