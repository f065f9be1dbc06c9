// Package transfer implements COPY and ADD: it copies files of a build context, or of
// another image, into the root directory of an image, and unpacks archives there.
//
// Neither side is trusted. The context is read through [os.Root] and an image through
// [rootfs.Root], so no link leads out of them; the image is written to through
// [rootfs.Root], so none leads out of that. The rules of what goes where, with which owner,
// mode and time, are buildah's: see buildah's Builder.Add and its package copier.
package transfer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"go.podman.io/storage/pkg/fileutils"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// Tree is what files are copied from: a build context, which is an [os.Root], or the root
// of an image, which is a [rootfs.Root]. Both resolve links without leaving the tree.
type Tree interface {
	FS() fs.FS
	Open(name string) (*os.File, error)
	OpenFile(name string, flag int, perm os.FileMode) (*os.File, error)
	Stat(name string) (fs.FileInfo, error)
	Lstat(name string) (fs.FileInfo, error)
	Readlink(name string) (string, error)
}

// Copy is one COPY or ADD instruction.
type Copy struct {
	// Context is the tree that sources are copied from.
	Context Tree
	// Sources are patterns of paths below the context: see filepath.Match; a
	// component ** stands for any folders.
	Sources []string
	// Dest is an absolute path in the image. With a slash at its end, or with
	// several sources, it is a folder; otherwise it may be a file's new name.
	Dest string
	// Extract unpacks sources that are archives, as ADD does.
	Extract bool
	// UID and GID own what is copied and the folders made for it, but not what
	// comes out of an archive.
	UID, GID int
	// KeepOwners leaves what is copied with the owners that it has in the context, as COPY
	// --from does; folders made for it still get UID and GID. KeepSetID leaves it with its
	// set-id bits: files of a build context lose them.
	KeepOwners, KeepSetID bool
	// Parents keeps the folders that a source is in, relative to the context, or to the
	// component "." in the source: the flag --parents.
	Parents bool
	// Exclude are patterns, in the form of an ignore file, of what is left out of each
	// source. They are relative to the folder that is copied: the flag --exclude.
	Exclude []string
	// Mode, if set, is given to all that is copied, but not to what comes out of an
	// archive.
	Mode *uint32
	// Excludes are the patterns of an ignore file.
	Excludes []string
}

// Into copies into the image below root.
func (c *Copy) Into(root *rootfs.Root) error {
	excludes, err := fileutils.NewPatternMatcher(c.Excludes)
	if err != nil {
		return fmt.Errorf("failed to read the ignore file: %w", err)
	}
	leftOut, err := fileutils.NewPatternMatcher(c.Exclude)
	if err != nil {
		return fmt.Errorf("invalid --exclude: %w", err)
	}
	source := &source{context: c.Context, excludes: excludes, leftOut: leftOut}
	matches, err := source.match(c.Sources, c.Extract, c.Parents)
	if err != nil {
		return err
	}
	folder, rename, err := c.target(root, matches)
	if err != nil {
		return err
	}
	dest, err := root.MkdirAll(folder, c.UID, c.GID, 0o755)
	if err != nil {
		return fmt.Errorf("failed to make the destination: %w", err)
	}
	defer dest.Close()
	for _, match := range matches {
		copied := false
		for _, item := range match.items {
			did, err := c.copyItem(source, item, dest, rename)
			if err != nil {
				return fmt.Errorf("failed to copy %s: %w", item.path, err)
			}
			copied = copied || did
		}
		if !copied {
			return fmt.Errorf("nothing to copy: the ignore file excludes all that %s names", match.pattern)
		}
	}
	return nil
}

// copyItem tells whether the item was copied, and not left out.
func (c *Copy) copyItem(source *source, item item, dest *rootfs.Root, rename string) (bool, error) {
	if skip, err := source.skips(item); skip || err != nil {
		return false, err
	}
	if !item.info.IsDir() {
		if leftOut, err := source.leftOut.IsMatch(path.Base(item.path)); leftOut || err != nil {
			return true, err // as the user wants it
		}
	}
	sink := newSink(dest, c.UID, c.GID)
	var err error
	switch {
	case item.info.IsDir():
		if item.below != "" {
			err = c.copyParents(source, item.path, item.below, sink)
		}
		err = errors.Join(err, c.copyFolder(source, item.path, item.below, sink))
	case item.isArchive:
		err = extract(c.Context, item.path, sink)
	default:
		name := rename
		switch {
		case item.below != "":
			name = item.below
			err = c.copyParents(source, path.Dir(item.path), path.Dir(name), sink)
		case name == "":
			name = path.Base(item.path)
		}
		if err == nil {
			err = c.copyFile(source, item.path, item.info, name, sink)
		}
	}
	// A folder that the ignore file excludes is read for what it may bring back.
	excluded, matchErr := source.isExcluded(item.path)
	return sink.entries > 0 || !excluded, errors.Join(err, matchErr, sink.close())
}

// target decides between a folder to copy into and a new name in a folder.
func (c *Copy) target(root *rootfs.Root, matches []match) (folder, rename string, err error) {
	mustBeFolder := strings.HasSuffix(c.Dest, "/") || strings.HasSuffix(c.Dest, "/.") || len(c.Sources) > 1 || c.Parents
	first := matches[0].items[0]
	for _, match := range matches { // more than one file can only be in a folder
		mustBeFolder = mustBeFolder || len(match.items) > 1
	}
	if len(matches) == 1 && (first.info.IsDir() || first.isArchive) {
		mustBeFolder = true
	}
	dest := rootfs.Clean(c.Dest)
	kind, err := kindOf(root, dest)
	if err != nil {
		return "", "", err
	}
	switch {
	case kind == unix.S_IFDIR, kind == 0 && mustBeFolder:
		return dest, "", nil
	case kind != 0 && mustBeFolder:
		return "", "", fmt.Errorf("the destination %s is not a folder", c.Dest)
	}
	return path.Dir(dest), path.Base(dest), nil
}

// kindOf returns the type bits of what a path leads to, 0 if nothing is there.
func kindOf(root *rootfs.Root, name string) (uint32, error) {
	fd, err := root.OpenIn(name, unix.O_PATH)
	if errors.Is(err, unix.ENOENT) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("failed to look at the destination /%s: %w", name, err)
	}
	defer unix.Close(fd)
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return 0, err
	}
	return info.Mode & unix.S_IFMT, nil
}
