package image

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
)

// PatternError tells that a pattern is no regular expression.
type PatternError struct {
	Pattern string
	Err     error
}

func (e *PatternError) Error() string {
	text := fmt.Sprintf("bad pattern %q: %v", e.Pattern, e.Err)
	var bad *syntax.Error
	if !errors.As(e.Err, &bad) {
		return text
	}
	text = fmt.Sprintf("bad pattern %q: %s at %q", e.Pattern, bad.Code, bad.Expr)
	switch bad.Code {
	case syntax.ErrInvalidPerlOp, syntax.ErrInvalidEscape:
		text += "\nlook-around and back-references are not known here"
	case syntax.ErrMissingRepeatArgument:
		text += "\na pattern is a regular expression, searched for anywhere in a name: leave out the leading " + bad.Expr
	}
	return text
}

func (e *PatternError) Unwrap() error { return e.Err }

// matcher tells whether a pattern is found in an image's name.
type matcher func(name string) bool

// compile is the only place that knows which kind of regular expressions
// patterns are. A pattern is searched for, not anchored: keystone also finds
// barbican-keystone-listener.
func compile(pattern string) (matcher, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, &PatternError{Pattern: pattern, Err: err}
	}
	return re.MatchString, nil
}
