package jinja

import (
	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

func (c *compiler) expressions(nodes []syntax.Expression, s scope) []expression {
	all := make([]expression, len(nodes))
	for i, n := range nodes {
		all[i] = c.expression(n, s)
	}
	return all
}

// expression compiles an expression. Those that can fail count their steps and
// say where they failed.
func (c *compiler) expression(node syntax.Expression, s scope) expression {
	switch n := node.(type) {
	case nil:
		return func(*frame) (value.Value, error) { return value.None, nil }
	case *syntax.Literal:
		return literal(n.Value)
	case *syntax.Name:
		return c.variable(n, s)
	}
	at, evaluate := node.Pos(), c.kindOfExpression(node, s)
	return func(f *frame) (value.Value, error) {
		if err := f.run.step(1); err != nil {
			return nil, locate(c.name, at, err)
		}
		v, err := evaluate(f)
		if err != nil {
			return nil, locate(c.name, at, err)
		}
		return v, nil
	}
}

func (c *compiler) kindOfExpression(node syntax.Expression, s scope) expression {
	switch n := node.(type) {
	case *syntax.Tuple:
		return c.tuple(n, s)
	case *syntax.List:
		return c.list(n, s)
	case *syntax.Dict:
		return c.dict(n, s)
	case *syntax.Unary:
		return c.unary(n, s)
	case *syntax.Binary:
		return c.binary(n, s)
	case *syntax.Logical:
		return c.logical(n, s)
	case *syntax.Concat:
		return c.concat(n, s)
	case *syntax.Compare:
		return c.compare(n, s)
	case *syntax.Conditional:
		return c.conditional(n, s)
	case *syntax.Attribute:
		return c.attribute(n, s)
	case *syntax.Item:
		return c.item(n, s)
	case *syntax.Call:
		return c.call(n, s)
	case *syntax.Filter:
		return c.filter(n, s)
	default:
		return c.test(n.(*syntax.Test), s)
	}
}

func literal(v any) expression {
	if v == nil {
		v = value.None
	}
	return func(*frame) (value.Value, error) { return v, nil }
}

// variable reads a name. It cannot fail: what is not set is undefined.
func (c *compiler) variable(n *syntax.Name, s scope) expression {
	ref := c.lookup(n.Name, s)
	undefined := undefinedName(n.Name)
	if ref.depth == 0 {
		return func(f *frame) (value.Value, error) {
			if v := f.variables[ref.slot]; v != nil {
				return v, nil
			}
			return undefined, nil
		}
	}
	return func(f *frame) (value.Value, error) {
		if v := ref.get(f); v != nil {
			return v, nil
		}
		return undefined, nil
	}
}

func undefinedName(name string) *value.Undefined {
	return &value.Undefined{Hint: quote(name) + " is undefined"}
}

// evaluate returns the values of several expressions.
func evaluate(f *frame, all []expression) ([]value.Value, error) {
	values := make([]value.Value, len(all))
	for i, e := range all {
		v, err := e(f)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

func (c *compiler) tuple(n *syntax.Tuple, s scope) expression {
	items := c.expressions(n.Items, s)
	return func(f *frame) (value.Value, error) {
		values, err := evaluate(f, items)
		return value.Tuple(values), err
	}
}

func (c *compiler) list(n *syntax.List, s scope) expression {
	items := c.expressions(n.Items, s)
	return func(f *frame) (value.Value, error) {
		values, err := evaluate(f, items)
		return value.NewList(values...), err
	}
}

func (c *compiler) dict(n *syntax.Dict, s scope) expression {
	keys, values := c.expressions(n.Keys, s), c.expressions(n.Values, s)
	return func(f *frame) (value.Value, error) {
		dict := value.NewDict()
		for i := range keys {
			k, err := keys[i](f)
			if err != nil {
				return nil, err
			}
			v, err := values[i](f)
			if err != nil {
				return nil, err
			}
			if err := dict.Set(k, v); err != nil {
				return nil, err
			}
		}
		return dict, nil
	}
}

func (c *compiler) attribute(n *syntax.Attribute, s scope) expression {
	object := c.expression(n.Object, s)
	return func(f *frame) (value.Value, error) {
		v, err := object(f)
		if err != nil {
			return nil, err
		}
		return value.Attribute(v, n.Name)
	}
}

func (c *compiler) item(n *syntax.Item, s scope) expression {
	if bounds, isSlice := n.Key.(*syntax.Slice); isSlice {
		return c.slice(n.Object, bounds, s)
	}
	object, key := c.expression(n.Object, s), c.expression(n.Key, s)
	return func(f *frame) (value.Value, error) {
		v, err := object(f)
		if err != nil {
			return nil, err
		}
		k, err := key(f)
		if err != nil {
			return nil, err
		}
		return value.Item(v, k)
	}
}

func (c *compiler) slice(object syntax.Expression, n *syntax.Slice, s scope) expression {
	parts := c.expressions([]syntax.Expression{object, n.Start, n.Stop, n.Step}, s)
	return func(f *frame) (value.Value, error) {
		v, err := evaluate(f, parts)
		if err != nil {
			return nil, err
		}
		if r, isRange := v[0].(numberRange); isRange {
			return r.slice(v[1], v[2], v[3])
		}
		return value.Slice(v[0], v[1], v[2], v[3])
	}
}
