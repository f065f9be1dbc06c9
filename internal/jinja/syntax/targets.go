package syntax

// nameTarget reads a single name that is set.
func (p *parser) nameTarget() *Name {
	t := p.expect(name)
	target := &Name{t.Position, t.text, Store}
	p.assignable(target)
	return target
}

// target reads what a value is assigned to: a name, names with commas between
// them, or, if namespace says so, an attribute of a namespace.
func (p *parser) target(namespace bool) Expression {
	if namespace {
		t := p.expect(name)
		p.expect(".")
		return &NamespaceTarget{t.Position, t.text, p.expect(name).text}
	}
	target := p.tuple(tupleRules{simple: true})
	use(target, Store)
	p.assignable(target)
	return target
}

// use marks the names of a target.
func use(target Expression, how Use) {
	Walk(target, func(n Node) bool {
		if n, isName := n.(*Name); isName {
			n.Use = how
		}
		return true
	})
}

// assignable fails if nothing can be assigned to the target.
func (p *parser) assignable(target Expression) {
	if what, ok := canAssign(target); !ok {
		fail(target.Pos(), "can't assign to '%s'", what)
	}
}

// canAssign names what a target is if it cannot be assigned to.
func canAssign(target Expression) (what string, ok bool) {
	switch t := target.(type) {
	case *Name:
		_, constant := constants[t.Name]
		return "name", !constant
	case *Tuple:
		for _, item := range t.Items {
			if _, ok := canAssign(item); !ok {
				return "tuple", false
			}
		}
		return "", true
	case *Literal:
		return "const", false
	case *List:
		return "list", false
	case *Dict:
		return "dict", false
	default:
		return "expression", false
	}
}
