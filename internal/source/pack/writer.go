package pack

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"
)

// Writer writes an archive with everything in one top folder. What it writes
// depends on names, content and whether a file may be executed, and on nothing
// else: owners are 0, times the epoch, modes 0644 or 0755.
type Writer struct {
	tar   *tar.Writer
	top   string
	rules *rules
}

// NewWriter begins an archive with the top folder, whose name is no path.
func NewWriter(w io.Writer, top string) (*Writer, error) {
	if top != path.Base(top) {
		return nil, &EntryError{Entry: top, Reason: "is no name for the folder at the top of an archive"}
	}
	p := &Writer{tar: tar.NewWriter(w), rules: newRules(true), top: top}
	return p, p.Folder(".")
}

// NewForeignWriter is like [NewWriter], for a tree of somebody else's: by the rules of
// [Check], no symbolic link may lead out of it.
func NewForeignWriter(w io.Writer, top string) (*Writer, error) {
	p, err := NewWriter(w, top)
	if p != nil {
		p.rules.outward = false
	}
	return p, err
}

// Folder adds a folder.
func (w *Writer) Folder(name string) error {
	return w.add(&tar.Header{Typeflag: tar.TypeDir, Name: path.Join(w.top, name) + "/", Mode: 0o755})
}

// Symlink adds a symbolic link. It may lead anywhere, unless the tree is foreign.
func (w *Writer) Symlink(name, target string) error {
	return w.add(&tar.Header{Typeflag: tar.TypeSymlink, Name: path.Join(w.top, name), Linkname: target, Mode: 0o777})
}

// File adds a file of exactly size bytes. Of its mode, only the owner's right to
// execute it matters.
func (w *Writer) File(name string, mode fs.FileMode, size int64, content io.Reader) error {
	fixed := int64(0o644)
	if mode&0o100 != 0 {
		fixed = 0o755
	}
	if err := w.add(&tar.Header{Typeflag: tar.TypeReg, Name: path.Join(w.top, name), Mode: fixed, Size: size}); err != nil {
		return err
	}
	n, err := io.Copy(w.tar, content)
	if errors.Is(err, tar.ErrWriteTooLong) || err == nil && n != size {
		return errChanged(name)
	}
	return err
}

func errChanged(name string) error { return fmt.Errorf("file %q changed while it was read", name) }

// Archive adds the entries of another archive, by the rules of [Check]; with
// own, symbolic links may lead out of it. Several archives can share folders,
// but none writes below a link or over a file of another.
func (w *Writer) Archive(r io.Reader, own bool) error {
	a, err := openArchive(r, newRules(own))
	if err != nil {
		return err
	}
	defer a.close()
	for {
		e, err := a.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = w.entry(e, a.tar)
		}
		if err != nil {
			return err
		}
	}
}

func (w *Writer) entry(e entry, content io.Reader) error {
	switch e.Typeflag {
	case tar.TypeDir:
		return w.Folder(e.name)
	case tar.TypeSymlink:
		return w.Symlink(e.name, e.Linkname)
	case tar.TypeLink:
		return w.add(&tar.Header{Typeflag: tar.TypeLink, Name: path.Join(w.top, e.name), Linkname: path.Join(w.top, e.target), Mode: 0o644})
	default:
		return w.File(e.name, fs.FileMode(e.Mode), e.Size, content) //nolint:gosec // nine bits matter
	}
}

// add writes a header if the rules allow.
func (w *Writer) add(h *tar.Header) error {
	if _, _, err := w.rules.admit(h); err != nil {
		return err
	}
	h.ModTime = time.Unix(0, 0)
	return w.tar.WriteHeader(h)
}

// Close ends the archive.
func (w *Writer) Close() error { return w.tar.Close() }
