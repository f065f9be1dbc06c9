package jinja

import (
	"slices"

	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// extended is the template that another one extends, and the place where it
// says so.
type extended struct {
	template *Template
	file     string
	at       syntax.Position
}

// TypeName makes it fit into a variable.
func (*extended) TypeName() string { return "Template" }

// render runs the root of the template with the state of the one that extends
// it.
func (e *extended) render(f *frame) error {
	if err := e.template.render(f.state, f.out); err != nil {
		return through(e.file, e.at, err)
	}
	return nil
}

// extendsStatement adds the blocks of another template to the state. The
// template itself is run at the end.
func (c *compiler) extendsStatement(n *syntax.Extends, s scope) statement {
	if !s.toplevel {
		c.fail(n.Position, assertionError, "cannot use extend from a non top-level scope")
	}
	if c.extended {
		c.ended = true
		return func(*frame) error { return runtimeError("extended multiple times") }
	}
	c.extends++
	c.extended = s.always
	name, parent := c.expression(n.Template, s), s.reach(c.parent)
	return func(f *frame) error {
		if parent.get(f) != nil {
			return runtimeError("extended multiple times")
		}
		v, err := name(f)
		if err != nil {
			return err
		}
		t, err := c.environment.get(v)
		if err != nil {
			return through(c.name, n.Position, err)
		}
		parent.set(f, &extended{t, c.name, n.Position})
		for name, b := range t.blocks {
			f.state.blocks[name] = append(f.state.blocks[name], b)
		}
		return nil
	}
}

// blockStatement runs the block of the youngest template that has one of the
// name. At top level, a template that extends another leaves that to it.
func (c *compiler) blockStatement(n *syntax.Block, s scope) statement {
	if s.toplevel && c.extended {
		return nil
	}
	locals := func(*frame) map[string]value.Value { return nil }
	if n.Scoped {
		locals = c.locals(s)
	}
	var parent *reference
	if s.toplevel && c.extends > 0 {
		reached := s.reach(c.parent)
		parent = &reached
	}
	return func(f *frame) error {
		if parent != nil && parent.get(f) != nil {
			return nil
		}
		state := f.state
		if n.Scoped {
			state = state.derived(locals(f))
		}
		if n.Required && len(f.state.blocks[n.Name]) <= 1 {
			return runtimeError("Required block %s not found", quote(n.Name))
		}
		if err := state.blocks[n.Name][0].render(state, f.out); err != nil {
			return through(c.name, n.Position, err)
		}
		return nil
	}
}

// super returns what the variable super is in a block.
func (s *State) super(current *block) value.Value {
	stack := s.blocks[current.name]
	return superOf(blockReference{current.name, s, &stack, slices.Index(stack, current)})
}

// superOf returns the block below another, or undefined.
func superOf(r blockReference) value.Value {
	if r.depth < 0 || r.depth+1 >= len(*r.stack) {
		return &value.Undefined{Hint: "there is no parent block called " + quote(r.name) + "."}
	}
	r.depth++
	return r
}

// blockReference is a block that a template can call: super, or self.name.
type blockReference struct {
	name  string
	state *State
	stack *[]*block
	depth int
}

// TypeName is that of Jinja2's class.
func (blockReference) TypeName() string { return "BlockReference" }

// Module is that of Jinja2's class.
func (blockReference) Module() string { return "jinja2.runtime" }

// Attribute implements [value.Attributer].
func (r blockReference) Attribute(name string) (value.Value, bool) {
	switch name {
	case "super":
		return superOf(r), true
	case "name":
		return r.name, true
	default:
		return nil, false
	}
}

// Call implements [value.Callable].
func (r blockReference) Call(a value.Arguments) (value.Value, error) {
	if _, err := a.Bind("BlockReference.__call__"); err != nil {
		return nil, err
	}
	out := &output{run: r.state.run}
	err := (*r.stack)[r.depth].render(r.state, out)
	return out.text.String(), err
}

// templateReference is the variable self: its items are the blocks.
type templateReference struct{ state *State }

// TypeName is that of Jinja2's class.
func (templateReference) TypeName() string { return "TemplateReference" }

// Module is that of Jinja2's class.
func (templateReference) Module() string { return "jinja2.runtime" }

// Repr names the template.
func (r templateReference) Repr() string { return "<TemplateReference " + quote(r.state.name) + ">" }

// Item implements [value.Itemer].
func (r templateReference) Item(key value.Value) (value.Value, bool, error) {
	name, _ := key.(string)
	stack, ok := r.state.blocks[name]
	return blockReference{name, r.state, &stack, 0}, ok, nil
}
