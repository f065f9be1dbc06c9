package buildahdriver

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.podman.io/storage"
	"golang.org/x/sys/unix"
)

// What is ours in a store, which may be shared with podman and others:
//
//   - the folder kolla-build beside the store's own, and what we make in it; nothing there is
//     a link, so that nobody else's files are removed through one;
//   - layers with the flag [layerFlag], until an image has them;
//   - images whose metadata has a [mark]; labels would not do, since they are inherited;
//   - working containers whose names have the name of a temporary folder of ours in them.

// ownFolder is where we keep what is ours in the store's folder.
const ownFolder = "kolla-build"

// ownPath is the path of something in our folder of the store at root.
func ownPath(root string, names ...string) string {
	return filepath.Join(root, ownFolder, filepath.Join(names...))
}

// makeOwn makes a folder in our folder of the store at root, or checks that it is one.
func makeOwn(root string, names ...string) (string, error) {
	path := root
	for _, name := range append([]string{ownFolder}, names...) {
		path = filepath.Join(path, name)
		if err := os.Mkdir(path, 0o700); err == nil {
			continue
		} else if !errors.Is(err, os.ErrExist) {
			return "", fmt.Errorf("failed to make a folder in the store: %w", err)
		}
		if err := checkOwn(path); err != nil {
			return "", err
		}
	}
	return path, nil
}

// checkOwn refuses a path that leads elsewhere. Only those who may write to the store can make
// such a link; they must not lose the files that it leads to.
func checkOwn(path string) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return err
	case info.Mode()&os.ModeSymlink != 0:
		return remediedError{
			fmt.Errorf("%s is a symbolic link; what is in there is removed when it is old, and must not be anybody else's", path),
			"remove the link; to have the store elsewhere, move all of it and name the place with --root",
		}
	case !info.IsDir():
		return remediedError{fmt.Errorf("%s is not a folder", path), "move it away"}
	}
	return nil
}

// listOwn lists the names in a folder of ours that name accepts. A folder that is not there has none.
func listOwn(path string, accept func(name string) bool) ([]string, error) {
	for _, folder := range []string{filepath.Dir(path), path} {
		if err := checkOwn(folder); errors.Is(err, os.ErrNotExist) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if accept(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// openOwnFile opens a file of ours for reading and writing, making it if need be.
func openOwnFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|unix.O_NOFOLLOW, 0o600)
	if errors.Is(err, unix.ELOOP) || errors.Is(err, unix.EISDIR) {
		return nil, remediedError{err, "move it away: a file of kolla-build's own belongs there"}
	}
	return file, err
}

// mark tells, in an image's metadata, that and how it came from us.
type mark string

// The marks. The empty one is that of images of others.
const (
	markBuilt  mark = "built"
	markPulled mark = "pulled"
)

// metadata is what an image's metadata has of ours. Next to it is what containers/image
// writes there, which ignores what it does not know.
type metadata struct {
	Mark mark `json:"kolla-build,omitempty"`
}

// markOf reads an image's mark from its metadata.
func markOf(text string) mark {
	var m metadata
	if text == "" || json.Unmarshal([]byte(text), &m) != nil {
		return ""
	}
	return m.Mark
}

// markImage marks an image that a library has made.
func markImage(store storage.Store, id string, m mark) error {
	text, err := store.Metadata(id)
	if err != nil {
		return fmt.Errorf("failed to read the metadata of image %s: %w", id, err)
	}
	if markOf(text) == m {
		return nil
	}
	all := map[string]any{}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			return fmt.Errorf("failed to read the metadata of image %s: %w", id, err)
		}
	}
	all[ownFolder] = m
	encoded, err := json.Marshal(all)
	if err != nil {
		return err
	}
	if err := store.SetMetadata(id, string(encoded)); err != nil {
		return fmt.Errorf("failed to mark image %s: %w", id, err)
	}
	return nil
}
