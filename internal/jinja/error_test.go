package jinja

import (
	"errors"
	"io/fs"
	"testing"
)

// TestErrorsTellTheWay looks at where an error happened, and how it came there.
func TestErrorsTellTheWay(t *testing.T) {
	tests := []struct {
		name      string
		templates map[string]string
		want      string
	}{
		{"a tag", map[string]string{"main": "a\n  {% foo %}"},
			"main:2:6: Encountered unknown tag 'foo'. (TemplateSyntaxError)"},
		{"an operator", map[string]string{"main": "{{ 1 +\n  'a' }}"},
			"main:1:4: unsupported operand type(s) for +: 'int' and 'str' (TypeError)"},
		{"an attribute", map[string]string{"main": "é {{ missing.x }}"},
			"main:1:13: 'missing' is undefined (UndefinedError)"},
		{"a filter", map[string]string{"main": "\n{{ 1|upper|nope }}"},
			"main:2:12: No filter named 'nope'. (TemplateAssertionError)"},
		{"an argument", map[string]string{"main": "{{ 'a'|replace('b',\n 1 + missing) }}"},
			"main:2:2: 'missing' is undefined (UndefinedError)"},
		{"a statement", map[string]string{"main": "{% for x in 5 %}{% endfor %}"},
			"main:1:4: 'int' object is not iterable (TypeError)"},
		{"a macro", map[string]string{"main": "{% macro m() %}\n{{ missing.x }}{% endmacro %}\n{{ m() }}"},
			"main:2:11: 'missing' is undefined (UndefinedError), from main:3:5"},
		{"a macro of another file", map[string]string{
			"main": "{% import 'lib' as lib %}\n{{ lib.a() }}",
			"lib":  "{% macro a() %}{{ b() }}{% endmacro %}\n{% macro b() %}{{ missing() }}{% endmacro %}",
		}, "lib:2:26: 'missing' is undefined (UndefinedError), from lib:1:20, from main:2:9"},
		{"a block of the parent", map[string]string{
			"main": "{% extends 'base' %}\n{% block a %}{{ super() }}{% endblock %}",
			"base": "\n\n{% block a %}{{ 1 // 0 }}{% endblock %}",
		}, "base:3:17: integer division or modulo by zero (ZeroDivisionError), from main:2:22, from base:3:4, from main:1:4"},
		{"an include", map[string]string{"main": "x\n{% include 'inc' %}", "inc": "{{ none + 1 }}"},
			"inc:1:4: unsupported operand type(s) for +: 'NoneType' and 'int' (TypeError), from main:2:4"},
		{"an include that does not parse", map[string]string{"main": "x\n{% include 'inc' %}", "inc": "\n{{ 1 }"},
			"inc:2:6: unexpected '}' (TemplateSyntaxError), from main:2:4"},
		{"an import of nothing", map[string]string{"main": "{% import 'nope' as x %}"},
			"nope: there is no template of this name (TemplateNotFound), from main:1:4"},
		{"a call block", map[string]string{"main": "{% macro m() %}{{ caller() }}{% endmacro %}\n{% call m() %}{{ missing.x }}{% endcall %}"},
			"main:2:25: 'missing' is undefined (UndefinedError), from main:1:25, from main:2:10"},
		{"a recursive loop", map[string]string{"main": "{% for x in [[1]] recursive %}{{ loop(x) if x is iterable else x.y.z }}{% endfor %}"},
			"main:1:67: 'int object' has no attribute 'y' (UndefinedError), from main:1:38"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := scenario{templates: test.templates, context: object(t, "{}")}.render()
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// TestRefused looks at what is left out on purpose, and what is said about it.
func TestRefused(t *testing.T) {
	for source, want := range map[string]string{
		"\n{{ [1]|random }}":                       "main:2:8: the filter 'random' is not supported: each rendering would differ; write |first, or name what you want (TemplateAssertionError)",
		"{% if no %}{{ 'x'|urlize }}{% endif %}":   "main:1:19: the filter 'urlize' is not supported: write the link (TemplateAssertionError)",
		"{{ lipsum() }}":                           "main:1:10: the function 'lipsum' is not supported: each rendering would differ; write the text (NotImplementedError)",
		"{% autoescape true %}{% endautoescape %}": "main:1:4: autoescape is not supported: escape single values with the filter e (TemplateSyntaxError)",
		"{{ 9223372036854775808 }}":                "main:1:4: the number 9223372036854775808 is too large: integers have 64 bits here (OverflowError)",
		`{{ "\N{BULLET}" }}`:                       `main:1:4: a character cannot be written by its name here: write its code, as in \u00e9 (TemplateSyntaxError)`,
		"\xff":                                     "main:1:1: the template is not UTF-8 (UnicodeDecodeError)",
	} {
		_, err := scenario{templates: map[string]string{"main": source}, context: object(t, "{}")}.render()
		if err == nil || err.Error() != want {
			t.Errorf("%q\ngot  %v\nwant %s", source, err, want)
		}
	}
}

// TestCause looks for the error of the loader and of a filter in that of the
// engine.
func TestCause(t *testing.T) {
	broken := errors.New("broken")
	e := New(func(name string) (string, error) {
		if name == "gone" {
			return "", fs.ErrNotExist
		}
		return "", broken
	})
	for name, want := range map[string]struct {
		cause error
		kind  string
	}{"gone": {fs.ErrNotExist, "TemplateNotFound"}, "main": {broken, "OSError"}} {
		_, err := e.Template(name)
		var wrong *Error
		if !errors.Is(err, want.cause) || !errors.As(err, &wrong) || wrong.Kind != want.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}
