// Package workdir writes the build contexts of a run to disk: the tree of
// templates, with each image's rendered Dockerfile beside its Dockerfile.j2.
//
// What it writes depends on nothing but its input: neither on the umask nor on
// the time. All of it goes through an [os.Root], so that no name can lead out
// of the folder.
package workdir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/kolla-build/kolla-build/internal/template"
)

const (
	treeName = "docker" // the folder that is written, as the Python tool calls it
	newName  = ".docker.new"
	// markName is the file that tells a docker folder of ours from one that
	// the user cares for.
	markName = ".kolla-build"
	markText = "The folder docker beside this file is written anew by each run of kolla-build.\n"
)

// epoch is the time of all files, so that equal contexts are equal archives.
var epoch = time.Unix(0, 0)

// Dir is a folder that takes the contexts of a run.
type Dir struct {
	path      string
	root      *os.Root
	temporary bool
}

// Open opens the folder at path, and makes it where it is missing. For an empty
// path it makes a temporary one, which [Dir.Close] removes.
func Open(path string) (*Dir, error) {
	d := &Dir{path: path, temporary: path == ""}
	var err error
	if d.temporary {
		d.path, err = os.MkdirTemp("", "kolla-build-")
	} else {
		err = os.MkdirAll(path, 0o755)
	}
	if err == nil {
		d.root, err = os.OpenRoot(d.path)
	}
	if err != nil {
		return nil, fmt.Errorf("failed to make the folder for the rendered templates: %w\nsee what --work-dir or TMPDIR names", err)
	}
	return d, nil
}

// Path returns the folder that holds the tree.
func (d *Dir) Path() string { return filepath.Join(d.path, treeName) }

// Context returns the folder of an image: its build context.
func (d *Dir) Context(image template.Rendered) string {
	return filepath.Join(d.Path(), filepath.FromSlash(image.Dir))
}

// Close gives the folder back, and removes it if it is temporary.
func (d *Dir) Close() error {
	err := d.root.Close()
	if d.temporary {
		err = errors.Join(err, os.RemoveAll(d.path))
	}
	return err
}

// Write writes the tree and the Dockerfiles of the images for which keep is
// true. The folders of other images are left out, and so are the Dockerfiles
// of images that could not be rendered. What an earlier run wrote is replaced
// at once, when all is written; a folder of the same name that is not ours is
// left alone, and is an error.
func (d *Dir) Write(tree *template.Tree, images []template.Rendered, keep func(name string) bool) error {
	if err := d.claim(); err != nil {
		return err
	}
	err := d.fill(tree, images, keep)
	if err == nil {
		err = d.replace()
	}
	if err != nil {
		_ = d.root.RemoveAll(newName)
		return fmt.Errorf("failed to write the rendered templates to %s: %w", d.Path(), err)
	}
	return nil
}

// claim makes sure that the docker folder is ours to replace.
func (d *Dir) claim() error {
	_, marked := d.root.Lstat(markName)
	_, exists := d.root.Lstat(treeName)
	if marked != nil && exists == nil {
		return fmt.Errorf("refused to replace %s, which kolla-build has not made\nremove it, or give another folder to --work-dir", d.Path())
	}
	if err := d.root.WriteFile(markName, []byte(markText), 0o644); err != nil {
		return fmt.Errorf("failed to write to the folder for the rendered templates: %w\nsee what --work-dir names", err)
	}
	return nil
}

func (d *Dir) fill(tree *template.Tree, images []template.Rendered, keep func(name string) bool) error {
	if err := d.root.RemoveAll(newName); err != nil {
		return err
	}
	w := writer{root: d.root, made: map[string]bool{}}
	if err := w.folder(newName); err != nil {
		return err
	}
	byDir := make(map[string]template.Rendered, len(images))
	for _, image := range images {
		byDir[image.Dir] = image
	}
	for _, f := range tree.Files() {
		if image, found := owner(byDir, f.Path); found && !keep(image.Name) {
			continue
		}
		if err := w.copy(f); err != nil {
			return err
		}
	}
	for _, image := range images {
		if image.Err != nil || !keep(image.Name) {
			continue
		}
		if err := w.text(path.Join(newName, image.Dir, "Dockerfile"), image.Dockerfile); err != nil {
			return err
		}
	}
	return w.finish()
}

// replace puts the new tree into the old one's place.
func (d *Dir) replace() error {
	if err := d.root.RemoveAll(treeName); err != nil {
		return err
	}
	return d.root.Rename(newName, treeName)
}

// owner returns the image whose folder holds the file: the innermost, should
// one image's folder stand in another's.
func owner(byDir map[string]template.Rendered, file string) (template.Rendered, bool) {
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		if image, found := byDir[dir]; found {
			return image, true
		}
	}
	return template.Rendered{}, false
}

// writer writes files and folders with fixed modes and times.
type writer struct {
	root *os.Root
	made map[string]bool // the folders, whose times are set last
}

// copy writes a file of the tree.
func (w *writer) copy(f template.File) error { return w.copyTo(path.Join(newName, f.Path), f) }

func (w *writer) copyTo(name string, f template.File) error {
	from, err := f.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	return w.write(name, f.Mode, from)
}

// text writes a rendered file, in place of one that may have been copied.
func (w *writer) text(name, text string) error {
	if err := w.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	to, err := w.create(name)
	if err != nil {
		return err
	}
	_, err = to.WriteString(text)
	return w.settle(to, name, 0o644, err)
}

func (w *writer) write(name string, mode fs.FileMode, from io.Reader) error {
	to, err := w.create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return w.settle(to, name, mode, err)
}

func (w *writer) create(name string) (*os.File, error) {
	if err := w.folder(path.Dir(name)); err != nil {
		return nil, err
	}
	return w.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// settle closes a file whose content has been written, with err as the
// outcome, and fixes what the umask and the clock have made of it.
func (w *writer) settle(f *os.File, name string, mode fs.FileMode, err error) error {
	return errors.Join(err, f.Chmod(mode), f.Close(), w.root.Chtimes(name, epoch, epoch))
}

// folder makes a folder and those above it.
func (w *writer) folder(name string) error {
	if name == "." || w.made[name] {
		return nil
	}
	if err := w.folder(path.Dir(name)); err != nil {
		return err
	}
	if err := w.root.Mkdir(name, 0o700); err != nil {
		return err
	}
	w.made[name] = true
	return w.root.Chmod(name, 0o755)
}

// finish sets the times of the folders, once nothing more goes into them.
func (w *writer) finish() error {
	for name := range w.made {
		if err := w.root.Chtimes(name, epoch, epoch); err != nil {
			return err
		}
	}
	return nil
}
