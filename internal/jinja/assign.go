package jinja

import (
	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// assign compiles the assignment to a target. At top level, it is made in the
// state too.
func (c *compiler) assign(target syntax.Expression, s scope) assignment {
	switch t := target.(type) {
	case *syntax.Name:
		return c.assignName(t.Name, s, true)
	case *syntax.NamespaceTarget:
		variable := c.lookup(t.Name, s)
		return func(f *frame, v value.Value) error {
			variable.get(f).(*value.Namespace).Set(t.Attribute, v)
			return nil
		}
	default:
		return c.unpack(target.(*syntax.Tuple), s)
	}
}

// assignName compiles the assignment to a name; export tells whether imports
// see it if it stands at top level.
func (c *compiler) assignName(name string, s scope, export bool) assignment {
	variable := c.lookup(name, s)
	if !s.toplevel {
		return func(f *frame, v value.Value) error {
			variable.set(f, v)
			return nil
		}
	}
	return func(f *frame, v value.Value) error {
		variable.set(f, v)
		f.state.set(name, v, export)
		return nil
	}
}

// assignTracked compiles an assignment of a set statement. In a loop or a block,
// functions that look into the state see it.
func (c *compiler) assignTracked(target syntax.Expression, s scope) assignment {
	assign := c.assign(target, s)
	if s.locals == nil {
		return assign
	}
	names := map[string]reference{}
	syntax.Walk(target, func(n syntax.Node) bool {
		if n, isName := n.(*syntax.Name); isName {
			names[n.Name] = c.lookup(n.Name, s)
		}
		return true
	})
	slot := s.locals.slot
	return func(f *frame, v value.Value) error {
		if err := assign(f, v); err != nil {
			return err
		}
		locals, some := f.variables[slot].(map[string]value.Value)
		if !some {
			locals = map[string]value.Value{}
			f.variables[slot] = locals
		}
		for name, variable := range names {
			locals[name] = variable.get(f)
		}
		return nil
	}
}

// unpack compiles the assignment to names with commas between them.
func (c *compiler) unpack(t *syntax.Tuple, s scope) assignment {
	var targets []assignment
	for _, item := range t.Items {
		targets = append(targets, c.assign(item, s))
	}
	return func(f *frame, v value.Value) error {
		items, err := unpacked(f.run, v, len(targets))
		if err != nil {
			return err
		}
		for i, target := range targets {
			if err := target(f, items[i]); err != nil {
				return err
			}
		}
		return nil
	}
}

// unpacked returns the items of a value that has to have just n of them.
func unpacked(r *run, v value.Value, n int) ([]value.Value, error) {
	next, err := r.iterate(v)
	if err != nil {
		return nil, value.Errorf("TypeError", "cannot unpack non-iterable %s object", value.TypeName(v))
	}
	items := make([]value.Value, 0, n)
	for {
		item, more, err := next()
		switch {
		case err != nil:
			return nil, err
		case !more && len(items) < n:
			return nil, value.Errorf("ValueError", "not enough values to unpack (expected %d, got %d)", n, len(items))
		case !more:
			return items, nil
		case len(items) == n:
			return nil, value.Errorf("ValueError", "too many values to unpack (expected %d)", n)
		}
		items = append(items, item)
	}
}

// gather compiles what makes a value of the variables of a target again.
func (c *compiler) gather(target syntax.Expression, s scope) func(*frame) value.Value {
	t, isTuple := target.(*syntax.Tuple)
	if !isTuple {
		variable := c.lookup(target.(*syntax.Name).Name, s)
		return variable.get
	}
	var parts []func(*frame) value.Value
	for _, item := range t.Items {
		parts = append(parts, c.gather(item, s))
	}
	return func(f *frame) value.Value {
		tuple := make(value.Tuple, len(parts))
		for i, part := range parts {
			tuple[i] = part(f)
		}
		return tuple
	}
}
