package syntax

// Position is a place in a template: line and column count from 1, the column
// in characters.
type Position struct{ Line, Column int }

// Pos returns the position itself, so that every node that embeds one has it.
func (p Position) Pos() Position { return p }

// Node is a statement, an expression or a part of one.
type Node interface{ Pos() Position }

// The names say which kind of node is meant.
type (
	// Expression is a node that has a value.
	Expression = Node
	// Statement is a node that is run for what it writes or changes.
	Statement = Node
)

// Template is a whole template.
type Template struct{ Body []Statement }

// Use says what a template does with a name.
type Use int

// The uses of a name: it is read, it is set, or it is a parameter of a macro
// or a variable of a with statement.
const (
	Load Use = iota
	Store
	Parameter
)

// The expressions.
type (
	// Name is a variable.
	Name struct {
		Position
		Name string
		Use  Use
	}

	// NamespaceTarget is the attribute of a namespace that a set statement
	// sets.
	NamespaceTarget struct {
		Position
		Name, Attribute string
	}

	// Literal is nil for none, or a bool, int64, float64 or string.
	Literal struct {
		Position
		Value any
	}

	// Tuple is a tuple, written with or without parentheses.
	Tuple struct {
		Position
		Items []Expression
	}

	// List is [a, b].
	List struct {
		Position
		Items []Expression
	}

	// Dict is {key: value}.
	Dict struct {
		Position
		Keys, Values []Expression
	}

	// Unary is "not", "-" or "+" before an operand.
	Unary struct {
		Position
		Operator string
		Operand  Expression
	}

	// Binary is arithmetic: + - * / // % **.
	Binary struct {
		Position
		Operator    string
		Left, Right Expression
	}

	// Logical is "and" or "or".
	Logical struct {
		Position
		Operator    string
		Left, Right Expression
	}

	// Concat is a ~ b ~ c.
	Concat struct {
		Position
		Parts []Expression
	}

	// Compare is a chain of comparisons: a < b <= c.
	Compare struct {
		Position
		First Expression
		Rest  []Comparison
	}

	// Conditional is Then if Test else Else; Else may be nil.
	Conditional struct {
		Position
		Test, Then, Else Expression
	}

	// Attribute is Object.Name.
	Attribute struct {
		Position
		Object Expression
		Name   string
	}

	// Item is Object[Key]; Key may be a Slice.
	Item struct {
		Position
		Object, Key Expression
	}

	// Slice is start:stop:step; each may be nil.
	Slice struct {
		Position
		Start, Stop, Step Expression
	}

	// Call is Function(Arguments).
	Call struct {
		Position
		Function  Expression
		Arguments Arguments
	}

	// Filter is Input|Name(Arguments). The first filter of a filter block or
	// of a set block has no Input.
	Filter struct {
		Position
		Input     Expression
		Name      string
		Arguments Arguments
	}

	// Test is Input is Name(Arguments).
	Test struct {
		Position
		Input     Expression
		Name      string
		Arguments Arguments
	}
)

// Comparison is one link of a chain: an operator (== != < <= > >= in "not in")
// and what is on its right.
type Comparison struct {
	Operator string
	Operand  Expression
}

// Arguments is what a function, filter or test is called with. Spread and
// SpreadKeywords are what follows * and **, or nil.
type Arguments struct {
	Positional     []Expression
	Keywords       []Keyword
	Spread         Expression
	SpreadKeywords Expression
}

// Keyword is one name=value.
type Keyword struct {
	Name  string
	Value Expression
}

// The statements.
type (
	// Text is what stands outside of tags.
	Text struct {
		Position
		Data string
	}

	// Print is {{ value }}, or {% print a, b %}.
	Print struct {
		Position
		Values []Expression
	}

	// Set is {% set target = value %}.
	Set struct {
		Position
		Target, Value Expression
	}

	// SetBlock is {% set target|filter %} body {% endset %}; Filter may be nil.
	SetBlock struct {
		Position
		Target Expression
		Filter *Filter
		Body   []Statement
	}

	// If is {% if %}. An elif is an If without Elifs and Else of its own.
	If struct {
		Position
		Test  Expression
		Body  []Statement
		Elifs []*If
		Else  []Statement
	}

	// For is {% for target in iterable if test recursive %}; Test may be nil.
	For struct {
		Position
		Target, Iterable, Test Expression
		Body, Else             []Statement
		Recursive              bool
	}

	// Macro is {% macro %}.
	Macro struct {
		Position
		Name string
		Signature
		Body []Statement
	}

	// CallBlock is {% call(parameters) call %}.
	CallBlock struct {
		Position
		Signature
		Call *Call
		Body []Statement
	}

	// FilterBlock is {% filter %}.
	FilterBlock struct {
		Position
		Filter *Filter
		Body   []Statement
	}

	// With is {% with %}.
	With struct {
		Position
		Targets, Values []Expression
		Body            []Statement
	}

	// Block is {% block %}.
	Block struct {
		Position
		Name             string
		Body             []Statement
		Scoped, Required bool
	}

	// Extends is {% extends %}.
	Extends struct {
		Position
		Template Expression
	}

	// Include is {% include %}.
	Include struct {
		Position
		Template                   Expression
		IgnoreMissing, WithContext bool
	}

	// Import is {% import template as target %}.
	Import struct {
		Position
		Template    Expression
		Target      string
		WithContext bool
	}

	// FromImport is {% from template import names %}.
	FromImport struct {
		Position
		Template    Expression
		Names       []ImportedName
		WithContext bool
	}
)

// Signature is the parameters of a macro or a call block. Defaults are those of
// the last parameters.
type Signature struct {
	Parameters []*Name
	Defaults   []Expression
}

// ImportedName is a name of another template, and what it is called here.
type ImportedName struct{ Name, Alias string }
