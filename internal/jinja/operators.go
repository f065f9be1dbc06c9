package jinja

import (
	"fmt"
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

func (c *compiler) unary(n *syntax.Unary, s scope) expression {
	operand := c.expression(n.Operand, s)
	if n.Operator == "not" {
		return func(f *frame) (value.Value, error) {
			ok, err := truth(f, operand)
			return !ok, err
		}
	}
	apply := value.Negate
	if n.Operator == "+" {
		apply = value.Positive
	}
	return func(f *frame) (value.Value, error) {
		v, err := operand(f)
		if err != nil {
			return nil, err
		}
		return apply(v)
	}
}

// truth evaluates an expression and tells whether it is true.
func truth(f *frame, e expression) (bool, error) {
	v, err := e(f)
	if err != nil {
		return false, err
	}
	return value.Truth(v)
}

func (c *compiler) binary(n *syntax.Binary, s scope) expression {
	left, right := c.expression(n.Left, s), c.expression(n.Right, s)
	return func(f *frame) (value.Value, error) {
		a, err := left(f)
		if err != nil {
			return nil, err
		}
		b, err := right(f)
		if err != nil {
			return nil, err
		}
		return value.Binary(n.Operator, a, b)
	}
}

// logical gives one of its operands, not a bool.
func (c *compiler) logical(n *syntax.Logical, s scope) expression {
	left, right := c.expression(n.Left, s), c.expression(n.Right, s)
	return func(f *frame) (value.Value, error) {
		v, err := left(f)
		if err != nil {
			return nil, err
		}
		ok, err := value.Truth(v)
		if err != nil || ok == (n.Operator == "or") {
			return v, err
		}
		return right(f)
	}
}

func (c *compiler) concat(n *syntax.Concat, s scope) expression {
	parts := c.expressions(n.Parts, s)
	return func(f *frame) (value.Value, error) {
		values, err := evaluate(f, parts)
		if err != nil {
			return nil, err
		}
		var joined strings.Builder
		for _, v := range values {
			text, err := str(v)
			if err != nil {
				return nil, err
			}
			if joined.WriteString(text); joined.Len() > value.MaxText {
				return nil, value.Errorf("MemoryError", "text of more than %d MiB", value.MaxText>>20)
			}
		}
		return joined.String(), nil
	}
}

// compare evaluates each operand once, and no more of them than needed.
func (c *compiler) compare(n *syntax.Compare, s scope) expression {
	first := c.expression(n.First, s)
	var rest []expression
	for _, r := range n.Rest {
		rest = append(rest, c.expression(r.Operand, s))
	}
	return func(f *frame) (value.Value, error) {
		left, err := first(f)
		if err != nil {
			return nil, err
		}
		for i, operand := range rest {
			right, err := operand(f)
			if err != nil {
				return nil, err
			}
			ok, err := compared(n.Rest[i].Operator, left, right)
			if err != nil || !ok {
				return false, err
			}
			left = right
		}
		return true, nil
	}
}

func compared(operator string, left, right value.Value) (bool, error) {
	switch operator {
	case "==":
		return value.Equal(left, right)
	case "!=":
		ok, err := value.Equal(left, right)
		return !ok, err
	case "in":
		return value.Contains(right, left)
	case "not in":
		ok, err := value.Contains(right, left)
		return !ok, err
	default:
		return value.Compare(operator, left, right)
	}
}

func (c *compiler) conditional(n *syntax.Conditional, s scope) expression {
	soft := s.softened()
	test, then, otherwise := c.expression(n.Test, soft), c.expression(n.Then, soft), c.expression(n.Else, soft)
	if n.Else == nil {
		undefined := &value.Undefined{Hint: fmt.Sprintf(
			"the inline if-expression on %s evaluated to false and no else section was defined.", c.position(n))}
		otherwise = func(*frame) (value.Value, error) { return undefined, nil }
	}
	return func(f *frame) (value.Value, error) {
		ok, err := truth(f, test)
		switch {
		case err != nil:
			return nil, err
		case ok:
			return then(f)
		default:
			return otherwise(f)
		}
	}
}

// position names a place as the messages of Jinja2 do.
func (c *compiler) position(n syntax.Node) string {
	return fmt.Sprintf("line %d in %s", n.Pos().Line, quote(c.name))
}
