package jinja

import (
	"slices"

	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// macroCode is a compiled macro, or the body of a call block.
type macroCode struct {
	name       string // "" for the body of a call block
	file       string
	parameters []macroParameter
	slots      int
	enter      func(*frame)
	body       statement

	// caller, keywords and varargs are the variables that take what is left
	// over, or nil if the body does not use them.
	caller, keywords, varargs *variable

	// usesCaller tells that the body calls its caller, explicitCaller that
	// caller is one of the parameters.
	usesCaller, explicitCaller bool
}

// macroParameter is a parameter; missing is what it is if it is not given.
type macroParameter struct {
	name    string
	slot    int
	missing expression
}

// macroBody compiles a macro or the body of a call block.
func (c *compiler) macroBody(name string, n syntax.Node, signature syntax.Signature, body []syntax.Statement, s scope) *macroCode {
	code := &macroCode{name: name, file: c.name}
	f := &function{outer: s.function}
	inner := s.inner(f)
	inner.checkOutput = false
	c.checkParameters(signature)
	analyse := func() {
		for _, p := range signature.Parameters {
			inner.visit(p)
		}
		inner.visitAll(signature.Defaults)
		inner.visitAll(body)
	}
	analyse()
	c.special(code, n, signature, body, inner)
	analyse()
	required := len(signature.Parameters) - len(signature.Defaults)
	code.enter = c.enter(inner)
	for i, p := range signature.Parameters {
		parameter := macroParameter{name: p.Name, slot: inner.find(p.Name).slot}
		if i >= required {
			parameter.missing = c.expression(signature.Defaults[i-required], inner)
		} else {
			parameter.missing = literal(&value.Undefined{Hint: "parameter " + quote(p.Name) + " was not provided"})
		}
		code.parameters = append(code.parameters, parameter)
	}
	code.body = c.body(body, inner)
	code.slots = f.slots
	return code
}

// special finds out which of the variables caller, kwargs and varargs the body
// uses without setting them.
func (c *compiler) special(code *macroCode, n syntax.Node, signature syntax.Signature, body []syntax.Statement, inner scope) {
	used := undeclared(body, "caller", "kwargs", "varargs")
	required := len(signature.Parameters) - len(signature.Defaults)
	for i, p := range signature.Parameters {
		switch p.Name {
		case "caller":
			code.explicitCaller = true
			if used["caller"] && i < required {
				c.fail(n.Pos(), assertionError, `When defining macros or call blocks the special "caller" argument must be omitted or be given a default.`)
			}
		case "kwargs", "varargs":
			delete(used, p.Name)
		}
	}
	code.usesCaller = used["caller"]
	if used["caller"] && !code.explicitCaller {
		code.caller = inner.parameter("caller")
	}
	if used["kwargs"] {
		code.keywords = inner.parameter("kwargs")
	}
	if used["varargs"] {
		code.varargs = inner.parameter("varargs")
	}
}

// checkParameters refuses two parameters of one name, as Python does.
func (c *compiler) checkParameters(signature syntax.Signature) {
	seen := map[string]bool{}
	for _, p := range signature.Parameters {
		if seen[p.Name] {
			c.fail(p.Position, "SyntaxError", "duplicate argument %s in macro", quote(p.Name))
		}
		seen[p.Name] = true
	}
}

func (c *compiler) macro(n *syntax.Macro, s scope) statement {
	code := c.macroBody(n.Name, n, n.Signature, n.Body, s)
	assign := c.assignName(n.Name, s, true)
	return func(f *frame) error { return assign(f, &macro{code, f}) }
}

func (c *compiler) callBlock(n *syntax.CallBlock, s scope) statement {
	code := c.macroBody("", n, n.Signature, n.Body, s)
	for _, k := range n.Call.Arguments.Keywords {
		if k.Name == "caller" {
			c.fail(n.Call.Position, "SyntaxError", "keyword argument repeated: caller")
		}
	}
	function, arguments := c.expression(n.Call.Function, s), c.arguments(n.Call.Arguments, s)
	state := c.visibleState(s)
	return func(f *frame) error {
		callee, err := function(f)
		if err != nil {
			return err
		}
		a, err := arguments(f)
		if err != nil {
			return err
		}
		a.Keywords = append(a.Keywords, value.Keyword{Name: "caller", Value: &macro{code, f}})
		result, err := invoke(f, state, callee, a)
		if err != nil {
			return through(c.name, n.Call.Position, err)
		}
		return writeText(f, result)
	}
}

// macro is a macro as a value, with the frame that it was made in.
type macro struct {
	code  *macroCode
	outer *frame
}

// TypeName is that of Jinja2's class.
func (*macro) TypeName() string { return "Macro" }

// Module is that of Jinja2's class.
func (*macro) Module() string { return "jinja2.runtime" }

// Repr names the macro.
func (m *macro) Repr() string {
	if m.code.name == "" {
		return "<Macro anonymous>"
	}
	return "<Macro " + quote(m.code.name) + ">"
}

// Attribute implements [value.Attributer].
func (m *macro) Attribute(name string) (value.Value, bool) {
	switch name {
	case "name":
		if m.code.name == "" {
			return value.None, true
		}
		return m.code.name, true
	case "arguments":
		names := value.Tuple{}
		for _, p := range m.code.parameters {
			names = append(names, p.name)
		}
		return names, true
	case "catch_kwargs":
		return m.code.keywords != nil, true
	case "catch_varargs":
		return m.code.varargs != nil, true
	case "caller":
		return m.code.usesCaller, true
	case "explicit_caller":
		return m.code.explicitCaller, true
	default:
		return nil, false
	}
}

// Call implements [value.Callable].
func (m *macro) Call(a value.Arguments) (value.Value, error) {
	r := m.outer.run
	if err := r.enter(); err != nil {
		return nil, err
	}
	defer r.leave()
	f := m.outer.within(m.code.slots)
	f.out = &output{run: r}
	if err := m.code.bind(f, a); err != nil {
		return nil, err
	}
	m.code.enter(f)
	for _, p := range m.code.parameters {
		if f.variables[p.slot] != nil {
			continue
		}
		v, err := p.missing(f)
		if err != nil {
			return nil, err
		}
		f.variables[p.slot] = v
	}
	err := m.code.body(f)
	return f.out.text.String(), err
}

// bind gives the variables of a call their values. What is not given stays
// unset.
func (code *macroCode) bind(f *frame, a value.Arguments) error {
	keywords := value.NewDict()
	for _, k := range a.Keywords {
		if err := keywords.Set(k.Name, k.Value); err != nil {
			return err
		}
	}
	positional := min(len(a.Positional), len(code.parameters))
	if code.hidesCaller(positional) {
		return value.Errorf("TypeError", "macro() takes %d positional arguments but %d were given", len(code.parameters), len(code.parameters)+1)
	}
	for i, p := range code.parameters {
		if i < positional {
			f.variables[p.slot] = a.Positional[i]
		} else if v, given := take(keywords, p.name); given {
			f.variables[p.slot] = v
		}
	}
	if code.caller != nil {
		caller, given := take(keywords, "caller")
		if !given || caller == value.Value(value.None) {
			caller = &value.Undefined{Hint: "No caller defined"}
		}
		f.variables[code.caller.slot] = caller
	}
	switch {
	case code.keywords != nil:
		f.variables[code.keywords.slot] = keywords
	case keywords.Len() > 0:
		return code.unexpected(keywords)
	}
	switch {
	case code.varargs != nil:
		f.variables[code.varargs.slot] = value.Tuple(a.Positional[positional:])
	case positional < len(a.Positional):
		return value.Errorf("TypeError", "macro %s takes not more than %d argument(s)", code.quoted(), len(code.parameters))
	}
	return nil
}

// hidesCaller tells of a mistake of Jinja2: it adds a caller of its own where a
// parameter of that name is given by its place and others are not.
func (code *macroCode) hidesCaller(positional int) bool {
	if !code.explicitCaller || !code.usesCaller || positional == len(code.parameters) {
		return false
	}
	return slices.ContainsFunc(code.parameters[:positional], func(p macroParameter) bool { return p.name == "caller" })
}

// take removes a keyword and returns its value.
func take(keywords *value.Dict, name string) (value.Value, bool) {
	v, given, _ := keywords.Get(name)
	if given {
		_, _ = keywords.Delete(name)
	}
	return v, given
}

// unexpected is the error for keywords that the macro does not take.
func (code *macroCode) unexpected(keywords *value.Dict) error {
	if _, given, _ := keywords.Get("caller"); given {
		return value.Errorf("TypeError", "macro %s was invoked with two values for the special caller argument. This is most likely a bug.", code.quoted())
	}
	name, _ := keywords.Keys()[0].(string)
	return value.Errorf("TypeError", "macro %s takes no keyword argument %s", code.quoted(), quote(name))
}

func (code *macroCode) quoted() string {
	if code.name == "" {
		return "None"
	}
	return quote(code.name)
}
