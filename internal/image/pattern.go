package image

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
)

// PatternError tells that a pattern is no regular expression, or one that takes
// too long.
type PatternError struct {
	Pattern string
	Err     error
}

func (e *PatternError) Error() string {
	text := fmt.Sprintf("bad pattern %q: %v", e.Pattern, e.Err)
	if strings.IndexAny(e.Pattern, "*+?") == 0 {
		text += "\na pattern is a regular expression, searched for anywhere in a name: leave out the leading " + e.Pattern[:1]
	}
	return text
}

func (e *PatternError) Unwrap() error { return e.Err }

// patternTimeout bounds the search for one pattern in one name. Back-tracking
// takes exponential time with patterns such as (a*)*$.
const patternTimeout = time.Second

// matcher tells whether a pattern is found in an image's name.
type matcher func(name string) (bool, error)

// Named groups are what Python's re module writes differently.
var (
	// The first two pairs pass over what is escaped.
	namedGroups    = strings.NewReplacer(`\\`, `\\`, `\(`, `\(`, `(?P<`, `(?<`)
	namedReference = regexp.MustCompile(`\(\?P=(\w+)\)`)
)

func fromPython(pattern string) string {
	return namedReference.ReplaceAllString(namedGroups.Replace(pattern), `\k<$1>`)
}

// compile is the only place that knows which kind of regular expressions patterns
// are: those of Python's re module, look-around and back-references included. A
// pattern is searched for, not anchored: keystone also finds
// barbican-keystone-listener.
func compile(pattern string) (matcher, error) {
	re, err := regexp2.Compile(fromPython(pattern), regexp2.None)
	if err != nil {
		return nil, &PatternError{Pattern: pattern, Err: err}
	}
	re.MatchTimeout = patternTimeout
	return func(name string) (bool, error) {
		found, err := re.MatchString(name)
		if err != nil {
			return false, &PatternError{Pattern: pattern, Err: fmt.Errorf("it takes more than %v on the name %q", patternTimeout, name)}
		}
		return found, nil
	}, nil
}

// Search returns those of the names in which any of the patterns is found. The
// patterns are as in [Request].
func Search(patterns, names []string) ([]string, error) {
	matchers, err := compileAll(patterns)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, name := range names {
		for _, matches := range matchers {
			match, err := matches(name)
			if err != nil {
				return nil, err
			}
			if match {
				found = append(found, name)
				break
			}
		}
	}
	return found, nil
}
