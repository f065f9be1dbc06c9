// Package source fetches what image builds need and lays it into their build
// contexts as archives.
//
// A source is a tarball at a URL, a commit of a git repository, or a folder or
// tarball on this machine. Whatever it is, it becomes an archive in a cache
// under the digest of its content, checked so that nothing in it can harm the
// machine that unpacks it. Tarballs of others are used as they are. What we pack
// ourselves depends on names, content and the right to execute alone, so an
// unchanged source is an unchanged archive.
//
// # What a git source holds
//
// The files of the commit as git stores them, in a folder named as the Python
// tool names it: <section>-archive-<reference>. There is no .git folder, since
// no two clones have the same; filters, line endings, LFS and submodules are
// not applied, and a submodule is an empty folder. The same goes for the .git
// of a local folder. A project that asks git for its version (pbr,
// setuptools-scm) has to be told: its template does so.
package source

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kolla-build/kolla-build/internal/source/cache"
)

// Type is the kind of a source.
type Type string

// The types, by their names in the configuration.
const (
	URL   Type = "url"   // http, https or file
	Git   Type = "git"   // any reference: branch, tag or commit
	Local Type = "local" // a folder or a tarball
)

// Spec is a source as a section of the configuration describes it.
type Spec struct {
	Section   string
	Type      Type
	Location  string
	Reference string // of a git source; the remote's default branch if empty
	SHA256    string // of the archive; not checked if empty
	Where     string // "file:line" of the section, for messages
}

// validate checks what does not depend on the type.
func (s Spec) validate() error {
	switch {
	case s.Section == "" || s.Section == "." || s.Section == ".." || strings.ContainsAny(s.Section, "/\x00"):
		return fmt.Errorf("%q can be no part of a file's name", s.Section)
	case s.Location == "":
		return errors.New("it has no location")
	case s.SHA256 != "" && !cache.IsDigest(s.digest()):
		return fmt.Errorf("its sha256 %q is not 64 hexadecimal digits", s.SHA256)
	}
	return nil
}

// digest returns the expected digest as the cache writes it.
func (s Spec) digest() string { return strings.ToLower(s.SHA256) }

// Archive is a source that has been fetched and checked. Its file is read-only
// and stays where it is.
type Archive struct {
	Path   string
	Digest string // SHA-256 of the file, in hexadecimal
	Size   int64  // bytes

	// own means that we packed it from the user's own tree, whose symbolic
	// links may lead anywhere.
	own bool
}

// Error tells which source failed.
type Error struct {
	Section string
	Where   string // "file:line" of the configuration; may be empty
	Err     error
}

// Error names the section and where it stands. What can be done about it, if
// anything, follows on lines of its own.
func (e *Error) Error() string {
	where := ""
	if e.Where != "" {
		where = " (" + e.Where + ")"
	}
	return fmt.Sprintf("failed to fetch source [%s]%s: %v", e.Section, where, e.Err)
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// Temporary is false: what could heal has been tried again already, more often
// and with more patience than a build would.
func (*Error) Temporary() bool { return false }
