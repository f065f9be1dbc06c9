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
	idle    []string
}

// Select picks the images in whose name any of patterns is found, and their
// ancestors, but not their descendants. Without patterns it picks all.
//
// Unbuildable maps names of images that cannot be built to the reason; they,
// and all their descendants, are never picked. To pick nothing is an error of
// type *NoMatchError.
func (t *Tree) Select(patterns []string, unbuildable map[string]string) (*Selection, error) {
	matchers, err := compileAll(patterns)
	if err != nil {
		return nil, err
	}
	s := &Selection{tree: t, status: map[*Image]Status{}, reasons: map[*Image]string{}}
	for _, img := range t.images {
		s.begin(img, unbuildable)
	}
	if len(patterns) == 0 {
		for _, img := range t.images {
			s.match(img)
		}
	}
	for i, found := range matchers {
		idle := true
		for _, img := range t.images {
			if found(img.Name) {
				s.match(img)
				idle = false
			}
		}
		if idle {
			s.idle = append(s.idle, patterns[i])
		}
	}
	if len(s.Matched()) == 0 {
		return nil, newNoMatchError(s, patterns, matchers)
	}
	return s, nil
}

// Tree returns the tree that s selects from.
func (s *Selection) Tree() *Tree { return s.tree }

// Status returns Matched, Unmatched or Unbuildable.
func (s *Selection) Status(img *Image) Status { return s.status[img] }

// Reason says why an unbuildable image is so.
func (s *Selection) Reason(img *Image) string { return s.reasons[img] }

// Matched returns the selected images, sorted by name.
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
