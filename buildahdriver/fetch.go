package buildahdriver

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/openshift/imagebuilder"

	"github.com/kolla-build/kolla-build/internal/source"
)

const (
	// downloadStall is how long a download of ADD may stand still.
	downloadStall = time.Minute
	// downloadedMode is the mode of a file that ADD has fetched: see the Dockerfile
	// reference, ADD.
	downloadedMode = 0o600
)

// addRemote does ADD of what is neither in the build context nor in an image.
func (e *executor) addRemote(location string, c imagebuilder.Copy, several bool) error {
	repository, isGit, err := parseGitSource(location)
	switch {
	case err != nil:
		return fmt.Errorf("ADD: %w", err)
	case isGit && c.Checksum != "":
		return errors.New("--checksum is for a file that is fetched: name the commit of a git repository")
	case isGit:
		return e.addGit(repository, c)
	}
	return e.addURL(location, c, several)
}

// addURL does ADD of a URL: the file that it serves gets the name that its path ends with,
// the time of its last modification, and is not unpacked.
func (e *executor) addURL(location string, c imagebuilder.Copy, several bool) (err error) {
	dir, err := os.MkdirTemp(e.driver.scratch.dir, "add-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	parsed, err := url.Parse(location)
	if err != nil {
		return errors.New("ADD: a source is no valid URL")
	}
	name := path.Base(parsed.Path)
	if name == "." || name == "/" {
		if several || c.Dest[len(c.Dest)-1] == '/' {
			return fmt.Errorf("ADD: the URL of %s does not name a file: give the destination a name", parsed.Host)
		}
		name = "file"
	}
	if err := e.download(location, filepath.Join(dir, name), c.Checksum); err != nil {
		return fmt.Errorf("ADD: %w", err)
	}
	files, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer files.Close()
	c.Src, c.Files, c.Download, c.Excludes, c.Parents = []string{literalPattern(name)}, nil, false, nil, false
	if several {
		c.Dest += "/"
	}
	return e.copyFrom(files, nil, c)
}

// download fetches a file, and compares it with a checksum if there is one.
func (e *executor) download(location, to, checksum string) (err error) {
	want := digest.Digest(checksum)
	algorithm := digest.SHA256
	if checksum != "" {
		if err := want.Validate(); err != nil {
			return fmt.Errorf("invalid --checksum=%s: %w", checksum, err)
		}
		algorithm = want.Algorithm()
	}
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, downloadedMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	hash := algorithm.Digester()
	modified, err := source.Download(e.ctx, location, io.MultiWriter(file, hash.Hash()), downloadStall)
	if err != nil {
		return err
	}
	if got := hash.Digest(); checksum != "" && got != want {
		return fmt.Errorf("the file has the digest %s, and not %s as --checksum says", got, want)
	}
	if modified.IsZero() {
		modified = time.Unix(0, 0) // as other builders have it: the clock is no input
	}
	return os.Chtimes(to, modified, modified)
}
