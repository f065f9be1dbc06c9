package syntax

// postfix reads the subscripts and calls after an operand.
func (p *parser) postfix(node Expression) Expression {
	links := 0
	for {
		p.link(&links)
		switch p.current.kind {
		case ".":
			node = p.attribute(node)
		case "[":
			node = p.item(node)
		case "(":
			node = p.call(node)
		default:
			return node
		}
	}
}

// suffixed reads the filters and tests after an operand, and calls of what they
// give.
func (p *parser) suffixed(node Expression) Expression {
	links := 0
	for {
		p.link(&links)
		switch {
		case p.current.kind == "|":
			node = p.filters(node)
		case p.current.is("is"):
			node = p.test(node)
		case p.current.kind == "(":
			node = p.call(node)
		default:
			return node
		}
	}
}

// attribute reads .name, or .0, which is an index.
func (p *parser) attribute(object Expression) Expression {
	at := p.expect(".").Position
	switch t := p.advance(); t.kind {
	case name:
		return &Attribute{at, object, t.text}
	case integer:
		return &Item{at, object, &Literal{t.Position, t.value}}
	default:
		fail(t.Position, "expected name or number")
		return nil
	}
}

func (p *parser) item(object Expression) Expression {
	at := p.expect("[").Position
	var keys []Expression
	for p.current.kind != "]" {
		if len(keys) > 0 {
			p.expect(",")
		}
		keys = append(keys, p.subscript())
	}
	p.expect("]")
	if len(keys) == 1 {
		return &Item{at, object, keys[0]}
	}
	for _, key := range keys {
		if _, isSlice := key.(*Slice); isSlice {
			panic(&Error{key.Pos(), pythonError, "invalid syntax: a slice stands alone in its brackets"})
		}
	}
	return &Item{at, object, &Tuple{at, keys}}
}

// subscript reads a key or a slice.
func (p *parser) subscript() Expression {
	at := p.current.Position
	var start Expression
	if p.current.kind != ":" {
		start = p.expression()
		if p.current.kind != ":" {
			return start
		}
	}
	p.advance()
	slice := &Slice{Position: at, Start: start, Stop: p.bound()}
	if p.skipKind(":") {
		slice.Step = p.bound()
	}
	return slice
}

// bound reads a part of a slice, which may be missing.
func (p *parser) bound() Expression {
	switch p.current.kind {
	case ":", "]", ",":
		return nil
	default:
		return p.expression()
	}
}

func (p *parser) call(function Expression) Expression {
	at := p.current.Position
	return &Call{at, function, p.arguments()}
}

// arguments reads what stands in the parentheses of a call.
func (p *parser) arguments() Arguments {
	var a Arguments
	at := p.expect("(").Position
	for first := true; p.current.kind != ")"; first = false {
		if !first {
			p.expect(",")
			if p.current.kind == ")" {
				break
			}
		}
		if !p.argument(&a) {
			fail(at, "invalid syntax for function call expression")
		}
	}
	p.expect(")")
	return a
}

// argument reads one argument, and tells whether it may stand where it stands.
func (p *parser) argument(a *Arguments) bool {
	switch {
	case p.skipKind("*"):
		ok := a.Spread == nil && a.SpreadKeywords == nil
		a.Spread = p.expression()
		return ok
	case p.skipKind("**"):
		ok := a.SpreadKeywords == nil
		a.SpreadKeywords = p.expression()
		return ok
	case p.current.kind == name && p.peek().kind == "=":
		return p.keyword(a)
	default:
		ok := a.Spread == nil && a.SpreadKeywords == nil && a.Keywords == nil
		a.Positional = append(a.Positional, p.expression())
		return ok
	}
}

func (p *parser) keyword(a *Arguments) bool {
	key := p.advance()
	for _, k := range a.Keywords {
		if k.Name == key.text {
			panic(&Error{key.Position, pythonError, "keyword argument repeated: " + key.text})
		}
	}
	ok := a.SpreadKeywords == nil
	p.advance()
	a.Keywords = append(a.Keywords, Keyword{key.text, p.expression()})
	return ok
}

// filters reads |name and what follows it.
func (p *parser) filters(input Expression) Expression {
	links := 0
	for p.skipKind("|") {
		p.link(&links)
		input = p.filter(input)
	}
	return input
}

// filter reads a filter after the bar.
func (p *parser) filter(input Expression) Expression {
	at := p.current.Position
	filter := &Filter{Position: at, Input: input, Name: p.dottedName()}
	if p.current.kind == "(" {
		filter.Arguments = p.arguments()
	}
	return filter
}

// dottedName reads the name of a filter or a test.
func (p *parser) dottedName() string {
	dotted := p.expect(name).text
	for p.skipKind(".") {
		dotted += "." + p.expect(name).text
	}
	return dotted
}

// test reads "is name", with the argument that may follow without parentheses.
func (p *parser) test(input Expression) Expression {
	at := p.expectKeyword("is").Position
	negated := p.skipIf("not")
	test := &Test{Position: at, Input: input, Name: p.dottedName()}
	switch {
	case p.current.kind == "(":
		test.Arguments = p.arguments()
	case p.current.is("is"):
		fail(p.current.Position, "You cannot chain multiple tests with is")
	case p.startsArgument():
		test.Arguments.Positional = []Expression{p.postfix(p.primary())}
	}
	if negated {
		return &Unary{at, "not", test}
	}
	return test
}

// startsArgument tells whether the argument of a test begins here.
func (p *parser) startsArgument() bool {
	switch p.current.kind {
	case name:
		return !p.current.isAny("else", "or", "and")
	case stringLiteral, integer, float, "[", "{":
		return true
	default:
		return false
	}
}
