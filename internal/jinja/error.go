package jinja

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// Frame is a place in a template.
type Frame struct {
	File         string
	Line, Column int // count from 1; 0 if there is no place to name
}

func (f Frame) String() string {
	if f.Line == 0 {
		return f.File
	}
	return fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
}

// Error is what is wrong with a template, or what went wrong when it was
// rendered.
type Error struct {
	// Kind is the class of the exception that Python would raise.
	Kind    string
	Message string

	// File, Line and Column are where it happened.
	File         string
	Line, Column int

	// Chain is how it came to that place, by calls of macros and blocks, and
	// by include, import and extends, innermost first.
	Chain []Frame

	cause error
}

// Error tells the place, what is wrong and how it came there.
func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s (%s)", Frame{e.File, e.Line, e.Column}, e.Message, e.Kind)
	for _, f := range e.Chain {
		fmt.Fprintf(&text, ", from %s", f)
	}
	return text.String()
}

// Unwrap returns the error of the loader, or of a filter, test or function of
// the program.
func (e *Error) Unwrap() error { return e.cause }

// locate says where an error happened, unless it knows already.
func locate(file string, at syntax.Position, err error) error {
	located := &Error{File: file, Line: at.Line, Column: at.Column, Message: err.Error(), Kind: "RuntimeError"}
	var known *Error
	var raised *value.Error
	var wrong *syntax.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &raised):
		located.Kind, located.Message = raised.Kind, raised.Message
	case errors.As(err, &wrong):
		located.Kind, located.Message = wrong.Kind, wrong.Message
		located.Line, located.Column = wrong.Line, wrong.Column
	}
	located.cause = err
	return located
}

// through adds a place to the chain of an error that came out of another
// macro, block or template, and locates any other.
func through(file string, at syntax.Position, err error) error {
	var known *Error
	if !errors.As(err, &known) {
		return locate(file, at, err)
	}
	known.Chain = append(known.Chain, Frame{file, at.Line, at.Column})
	return known
}

// kindOf returns the class of an error.
func kindOf(err error) string {
	var known *Error
	var raised *value.Error
	switch {
	case errors.As(err, &known):
		return known.Kind
	case errors.As(err, &raised):
		return raised.Kind
	default:
		return ""
	}
}

// runtimeError is what Jinja2 itself raises while it renders.
func runtimeError(format string, arguments ...any) error {
	return value.Errorf("TemplateRuntimeError", format, arguments...)
}
