package source

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/kolla-build/kolla-build/internal/git"
)

// remote is a checked location of a git source.
type remote struct {
	git.Remote

	location string // for git; without a password
}

// scp is the short form of ssh locations: [user@]host:path.
var scp = regexp.MustCompile(`^(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?[A-Za-z0-9_][A-Za-z0-9._-]*:[^:]`)

// transports are the schemes of locations, and what git may speak then. More
// than the scheme, since the user's own configuration may send it elsewhere
// (url.<base>.insteadOf); but what was to be encrypted stays so. That leaves out
// ext, which runs commands, and all helpers that are not git's.
var transports = map[string]string{
	"https": "https:ssh:file",
	"ssh":   "https:ssh:file",
	"file":  "https:ssh:file",
	"http":  "https:ssh:file:http",
	"git":   "https:ssh:file:git",
}

const gitRemedy = "\nwrite https://host/path, ssh://user@host/path, user@host:path or the absolute path of a repository"

// parseRemote accepts the locations that name a repository, and none that is
// an option or a command to git or to what git starts.
func parseRemote(location string) (remote, error) {
	switch {
	case strings.ContainsFunc(location, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return remote{}, errors.New("its location has control characters")
	case strings.HasPrefix(location, "-"):
		return remote{}, fmt.Errorf("its location %q would be an option of git%s", location, gitRemedy)
	case filepath.IsAbs(location):
		return remoteAt(location, transports["file"]), nil
	case !strings.Contains(location, "://"):
		if !scp.MatchString(location) {
			return remote{}, errors.New("its location names no repository" + gitRemedy)
		}
		return remoteAt(location, transports["ssh"]), nil
	}
	u, err := url.Parse(location)
	if err != nil {
		return remote{}, errors.New("its location is no valid URL")
	}
	protocol, known := transports[u.Scheme]
	switch {
	case !known:
		return remote{}, fmt.Errorf("its location begins with %q, which is refused%s", u.Scheme+"://", gitRemedy)
	case u.Scheme == "file" && u.Host != "", u.Scheme != "file" && u.Host == "", strings.HasPrefix(u.Host, "-"),
		strings.HasPrefix(u.User.Username(), "-"):
		return remote{}, fmt.Errorf("its location has %q where a host should be%s", u.Host, gitRemedy)
	}
	r := remoteAt(location, protocol)
	if password, has := u.User.Password(); has && (u.Scheme == "http" || u.Scheme == "https") {
		// git would show it to every user of this machine, in the arguments of
		// its helper.
		r.Auth = "Basic " + base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password))
		r.AuthBase = u.Scheme + "://" + u.Host + "/"
		u.User = nil
		r.location = u.String()
	}
	return r, nil
}

func remoteAt(location, protocols string) remote {
	return remote{Remote: git.Remote{Protocols: protocols}, location: location}
}

// foreign is what no name of a branch or tag holds (git-check-ref-format), and
// what has a meaning in a refspec or revision.
const foreign = " ~^:?*[\\\x7f"

// checkReference accepts names of branches, tags and other references, and
// commit ids.
func checkReference(reference string) error {
	switch {
	case strings.HasPrefix(reference, "-"):
		return fmt.Errorf("its reference %q would be an option of git", reference)
	case strings.HasPrefix(reference, "+"), strings.HasPrefix(reference, "/"),
		strings.HasSuffix(reference, "/"), strings.HasSuffix(reference, "."),
		strings.ContainsFunc(reference, func(r rune) bool { return r < ' ' || strings.ContainsRune(foreign, r) }),
		slices.ContainsFunc([]string{"..", "@{", "//"}, func(s string) bool { return strings.Contains(reference, s) }):
		return fmt.Errorf("its reference %q can be no branch, tag or commit", reference)
	}
	return nil
}

// folder returns the name of the top folder of a git archive, as the Python
// tool has it; that of other sources does not depend on the section.
func (s Spec) folder() string {
	if s.Type != Git {
		return ""
	}
	name := s.Section + "-archive"
	if s.Reference != "" {
		name += "-" + strings.ReplaceAll(s.Reference, "/", "-")
	}
	return name
}
