package image

import (
	"errors"
	"fmt"
)

// Selection says which images of a tree are wanted.
type Selection struct {
	tree    *Tree
	status  map[*Image]Status
	reasons map[*Image]string // why an image is unbuildable
	found   []*Image          // in whose name a pattern was found
	idle    []string
}

// Request says which images of a tree are wanted.
type Request struct {
	// Patterns are regular expressions of Python's kind, each searched for in
	// the names of images. Without any, all images are wanted.
	Patterns []string
	// Unbuildable maps names of images that cannot be built to the reason.
	Unbuildable map[string]string
	// Existing, if set, tells of a reference whether there is such an image, so
	// that it need not be built: --skip-existing.
	Existing func(reference string) bool
	// SkipParents leaves out images that others are built from: they are taken
	// to be there. With Existing it does nothing, as in the Python tool.
	SkipParents bool
}

// Select picks the images in whose name any of the patterns is found, and their
// ancestors, but not their descendants. Unbuildable images, and all their
// descendants, are never picked. Of the picked ones, some may then be Skipped.
// To pick nothing is an error of type [*NoMatchError]; a pattern that is none
// gives a [*PatternError].
func (t *Tree) Select(request Request) (*Selection, error) {
	matchers, err := compileAll(request.Patterns)
	if err != nil {
		return nil, err
	}
	s := &Selection{tree: t, status: map[*Image]Status{}, reasons: map[*Image]string{}}
	for _, img := range t.images {
		s.begin(img, request.Unbuildable)
	}
	if len(matchers) == 0 {
		for _, img := range t.images {
			s.match(img)
		}
	}
	for i, found := range matchers {
		names, err := s.search(found)
		if err != nil {
			return nil, err
		}
		if len(names) == 0 {
			s.idle = append(s.idle, request.Patterns[i])
		}
		for _, img := range names {
			s.match(img)
			s.found = append(s.found, img)
		}
	}
	if len(s.Matched()) == 0 {
		return nil, newNoMatchError(s, request.Patterns)
	}
	s.skip(request)
	return s, nil
}

// search returns the images in whose name a pattern is found.
func (s *Selection) search(found matcher) ([]*Image, error) {
	var images []*Image
	for _, img := range s.tree.images {
		match, err := found(img.Name)
		if err != nil {
			return nil, err
		}
		if match {
			images = append(images, img)
		}
	}
	return images, nil
}

// skip leaves out what is there already.
func (s *Selection) skip(request Request) {
	for _, img := range s.Matched() {
		switch {
		case request.Existing != nil:
			if request.Existing(img.Reference) {
				s.status[img] = Skipped
			}
		case request.SkipParents && len(img.Children) > 0:
			s.status[img] = Skipped
		}
	}
}

// Tree returns the tree that s selects from.
func (s *Selection) Tree() *Tree { return s.tree }

// Status returns Matched, Skipped, Unmatched or Unbuildable.
func (s *Selection) Status(img *Image) Status { return s.status[img] }

// Reason says why an unbuildable image is so.
func (s *Selection) Reason(img *Image) string { return s.reasons[img] }

// Matched returns the selected images, sorted by name, less those that are
// skipped.
func (s *Selection) Matched() []*Image {
	var matched []*Image
	for _, img := range s.tree.images {
		if s.status[img] == Matched {
			matched = append(matched, img)
		}
	}
	return matched
}

// Idle returns the patterns that are found in no name at all: most likely
// typing errors beside others that do match.
func (s *Selection) Idle() []string { return s.idle }

// begin gives img its first status: Unbuildable if it, or one of its ancestors,
// is listed as such, else Unmatched.
func (s *Selection) begin(img *Image, unbuildable map[string]string) {
	if _, begun := s.status[img]; begun {
		return
	}
	s.status[img] = Unmatched
	if reason, listed := unbuildable[img.Name]; listed {
		s.status[img], s.reasons[img] = Unbuildable, reason
		return
	}
	for _, need := range img.Needs {
		s.begin(need, unbuildable)
		if s.status[need] != Unbuildable {
			continue
		}
		reason := s.reasons[need]
		if _, listed := unbuildable[need.Name]; listed {
			reason = fmt.Sprintf("its parent %s cannot be built: %s", need.Name, reason)
		}
		s.status[img], s.reasons[img] = Unbuildable, reason
		return
	}
}

// match selects img and its ancestors. An image that is buildable has
// buildable ancestors only.
func (s *Selection) match(img *Image) {
	if s.status[img] != Unmatched {
		return
	}
	s.status[img] = Matched
	for _, need := range img.Needs {
		s.match(need)
	}
}

// compileAll compiles patterns, and tells all bad ones at once.
func compileAll(patterns []string) ([]matcher, error) {
	var errs []error
	matchers := make([]matcher, 0, len(patterns))
	for _, p := range patterns {
		m, err := compile(p)
		if err != nil {
			errs = append(errs, err)
		}
		matchers = append(matchers, m)
	}
	return matchers, errors.Join(errs...)
}
