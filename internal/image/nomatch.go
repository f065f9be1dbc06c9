package image

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kolla-build/kolla-build/internal/nearest"
)

// NoMatchError tells that a selection is empty.
type NoMatchError struct {
	Patterns    []string // what was asked for
	Unbuildable []string // what would match, each as "name: why it cannot be built"
	Nearest     []string // names that may have been meant
}

func (e *NoMatchError) Error() string {
	lines := []string{e.what()}
	lines = append(lines, e.Unbuildable...)
	switch {
	case len(e.Nearest) > 0:
		lines = append(lines, "did you mean "+strings.Join(e.Nearest, " or ")+"?")
	case len(e.Patterns) > 0 && len(e.Unbuildable) == 0:
		lines = append(lines, "see the names with --list-images")
	}
	return strings.Join(lines, "\n")
}

func (e *NoMatchError) what() string {
	if len(e.Patterns) == 0 {
		return "there is no image that can be built"
	}
	quoted := make([]string, len(e.Patterns))
	for i, p := range e.Patterns {
		quoted[i] = fmt.Sprintf("%q", p)
	}
	return "no image that can be built matches " + strings.Join(quoted, " or ")
}

// maxSuggestions is how many names an error offers: more do not help.
const maxSuggestions = 3

// newNoMatchError explains why nothing is selected in s.
func newNoMatchError(s *Selection, patterns []string) *NoMatchError {
	e := &NoMatchError{Patterns: patterns}
	var names []string
	for _, img := range s.tree.images {
		switch {
		case s.status[img] != Unbuildable:
			names = append(names, img.Name)
		case len(patterns) == 0 || slices.Contains(s.found, img):
			e.Unbuildable = append(e.Unbuildable, img.Name+": "+s.reasons[img])
		}
	}
	for _, p := range s.idle {
		// What makes a pattern of a name is no part of the name.
		word := strings.Trim(p, `^$.*+?()\`)
		e.Nearest = append(e.Nearest, nearest.Match(word, names, maxSuggestions)...)
	}
	e.Nearest = e.Nearest[:min(len(e.Nearest), maxSuggestions)]
	return e
}
