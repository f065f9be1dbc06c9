package buildahdriver

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/openshift/imagebuilder"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
	"github.com/kolla-build/kolla-build/internal/git"
	"github.com/kolla-build/kolla-build/internal/redact"
)

// gitProtocols are what git may speak for ADD.
const gitProtocols = "https:http:ssh:git"

// gitSource is a git repository as ADD names it: see the Dockerfile reference, "Adding
// files from a Git repository".
type gitSource struct {
	location string // without fragment and userinfo
	auth     string // the value of the header Authorization, or nothing
	ref      string // a branch, tag or commit; empty for the remote's HEAD
	subdir   string
}

// scpLike is git's short form of ssh://user@host/path.
var scpLike = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^/]`) })

// gitRef is what a reference may look like, so that git takes it for nothing else.
var gitRef = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_./+@-]*$`) })

// parseGitSource tells whether a source of ADD is a git repository, and which.
func parseGitSource(source string) (*gitSource, bool, error) {
	location, fragment, _ := strings.Cut(source, "#")
	g := &gitSource{location: location}
	g.ref, g.subdir, _ = strings.Cut(fragment, ":")
	if g.ref != "" && (!gitRef().MatchString(g.ref) || strings.Contains(g.ref, "..")) {
		return nil, true, fmt.Errorf("%q is not a valid git reference", g.ref)
	}
	if scpLike().MatchString(location) {
		return g, true, nil
	}
	u, err := url.Parse(location)
	if err != nil || u.Host == "" || strings.HasPrefix(u.Host, "-") {
		return nil, false, nil //nolint:nilerr // what is no URL is no repository either
	}
	switch u.Scheme {
	case "http", "https":
		if !strings.HasSuffix(u.Path, ".git") {
			return nil, false, nil
		}
		if u.User != nil {
			password, _ := u.User.Password()
			g.auth = "Basic " + base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password))
			u.User = nil
			g.location = u.String()
		}
	case "git", "ssh":
	default:
		return nil, false, nil
	}
	return g, true, nil
}

// addGit does ADD of a git repository: the files of one commit, without its history unless
// --keep-git-dir asks for that. Submodules are not fetched.
func (e *executor) addGit(g *gitSource, c imagebuilder.Copy) (err error) {
	dir, err := os.MkdirTemp(e.driver.scratch.dir, "git-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	tree := filepath.Join(dir, "tree")
	if err := os.Mkdir(tree, 0o755); err != nil { //nolint:gosec // it is for the image
		return err
	}
	if err := e.checkOut(g, tree); err != nil {
		return fmt.Errorf("ADD of %s: %w", redact.Location(g.location), err)
	}
	if !c.KeepGitDir {
		if err := os.RemoveAll(filepath.Join(tree, ".git")); err != nil {
			return err
		}
	}
	files, err := os.OpenRoot(tree)
	if err != nil {
		return err
	}
	defer files.Close()
	c.Src, c.Files, c.Download = []string{literalPattern(rootfs.Clean(g.subdir))}, nil, false
	return e.copyFrom(files, nil, c)
}

// checkOut fetches one commit into a working tree.
func (e *executor) checkOut(g *gitSource, tree string) error {
	repository := git.Repository{Dir: filepath.Join(tree, ".git"), Env: os.Environ()}
	run := func(cmd *exec.Cmd) error {
		output, err := cmd.CombinedOutput()
		if cause := context.Cause(e.ctx); cause != nil {
			return cause
		}
		if errors.Is(err, exec.ErrNotFound) {
			return remediedError{errors.New("git is not installed"), "install the package git"}
		}
		if err != nil {
			return fmt.Errorf("git: %w: %s", err, oneLine(redact.URLs(string(output))))
		}
		return nil
	}
	ref := g.ref
	if ref == "" {
		ref = "HEAD"
	}
	remote := git.Remote{Protocols: gitProtocols, Auth: g.auth, AuthBase: g.location}
	for _, cmd := range []*exec.Cmd{
		repository.Command(e.ctx, "init", "--quiet", "--template="),
		repository.RemoteCommand(e.ctx, remote, "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", g.location, ref),
		repository.Command(e.ctx, "--work-tree="+tree, "checkout", "--quiet", "--force", "--detach", "FETCH_HEAD"),
	} {
		if err := run(cmd); err != nil {
			return err
		}
	}
	return nil
}
