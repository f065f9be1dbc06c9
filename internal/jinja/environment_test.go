package jinja

import (
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// render renders one template with an environment that prepare has changed.
func render(t *testing.T, source string, prepare func(*Environment)) string {
	t.Helper()
	e := New(func(string) (string, error) { return "", fs.ErrNotExist })
	prepare(e)
	template, err := e.FromString("main", source)
	if err != nil {
		t.Fatal(err)
	}
	text, err := template.Render(map[string]value.Value{"given": "given"})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// seen tells which of the variables a, b, given and shared the state has.
func seen(s *State) string {
	var found []string
	for _, name := range []string{"a", "b", "given", "shared"} {
		if v, ok := s.Lookup(name); ok {
			found = append(found, fmt.Sprintf("%s=%v", name, v))
		}
	}
	return strings.Join(found, ",")
}

// TestState looks at what filters, tests and functions of the program see.
func TestState(t *testing.T) {
	tests := map[string]string{
		"{{ 1|seen }}":                     "given=given,shared=global",
		"{% set a = 1 %}{{ 1|seen }}":      "a=1,given=given,shared=global",
		"{% set shared = 1 %}{{ 1|seen }}": "given=given,shared=1",
		"{% if 1 %}{% set a = 1 %}{% endif %}{% block x %}{{ 1|seen }}{% endblock %}": "a=1,given=given,shared=global",
		"{% block x %}{% set a = 1 %}{{ 1|seen }}{% endblock %}":                      "given=given,shared=global",
		"{% for a in [1] %}{% set b = 2 %}{{ 1|seen }}{% endfor %}":                   "given=given,shared=global",
		"{{ see() }}": "given=given,shared=global",
		"{% block x %}{% set a = 1 %}{{ see() }}{% endblock %}":                                 "a=1,given=given,shared=global",
		"{% block x %}{% if 1 %}{% set a = 1 %}{% endif %}{{ see() }}{% endblock %}{{ see() }}": "a=1,given=given,shared=globalgiven=given,shared=global",
		"{% for a in [1, 2] %}{{ see() }};{% set b = a %}{{ see() }};{% endfor %}":              "given=given,shared=global;b=1,given=given,shared=global;given=given,shared=global;b=2,given=given,shared=global;",
		"{% for x in [1] %}{% with %}{% set b = 1 %}{{ see() }}{% endwith %}{% endfor %}":       "given=given,shared=global",
		"{{ 1 is sees('given') }}{{ 1 is sees('a') }}{{ 1 is not sees('a') }}":                  "TrueFalseTrue",
		"{{ ['given', 'a']|select('named')|list }}{{ [1]|map('seen')|list }}":                   "['given']['given=given,shared=global']",
	}
	for source, want := range tests {
		got := render(t, source, func(e *Environment) {
			e.AddGlobal("shared", "global")
			e.AddFilter("seen", func(s *State, _ value.Arguments) (value.Value, error) { return seen(s), nil })
			e.AddGlobal("see", &Function{Name: "see", Do: func(s *State, _ value.Arguments) (value.Value, error) { return seen(s), nil }})
			e.AddTest("sees", func(s *State, a value.Arguments) (bool, error) {
				_, ok := s.Lookup(a.Positional[1].(string))
				return ok, nil
			})
			e.AddTest("named", func(s *State, a value.Arguments) (bool, error) {
				_, ok := s.Lookup(a.Positional[0].(string))
				return ok, nil
			})
		})
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", source, got, want)
		}
	}
}

// TestReplace replaces a filter that is refused, and one that is there.
func TestReplace(t *testing.T) {
	got := render(t, "{{ 'x'|random }}{{ 'x'|upper }}", func(e *Environment) {
		for _, name := range []string{"random", "upper"} {
			e.AddFilter(name, func(_ *State, a value.Arguments) (value.Value, error) { return fmt.Sprint(name, a.Positional[0]), nil })
		}
	})
	if got != "randomxupperx" {
		t.Error(got)
	}
}

// TestTemplatesAreCompiledOnce asks for one template from several goroutines,
// which render it at once.
func TestTemplatesAreCompiledOnce(t *testing.T) {
	sources := map[string]string{
		"main": "{% extends 'base' %}{% import 'lib' as lib %}{% block a %}{{ lib.m(n) }}{{ super() }}{% endblock %}",
		"base": "[{% block a %}base{% endblock %}]",
		"lib":  "{% set l = [] %}{% macro m(n) %}{% for x in range(n) %}{{ l.append(x) or x }}{% endfor %}{{ l|length }}{% endmacro %}",
	}
	var lock sync.Mutex
	loads := map[string]int{}
	e := New(func(name string) (string, error) {
		lock.Lock()
		defer lock.Unlock()
		loads[name]++
		return sources[name], nil
	})
	if _, err := e.Template("main"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			template, err := e.Template("main")
			if err != nil {
				t.Error(err)
				return
			}
			want := "["
			for i := range n {
				want += fmt.Sprint(i)
			}
			want += fmt.Sprint(n) + "base]"
			if got, err := template.Render(map[string]value.Value{"n": int64(n)}); err != nil || got != want {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
		})
	}
	all.Wait()
	if loads["main"] != 1 {
		t.Errorf("loaded %d times", loads["main"])
	}
}

// TestContextStays renders with a context that templates try to change.
func TestContextStays(t *testing.T) {
	e := New(func(string) (string, error) { return "", fs.ErrNotExist })
	template, err := e.FromString("main", "{% set a = 2 %}{% set b = 3 %}{% macro m() %}{% endmacro %}{{ a }}")
	if err != nil {
		t.Fatal(err)
	}
	context := map[string]value.Value{"a": int64(1)}
	for range 2 {
		if got, err := template.Render(context); err != nil || got != "2" {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if len(context) != 1 || context["a"] != int64(1) {
		t.Errorf("the context is %v", context)
	}
}
