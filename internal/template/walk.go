package template

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// walker adds the files of one root to a tree.
type walker struct {
	tree     *Tree
	root     Root
	problems []error
}

// folder adds what stands in dir. Ancestors are the folders above it: a link
// that leads back to one of them would never end.
func (w *walker) folder(dir string, ancestors []fs.FileInfo) {
	info, err := fs.Stat(w.root.files, dir)
	if err != nil {
		w.refuse(dir, err)
		return
	}
	for _, a := range ancestors {
		if w.root.folder != nil && w.root.folder.SameFile(a, info) {
			w.refuse(dir, fmt.Errorf("the link leads to a folder that holds it"))
			return
		}
	}
	if len(ancestors) >= maxDepth {
		w.refuse(dir, fmt.Errorf("more than %d folders within one another", maxDepth))
		return
	}
	entries, err := fs.ReadDir(w.root.files, dir)
	if err != nil {
		w.refuse(dir, err)
	}
	for _, e := range entries {
		w.entry(path.Join(dir, e.Name()), append(ancestors, info))
	}
}

// entry adds a file or a folder. What an earlier root has at the same place
// gives way, be it a file or a folder.
func (w *walker) entry(name string, ancestors []fs.FileInfo) {
	info, err := fs.Stat(w.root.files, name)
	switch {
	case err != nil:
		w.refuse(name, err)
	case info.IsDir():
		delete(w.tree.files, name)
		w.folder(name, ancestors)
	case info.Mode().IsRegular():
		mode, err := w.mode(name, info)
		if err != nil {
			w.refuse(name, err)
			return
		}
		for other := range w.tree.files {
			if strings.HasPrefix(other, name+"/") {
				delete(w.tree.files, other)
			}
		}
		w.tree.files[name] = File{Path: name, Mode: mode, time: info.ModTime(), root: w.root}
	default:
		w.refuse(name, fmt.Errorf("it is neither a file nor a folder, but %s", info.Mode().Type()))
	}
}

// mode returns a file's permissions. An embedded file system has none, so
// scripts are told by their first two characters.
func (w *walker) mode(name string, info fs.FileInfo) (fs.FileMode, error) {
	if !w.root.Embedded() {
		return info.Mode().Perm(), nil
	}
	f, err := w.root.files.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var start [2]byte
	if _, err := io.ReadFull(f, start[:]); err == nil && string(start[:]) == "#!" {
		return 0o755, nil
	}
	return 0o644, nil
}

func (w *walker) refuse(name string, err error) {
	w.problems = append(w.problems, fmt.Errorf("failed to read the templates: %s: %w\nmend or remove it", path.Join(w.root.name, name), err))
}
