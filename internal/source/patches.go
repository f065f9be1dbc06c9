package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	patchesDir = "patches"
	seriesName = "series"
)

// epoch is the time of all that goes into a context, so that equal contexts
// are equal archives.
var epoch = time.Unix(0, 0)

// PlacePatches lays the patches of an image into its context: of the folder
// <dir>/<image>, the file series and what it lists. Nothing applies what no series
// lists, and a build must not depend on it. The context has a folder patches in any
// case, since templates copy it. What is there already stays, as with the Python tool.
func PlacePatches(dir, image, contextDir string) (err error) {
	to, err := os.OpenRoot(contextDir)
	if err != nil {
		return err
	}
	defer to.Close()
	defer func() {
		if err != nil {
			err = fmt.Errorf("failed to copy the patches of %s: %w", image, err)
		}
	}()
	if info, err := to.Lstat(patchesDir); err == nil && !info.IsDir() {
		if err := to.Remove(patchesDir); err != nil {
			return err
		}
	}
	if err := to.MkdirAll(patchesDir, 0o700); err != nil {
		return err
	}
	if err := to.Chmod(patchesDir, 0o755); err != nil {
		return err
	}
	if dir != "" {
		if err := copyPatches(filepath.Join(dir, image), to); err != nil {
			return err
		}
	}
	return to.Chtimes(patchesDir, epoch, epoch)
}

func copyPatches(dir string, to *os.Root) error {
	from, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer from.Close()
	names, err := patchNames(from)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := copyFile(from, name, to, path.Join(patchesDir, name)); err != nil {
			return err
		}
	}
	return nil
}

// patchNames returns the files of a folder of patches that count, each once: its
// series, and what that lists. The format is quilt's: a patch and its options per
// line, and comments.
func patchNames(from *os.Root) ([]string, error) {
	text, err := from.ReadFile(seriesName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names := []string{seriesName}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if !filepath.IsLocal(fields[0]) {
			return nil, fmt.Errorf("%s:%d lists %q, which is not below its folder", filepath.Join(from.Name(), seriesName), number, fields[0])
		}
		if _, err := from.Stat(fields[0]); err != nil {
			return nil, fmt.Errorf("%s:%d lists %q: %w", filepath.Join(from.Name(), seriesName), number, fields[0], err)
		}
		names = append(names, path.Clean(fields[0]))
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// copyFile copies a regular file from one root to another, where it gets the
// mode 0644 and the epoch as its time. What is there under that name goes.
func copyFile(fromRoot *os.Root, fromName string, toRoot *os.Root, toName string) (err error) {
	info, err := fromRoot.Stat(fromName)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no file", filepath.Join(fromRoot.Name(), fromName))
	}
	from, err := fromRoot.Open(fromName)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := toRoot.MkdirAll(path.Dir(toName), 0o755); err != nil {
		return err
	}
	if err := toRoot.RemoveAll(toName); err != nil {
		return err
	}
	to, err := toRoot.OpenFile(toName, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	// Between two files, io.Copy lets the kernel share the blocks if it can.
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Chmod(0o644), to.Close(), toRoot.Chtimes(toName, epoch, epoch))
}
