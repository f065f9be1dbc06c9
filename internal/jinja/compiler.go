package jinja

import (
	"fmt"

	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// compiler makes closures of the nodes of one template. Its methods panic with
// an *Error where the template is wrong.
type compiler struct {
	environment *Environment
	name        string
	blocks      map[string]*syntax.Block

	// parent is the variable of the root that holds the template which this
	// one extends, or nil if there is no extends statement.
	parent *variable

	// extends counts the extends statements so far; extended tells that one of
	// them is always run, so that what follows is never written.
	extends  int
	extended bool

	// ended tells that what follows in the same body is never run.
	ended bool
}

// scope is what the compiler knows of the place where a node stands.
type scope struct {
	*symbols

	toplevel    bool // what is set here is set in the state
	always      bool // it stands in no if statement either
	soft        bool // it may never run: filters are checked when it does
	checkOutput bool // nothing is written once the template extends another

	// locals is the variable that holds what set statements have set in a loop
	// or a block, for functions that look into the state; nil elsewhere.
	locals *variable
}

// inner returns a scope within s.
func (s scope) inner(f *function) scope {
	return scope{symbols: newSymbols(f, s.symbols), checkOutput: s.checkOutput}
}

// softened returns the scope for a branch of an if statement or a conditional
// expression, which is the same one but may never run.
func (s scope) softened() scope {
	s.always, s.soft = false, true
	return s
}

// compile resolves what a template means in an environment.
func compile(e *Environment, name string, tree *syntax.Template) (t *Template, err error) {
	defer func() {
		switch problem := recover().(type) {
		case nil:
		case *Error:
			err = problem
		default:
			panic(problem)
		}
	}()
	c := &compiler{environment: e, name: name, blocks: map[string]*syntax.Block{}}
	t = &Template{environment: e, name: name, blocks: map[string]*block{}}
	order := c.collect(tree)
	c.root(t, tree)
	for _, b := range order {
		t.blocks[b.Name] = c.block(t, b)
	}
	return t, nil
}

// fail ends the compilation; compile makes an error of it.
func (c *compiler) fail(at syntax.Position, kind, format string, arguments ...any) {
	panic(&Error{Kind: kind, Message: fmt.Sprintf(format, arguments...), File: c.name, Line: at.Line, Column: at.Column})
}

const assertionError = "TemplateAssertionError"

// collect finds all blocks, however deep they are nested.
func (c *compiler) collect(tree *syntax.Template) (order []*syntax.Block) {
	syntax.WalkAll(tree.Body, func(n syntax.Node) bool {
		if b, isBlock := n.(*syntax.Block); isBlock {
			if c.blocks[b.Name] != nil {
				c.fail(b.Position, assertionError, "block %s defined twice", quote(b.Name))
			}
			c.blocks[b.Name] = b
			order = append(order, b)
		}
		return true
	})
	return order
}

// root compiles what stands outside of blocks, and the call of the template
// that is extended.
func (c *compiler) root(t *Template, tree *syntax.Template) {
	f := &function{}
	s := scope{symbols: newSymbols(f, nil), toplevel: true, always: true}
	if contains[*syntax.Extends](tree.Body) {
		c.parent = f.variable()
		s.checkOutput = true
	}
	var self *variable
	if undeclared(tree.Body, "self")["self"] {
		self = s.parameter("self")
	}
	s.visitAll(tree.Body)
	enter := c.enter(s)
	body := c.body(tree.Body, s)
	parent := c.parent
	t.slots = f.slots
	t.root = func(f *frame) error {
		if self != nil {
			f.variables[self.slot] = templateReference{f.state}
		}
		enter(f)
		if err := body(f); err != nil {
			return err
		}
		if parent == nil || f.variables[parent.slot] == nil {
			return nil
		}
		return f.variables[parent.slot].(*extended).render(f)
	}
}

// block compiles a block. It is a function of its own, not one within the root:
// it sees what the root has set at top level through the state.
func (c *compiler) block(t *Template, node *syntax.Block) *block {
	f := &function{}
	s := scope{symbols: newSymbols(f, nil)}
	s.locals = f.variable()
	b := &block{name: node.Name, template: t, at: node.Position}
	special := undeclared(node.Body, "self", "super")
	if special["self"] {
		b.self = &reference{slot: s.parameter("self").slot}
	}
	if special["super"] {
		b.super = &reference{slot: s.parameter("super").slot}
	}
	s.visitAll(node.Body)
	b.body = c.scoped(node.Body, s)
	b.slots = f.slots
	return b
}

// contains tells whether there is a node of a type.
func contains[N syntax.Node](nodes []syntax.Node) bool {
	found := false
	syntax.WalkAll(nodes, func(n syntax.Node) bool {
		_, is := n.(N)
		found = found || is
		return !found
	})
	return found
}

// enter returns what gives the variables of a scope their first values.
func (c *compiler) enter(s scope) func(*frame) {
	type load struct {
		slot  int
		from  originKind
		name  string
		alias reference
	}
	var loads []load
	for v, o := range s.origins {
		l := load{slot: v.slot, from: o.kind, name: o.name}
		if o.kind == fromOuter {
			l.alias = s.reach(o.alias)
		}
		loads = append(loads, l)
	}
	return func(f *frame) {
		for _, l := range loads {
			switch l.from {
			case fromContext:
				f.variables[l.slot], _ = f.state.Lookup(l.name)
			case fromOuter:
				f.variables[l.slot] = l.alias.get(f)
			case fromNowhere:
				f.variables[l.slot] = nil
			}
		}
	}
}

// leave returns what forgets the variables of a scope, so that a macro that
// outlives it does not see them.
func (c *compiler) leave(s scope) func(*frame) {
	var slots []int
	for v := range s.origins {
		slots = append(slots, v.slot)
	}
	return func(f *frame) {
		for _, slot := range slots {
			f.variables[slot] = nil
		}
	}
}

// scoped compiles a body that has a scope of its own.
func (c *compiler) scoped(nodes []syntax.Statement, s scope) statement {
	enter, body, leave := c.enter(s), c.body(nodes, s), c.leave(s)
	return func(f *frame) error {
		enter(f)
		err := body(f)
		leave(f)
		return err
	}
}

// reach returns how a variable is seen from the scope.
func (s scope) reach(v *variable) reference {
	r := reference{slot: v.slot}
	for f := s.function; f != v.function; f = f.outer {
		r.depth++
	}
	return r
}

// lookup returns the variable that a name means.
func (c *compiler) lookup(name string, s scope) reference {
	return s.reach(s.find(name))
}

// locals returns what an include, an import or a scoped block sees of the
// variables that are set around it.
func (c *compiler) locals(s scope) func(*frame) map[string]value.Value {
	type local struct {
		name string
		reference
	}
	var all []local
	seen := map[string]bool{}
	for symbols := s.symbols; symbols != nil; symbols = symbols.outer {
		for name := range symbols.stores {
			if !seen[name] {
				seen[name] = true
				all = append(all, local{name, s.reach(s.find(name))})
			}
		}
	}
	return func(f *frame) map[string]value.Value {
		values := make(map[string]value.Value, len(all))
		for _, l := range all {
			if v := l.get(f); v != nil {
				values[l.name] = v
			}
		}
		return values
	}
}
