package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kolla-build/kolla-build/internal/run"
	"github.com/kolla-build/kolla-build/internal/workdir"
)

// contexts makes build contexts, each when its build begins: most images of a tree are
// unchanged, and need none.
type contexts struct {
	*lister
	// dir is where a context lives as long as its build.
	dir string
	// workDir, if not empty, has the contexts of all images, to stay there.
	workDir string
}

// lay makes the complete context of an image and returns its path. It waits for sources
// that are still being fetched. Done removes the context, unless it is to stay.
func (c contexts) lay(ctx context.Context, job run.Job) (dir string, done func(), err error) {
	done = func() {}
	if c.workDir != "" {
		dir = filepath.Join(c.workDir, filepath.FromSlash(job.ContextDir))
	} else {
		dir = filepath.Join(c.dir, job.Name)
		done = func() { _ = os.RemoveAll(dir) } // else it goes with the folder above
		if err := workdir.WriteContext(dir, c.files[job.Name], c.images[job.Name]); err != nil {
			return "", done, err
		}
	}
	if job.Name == baseName {
		if err := copyFiles(c.base, dir); err != nil {
			return "", done, err
		}
	}
	return dir, done, c.sources.Place(ctx, job.Name, dir)
}

// show makes the context of an image that is not built, for who looks at them all.
func (c contexts) show(ctx context.Context, job run.Job) error {
	if c.workDir == "" {
		return nil
	}
	_, _, err := c.lay(ctx, job)
	return err
}

// copyFiles copies files into dir, under the paths that are their keys.
func copyFiles(files map[string]string, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for name, path := range files {
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("failed to read a file for the base image: %w\nsee rpm_setup_config, apt_sources_list and apt_preferences", err)
		}
		if err != nil {
			return fmt.Errorf("failed to read a file for the base image: %w", err)
		}
		err = root.WriteFile(name, data, 0o644)
		if err == nil {
			err = root.Chmod(name, ownFileMode) // whatever the umask
		}
		if err != nil {
			return fmt.Errorf("failed to copy %s into the context of the base image: %w", path, err)
		}
	}
	return nil
}
