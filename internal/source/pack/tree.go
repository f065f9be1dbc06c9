package pack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
)

// gitName is a folder or, in a submodule, a file that is of no use without its
// repository, and differs between clones of the same commit.
const gitName = ".git"

// Tree adds what is below a folder, sorted by name. Links are added as links
// and never followed; whatever is called ".git" is left out. What is neither
// file nor folder nor link is an error, since a build could not use it.
func (w *Writer) Tree(ctx context.Context, root *os.Root) error { return w.tree(ctx, root, ".") }

func (w *Writer) tree(ctx context.Context, root *os.Root, dir string) error {
	entries, err := readDir(root, dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := path.Join(dir, e.Name())
		switch kind := e.Type(); {
		case e.Name() == gitName:
			continue
		case kind.IsDir():
			if err = w.Folder(name); err == nil {
				err = w.tree(ctx, root, name)
			}
		case kind.IsRegular():
			err = w.copy(root, name)
		case kind == fs.ModeSymlink:
			var target string
			if target, err = root.Readlink(name); err == nil {
				err = w.Symlink(name, target)
			}
		default:
			err = &EntryError{Entry: name, Reason: "is neither a file nor a folder nor a link"}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readDir(root *os.Root, dir string) ([]fs.DirEntry, error) {
	f, err := root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(MaxEntries)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(entries) == MaxEntries {
		return nil, fmt.Errorf("folder %q has %d entries or more", dir, MaxEntries)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// copy adds a file. Should somebody have put a pipe in its place meanwhile,
// opening it does not wait for a writer.
func (w *Writer) copy(root *os.Root, name string) error {
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errChanged(name)
	}
	return w.File(name, info.Mode(), info.Size(), f)
}
