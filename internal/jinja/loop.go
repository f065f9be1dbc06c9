package jinja

import (
	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// loopCode is a compiled for statement.
type loopCode struct {
	target    assignment
	filter    loopFilter // nil if there is no test
	variable  *reference // of loop, or nil if the body does not use it
	locals    reference  // of what the body sets
	enter     func(*frame)
	body      statement
	leave     func(*frame)
	otherwise statement

	recursive bool
	slots     int // of the function that a recursive loop is
}

// loopFilter makes an iterator that leaves out what does not pass the test.
type loopFilter func(f *frame, iterable value.Value) iterator

// loop compiles a for statement. A recursive one is a function of its own,
// which calls itself when the template calls loop().
func (c *compiler) loop(n *syntax.For, s scope) statement {
	c.checkLoopVariable(n)
	f := s.function
	if n.Recursive {
		f = &function{outer: s.function}
	}
	code := &loopCode{recursive: n.Recursive}
	iterable := c.expression(n.Iterable, s)
	inner := s.inner(f)
	inner.locals = f.variable()
	code.locals = reference{slot: inner.locals.slot}
	if c.isExtended(n) {
		variable := inner.reach(inner.parameter("loop"))
		code.variable = &variable
	}
	inner.parameters(n.Target)
	inner.visitAll(n.Body)
	if n.Test != nil {
		code.filter = c.loopTest(n, s)
	}
	code.target, code.enter, code.body, code.leave = c.assign(n.Target, inner), c.enter(inner), c.body(n.Body, inner), c.leave(inner)
	otherwise := s.inner(f)
	otherwise.visitAll(n.Else)
	code.otherwise = c.scoped(n.Else, otherwise)
	code.slots = f.slots
	return func(f *frame) error {
		v, err := iterable(f)
		if err != nil {
			return err
		}
		if !code.recursive {
			return code.run(f, f, v, 0)
		}
		text, err := code.recurse(f, v, 0)
		if err != nil {
			return err
		}
		return f.out.write(text)
	}
}

// checkLoopVariable refuses whatever sets a variable called loop.
func (c *compiler) checkLoopVariable(n *syntax.For) {
	syntax.Walk(n, func(n syntax.Node) bool {
		if name, isName := n.(*syntax.Name); isName && name.Name == "loop" && name.Use == syntax.Store {
			c.fail(name.Position, assertionError, "Can't assign to special loop variable in for-loop target")
		}
		return true
	})
}

// isExtended tells whether the variable loop is needed.
func (c *compiler) isExtended(n *syntax.For) bool {
	scoped := false
	syntax.Walk(n, func(n syntax.Node) bool {
		b, isBlock := n.(*syntax.Block)
		scoped = scoped || isBlock && b.Scoped
		return true
	})
	return n.Recursive || scoped || undeclared(n.Body, "loop")["loop"]
}

// loopTest compiles the test of a loop, which is a function too. Where the
// target is a tuple, the loop gets a new one of its parts.
func (c *compiler) loopTest(n *syntax.For, s scope) loopFilter {
	f := &function{outer: s.function}
	inner := s.inner(f)
	inner.parameters(n.Target)
	inner.visit(n.Test)
	enter, target, item := c.enter(inner), c.assign(n.Target, inner), c.gather(n.Target, inner)
	test := c.expression(n.Test, inner)
	return func(outer *frame, iterable value.Value) iterator {
		var next iterator
		inside := outer.within(f.slots)
		return func() (value.Value, bool, error) {
			if next == nil {
				enter(inside)
				var err error
				if next, err = inside.run.iterate(iterable); err != nil {
					return nil, false, err
				}
			}
			for {
				v, more, err := next()
				if err != nil || !more {
					return nil, false, err
				}
				if err := target(inside, v); err != nil {
					return nil, false, err
				}
				ok, err := truth(inside, test)
				if err != nil || ok {
					return item(inside), ok, err
				}
			}
		}
	}
}

// recurse runs a recursive loop as a function and returns what it writes.
func (code *loopCode) recurse(outer *frame, iterable value.Value, depth int) (string, error) {
	if err := outer.run.enter(); err != nil {
		return "", err
	}
	defer outer.run.leave()
	f := outer.within(code.slots)
	f.out = &output{run: f.run}
	err := code.run(f, outer, iterable, depth)
	return f.out.text.String(), err
}

// run runs the loop in f; outer is the frame where the statement stands.
func (code *loopCode) run(f, outer *frame, iterable value.Value, depth int) error {
	loop := &loopContext{run: f.run, depth: depth}
	if code.recursive {
		loop.recurse = func(v value.Value) (string, error) { return code.recurse(outer, v, depth+1) }
	}
	if err := loop.over(code, outer, iterable); err != nil {
		return err
	}
	for {
		more, err := loop.advance()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if err := code.once(f, loop); err != nil {
			return err
		}
	}
	code.leave(f)
	if loop.index0 < 0 {
		return code.otherwise(f)
	}
	return nil
}

// once runs the body with the current item.
func (code *loopCode) once(f *frame, loop *loopContext) error {
	if err := code.target(f, loop.current); err != nil {
		return err
	}
	if code.variable != nil {
		code.variable.set(f, loop)
	}
	code.locals.set(f, nil)
	code.enter(f)
	if err := code.body(f); err != nil {
		return err
	}
	return loop.failed
}
