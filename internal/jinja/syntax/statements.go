package syntax

import "strings"

// statement reads a tag from its name on, with its body and its end tag.
func (p *parser) statement() Statement {
	tag := p.current
	if tag.kind != name {
		fail(tag.Position, "tag name expected")
	}
	read, known := p.tag(tag.text)
	if !known {
		p.unknownTag(tag.text)
	}
	p.tags = append(p.tags, tag.text)
	defer func() { p.tags = p.tags[:len(p.tags)-1] }()
	p.advance()
	return read(tag.Position)
}

// tag returns what reads a tag after its name.
func (p *parser) tag(tag string) (read func(Position) Statement, known bool) {
	read, known = map[string]func(Position) Statement{
		"for":        p.forLoop,
		"if":         p.ifStatement,
		"block":      p.block,
		"extends":    p.extends,
		"print":      p.print,
		"macro":      p.macro,
		"include":    p.include,
		"from":       p.fromImport,
		"import":     p.importStatement,
		"set":        p.set,
		"with":       p.with,
		"autoescape": p.autoescape,
		"call":       p.callBlock,
		"filter":     p.filterBlock,
	}[tag]
	return read, known
}

func (p *parser) set(at Position) Statement {
	target := p.target(p.peek().kind == ".")
	if p.skipKind("=") {
		return &Set{at, target, p.tuple(anything)}
	}
	var filter *Filter
	if p.current.kind == "|" {
		filter = p.filters(nil).(*Filter)
	}
	body, _ := p.body("endset")
	return &SetBlock{at, target, filter, body}
}

func (p *parser) forLoop(at Position) Statement {
	loop := &For{Position: at, Target: p.target(false)}
	p.expectKeyword("in")
	loop.Iterable = p.tuple(condition)
	if p.skipIf("if") {
		loop.Test = p.expression()
	}
	loop.Recursive = p.skipIf("recursive")
	body, end := p.body("endfor", "else")
	loop.Body = body
	if end.text == "else" {
		loop.Else, _ = p.body("endfor")
	}
	return loop
}

func (p *parser) ifStatement(at Position) Statement {
	first := &If{Position: at, Test: p.tuple(condition)}
	body, end := p.body("elif", "else", "endif")
	first.Body = body
	for end.text == "elif" {
		elif := &If{Position: end.Position, Test: p.tuple(condition)}
		elif.Body, end = p.body("elif", "else", "endif")
		first.Elifs = append(first.Elifs, elif)
	}
	if end.text == "else" {
		first.Else, _ = p.body("endif")
	}
	return first
}

func (p *parser) with(at Position) Statement {
	with := &With{Position: at}
	for p.current.kind != tagEnd {
		if len(with.Targets) > 0 {
			p.expect(",")
		}
		target := p.target(false)
		use(target, Parameter)
		p.expect("=")
		with.Targets = append(with.Targets, target)
		with.Values = append(with.Values, p.expression())
	}
	with.Body, _ = p.body("endwith")
	return with
}

// autoescape is refused: what it would change is a whole second kind of string,
// and no Dockerfile wants HTML's escapes.
func (p *parser) autoescape(at Position) Statement {
	fail(at, "autoescape is not supported: escape single values with the filter e")
	return nil
}

func (p *parser) block(at Position) Statement {
	block := &Block{Position: at, Name: p.expect(name).text}
	block.Scoped = p.skipIf("scoped")
	block.Required = p.skipIf("required")
	if p.current.kind == "-" {
		fail(p.current.Position, "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.")
	}
	block.Body, _ = p.body("endblock")
	for _, s := range block.Body {
		data, isText := s.(*Text)
		if block.Required && (!isText || strings.TrimFunc(data.Data, IsSpace) != "") {
			fail(p.current.Position, "Required blocks can only contain comments or whitespace")
		}
	}
	p.skipIf(block.Name)
	return block
}

func (p *parser) extends(at Position) Statement {
	return &Extends{at, p.expression()}
}

func (p *parser) include(at Position) Statement {
	include := &Include{Position: at, Template: p.expression(), WithContext: true}
	if p.current.is("ignore") && p.peek().is("missing") {
		include.IgnoreMissing = true
		p.advance()
		p.advance()
	}
	p.context(&include.WithContext)
	return include
}

// context reads "with context" or "without context", if that comes next.
func (p *parser) context(with *bool) bool {
	if !p.current.isAny("with", "without") || !p.peek().is("context") {
		return false
	}
	*with = p.advance().text == "with"
	p.advance()
	return true
}

func (p *parser) importStatement(at Position) Statement {
	statement := &Import{Position: at, Template: p.expression()}
	p.expectKeyword("as")
	statement.Target = p.nameTarget().Name
	p.context(&statement.WithContext)
	return statement
}

func (p *parser) fromImport(at Position) Statement {
	statement := &FromImport{Position: at, Template: p.expression()}
	p.expectKeyword("import")
	for {
		if len(statement.Names) > 0 {
			p.expect(",")
		}
		if p.current.kind != name {
			p.unexpected(string(name))
		}
		if p.context(&statement.WithContext) {
			return statement
		}
		statement.Names = append(statement.Names, p.importedName())
		if p.context(&statement.WithContext) || p.current.kind != "," {
			return statement
		}
	}
}

func (p *parser) importedName() ImportedName {
	target := p.nameTarget()
	if strings.HasPrefix(target.Name, "_") {
		panic(&Error{target.Position, assertionError, "names starting with an underline can not be imported"})
	}
	if p.skipIf("as") {
		return ImportedName{target.Name, p.nameTarget().Name}
	}
	return ImportedName{target.Name, target.Name}
}

func (p *parser) signature() Signature {
	var s Signature
	p.expect("(")
	for p.current.kind != ")" {
		if len(s.Parameters) > 0 {
			p.expect(",")
		}
		parameter := p.nameTarget()
		parameter.Use = Parameter
		if p.skipKind("=") {
			s.Defaults = append(s.Defaults, p.expression())
		} else if len(s.Defaults) > 0 {
			fail(p.current.Position, "non-default argument follows default argument")
		}
		s.Parameters = append(s.Parameters, parameter)
	}
	p.expect(")")
	return s
}

func (p *parser) macro(at Position) Statement {
	macro := &Macro{Position: at, Name: p.nameTarget().Name, Signature: p.signature()}
	macro.Body, _ = p.body("endmacro")
	return macro
}

func (p *parser) callBlock(at Position) Statement {
	block := &CallBlock{Position: at}
	if p.current.kind == "(" {
		block.Signature = p.signature()
	}
	call, isCall := p.expression().(*Call)
	if !isCall {
		fail(at, "expected call")
	}
	block.Call = call
	block.Body, _ = p.body("endcall")
	return block
}

func (p *parser) filterBlock(at Position) Statement {
	block := &FilterBlock{Position: at}
	block.Filter = p.filters(p.filter(nil)).(*Filter)
	block.Body, _ = p.body("endfilter")
	return block
}

func (p *parser) print(at Position) Statement {
	statement := &Print{Position: at}
	for p.current.kind != tagEnd {
		if len(statement.Values) > 0 {
			p.expect(",")
		}
		statement.Values = append(statement.Values, p.expression())
	}
	return statement
}
