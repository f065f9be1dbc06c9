package config

import (
	"strings"

	"github.com/kolla-build/kolla-build/internal/nearest"
)

// Problem is one thing that is wrong with the configuration.
type Problem struct {
	Text   string // what is wrong, and where
	Remedy string // what to do about it; may be empty
}

// Error holds everything that is wrong with the configuration, so that one run
// tells it all.
type Error struct{ Problems []Problem }

// Error returns the problems one below the other, each followed by its remedy
// on a line of its own.
func (e *Error) Error() string {
	var lines []string
	for _, p := range e.Problems {
		lines = append(lines, p.Text)
		if p.Remedy != "" {
			lines = append(lines, p.Remedy)
		}
	}
	return strings.Join(lines, "\n")
}

// ExitCode is 2, as it is of Python's argparse.
func (*Error) ExitCode() int { return 2 }

// didYouMean offers the name that looks most like word, or nothing.
func didYouMean(word string, names []string) string {
	for _, name := range nearest.Match(word, names, 1) {
		return "did you mean " + name + "?"
	}
	return ""
}
