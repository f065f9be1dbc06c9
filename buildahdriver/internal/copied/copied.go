// Package copied does without overlay mounts what they do: it lays the layers of an image
// over one another in a plain folder, and tells afterwards what has changed in it.
//
// That is for places where nobody may mount, and for stores on a filesystem that cannot be
// below an overlay, such as the overlay of a container. A file is shared with its layer
// where the filesystem can do that (FICLONE), or where nobody will write to it (a hard
// link); only otherwise is it copied.
//
// In layers, what is gone is marked by files whose names begin with .wh., as in archives of
// layers: device nodes, by which overlays mark it, may not be made in such places. Layers
// with those are understood, too.
package copied

import (
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// How layers tell of files that are gone, as in the OCI image specification, layer.md.
const (
	whiteoutPrefix = ".wh."
	opaqueMark     = whiteoutPrefix + whiteoutPrefix + ".opq"
)

// Tree is a folder that has the files of layers.
type Tree struct {
	dir    string
	layers []string
	shared bool
	before map[string]state // by paths relative to dir; "." is dir itself
	latest unix.Timespec    // change time of what was copied last
	// Copied is how many bytes were copied, and neither cloned nor linked.
	Copied int64
}

// state is by what a file is known to be unchanged.
type state struct {
	inode    uint64
	mode     uint32
	uid, gid uint32
	links    uint64 // not compared if the file is a hard link to the layer's
	size     int64
	modified unix.Timespec
	changed  unix.Timespec // not compared either
	link     bool
}

// Copy fills dir, an empty folder, with the files of layers, given by their folders, the
// topmost first. If share is set, files may be hard links to those of the layers: then
// nobody may write to them or change their owners and modes; to replace them is all right.
func Copy(dir string, layers []string, share bool) (*Tree, error) {
	t := &Tree{dir: dir, layers: layers, shared: share, before: map[string]state{}}
	for _, layer := range slices.Backward(layers) {
		if err := t.add(layer); err != nil {
			return nil, fmt.Errorf("failed to copy the layer in %s: %w", layer, err)
		}
	}
	if err := t.remember(); err != nil {
		return nil, fmt.Errorf("failed to list what was copied: %w", err)
	}
	return t, t.waitForClock()
}

func (t *Tree) add(layer string) error {
	from, err := openFolder(unix.AT_FDCWD, layer)
	if err != nil {
		return err
	}
	defer unix.Close(from)
	to, err := openFolder(unix.AT_FDCWD, t.dir)
	if err != nil {
		return err
	}
	defer unix.Close(to)
	l := &layerCopy{tree: t, links: map[uint64]string{}, root: to}
	return l.folder(from, to, ".")
}

// layerCopy is one layer that is copied.
type layerCopy struct {
	tree  *Tree
	root  int               // the tree's folder
	links map[uint64]string // where files with several names were copied to, by inode
}

// folder lays one folder over another. Every folder on the way was opened as what it is,
// so no link of an image is ever followed.
func (l *layerCopy) folder(from, to int, name string) error {
	children, err := namesIn(from)
	if err != nil {
		return describe(name, err)
	}
	if opaque, err := isOpaque(from, children); err != nil {
		return describe(name, err)
	} else if opaque {
		if err := clearFolder(to); err != nil {
			return describe(name, err)
		}
	}
	for _, child := range children {
		if err := l.thing(from, to, child, path.Join(name, child)); err != nil {
			return describe(path.Join(name, child), err)
		}
	}
	return copyAttributes(from, to)
}

func (l *layerCopy) thing(from, to int, base, name string) error {
	if base == opaqueMark {
		return nil
	}
	if gone, found := strings.CutPrefix(base, whiteoutPrefix); found {
		return removeAll(to, gone)
	}
	var info unix.Stat_t
	if err := unix.Fstatat(from, base, &info, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	switch info.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		return l.subfolder(from, to, base, name)
	case unix.S_IFCHR:
		if info.Rdev == 0 { // an overlay's whiteout
			return removeAll(to, base)
		}
	}
	if err := removeAll(to, base); err != nil {
		return err
	}
	if info.Nlink > 1 {
		if first, seen := l.links[info.Ino]; seen {
			return unix.Linkat(l.root, first, to, base, 0)
		}
		l.links[info.Ino] = name
	}
	if l.tree.shared && info.Mode&unix.S_IFMT == unix.S_IFREG {
		err := unix.Linkat(from, base, to, base, 0)
		if err == nil {
			return nil
		}
		// Too many links, another mount, or not ours to link.
		if !errors.Is(err, unix.EMLINK) && !errors.Is(err, unix.EXDEV) && !errors.Is(err, unix.EPERM) {
			return err
		}
	}
	return l.file(from, to, base, &info)
}

func (l *layerCopy) subfolder(from, to int, base, name string) error {
	source, err := openFolder(from, base)
	if err != nil {
		return err
	}
	defer unix.Close(source)
	target, err := makeFolder(to, base)
	if err != nil {
		return err
	}
	defer unix.Close(target)
	return l.folder(source, target, name)
}

// makeFolder opens a folder, in place of what else has its name.
func makeFolder(dir int, base string) (int, error) {
	fd, err := openFolder(dir, base)
	if err == nil {
		return fd, nil
	}
	if !errors.Is(err, unix.ENOENT) {
		if err := unix.Unlinkat(dir, base, 0); err != nil {
			return -1, err
		}
	}
	if err := unix.Mkdirat(dir, base, 0o700); err != nil {
		return -1, err
	}
	return openFolder(dir, base)
}

// file copies what is no folder.
func (l *layerCopy) file(from, to int, base string, info *unix.Stat_t) error {
	switch info.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		source, err := unix.Openat(from, base, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(source)
		target, err := unix.Openat(to, base, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
		if err != nil {
			return err
		}
		defer unix.Close(target)
		copied, err := copyContents(source, target, info.Size)
		if err != nil {
			return err
		}
		l.tree.Copied += copied
		return copyAttributes(source, target)
	case unix.S_IFLNK:
		target, err := readlink(from, base)
		if err != nil {
			return err
		}
		if err := unix.Symlinkat(target, to, base); err != nil {
			return err
		}
	default:
		if err := unix.Mknodat(to, base, info.Mode, int(info.Rdev)); err != nil { //nolint:gosec // as the kernel gave it
			return err
		}
	}
	return copyAttributesAt(from, to, base, info)
}

// copyContents clones a file where the filesystem can, and copies it otherwise, and
// returns how many bytes were copied.
func copyContents(from, to int, size int64) (int64, error) {
	if size == 0 || unix.IoctlFileClone(to, from) == nil {
		return 0, nil
	}
	for left := size; left > 0; {
		n, err := unix.CopyFileRange(from, nil, to, nil, int(min(left, 1<<30)), 0)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case left == size && err != nil: // this kernel or filesystem cannot
			return size, readAndWrite(from, to)
		case err != nil:
			return 0, err
		case n == 0:
			return 0, errors.New("the file became shorter while it was copied")
		}
		left -= int64(n)
	}
	return size, nil
}

func readAndWrite(from, to int) error {
	buffer := make([]byte, 1<<20)
	for {
		n, err := unix.Read(from, buffer)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if n == 0 || err != nil {
			return err
		}
		for part := buffer[:n]; len(part) > 0; {
			written, err := unix.Write(to, part)
			if err != nil && !errors.Is(err, unix.EINTR) {
				return err
			}
			part = part[max(written, 0):]
		}
	}
}

// remember lists what there is.
func (t *Tree) remember() error {
	return walk(t.dir, func(name string, info *unix.Stat_t) error {
		t.before[name] = stateOf(info, t.shared)
		if later(info.Ctim, t.latest) {
			t.latest = info.Ctim
		}
		return nil
	})
}

func stateOf(info *unix.Stat_t, shared bool) state {
	return state{
		inode: info.Ino, mode: info.Mode, uid: info.Uid, gid: info.Gid, links: uint64(info.Nlink), size: info.Size, //nolint:unconvert // its type differs between architectures
		modified: info.Mtim, changed: info.Ctim,
		// Another build may link it as well, which changes its change time. As long as
		// the layer has it, no other file can have its number.
		link: shared && info.Nlink > 1 && info.Mode&unix.S_IFMT == unix.S_IFREG,
	}
}

// is tells whether nothing has happened to a file.
func (s state) is(info *unix.Stat_t) bool {
	return s.seems(info) && (s.link || s.changed == info.Ctim)
}

// seems tells whether a file looks as it did. Its contents may have been changed by who
// then set the time back, and its extended attributes. A folder's size and links say nothing.
func (s state) seems(info *unix.Stat_t) bool {
	isFolder := info.Mode&unix.S_IFMT == unix.S_IFDIR
	return s.inode == info.Ino && s.mode == info.Mode && s.uid == info.Uid && s.gid == info.Gid && s.modified == info.Mtim &&
		(s.size == info.Size && (s.link || s.links == uint64(info.Nlink)) || isFolder)
}

func later(a, b unix.Timespec) bool {
	return a.Sec > b.Sec || a.Sec == b.Sec && a.Nsec > b.Nsec
}

// waitForClock returns when the clock by which the filesystem dates changes has moved on,
// some milliseconds at most: a change within the same tick could not be told.
func (t *Tree) waitForClock() error {
	probe := t.dir + ".clock"
	defer os.Remove(probe)
	for range 1000 {
		if err := os.WriteFile(probe, []byte{0}, 0o600); err != nil {
			return err
		}
		var info unix.Stat_t
		if err := unix.Lstat(probe, &info); err != nil {
			return err
		}
		if later(info.Ctim, t.latest) {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return errors.New("the times of changed files do not move on")
}

// describe says which file of the image an error is about, unless that is said already.
func describe(name string, err error) error {
	var told pathError
	if err == nil || errors.As(err, &told) {
		return err
	}
	return pathError{name, err}
}

type pathError struct {
	name string
	err  error
}

func (e pathError) Error() string { return fmt.Sprintf("/%s: %v", e.name, e.err) }
func (e pathError) Unwrap() error { return e.err }
