package syntax

import "slices"

// Walk calls visit for node and, while that returns true, for all that is below
// it, in the order in which Jinja2 walks its nodes: what decides whether a
// macro takes a caller depends on it.
func Walk(node Node, visit func(Node) bool) {
	if visit(node) {
		for _, child := range Children(node) {
			Walk(child, visit)
		}
	}
}

// WalkAll walks several nodes.
func WalkAll(nodes []Node, visit func(Node) bool) {
	for _, n := range nodes {
		Walk(n, visit)
	}
}

// Children returns what is directly below a node, in that order.
func Children(node Node) []Node {
	switch n := node.(type) {
	case *Tuple:
		return n.Items
	case *List:
		return n.Items
	case *Dict:
		return pairs(n.Keys, n.Values)
	case *Unary:
		return one(n.Operand)
	case *Binary:
		return join(one(n.Left), one(n.Right))
	case *Logical:
		return join(one(n.Left), one(n.Right))
	case *Concat:
		return n.Parts
	case *Compare:
		operands := one(n.First)
		for _, c := range n.Rest {
			operands = append(operands, c.Operand)
		}
		return operands
	case *Conditional:
		return join(one(n.Test), one(n.Then), one(n.Else))
	case *Attribute:
		return one(n.Object)
	case *Item:
		return join(one(n.Object), one(n.Key))
	case *Slice:
		return join(one(n.Start), one(n.Stop), one(n.Step))
	case *Call:
		return join(one(n.Function), n.Arguments.all())
	case *Filter:
		return join(one(n.Input), n.Arguments.all())
	case *Test:
		return join(one(n.Input), n.Arguments.all())
	default:
		return parts(node)
	}
}

// parts returns the children of a statement.
func parts(statement Statement) []Node {
	switch n := statement.(type) {
	case *Print:
		return n.Values
	case *Set:
		return join(one(n.Target), one(n.Value))
	case *SetBlock:
		return join(one(n.Target), filter(n.Filter), n.Body)
	case *If:
		return join(one(n.Test), n.Body, nodes(n.Elifs), n.Else)
	case *For:
		return join(one(n.Target), one(n.Iterable), n.Body, n.Else, one(n.Test))
	case *Macro:
		return join(nodes(n.Parameters), n.Defaults, n.Body)
	case *CallBlock:
		return join(one(n.Call), nodes(n.Parameters), n.Defaults, n.Body)
	case *FilterBlock:
		return join(n.Body, filter(n.Filter))
	case *With:
		return join(n.Targets, n.Values, n.Body)
	case *Block:
		return n.Body
	case *Extends:
		return one(n.Template)
	case *Include:
		return one(n.Template)
	case *Import:
		return one(n.Template)
	case *FromImport:
		return one(n.Template)
	default:
		return nil
	}
}

func (a Arguments) all() []Node {
	values := slices.Clone(a.Positional)
	for _, k := range a.Keywords {
		values = append(values, k.Value)
	}
	return join(values, one(a.Spread), one(a.SpreadKeywords))
}

func one(n Node) []Node {
	if n == nil {
		return nil
	}
	return []Node{n}
}

func filter(f *Filter) []Node {
	if f == nil {
		return nil
	}
	return []Node{f}
}

func nodes[N Node](list []N) []Node {
	all := make([]Node, len(list))
	for i, n := range list {
		all[i] = n
	}
	return all
}

func pairs(keys, values []Expression) []Node {
	var all []Node
	for i, k := range keys {
		all = append(all, k, values[i])
	}
	return all
}

func join(lists ...[]Node) []Node { return slices.Concat(lists...) }
