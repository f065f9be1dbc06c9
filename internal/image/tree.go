// Package image is the tree of images: what each one is called, what it is
// built from, which of them a user has asked for, and what becomes of them.
// It touches neither disk nor network.
package image

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/distribution/reference"
)

// Rendered is a template made into a build context: what a tree is made of.
type Rendered struct {
	Name       string // the name of its folder
	Reference  string // as Naming makes it
	ContextDir string
	Dockerfile string // its text
	// Unread tells that the Dockerfile is not known, because nobody needs it. As
	// far as the tree knows, the image is built from nothing.
	Unread bool
}

// Image is one image of a Tree. It never changes once the tree stands.
type Image struct {
	Name       string
	Reference  string
	ContextDir string

	// From is what the last stage of the Dockerfile starts from, as written.
	From string

	// Parent is the image of the tree that From names, nil for a root.
	Parent *Image

	// Needs are all images of the tree that a FROM line names, Parent among
	// them. With several stages there may be more than one.
	Needs []*Image

	// Children are the images whose Parent this is, sorted by name.
	Children []*Image
}

// Tree is a set of images and what each of them is built from. Strictly it is
// a forest, and with Dockerfiles of several stages a graph; it has no cycles.
type Tree struct {
	images []*Image // sorted by name
}

// NewTree joins images to a tree by their FROM lines: an image's parent is
// the one whose reference equals what FROM names, letter by letter. Its error
// tells all that is wrong at once.
func NewTree(rendered []Rendered) (*Tree, error) {
	rendered = slices.Clone(rendered)
	slices.SortStableFunc(rendered, func(a, b Rendered) int { return strings.Compare(a.Name, b.Name) })

	var (
		errs        []error
		t           = &Tree{}
		dirs        = map[string]string{} // name to folder
		byReference = map[string]*Image{}
	)
	for _, r := range rendered {
		if first, twice := dirs[r.Name]; twice {
			errs = append(errs, fmt.Errorf("image %q is defined twice, in %q and in %q", r.Name, first, r.ContextDir))
			continue
		}
		dirs[r.Name] = r.ContextDir
		if err := checkName(r); err != nil {
			errs = append(errs, err)
		}
		img := &Image{Name: r.Name, Reference: r.Reference, ContextDir: r.ContextDir}
		if other := byReference[r.Reference]; other != nil {
			errs = append(errs, fmt.Errorf("images %q and %q have the same reference %q", other.Name, img.Name, img.Reference))
		}
		byReference[r.Reference] = img
		t.images = append(t.images, img)
	}

	froms := map[string]froms{}
	for _, r := range rendered {
		if !r.Unread {
			froms[r.Name] = parseFroms(r.Dockerfile)
		}
	}
	for _, img := range t.images {
		from, read := froms[img.Name]
		if !read {
			continue
		}
		if from.last == "" {
			errs = append(errs, fmt.Errorf("image %q: its Dockerfile has no FROM line", img.Name))
		}
		img.From = from.last
		for _, base := range from.bases {
			if need := byReference[base]; need != nil {
				img.Needs = append(img.Needs, need)
			}
		}
		if img.Parent = byReference[from.last]; img.Parent != nil {
			img.Parent.Children = append(img.Parent.Children, img)
		}
	}
	errs = append(errs, cycles(t.images)...)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return t, nil
}

// Images returns all images, sorted by name. The slice is the tree's own.
func (t *Tree) Images() []*Image { return t.images }

// Lookup returns the image called name, or nil.
func (t *Tree) Lookup(name string) *Image {
	i, found := slices.BinarySearchFunc(t.images, name, func(img *Image, name string) int {
		return cmp.Compare(img.Name, name)
	})
	if !found {
		return nil
	}
	return t.images[i]
}

// component is one part of a repository's path, by the grammar in
// https://github.com/distribution/reference/blob/main/reference.go. An image's
// name must be one, without the slashes that a whole path may have: log files
// and folders are named after it.
var component = regexp.MustCompile(`^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$`)

// maxTag is the longest tag that the grammar allows.
const maxTag = 128

// checkName tells whether registries accept what an image is called.
func checkName(r Rendered) error {
	if !component.MatchString(r.Name) {
		return fmt.Errorf("%q, defined in %q, is no legal image name\n"+
			"use lower-case letters and digits, with single dots, dashes or underscores between them", r.Name, r.ContextDir)
	}
	if i := strings.LastIndex(r.Reference, ":"); len(r.Reference)-i-1 > maxTag && i > strings.LastIndex(r.Reference, "/") {
		return fmt.Errorf("image %q: the tag in %q is longer than %d characters", r.Name, r.Reference, maxTag)
	}
	if _, err := reference.Parse(r.Reference); err != nil {
		return fmt.Errorf("image %q: illegal reference %q: %w\n"+
			"check the registry, the namespace and the tag", r.Name, r.Reference, err)
	}
	return nil
}

// cycles finds images that need each other in a circle. One error names each
// circle, in the order in which its images need one another.
func cycles(images []*Image) []error {
	var (
		errs []error
		path []*Image
		done = map[*Image]bool{}
	)
	var visit func(*Image)
	visit = func(img *Image) {
		if i := slices.Index(path, img); i >= 0 {
			var names strings.Builder
			for _, member := range path[i:] {
				names.WriteString(member.Name + " -> ")
			}
			errs = append(errs, fmt.Errorf("images are built from each other in a circle: %s%s", names.String(), img.Name))
			return
		}
		if done[img] {
			return
		}
		path = append(path, img)
		for _, need := range img.Needs {
			visit(need)
		}
		path = path[:len(path)-1]
		done[img] = true
	}
	for _, img := range images {
		visit(img)
	}
	return errs
}
