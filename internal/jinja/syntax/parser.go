// Package syntax reads Jinja2's language: source in, a tree of nodes out. It
// knows the default syntax of Jinja2 3.1, without extensions, and refuses what
// Jinja2 refuses, with the class of the exception that it raises.
package syntax

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// maxDepth is how deep tags and expressions may be nested. Python gives up
	// near it, for want of stack.
	maxDepth = 100

	// maxChain is how many operators, filters or subscripts may follow each
	// other in one expression.
	maxChain = 1000
)

// Parse reads the source of a template. Errors are *Error.
func Parse(source string) (template *Template, err error) {
	if !utf8.ValidString(source) {
		return nil, &Error{Position{1, 1}, "UnicodeDecodeError", "the template is not UTF-8"}
	}
	defer func() {
		switch problem := recover().(type) {
		case nil:
		case *Error:
			err = problem
		default:
			panic(problem)
		}
	}()
	p := &parser{lexer: newLexer(source)}
	p.advance()
	return &Template{p.statements(nil)}, nil
}

// parser reads tokens by recursive descent. Its methods panic with an *Error
// where the template is wrong.
type parser struct {
	lexer *lexer

	// current is the token to look at, ahead the one after it if that has
	// been asked for.
	current token
	ahead   *token

	depth int

	// tags are the tags that are open, ends for each of them the tags that it
	// waits for. Both are for messages only.
	tags []string
	ends [][]string
}

// advance goes to the next token and returns the one that was current.
func (p *parser) advance() token {
	passed := p.current
	if p.ahead != nil {
		p.current, p.ahead = *p.ahead, nil
	} else {
		p.current = p.lexer.next()
	}
	return passed
}

// peek returns the token after the current one.
func (p *parser) peek() token {
	if p.ahead == nil {
		t := p.lexer.next()
		p.ahead = &t
	}
	return *p.ahead
}

// skipIf goes on if the current token is the keyword.
func (p *parser) skipIf(keyword string) bool {
	if !p.current.is(keyword) {
		return false
	}
	p.advance()
	return true
}

// skipKind goes on if the current token is of the kind.
func (p *parser) skipKind(k kind) bool {
	if p.current.kind != k {
		return false
	}
	p.advance()
	return true
}

// expect takes a token of the kind.
func (p *parser) expect(k kind) token {
	if p.current.kind != k {
		p.unexpected(string(k))
	}
	return p.advance()
}

// expectKeyword takes the keyword.
func (p *parser) expectKeyword(keyword string) token {
	if !p.current.is(keyword) {
		p.unexpected(keyword)
	}
	return p.advance()
}

func (p *parser) unexpected(wanted string) {
	if p.current.kind == endOfTemplate {
		fail(p.current.Position, "unexpected end of template, expected '%s'.", wanted)
	}
	fail(p.current.Position, "expected token '%s', got '%s'", wanted, p.current)
}

// deeper counts a level of nesting; the caller defers what it returns.
func (p *parser) deeper() func() {
	if p.depth++; p.depth > maxDepth {
		fail(p.current.Position, "nested more than %d levels deep", maxDepth)
	}
	return func() { p.depth-- }
}

// link counts a link of a chain that makes the tree deeper without nesting in
// the source.
func (p *parser) link(count *int) {
	if *count++; *count > maxChain {
		fail(p.current.Position, "more than %d operators in one expression", maxChain)
	}
}

// statements reads text and tags up to one of the tags that end it, which it
// leaves as the current token, or up to the end of the template if there are
// none.
func (p *parser) statements(ends []string) []Statement {
	defer p.deeper()()
	p.ends = append(p.ends, ends)
	defer func() { p.ends = p.ends[:len(p.ends)-1] }()
	var body []Statement
	for {
		switch t := p.current; t.kind {
		case endOfTemplate:
			if ends != nil {
				p.unknownTag("")
			}
			return body
		case text:
			body = append(body, &Text{t.Position, t.text})
			p.advance()
		case printBegin:
			p.advance()
			body = append(body, &Print{t.Position, []Expression{p.tuple(anything)}})
			p.expect(printEnd)
		default:
			p.advance()
			if p.current.kind == name && slices.Contains(ends, p.current.text) {
				return body
			}
			body = append(body, p.statement())
			p.expect(tagEnd)
		}
	}
}

// body reads what stands between a tag and one of the tags that end it, and
// returns that one.
func (p *parser) body(ends ...string) ([]Statement, token) {
	p.skipKind(":") // Python's spelling is let pass
	p.expect(tagEnd)
	body := p.statements(ends)
	return body, p.advance()
}

// unknownTag fails because of a tag that nobody knows here, or because of the
// end of the template if the tag is "".
func (p *parser) unknownTag(tag string) {
	message := "Unexpected end of template."
	if tag != "" {
		message = fmt.Sprintf("Encountered unknown tag '%s'.", tag)
	}
	if wanted := p.ends[len(p.ends)-1]; wanted != nil {
		looking := "'" + strings.Join(wanted, "' or '") + "'"
		if tag != "" && slices.ContainsFunc(p.ends, func(e []string) bool { return slices.Contains(e, tag) }) {
			message += " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for " + looking + "."
		} else {
			message += " Jinja was looking for the following tags: " + looking + "."
		}
	}
	if len(p.tags) > 0 {
		message += fmt.Sprintf(" The innermost block that needs to be closed is '%s'.", p.tags[len(p.tags)-1])
	}
	fail(p.current.Position, "%s", message)
}
