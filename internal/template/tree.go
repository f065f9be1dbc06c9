// Package template turns a tree of Jinja2 templates into Dockerfiles.
//
// A [Tree] is one or several folders of templates laid over one another. Every
// folder in it that holds a Dockerfile.j2 is an image. [Render] gives each of
// them its Dockerfile, from [Variables] that stand for the whole run.
//
// The package only reads the file systems it is given: values in, values out.
package template

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

const (
	templateName = "Dockerfile.j2" // marks a folder as an image, to be rendered
	plainName    = "Dockerfile"    // does so as well, where there is no template

	// maxDepth bounds how deep folders may nest, links to folders included.
	maxDepth = 40
)

// Root is one folder of templates.
type Root struct {
	name  string // as messages call it
	files fs.FS
	// folder is what files cannot do by themselves. It is nil for files that are part of
	// the program: those have no permissions, which are guessed, and no links.
	folder Folder
}

// Folder is a folder on disk. Package templatedir opens one: this package touches no
// disk but through its files.
type Folder interface {
	io.Closer
	// SameFile tells whether two of its files or folders are one, reached by different paths.
	SameFile(a, b fs.FileInfo) bool
}

// EmbeddedRoot makes a root of files that are part of the program. Messages
// call it name.
func EmbeddedRoot(name string, files fs.FS) Root {
	return Root{name: name, files: files}
}

// FolderRoot makes a root of the files of a folder on disk, which messages call name. The
// root owns the folder.
func FolderRoot(name string, files fs.FS, folder Folder) Root {
	return Root{name: name, files: files, folder: folder}
}

// Name returns what messages call the root: for a folder on disk, its path.
func (r Root) Name() string { return r.name }

// Embedded tells whether the root is part of the program rather than on disk.
func (r Root) Embedded() bool { return r.folder == nil }

// Close gives the folder back.
func (r Root) Close() error {
	if r.folder == nil {
		return nil
	}
	return r.folder.Close()
}

// Tree is a set of roots laid over one another: of a file that stands in
// several of them, only the last one counts. It is not changed after [Load],
// and may be used by several goroutines.
type Tree struct {
	files  map[string]File
	images []Image
	roots  []Root
}

// File is one file of a tree. It is a regular file, or was reached by a
// symbolic link.
type File struct {
	Path string      // within the tree, with slashes
	Mode fs.FileMode // the permissions only
	time time.Time   // when it was changed; the zero time if it is embedded
	root Root
}

// Open opens the file for reading.
func (f File) Open() (fs.File, error) { return f.root.files.Open(f.Path) }

// Location returns the path by which a user finds the file.
func (f File) Location() string { return path.Join(f.root.name, f.Path) }

// Image is a folder of the tree that becomes an image.
type Image struct {
	Name string // the folder's base name
	Dir  string // the folder, within the tree
	// Template tells whether the folder's Dockerfile has to be rendered.
	Template bool
}

// Load reads the roots, of which later ones are laid over earlier ones. The
// error names everything that is wrong: folders that cannot be read, links
// that lead out of their root, files that are neither files nor folders, two
// folders for one image, and no image at all.
func Load(roots ...Root) (*Tree, error) {
	t := &Tree{files: map[string]File{}, roots: roots}
	var problems []error
	for _, root := range roots {
		w := walker{tree: t, root: root}
		w.folder(".", nil)
		problems = append(problems, w.problems...)
	}
	problems = append(problems, t.findImages()...)
	if len(problems) == 0 && len(t.images) == 0 {
		problems = append(problems, t.noImages())
	}
	return t, errors.Join(problems...)
}

// Images returns the images of the tree, sorted by name.
func (t *Tree) Images() []Image { return slices.Clone(t.images) }

// Roots returns the roots of which the tree was made.
func (t *Tree) Roots() []Root { return slices.Clone(t.roots) }

// Files returns the files of the tree, sorted by path.
func (t *Tree) Files() []File {
	files := make([]File, 0, len(t.files))
	for _, f := range t.files {
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files
}

// Newest returns when the tree was changed last. That of embedded files is the
// zero time.
func (t *Tree) Newest() time.Time {
	var newest time.Time
	for _, f := range t.files {
		if f.time.After(newest) {
			newest = f.time
		}
	}
	return newest
}

// Has tells whether the tree has a file, by its path.
func (t *Tree) Has(name string) bool {
	_, found := t.files[name]
	return found
}

// Mentions tells whether one of the templates has the word in it.
func (t *Tree) Mentions(word string) bool {
	for _, f := range t.files {
		if path.Ext(f.Path) != ".j2" {
			continue
		}
		if source, err := readSource(t, f.Path); err == nil && strings.Contains(source, word) {
			return true
		}
	}
	return false
}

// Open opens a file of the tree, which thereby is an [fs.FS] without folders.
func (t *Tree) Open(name string) (fs.File, error) {
	f, ok := t.files[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.Open()
}

// findImages collects the images, and a problem for each name that more than
// one folder claims.
func (t *Tree) findImages() []error {
	var problems []error
	dirs := map[string]string{}
	for _, f := range t.Files() {
		dir, base := path.Split(f.Path)
		dir = path.Clean(dir)
		if dir == "." || base != templateName && base != plainName {
			continue
		}
		if _, both := t.files[path.Join(dir, templateName)]; both && base == plainName {
			continue
		}
		name := path.Base(dir)
		if other, taken := dirs[name]; taken {
			problems = append(problems, fmt.Errorf("two folders make the image %q: %s and %s\nrename one of them, or remove it",
				name, other, path.Dir(f.Location())))
			continue
		}
		dirs[name] = path.Dir(f.Location())
		t.images = append(t.images, Image{Name: name, Dir: dir, Template: base == templateName})
	}
	slices.SortFunc(t.images, func(a, b Image) int { return strings.Compare(a.Name, b.Name) })
	return problems
}

// noImages says why there is nothing to build, as far as the tree shows it.
func (t *Tree) noImages() error {
	var names []string
	for _, r := range t.roots {
		names = append(names, r.name)
	}
	where := strings.Join(names, ", ")
	if _, found := t.files[templateName]; found {
		return fmt.Errorf("the folder of one image was given in place of a folder of images: %s\ngive its parent folder to --docker-dir", where)
	}
	return fmt.Errorf("no %s in any folder of %s\nsee what --docker-dir names", templateName, where)
}
