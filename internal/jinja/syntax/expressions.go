package syntax

// tupleRules say how a list of expressions with commas between them is read.
type tupleRules struct {
	simple        bool // names and literals only
	noConditional bool // "if" does not belong to the expression
	parentheses   bool // it stands in parentheses, so that it may be empty
}

var (
	anything  = tupleRules{}
	condition = tupleRules{noConditional: true}
)

// tuple reads one expression, or a tuple if there are commas.
func (p *parser) tuple(rules tupleRules) Expression {
	read := p.expression
	switch {
	case rules.simple:
		read = p.primary
	case rules.noConditional:
		read = p.or
	}
	at := p.current.Position
	var items []Expression
	isTuple := false
	for {
		if len(items) > 0 {
			p.expect(",")
		}
		if p.atTupleEnd() {
			break
		}
		items = append(items, read())
		if p.current.kind != "," {
			break
		}
		isTuple = true
	}
	switch {
	case isTuple:
	case len(items) > 0:
		return items[0]
	case !rules.parentheses:
		fail(p.current.Position, "Expected an expression, got '%s'", p.current)
	}
	return &Tuple{at, items}
}

// atTupleEnd tells whether a comma may have been the last one. A keyword, such
// as the "in" of a loop, is none of Jinja2's ends of a tuple.
func (p *parser) atTupleEnd() bool {
	return p.current.kind == printEnd || p.current.kind == tagEnd || p.current.kind == ")"
}

// expression reads an expression that may be conditional.
func (p *parser) expression() Expression {
	defer p.deeper()()
	at := p.current.Position
	value := p.or()
	links := 0
	for p.skipIf("if") {
		p.link(&links)
		test := p.or()
		var otherwise Expression
		if p.skipIf("else") {
			otherwise = p.expression()
		}
		value = &Conditional{at, test, value, otherwise}
	}
	return value
}

func (p *parser) or() Expression {
	at := p.current.Position
	left := p.and()
	links := 0
	for p.skipIf("or") {
		p.link(&links)
		left = &Logical{at, "or", left, p.and()}
	}
	return left
}

func (p *parser) and() Expression {
	at := p.current.Position
	left := p.not()
	links := 0
	for p.skipIf("and") {
		p.link(&links)
		left = &Logical{at, "and", left, p.not()}
	}
	return left
}

func (p *parser) not() Expression {
	defer p.deeper()()
	if t := p.current; p.skipIf("not") {
		return &Unary{t.Position, "not", p.not()}
	}
	return p.compare()
}

func (p *parser) compare() Expression {
	at := p.current.Position
	first := p.sum()
	var rest []Comparison
	for {
		operator, found := p.comparison()
		if !found {
			break
		}
		rest = append(rest, Comparison{operator, p.sum()})
	}
	if rest == nil {
		return first
	}
	return &Compare{at, first, rest}
}

// comparison takes an operator that compares, if there is one.
func (p *parser) comparison() (operator string, found bool) {
	switch t := p.current; {
	case t.kind == "==", t.kind == "!=", t.kind == "<", t.kind == "<=", t.kind == ">", t.kind == ">=":
		p.advance()
		return t.text, true
	case t.is("in"):
		p.advance()
		return "in", true
	case t.is("not") && p.peek().is("in"):
		p.advance()
		p.advance()
		return "not in", true
	default:
		return "", false
	}
}

// binary reads operands with the given operators between them, from the left.
func (p *parser) binary(operand func() Expression, operators ...kind) Expression {
	at := p.current.Position
	left := operand()
	links := 0
	for {
		found := false
		for _, o := range operators {
			if found = p.skipKind(o); found {
				p.link(&links)
				left = &Binary{at, string(o), left, operand()}
				break
			}
		}
		if !found {
			return left
		}
	}
}

func (p *parser) sum() Expression     { return p.binary(p.concat, "+", "-") }
func (p *parser) product() Expression { return p.binary(p.power, "*", "/", "//", "%") }

// power associates to the left, and binds less than a sign: Jinja2 differs from
// Python here.
func (p *parser) power() Expression { return p.binary(p.signed, "**") }

func (p *parser) concat() Expression {
	at := p.current.Position
	parts := []Expression{p.product()}
	for p.skipKind("~") {
		parts = append(parts, p.product())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return &Concat{at, parts}
}

// signed reads an operand of arithmetic with what follows it.
func (p *parser) signed() Expression { return p.suffixed(p.unary()) }

// unary reads an operand with its signs and subscripts. Filters and tests
// apply to it with its sign: -1|abs is (-1)|abs.
func (p *parser) unary() Expression {
	defer p.deeper()()
	var node Expression
	switch t := p.current; t.kind {
	case "-", "+":
		p.advance()
		node = &Unary{t.Position, string(t.kind), p.unary()}
	default:
		node = p.primary()
	}
	return p.postfix(node)
}

// constants are the names that are literals.
var constants = map[string]any{
	"true": true, "True": true, "false": false, "False": false, "none": nil, "None": nil,
}

func (p *parser) primary() Expression {
	t := p.current
	switch t.kind {
	case name:
		p.advance()
		if constant, is := constants[t.text]; is {
			return &Literal{t.Position, constant}
		}
		return &Name{t.Position, t.text, Load}
	case stringLiteral:
		return p.strings()
	case integer, float:
		p.advance()
		return &Literal{t.Position, t.value}
	case "(":
		p.advance()
		value := p.tuple(tupleRules{parentheses: true})
		p.expect(")")
		return value
	case "[":
		return p.list()
	case "{":
		return p.dict()
	default:
		fail(t.Position, "unexpected '%s'", t)
		return nil
	}
}

// strings reads string literals; several in a row are one string.
func (p *parser) strings() Expression {
	at := p.current.Position
	var joined []byte
	for p.current.kind == stringLiteral {
		joined = append(joined, p.advance().value.(string)...)
	}
	return &Literal{at, string(joined)}
}

func (p *parser) list() Expression {
	list := &List{Position: p.expect("[").Position}
	p.items("]", func() { list.Items = append(list.Items, p.expression()) })
	return list
}

func (p *parser) dict() Expression {
	dict := &Dict{Position: p.expect("{").Position}
	p.items("}", func() {
		dict.Keys = append(dict.Keys, p.expression())
		p.expect(":")
		dict.Values = append(dict.Values, p.expression())
	})
	return dict
}

// items reads what stands between commas, up to the closing bracket. A comma
// may come last.
func (p *parser) items(closer kind, read func()) {
	for first := true; p.current.kind != closer; first = false {
		if !first {
			p.expect(",")
			if p.current.kind == closer {
				break
			}
		}
		read()
	}
	p.expect(closer)
}
