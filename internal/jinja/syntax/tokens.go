package syntax

import "fmt"

// kind is what a token is. Operators and delimiters are their own spelling.
type kind string

const (
	endOfTemplate kind = "end of template"
	text          kind = "template data / text"
	printBegin    kind = "begin of print statement"
	printEnd      kind = "end of print statement"
	tagBegin      kind = "begin of statement block"
	tagEnd        kind = "end of statement block"
	name          kind = "name"
	stringLiteral kind = "string"
	integer       kind = "integer"
	float         kind = "float"
)

// operators holds all operators and delimiters, the longer ones first.
var operators = []string{
	"//", "**", "==", "!=", ">=", "<=",
	"+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
}

// token is one word of a template. text is the name, the data or the operator,
// value that of a literal.
type token struct {
	Position
	kind  kind
	text  string
	value any
}

// is tells whether the token is the given keyword.
func (t token) is(keyword string) bool { return t.kind == name && t.text == keyword }

func (t token) isAny(keywords ...string) bool {
	for _, k := range keywords {
		if t.is(k) {
			return true
		}
	}
	return false
}

// String describes the token as messages do.
func (t token) String() string {
	if t.kind == name {
		return t.text
	}
	return string(t.kind)
}

// Error is what is wrong with the source of a template. Kind is the class of
// the exception that Jinja2 raises.
type Error struct {
	Position
	Kind, Message string
}

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// The classes of the exceptions. Some mistakes are found only when Python
// compiles what Jinja2 made of the template.
const (
	pythonError    = "SyntaxError"
	syntaxError    = "TemplateSyntaxError"
	assertionError = "TemplateAssertionError"
)

// fail ends the parsing; Parse makes an error of it.
func fail(at Position, format string, arguments ...any) {
	panic(&Error{at, syntaxError, fmt.Sprintf(format, arguments...)})
}
