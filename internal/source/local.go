package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/kolla-build/kolla-build/internal/source/pack"
)

// local packs a folder, or takes a tarball as it is.
func (f *Fetcher) local(ctx context.Context, spec Spec, path string) (fetched, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return fetched{}, err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fetched{}, fmt.Errorf("there is nothing at %s\ncheck the location", path)
	case err != nil:
		return fetched{}, err
	case info.IsDir():
		return f.folder(ctx, spec, path)
	case info.Mode().IsRegular():
		return f.file(ctx, spec, path)
	default:
		return fetched{}, fmt.Errorf("%s is neither a folder nor a file", path)
	}
}

// folder packs a folder as the Python tool does: in a top folder of its name.
func (f *Fetcher) folder(ctx context.Context, spec Spec, path string) (fetched, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return fetched{}, err
	}
	defer root.Close()
	blob, err := f.cache.Write(spec.digest(), func(to io.Writer) error {
		w, err := pack.NewWriter(f.limited(to), filepath.Base(path))
		if err != nil {
			return err
		}
		if err := w.Tree(ctx, root); err != nil {
			return err
		}
		return w.Close()
	})
	if err != nil {
		return fetched{}, fmt.Errorf("failed to pack %s: %w", path, err)
	}
	return fetched{Blob: blob, own: true, how: "packed"}, nil
}

// file copies a tarball into the cache, so that what is checked is what is used.
// Should somebody put a pipe in its place, opening it does not wait for a writer.
func (f *Fetcher) file(ctx context.Context, spec Spec, path string) (fetched, error) {
	from, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return fetched{}, err
	}
	defer from.Close()
	blob, err := f.cache.Write(spec.digest(), func(to io.Writer) error {
		_, err := io.Copy(f.limited(to), withContext(ctx, from))
		return err
	})
	if err != nil {
		return fetched{}, fmt.Errorf("failed to read %s: %w", path, err)
	}
	return fetched{Blob: blob, how: "read"}, nil
}
