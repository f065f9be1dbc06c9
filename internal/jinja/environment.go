// Package jinja renders Jinja2 templates as Python's Jinja2 3.1 does, byte for
// byte, in a sandboxed environment with the default settings, and raises where
// it raises.
//
// A template is read (package syntax), compiled into Go closures in which every
// variable, filter and test is resolved, and then rendered as often as wanted.
// What values can do is told in package value.
//
// It differs from Python on purpose:
//
//   - Integers have 64 bits, and a rendering has [Limits].
//   - Escaped text is a plain string. The filters e, escape, forceescape, safe
//     and tojson give the text that they give in Python, but a second e escapes
//     it again, and adding to it escapes nothing.
//   - autoescape and the filters random and urlize are refused when a template is
//     compiled, the function lipsum when it is called.
//   - What Python prints with an address in memory is printed without one.
//   - A module imported without context is not kept from one rendering to the
//     next.
//   - A slice of a constant that has no items is an error, not undefined. The
//     filter of a set block may have names in its arguments. An include without
//     context writes to the macro, filter block or set block that it stands in.
package jinja

import (
	"errors"
	"io/fs"
	"maps"
	"sync"

	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// Loader returns the source of a template. An error that is [fs.ErrNotExist]
// becomes a TemplateNotFound.
type Loader func(name string) (source string, err error)

// Filter is what a template calls by value|name(arguments). The filtered value
// is the first of the positional arguments.
type Filter func(state *State, arguments value.Arguments) (value.Value, error)

// Test is what a template calls by value is name(arguments). The tested value
// is the first of the positional arguments.
type Test func(state *State, arguments value.Arguments) (bool, error)

// Environment holds what templates share: filters, tests, globals, and the
// templates that were loaded. Filters, tests and globals have to be added
// before the first template is loaded; from then on several goroutines may use
// it.
type Environment struct {
	// Limits of each rendering.
	Limits Limits

	load    Loader
	filters map[string]Filter
	tests   map[string]Test
	globals map[string]value.Value

	lock   sync.Mutex
	loaded map[string]*Template
}

// New returns an environment with Jinja2's filters, tests and globals.
func New(load Loader) *Environment {
	return &Environment{
		Limits:  defaultLimits,
		load:    load,
		filters: maps.Clone(builtinFilters()),
		tests:   maps.Clone(builtinTests()),
		globals: builtinGlobals(),
		loaded:  map[string]*Template{},
	}
}

// AddFilter adds a filter, or replaces one.
func (e *Environment) AddFilter(name string, filter Filter) { e.filters[name] = filter }

// AddTest adds a test, or replaces one.
func (e *Environment) AddTest(name string, test Test) { e.tests[name] = test }

// AddGlobal adds a variable that every template sees, or replaces one.
func (e *Environment) AddGlobal(name string, v value.Value) { e.globals[name] = v }

// Template returns a template by its name. It is loaded and compiled once.
// Errors are *Error.
func (e *Environment) Template(name string) (*Template, error) {
	e.lock.Lock()
	t := e.loaded[name]
	e.lock.Unlock()
	if t != nil {
		return t, nil
	}
	source, err := e.load(name)
	if err != nil {
		return nil, notLoaded(name, err)
	}
	if t, err = e.FromString(name, source); err != nil {
		return nil, err
	}
	e.lock.Lock()
	defer e.lock.Unlock()
	if first := e.loaded[name]; first != nil {
		return first, nil
	}
	e.loaded[name] = t
	return t, nil
}

// notLoaded is the error for a template that the loader does not give.
func notLoaded(name string, err error) error {
	failed := &Error{Kind: "OSError", Message: err.Error(), File: name, cause: err}
	if errors.Is(err, fs.ErrNotExist) {
		failed.Kind, failed.Message = "TemplateNotFound", "there is no template of this name"
	}
	return failed
}

// FromString compiles a template that is not kept. The name is for messages.
// Errors are *Error.
func (e *Environment) FromString(name, source string) (*Template, error) {
	if len(source) > e.Limits.Source {
		return nil, &Error{Kind: "MemoryError", File: name, Line: 1, Column: 1, Message: "the template is too large"}
	}
	tree, err := syntax.Parse(source)
	if err != nil {
		return nil, locate(name, syntax.Position{}, err)
	}
	return compile(e, name, tree)
}
