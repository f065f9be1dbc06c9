package jinja

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// TestLimits gives up on templates that do too much.
func TestLimits(t *testing.T) {
	deep := func(s string, n int) string { return strings.Repeat(s, n) }
	tests := map[string]struct{ source, kind string }{
		"steps":          {"{% for x in range(90000) %}{% for y in range(90000) %}{% endfor %}{% endfor %}", "RuntimeError"},
		"a growing list": {"{% set l = [1] %}{% for x in l %}{{ l.append(1) or '' }}{% endfor %}", "RuntimeError"},
		"filters":        {"{% for x in range(90000) %}{{ range(90000)|map('string')|list|length }}{% endfor %}", "RuntimeError"},
		"output":         {"{% for x in range(90000) %}" + deep("x", 100) + "{% endfor %}", "MemoryError"},
		"captured":       {"{% set x %}{% for x in range(90000) %}" + deep("x", 100) + "{% endfor %}{% endset %}", "MemoryError"},
		"text":           {"{% set ns = namespace(x='x') %}{% for x in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}", "MemoryError"},
		"joined text":    {"{% set ns = namespace(x='x') %}{% for x in range(40) %}{% set ns.x = [ns.x, ns.x]|join %}{% endfor %}", "MemoryError"},
		"fill":           {"{{ [1]|batch(100000000, 2)|list }}", "MemoryError"},
		"macros":         {"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "RecursionError"},
		"includes":       {"{% include 'main' %}", "RecursionError"},
		"imports":        {"{% import 'main' as m %}", "RecursionError"},
		"extends":        {"{% extends 'main' %}", "RecursionError"},
		"blocks":         {"{% block a %}{{ self.a() }}{% endblock %}", "RecursionError"},
		"loops":          {"{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", "RecursionError"},
		"parentheses":    {"{{ " + deep("(", 5000) + deep(")", 5000) + " }}", "TemplateSyntaxError"},
		"lists":          {"{{ " + deep("[", 5000) + deep("]", 5000) + " }}", "TemplateSyntaxError"},
		"signs":          {"{{ " + deep("-", 5000) + "1 }}", "TemplateSyntaxError"},
		"negations":      {"{{ " + deep("not ", 5000) + "1 }}", "TemplateSyntaxError"},
		"conditions":     {"{{ " + deep("1 if 0 else ", 5000) + "1 }}", "TemplateSyntaxError"},
		"a chain":        {"{{ 1" + deep("+ 1", 5000) + " }}", "TemplateSyntaxError"},
		"subscripts":     {"{{ x" + deep(".x", 5000) + " }}", "TemplateSyntaxError"},
		"many filters":   {"{{ x" + deep("|e", 5000) + " }}", "TemplateSyntaxError"},
		"tags":           {deep("{% if 1 %}", 5000) + deep("{% endif %}", 5000), "TemplateSyntaxError"},
		"targets":        {"{% set " + deep("(", 5000) + "x" + deep(")", 5000) + " = 1 %}", "TemplateSyntaxError"},
		"source":         {deep("x", 2<<20), "MemoryError"},
		"json":           {"{% set l = [] %}{{ l.append(l) or '' }}{{ l|tojson }}", "ValueError"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := scenario{templates: map[string]string{"main": test.source}, context: object(t, "{}")}.render()
			var wrong *Error
			if !errors.As(err, &wrong) || wrong.Kind != test.kind {
				t.Errorf("got %v, want %s", err, test.kind)
			}
		})
	}
}

// TestLimitsAreOfTheEnvironment sets them.
func TestLimitsAreOfTheEnvironment(t *testing.T) {
	e := New(func(string) (string, error) { return "", fs.ErrNotExist })
	e.Limits.Steps = 10
	template, err := e.FromString("main", "{% for x in l %}{{ x }}{% endfor %}")
	if err != nil {
		t.Fatal(err)
	}
	long := value.NewList("a", "b", "c", "d", "e", "f", "g", "h")
	if _, err := template.Render(map[string]value.Value{"l": long}); err == nil {
		t.Error("more than 10 steps are let pass")
	}
	long.Items = long.Items[:2]
	if text, err := template.Render(map[string]value.Value{"l": long}); err != nil || text != "ab" {
		t.Errorf("got %q, %v", text, err)
	}
}
