package jinja

import (
	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// Template is a compiled template. Several goroutines may render it at once.
// It is a value too: {% extends %}, {% include %} and {% import %} take one from
// the context in place of a name.
type Template struct {
	environment *Environment
	name        string

	slots  int
	root   statement
	blocks map[string]*block
}

// block is a block of a template.
type block struct {
	name  string
	slots int
	body  statement

	// self and super are the variables of these names, or nil if the block
	// does not use them.
	self, super *reference
}

// TypeName is that of Jinja2's class.
func (*Template) TypeName() string { return "Template" }

// Module is that of Jinja2's class.
func (*Template) Module() string { return "jinja2.environment" }

// Repr names the template.
func (t *Template) Repr() string { return "<Template " + quote(t.name) + ">" }

// Render renders the template with the variables of context, which hide globals
// of the same name. Errors are *Error.
func (t *Template) Render(context map[string]value.Value) (string, error) {
	r := &run{limits: t.environment.Limits, modules: map[*Template]*module{}}
	state := newState(r, t, &layer{context, &layer{t.environment.globals, nil}})
	out := &output{run: r}
	if err := t.render(state, out); err != nil {
		return "", locate(t.name, syntax.Position{}, err)
	}
	return out.text.String(), nil
}

// render runs the root of the template.
func (t *Template) render(state *State, out *output) error {
	if err := state.run.enter(); err != nil {
		return err
	}
	defer state.run.leave()
	return t.root(newFrame(state, out, t.slots))
}

// render runs a block.
func (b *block) render(state *State, out *output) error {
	if err := state.run.enter(); err != nil {
		return err
	}
	defer state.run.leave()
	f := newFrame(state, out, b.slots)
	if b.self != nil {
		b.self.set(f, templateReference{state})
	}
	if b.super != nil {
		b.super.set(f, state.super(b))
	}
	return b.body(f)
}

// quote writes a name as Python's repr does.
func quote(name string) string {
	text, err := value.Repr(name)
	if err != nil {
		return name
	}
	return text
}
