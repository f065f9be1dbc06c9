package jinja

import (
	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// Function is a function of the program that looks into the state, as those do
// that Python marks with pass_context.
type Function struct {
	Name string
	Do   func(*State, value.Arguments) (value.Value, error)
}

// TypeName is that of a function written in Python.
func (*Function) TypeName() string { return "function" }

// Repr names the function.
func (f *Function) Repr() string { return "<function " + f.Name + ">" }

// arguments evaluates what a function, filter or test is called with, after
// the values that come first.
type arguments func(f *frame, first ...value.Value) (value.Arguments, error)

func (c *compiler) arguments(n syntax.Arguments, s scope) arguments {
	positional := c.expressions(n.Positional, s)
	keywords := make([]expression, len(n.Keywords))
	for i, k := range n.Keywords {
		keywords[i] = c.expression(k.Value, s)
	}
	spread, spreadKeywords := c.spread(n.Spread, s), c.spread(n.SpreadKeywords, s)
	return func(f *frame, first ...value.Value) (value.Arguments, error) {
		var a value.Arguments
		values, err := evaluate(f, positional)
		if err != nil {
			return a, err
		}
		a.Positional = append(first, values...)
		if err := spreadInto(f, &a, spread); err != nil {
			return a, err
		}
		for i, k := range keywords {
			v, err := k(f)
			if err != nil {
				return a, err
			}
			a.Keywords = append(a.Keywords, value.Keyword{Name: n.Keywords[i].Name, Value: v})
		}
		return a, spreadKeywordsInto(f, &a, spreadKeywords)
	}
}

// spread compiles what follows * or **, if there is something.
func (c *compiler) spread(n syntax.Expression, s scope) expression {
	if n == nil {
		return nil
	}
	return c.expression(n, s)
}

func spreadInto(f *frame, a *value.Arguments, spread expression) error {
	if spread == nil {
		return nil
	}
	v, err := spread(f)
	if err != nil {
		return err
	}
	items, err := f.run.items(v)
	if err != nil {
		return value.Errorf("TypeError", "Value after * must be an iterable, not %s", value.TypeName(v))
	}
	a.Positional = append(a.Positional, items...)
	return nil
}

func spreadKeywordsInto(f *frame, a *value.Arguments, spread expression) error {
	if spread == nil {
		return nil
	}
	v, err := spread(f)
	if err != nil {
		return err
	}
	dict, isDict := v.(*value.Dict)
	if !isDict {
		return value.Errorf("TypeError", "argument after ** must be a mapping, not %s", value.TypeName(v))
	}
	for _, e := range dict.Items() {
		name, isText := e.Key.(string)
		if !isText {
			return value.Errorf("TypeError", "keywords must be strings")
		}
		for _, k := range a.Keywords {
			if k.Name == name {
				return value.Errorf("TypeError", "got multiple values for keyword argument %s", quote(name))
			}
		}
		a.Keywords = append(a.Keywords, value.Keyword{Name: name, Value: e.Value})
	}
	return nil
}

func (c *compiler) call(n *syntax.Call, s scope) expression {
	function, arguments := c.expression(n.Function, s), c.arguments(n.Arguments, s)
	state := c.visibleState(s)
	return func(f *frame) (value.Value, error) {
		callee, err := function(f)
		if err != nil {
			return nil, err
		}
		a, err := arguments(f)
		if err != nil {
			return nil, err
		}
		result, err := invoke(f, state, callee, a)
		if err != nil {
			return nil, through(c.name, n.Position, err)
		}
		return result, nil
	}
}

// visibleState returns what gives functions the state: with what the loop or
// the block around the call has set.
func (c *compiler) visibleState(s scope) func(*frame) *State {
	if s.locals == nil {
		return func(f *frame) *State { return f.state }
	}
	slot := s.locals.slot
	return func(f *frame) *State {
		locals, some := f.variables[slot].(map[string]value.Value)
		if !some {
			return f.state
		}
		return f.state.derived(locals)
	}
}

// invoke calls a value.
func invoke(f *frame, state func(*frame) *State, callee value.Value, a value.Arguments) (value.Value, error) {
	switch callee := callee.(type) {
	case *value.Undefined:
		return nil, callee.Misuse()
	case *Function:
		return callee.Do(state(f), a)
	case value.Callable:
		return callee.Call(a)
	default:
		return nil, value.Errorf("TypeError", "'%s' object is not callable", value.TypeName(callee))
	}
}

func (c *compiler) filter(n *syntax.Filter, s scope) expression {
	input, apply := c.expression(n.Input, s), c.applyFilter(n, s)
	return func(f *frame) (value.Value, error) {
		v, err := input(f)
		if err != nil {
			return nil, err
		}
		return apply(f, v)
	}
}

// applyFilter compiles a filter without its input.
func (c *compiler) applyFilter(n *syntax.Filter, s scope) func(*frame, value.Value) (value.Value, error) {
	if advice, refused := refusedFilters[n.Name]; refused && c.environment.filters[n.Name] == nil {
		c.fail(n.Position, assertionError, "the filter %s is not supported: %s", quote(n.Name), advice)
	}
	filter := c.environment.filters[n.Name]
	if filter == nil && !s.soft {
		c.fail(n.Position, assertionError, "No filter named %s.", quote(n.Name))
	}
	arguments := c.arguments(n.Arguments, s)
	return func(f *frame, v value.Value) (value.Value, error) {
		a, err := arguments(f, v)
		if err != nil {
			return nil, err
		}
		if filter == nil {
			return nil, runtimeError("No filter named %s found.", quote(n.Name))
		}
		return filter(f.state, a)
	}
}

// blockFilter compiles the filters of a block, of which the first has no input.
// Without any, the text stays as it is.
func (c *compiler) blockFilter(n *syntax.Filter, s scope) func(*frame, value.Value) (value.Value, error) {
	if n == nil {
		return func(_ *frame, v value.Value) (value.Value, error) { return v, nil }
	}
	input := func(_ *frame, v value.Value) (value.Value, error) { return v, nil }
	if before, chained := n.Input.(*syntax.Filter); chained {
		input = c.blockFilter(before, s)
	}
	apply := c.applyFilter(n, s)
	return func(f *frame, v value.Value) (value.Value, error) {
		v, err := input(f, v)
		if err != nil {
			return nil, err
		}
		v, err = apply(f, v)
		if err != nil {
			return nil, locate(c.name, n.Position, err)
		}
		return v, nil
	}
}

func (c *compiler) test(n *syntax.Test, s scope) expression {
	test := c.environment.tests[n.Name]
	if test == nil && !s.soft {
		c.fail(n.Position, assertionError, "No test named %s.", quote(n.Name))
	}
	input, arguments := c.expression(n.Input, s), c.arguments(n.Arguments, s)
	return func(f *frame) (value.Value, error) {
		v, err := input(f)
		if err != nil {
			return nil, err
		}
		a, err := arguments(f, v)
		if err != nil {
			return nil, err
		}
		if test == nil {
			return nil, runtimeError("No test named %s found.", quote(n.Name))
		}
		return test(f.state, a)
	}
}
