package syntax

import (
	"errors"
	"strings"
	"testing"
)

// FuzzParse reads whatever there is. It has to come back with a tree or with an
// error of ours, and every place it names has to be in the source.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"a{{ b }}c", "{% if a %}{% elif b %}{% else %}{% endif %}", "{% for a, (b, c) in d if e recursive %}{{ loop(f) }}{% else %}{% endfor %}",
		"{% set a %}{% endset %}{% set a.b = 1 %}{% set a|upper %}{% endset %}", "{% macro m(a, b=1) %}{% endmacro %}{% call(a) m(*b, **c) %}{% endcall %}",
		"{% block a scoped required %}{% endblock a %}{% extends a if b %}", "{% include ['a'] ignore missing without context %}{% import 'a' as b with context %}{% from 'a' import b as c, d %}",
		"{% raw -%}{{ a }}{%- endraw %}{#- a -#}", "{{ 'a\\x41\\u00e9' \"b\" ~ 0x1F + 1_0.5e-3 ** -a.b[1:2, ::3].0|c(d=1) is not e 5 if f else {'a': [(1,), ()]} }}",
		"{% with a = 1, b = 2 %}{% endwith %}{% filter a|b %}{% endfilter %}{% print a, b %}", "{{", "{%", "{#", "{% raw %}", "{{ '", "{{ ( }}", "\r\n{{\u00a0a }}\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		tree, err := Parse(source)
		var wrong *Error
		if err != nil {
			if !errors.As(err, &wrong) {
				t.Fatalf("not an error of ours: %v", err)
			}
			inside(t, source, wrong.Position)
			return
		}
		WalkAll(tree.Body, func(n Node) bool {
			inside(t, source, n.Pos())
			return true
		})
	})
}

// inside fails if a place is not in the source, or just behind it.
func inside(t *testing.T, source string, at Position) {
	t.Helper()
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source), "\n")
	if at.Line < 1 || at.Line > len(lines) || at.Column < 1 || at.Column > len([]rune(lines[at.Line-1]))+1 {
		t.Errorf("%v is not in %q", at, source)
	}
}
