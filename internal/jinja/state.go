package jinja

import (
	"maps"
	"slices"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// State is what a template is rendered with; Jinja2 calls it the context. A
// template and those that it extends share one, an included or imported
// template has its own.
type State struct {
	run         *run
	environment *Environment
	name        string // of the template that it was made for

	// given is what the state began with, vars what top-level statements have
	// set since, and exported those of them that an import sees.
	given    *layer
	vars     map[string]value.Value
	exported map[string]bool

	// blocks holds for each name the blocks of the template, of the one that
	// it extends, and so on.
	blocks map[string][]*block
}

// layer is a set of names over others. Nobody changes one that is in use.
type layer struct {
	values map[string]value.Value
	below  *layer
}

func (l *layer) lookup(name string) (value.Value, bool) {
	for ; l != nil; l = l.below {
		if v, ok := l.values[name]; ok {
			return v, true
		}
	}
	return nil, false
}

func newState(r *run, t *Template, given *layer) *State {
	s := &State{
		run: r, environment: t.environment, name: t.name, given: given,
		vars: map[string]value.Value{}, exported: map[string]bool{},
		blocks: make(map[string][]*block, len(t.blocks)),
	}
	for name, b := range t.blocks {
		s.blocks[name] = []*block{b}
	}
	return s
}

// Lookup returns a variable as it is at this moment: what a top-level statement
// of the template has set, what was given to it, or a global. Filters and tests
// do not see what loops, macros and blocks set; a [Function] sees what the loop
// or the block has set in which it is called.
func (s *State) Lookup(name string) (value.Value, bool) {
	if v, ok := s.vars[name]; ok {
		return v, true
	}
	return s.given.lookup(name)
}

// set sets a variable at top level. Names with a leading underscore are not
// exported.
func (s *State) set(name string, v value.Value, export bool) {
	s.vars[name] = v
	switch {
	case name[0] == '_':
	case export:
		s.exported[name] = true
	default:
		delete(s.exported, name)
	}
}

// snapshot returns all variables as they are now, and over them the locals.
func (s *State) snapshot(locals map[string]value.Value) *layer {
	all := s.given
	if len(s.vars) > 0 {
		all = &layer{maps.Clone(s.vars), all}
	}
	if len(locals) > 0 {
		all = &layer{locals, all}
	}
	return all
}

// derived returns the state of a scoped block, which sees the locals of the
// place where it stands.
func (s *State) derived(locals map[string]value.Value) *State {
	d := *s
	d.given = s.snapshot(locals)
	d.vars, d.exported = map[string]value.Value{}, map[string]bool{}
	d.blocks = make(map[string][]*block, len(s.blocks))
	for name, stack := range s.blocks {
		d.blocks[name] = slices.Clone(stack)
	}
	return &d
}
