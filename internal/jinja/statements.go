package jinja

import (
	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// body compiles the statements of a body.
func (c *compiler) body(nodes []syntax.Statement, s scope) statement {
	var all []statement
	for _, n := range nodes {
		if compiled := c.statement(n, s); compiled != nil {
			all = append(all, compiled)
		}
		if c.ended {
			c.ended = false
			break
		}
	}
	return func(f *frame) error {
		for _, run := range all {
			if err := run(f); err != nil {
				return err
			}
		}
		return nil
	}
}

// statement compiles a statement, and counts its steps. It returns nil for one
// that does nothing.
func (c *compiler) statement(node syntax.Statement, s scope) statement {
	do := c.kindOfStatement(node, s)
	if do == nil {
		return nil
	}
	at := node.Pos()
	return func(f *frame) error {
		if err := f.run.step(1); err != nil {
			return locate(c.name, at, err)
		}
		if err := do(f); err != nil {
			return locate(c.name, at, err)
		}
		return nil
	}
}

func (c *compiler) kindOfStatement(node syntax.Statement, s scope) statement {
	switch n := node.(type) {
	case *syntax.Text:
		return c.text(n, s)
	case *syntax.Print:
		return c.print(n, s)
	case *syntax.Set:
		return c.set(n, s)
	case *syntax.SetBlock:
		return c.setBlock(n, s)
	case *syntax.If:
		return c.ifStatement(n, s)
	case *syntax.For:
		return c.loop(n, s)
	case *syntax.Macro:
		return c.macro(n, s)
	case *syntax.CallBlock:
		return c.callBlock(n, s)
	case *syntax.FilterBlock:
		return c.filterBlock(n, s)
	case *syntax.With:
		return c.with(n, s)
	case *syntax.Block:
		return c.blockStatement(n, s)
	case *syntax.Extends:
		return c.extendsStatement(n, s)
	case *syntax.Include:
		return c.include(n, s)
	case *syntax.Import:
		return c.importStatement(n, s)
	default:
		return c.fromImport(n.(*syntax.FromImport), s)
	}
}

// text writes what stands outside of tags.
func (c *compiler) text(n *syntax.Text, s scope) statement {
	return c.unlessExtended(s, func() statement {
		return func(f *frame) error { return f.out.write(n.Data) }
	})
}

// print writes values.
func (c *compiler) print(n *syntax.Print, s scope) statement {
	return c.unlessExtended(s, func() statement {
		values := c.expressions(n.Values, s)
		return func(f *frame) error {
			for _, v := range values {
				printed, err := v(f)
				if err != nil {
					return err
				}
				text, err := str(printed)
				if err != nil {
					return err
				}
				if err := f.out.write(text); err != nil {
					return err
				}
			}
			return nil
		}
	})
}

// unlessExtended compiles what writes nothing once the template extends
// another. What comes after an extends statement that is always run is not even
// looked at.
func (c *compiler) unlessExtended(s scope, compile func() statement) statement {
	if !s.checkOutput {
		return compile()
	}
	if c.extended {
		return nil
	}
	do, parent := compile(), s.reach(c.parent)
	return func(f *frame) error {
		if parent.get(f) != nil {
			return nil
		}
		return do(f)
	}
}

func (c *compiler) set(n *syntax.Set, s scope) statement {
	v, assign, check := c.expression(n.Value, s), c.assignTracked(n.Target, s), c.checkNamespace(n.Target, s)
	return func(f *frame) error {
		if err := check(f); err != nil {
			return err
		}
		result, err := v(f)
		if err != nil {
			return err
		}
		return assign(f, result)
	}
}

// checkNamespace refuses the attribute of what is no namespace, before the
// value is looked at.
func (c *compiler) checkNamespace(target syntax.Expression, s scope) statement {
	n, is := target.(*syntax.NamespaceTarget)
	if !is {
		return func(*frame) error { return nil }
	}
	variable := c.lookup(n.Name, s)
	return func(f *frame) error {
		if _, is := variable.get(f).(*value.Namespace); !is {
			return runtimeError("cannot assign attribute on non-namespace object")
		}
		return nil
	}
}

func (c *compiler) setBlock(n *syntax.SetBlock, s scope) statement {
	inner := s.inner(s.function)
	inner.checkOutput = false
	inner.visitAll(n.Body)
	if n.Filter != nil {
		// Jinja2 forgets to, and fails with an internal error where the
		// filter has a name in its arguments.
		inner.visit(n.Filter)
	}
	enter, body, leave := c.enter(inner), c.body(n.Body, inner), c.leave(inner)
	filter := c.blockFilter(n.Filter, inner)
	assign, check := c.assignTracked(n.Target, s), c.checkNamespace(n.Target, s)
	return func(f *frame) error {
		enter(f)
		defer leave(f)
		text, err := f.capture(body)
		if err != nil {
			return err
		}
		if err := check(f); err != nil {
			return err
		}
		filtered, err := filter(f, text)
		if err != nil {
			return err
		}
		return assign(f, filtered)
	}
}

func (c *compiler) filterBlock(n *syntax.FilterBlock, s scope) statement {
	inner := s.inner(s.function)
	inner.visitAll(syntax.Children(n))
	enter, body, leave := c.enter(inner), c.body(n.Body, inner), c.leave(inner)
	filter := c.blockFilter(n.Filter, inner)
	return func(f *frame) error {
		enter(f)
		defer leave(f)
		text, err := f.capture(body)
		if err != nil {
			return err
		}
		filtered, err := filter(f, text)
		if err != nil {
			return err
		}
		return writeText(f, filtered)
	}
}

// writeText writes what has to be a string: a filter block and a call block do
// not convert what they get.
func writeText(f *frame, v value.Value) error {
	text, is := v.(string)
	if !is {
		return value.Errorf("TypeError", "sequence item 0: expected str instance, %s found", value.TypeName(v))
	}
	return f.out.write(text)
}

func (c *compiler) ifStatement(n *syntax.If, s scope) statement {
	type branch struct {
		test expression
		body statement
	}
	soft := s.softened()
	branches := []branch{{c.expression(n.Test, soft), c.body(n.Body, soft)}}
	for _, elif := range n.Elifs {
		branches = append(branches, branch{c.expression(elif.Test, soft), c.body(elif.Body, soft)})
	}
	otherwise := c.body(n.Else, soft)
	return func(f *frame) error {
		for _, b := range branches {
			ok, err := truth(f, b.test)
			if err != nil {
				return err
			}
			if ok {
				return b.body(f)
			}
		}
		return otherwise(f)
	}
}

// with sets its variables one by one, from values that do not see them.
func (c *compiler) with(n *syntax.With, s scope) statement {
	inner := s.inner(s.function)
	inner.visitAll(n.Targets)
	inner.visitAll(n.Body)
	enter := c.enter(inner)
	values := c.expressions(n.Values, s)
	var targets []assignment
	for _, target := range n.Targets {
		targets = append(targets, c.assign(target, inner))
	}
	body, leave := c.body(n.Body, inner), c.leave(inner)
	return func(f *frame) error {
		enter(f)
		defer leave(f)
		for i, target := range targets {
			v, err := values[i](f)
			if err != nil {
				return err
			}
			if err := target(f, v); err != nil {
				return err
			}
		}
		return body(f)
	}
}
