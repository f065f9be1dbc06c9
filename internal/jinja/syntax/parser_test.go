package syntax

import (
	"fmt"
	"strings"
	"testing"
)

// TestPositions looks at where nodes stand: what has an operator of its own
// stands there, and what begins with its first operand with that.
func TestPositions(t *testing.T) {
	tests := map[string]string{
		"é{{ a }}":                           "Text@1:1 Print@1:2 Name@1:5",
		"a\n\n  {{ b }}":                     "Text@1:1 Print@3:3 Name@3:6",
		"{{ a.b[c](d)|e is f }}":             "Print@1:1 Test@1:16 Filter@1:14 Call@1:10 Item@1:7 Attribute@1:5 Name@1:4 Name@1:8 Name@1:11",
		"{{ 1 + 2 * -x }}":                   "Print@1:1 Binary@1:4 Literal@1:4 Binary@1:8 Literal@1:8 Unary@1:12 Name@1:13",
		"{{ not a\r\n and b }}":              "Print@1:1 Logical@1:4 Unary@1:4 Name@1:8 Name@2:6",
		"{{ 'a\nb' ~ c }}":                   "Print@1:1 Concat@1:4 Literal@1:4 Name@2:6",
		"{% if a %}b{% elif c %}{% endif %}": "If@1:4 Name@1:7 Text@1:11 If@1:15 Name@1:20",
		"{% for a, b in c %}{% endfor %}":    "For@1:4 Tuple@1:8 Name@1:8 Name@1:11 Name@1:16",
		"{%- set a = {b: [c, (d,)]} %}":      "Set@1:5 Name@1:9 Dict@1:13 Name@1:14 List@1:17 Name@1:18 Tuple@1:22 Name@1:22",
		"{% raw %}\na{% endraw %}{{ b }}":    "Text@1:10 Print@2:14 Name@2:17",
		"a  \n {%- block b %}{% endblock %}": "Text@1:1 Block@2:6",
		"{{ a if b else c }}{{ d == e }}":    "Print@1:1 Conditional@1:4 Name@1:9 Name@1:4 Name@1:16 Print@1:20 Compare@1:23 Name@1:23 Name@1:28",
	}
	for source, want := range tests {
		tree, err := Parse(source)
		if err != nil {
			t.Errorf("%q: %v", source, err)
			continue
		}
		var found []string
		WalkAll(tree.Body, func(n Node) bool {
			found = append(found, fmt.Sprintf("%s@%d:%d", strings.TrimPrefix(fmt.Sprintf("%T", n), "*syntax."), n.Pos().Line, n.Pos().Column))
			return true
		})
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%q\ngot  %s\nwant %s", source, got, want)
		}
	}
}

// TestShapes looks at what belongs to what. That the rest is read as Jinja2
// reads it, the cases of package jinja tell.
func TestShapes(t *testing.T) {
	tests := map[string]string{
		"a + b * c":          "(a + (b * c))",
		"a ** b ** c":        "((a ** b) ** c)",
		"-a ** b":            "((- a) ** b)",
		"-a|f":               "((- a)|f)",
		"-a.b":               "(- (a.b))",
		"a ~ b + c":          "((a ~ b) + c)",
		"a ~ b * c ~ d":      "(a ~ (b * c) ~ d)",
		"not a == b":         "(not (a == b))",
		"not a in b":         "(not (a in b))",
		"a not in b":         "(a not in b)",
		"a or b and c":       "(a or (b and c))",
		"a < b == c":         "(a < b == c)",
		"a if b else c":      "(a if b else c)",
		"a + b|f":            "(a + (b|f))",
		"a is not f b.c|g":   "((not (a is f(b.c)))|g)",
		"a is f and b":       "((a is f) and b)",
		"a|f is g":           "((a|f) is g)",
		"a[b, c]":            "(a[(b, c)])",
		"a[b::c]":            "(a[b::c])",
		"a.0":                "(a[0])",
		"a(b, *c, d=e, **f)": "(a(b, d=e, *c, **f))",
		"'a' 'b'":            "ab",
	}
	for source, want := range tests {
		tree, err := Parse("{{ " + source + " }}")
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got := shape(tree.Body[0].(*Print).Values[0]); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", source, got, want)
		}
	}
}

// shape writes an expression with parentheses around all that has parts.
func shape(e Expression) string {
	switch n := e.(type) {
	case nil:
		return ""
	case *Name:
		return n.Name
	case *Literal:
		return fmt.Sprint(n.Value)
	case *Tuple:
		return "(" + shapes(n.Items, ", ") + ")"
	case *Unary:
		return "(" + n.Operator + " " + shape(n.Operand) + ")"
	case *Binary:
		return "(" + shape(n.Left) + " " + n.Operator + " " + shape(n.Right) + ")"
	case *Logical:
		return "(" + shape(n.Left) + " " + n.Operator + " " + shape(n.Right) + ")"
	case *Concat:
		return "(" + shapes(n.Parts, " ~ ") + ")"
	case *Compare:
		text := "(" + shape(n.First)
		for _, r := range n.Rest {
			text += " " + r.Operator + " " + shape(r.Operand)
		}
		return text + ")"
	case *Conditional:
		return "(" + shape(n.Then) + " if " + shape(n.Test) + " else " + shape(n.Else) + ")"
	case *Attribute:
		return "(" + shape(n.Object) + "." + n.Name + ")"
	case *Item:
		return "(" + shape(n.Object) + "[" + shape(n.Key) + "])"
	case *Slice:
		return shape(n.Start) + ":" + shape(n.Stop) + ":" + shape(n.Step)
	case *Call:
		return "(" + shape(n.Function) + shapeArguments(n.Arguments) + ")"
	case *Filter:
		return "(" + shape(n.Input) + "|" + n.Name + shapeArguments(n.Arguments) + ")"
	case *Test:
		return "(" + shape(n.Input) + " is " + n.Name + shapeArguments(n.Arguments) + ")"
	default:
		return fmt.Sprintf("%T", e)
	}
}

func shapes(all []Expression, separator string) string {
	texts := make([]string, len(all))
	for i, e := range all {
		texts[i] = shape(e)
	}
	return strings.Join(texts, separator)
}

func shapeArguments(a Arguments) string {
	parts := make([]string, 0, len(a.Positional))
	for _, p := range a.Positional {
		parts = append(parts, strings.Trim(shape(p), "()"))
	}
	for _, k := range a.Keywords {
		parts = append(parts, k.Name+"="+shape(k.Value))
	}
	if a.Spread != nil {
		parts = append(parts, "*"+shape(a.Spread))
	}
	if a.SpreadKeywords != nil {
		parts = append(parts, "**"+shape(a.SpreadKeywords))
	}
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, ", ") + ")"
}
