package jinja

import (
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// get returns the template of a name, or the one that the value is.
func (e *Environment) get(v value.Value) (*Template, error) {
	switch v := v.(type) {
	case *Template:
		return v, nil
	case string:
		return e.Template(v)
	case *value.Undefined:
		return nil, v.Misuse()
	case *value.List, *value.Dict:
		return nil, value.Errorf("TypeError", "unhashable type: '%s'", value.TypeName(v))
	default:
		name, err := str(v)
		if err != nil {
			return nil, err
		}
		return nil, value.Errorf("TemplateNotFound", "%s", name)
	}
}

// choose returns the template of a name, or the first of a list of names that
// there is.
func (e *Environment) choose(r *run, v value.Value) (*Template, error) {
	switch v := v.(type) {
	case string, *value.Undefined, *Template:
		return e.get(v)
	}
	if some, err := value.Truth(v); err != nil || !some {
		return nil, value.Errorf("TemplatesNotFound", "Tried to select from an empty list of templates.")
	}
	names, err := r.items(v)
	if err != nil {
		return nil, err
	}
	var tried []string
	for _, name := range names {
		t, err := e.get(name)
		if err == nil {
			return t, nil
		}
		if kind := kindOf(err); kind != "TemplateNotFound" && kind != "UndefinedError" {
			return nil, err
		}
		tried = append(tried, missingName(name))
	}
	return nil, value.Errorf("TemplatesNotFound", "none of the templates given were found: %s", strings.Join(tried, ", "))
}

// missingName names a template that was not found.
func missingName(name value.Value) string {
	if u, is := name.(*value.Undefined); is {
		return u.Hint
	}
	text, err := str(name)
	if err != nil {
		return value.TypeName(name)
	}
	return text
}

func (c *compiler) include(n *syntax.Include, s scope) statement {
	name, locals := c.expression(n.Template, s), c.locals(s)
	return func(f *frame) error {
		v, err := name(f)
		if err != nil {
			return err
		}
		t, err := c.environment.choose(f.run, v)
		switch {
		case err != nil && n.IgnoreMissing && strings.HasSuffix(kindOf(err), "NotFound"):
			return nil
		case err != nil:
		case n.WithContext:
			err = t.render(newState(f.run, t, f.state.snapshot(locals(f))), f.out)
		default:
			err = t.writeModule(f)
		}
		if err != nil {
			return through(c.name, n.Position, err)
		}
		return nil
	}
}

// writeModule writes what the template writes without context. In a macro or a
// filter block Jinja2 3.1 writes it to the wrong place, which is not followed.
func (t *Template) writeModule(f *frame) error {
	m, err := t.module(f.state, nil)
	if err != nil {
		return err
	}
	return f.out.write(m.body)
}

// module is an imported template. Its attributes are what it exports.
type module struct {
	name  string
	names map[string]value.Value
	body  string
}

// TypeName is that of Jinja2's class.
func (*module) TypeName() string { return "TemplateModule" }

// Module is that of Jinja2's class.
func (*module) Module() string { return "jinja2.environment" }

// Repr names the template.
func (m *module) Repr() string { return "<TemplateModule " + quote(m.name) + ">" }

// Attribute implements [value.Attributer].
func (m *module) Attribute(name string) (value.Value, bool) {
	v, ok := m.names[name]
	return v, ok
}

// makeModule runs a template for what it exports.
func (t *Template) makeModule(r *run, given *layer) (*module, error) {
	state := newState(r, t, given)
	out := &output{run: r}
	if err := t.render(state, out); err != nil {
		return nil, err
	}
	m := &module{name: t.name, names: map[string]value.Value{}, body: out.text.String()}
	for name := range state.exported {
		m.names[name] = state.vars[name]
	}
	return m, nil
}

// module runs a template without context, or returns what it gave last time. It
// sees its own globals, and those of importer that it has not itself.
func (t *Template) module(from *State, importer *Environment) (*module, error) {
	globals := &layer{t.environment.globals, nil}
	if importer != nil && importer != t.environment {
		foreign := map[string]value.Value{}
		for name := range importer.globals {
			if _, own := t.environment.globals[name]; !own {
				foreign[name], _ = from.given.lookup(name)
			}
		}
		if len(foreign) > 0 {
			return t.makeModule(from.run, &layer{foreign, globals})
		}
	}
	if m := from.run.modules[t]; m != nil {
		return m, nil
	}
	m, err := t.makeModule(from.run, globals)
	if err == nil {
		from.run.modules[t] = m
	}
	return m, err
}

// imported compiles what import and from import have in common.
func (c *compiler) imported(template syntax.Expression, withContext bool, s scope, at syntax.Position) func(*frame) (*module, error) {
	name, locals := c.expression(template, s), c.locals(s)
	return func(f *frame) (*module, error) {
		v, err := name(f)
		if err != nil {
			return nil, err
		}
		t, err := c.environment.get(v)
		if err != nil {
			return nil, through(c.name, at, err)
		}
		var m *module
		if withContext {
			m, err = t.makeModule(f.run, f.state.snapshot(locals(f)))
		} else {
			m, err = t.module(f.state, f.state.environment)
		}
		if err != nil {
			return nil, through(c.name, at, err)
		}
		return m, nil
	}
}

func (c *compiler) importStatement(n *syntax.Import, s scope) statement {
	imported := c.imported(n.Template, n.WithContext, s, n.Position)
	assign := c.assignName(n.Target, s, false)
	return func(f *frame) error {
		m, err := imported(f)
		if err != nil {
			return err
		}
		return assign(f, m)
	}
}

func (c *compiler) fromImport(n *syntax.FromImport, s scope) statement {
	imported := c.imported(n.Template, n.WithContext, s, n.Position)
	var targets []assignment
	for _, name := range n.Names {
		targets = append(targets, c.assignName(name.Alias, s, false))
	}
	return func(f *frame) error {
		m, err := imported(f)
		if err != nil {
			return err
		}
		for i, name := range n.Names {
			v, exported := m.Attribute(name.Name)
			if !exported {
				v = &value.Undefined{Hint: "the template " + quote(m.name) + " (imported on " + c.position(n) +
					") does not export the requested name " + quote(name.Name)}
			}
			if err := targets[i](f, v); err != nil {
				return err
			}
		}
		return nil
	}
}
