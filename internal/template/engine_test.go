package template

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

func files(pairs ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

// testEngine is an engine for files, given as pairs of name and text.
func testEngine(pairs ...string) *engine {
	return newEngine(files(pairs...), Variables{}.functions(), nil)
}

// TestEngine holds what Kolla's templates rely on against what Jinja2 makes of
// it.
func TestEngine(t *testing.T) {
	vars := map[string]any{
		"image_name": "nova-api", "namespace": "kolla", "base_distro": "debian", "yes": true, "none": nil,
		"users": map[string]any{"nova": map[string]any{"uid": 42436}},
		"env":   map[string]string{"http_proxy": "http://proxy"},
	}
	tests := []struct{ name, source, want string }{
		{"one final newline goes", "a\n\n", "a\n"},
		{"foreign line ends", "a\r\nb\rc\r\n", "a\nb\nc"},
		{"nothing else is trimmed", "  {% if yes %}\n  a\n  {% endif %}\n", "  \n  a\n  "},
		{"dashes trim", "a\n  {%- if yes -%}\n  b\n{%- endif %}", "ab"},
		{"nothing is escaped", "{{ '<&\"' }}", `<&"`},
		{"undefined prints as nothing", "[{{ nonsense }}]", "[]"},
		{"undefined is false and empty", "{% if nonsense %}a{% endif %}{% for x in nonsense %}b{% endfor %}", ""},
		{"Python's words", "{{ yes }} {{ none }} {{ not yes }} {{ 1 == 2 }}", "True None False False"},
		{"Python's lists", `{{ ["a", 'b"', "c'd", 1, 1.0, none, [yes]] }}`, `['a', 'b"', "c'd", 1, 1.0, None, [True]]`},
		{"Python's dicts", `{{ {"a": 1, "b": ["x"]} }}`, `{'a': 1, 'b': ['x']}`},
		{"a variable that is called like a function", "{{ namespace }}", "kolla"},
		{"maps", "{{ users.nova.uid }} {{ users['nova']['uid'] }} {{ env.http_proxy }}", "42436 42436 http://proxy"},
		{"elif and in", "{% if base_distro == 'centos' %}a{% elif base_distro in ['debian', 'ubuntu'] %}b{% else %}c{% endif %}", "b"},
		{"a set within an if is seen after it", "{% if yes %}{% set a = 1 %}{% endif %}{{ a }}", "1"},
		{"a set is seen in blocks", "{% set a = 1 %}{% block b %}{{ a }}{% endblock %}", "1"},
		{"list arithmetic", "{{ (['a'] + ['b'] * 2) | join(' ') }}", "a b b"},
		{"filters in use", "{{ 'A' | lower }} {{ ['a', 'b'] | length }} {{ nonsense | default('d') }} {{ '%s-%s' | format('a', 'b') }}", "a 2 d a-b"},
		{"macros with context", "{% import 'macros.j2' as macros with context %}{{ macros.greet('all') }}", "hello all from debian"},
		{"from import", "{% from 'macros.j2' import greet with context %}{{ greet('all') }}", "hello all from debian"},
		{"extends", "{% extends 'parent.j2' %}{% block one %}1{{ super() }}{% endblock %}", "<1I>\n<II>"},
		{"include", "{% include 'sub/included.j2' %}", "from sub"},

		{"customizable: as it is", "{{ ['a', 'b'] | customizable('packages') | join(' ') }}", "a b"},
		{"customizable: append", "{% set nova_api_packages_append = ['c'] %}{{ ['a'] | customizable('packages') | join(' ') }}", "a c"},
		{"customizable: remove", "{% set nova_api_packages_remove = ['a', 'x'] %}{{ ['a', 'b', 'a'] | customizable('packages') | join(' ') }}", "b a"},
		{"customizable: override", "{% set nova_api_packages_override = ['o'] %}{% set nova_api_packages_append = ['c'] %}{{ ['a'] | customizable('packages') | join(' ') }}", "o"},
		{"customizable: another type", "{% set nova_api_pip_packages_append = ['c'] %}{{ ['a'] | customizable('packages') | join(' ') }}", "a"},
		{"customizable: undefined", "[{{ nonsense | customizable('packages') }}]", "[]"},
		{"customizable changes its list", "{% set l = ['a'] %}{% set nova_api_packages_remove = ['a'] %}{{ l | customizable('packages') | length }}{{ l | length }}", "00"},
		{"debian_package_install", "{{ debian_package_install(['a', 'http://x/b.deb', 'c']) }}", "apt-get --error-on=any update && apt-get -y install --no-install-recommends a c && apt-get clean && rm -rf /var/lib/apt/lists/* && curl --location http://x/b.deb -o b.deb && dpkg -i b.deb && rm -rf b.deb"},
		{"debian_package_install, no clean", "{{ debian_package_install(['a'], clean_package_cache=False) }}{{ debian_package_install([]) }}", "apt-get --error-on=any update && apt-get -y install --no-install-recommends a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := testEngine(
				"t.j2", test.source,
				"macros.j2", "{% macro greet(whom) %}hello {{ whom }} from {{ base_distro }}{% endmacro %}",
				"parent.j2", "<{% block one %}I{% endblock %}>\n<{% block two %}II{% endblock %}>",
				"sub/included.j2", "from sub",
			)
			got, err := e.Render("t.j2", vars)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestEngineErrors(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"syntax", "one\ntwo\n{% if %}\nfour\nfive\nsix", "t.j2:3:7: Expected an expression, got 'end of statement block'\n      1 | one\n      2 | two\n>     3 | {% if %}\n      4 | four\n      5 | five"},
		{"an attribute of something undefined", "a\n{{ nonsense.attribute }}", "t.j2:2:12: 'nonsense' is undefined\n      1 | a\n>     2 | {{ nonsense.attribute }}"},
		{"an unknown filter", "{{ 1 | nonsense }}", "t.j2:1:8: No filter named 'nonsense'.\n>     1 | {{ 1 | nonsense }}"},
		{"a wrong operand", "{{ [] - 1 }}", "t.j2:1:4: unsupported operand type(s) for -: 'list' and 'int'\n>     1 | {{ [] - 1 }}"},
		{"raise_error", "{% if true %}\n{{ raise_error('no such distro') }}\n{% endif %}", "t.j2:2:15: no such distro\n      1 | {% if true %}\n>     2 | {{ raise_error('no such distro') }}\n      3 | {% endif %}"},
		{"in a macro", "{% import 'macros.j2' as m %}{{ m.fail() }}", "macros.j2:2:16: too bad\n      1 | {% macro fail() -%}\n>     2 |  {{ raise_error('too bad') }}\n      3 | {%- endmacro %}\n  from t.j2:1"},
		{"in an included file", "{% include 'sub/broken.j2' %}", "sub/broken.j2:1:5: 'a' is undefined\n>     1 | {{ a.b }}\n  from t.j2:1"},
		{"no such template", "{% include 'missing.j2' %}", "t.j2:1:4: \"missing.j2\": there is no template of this name\n>     1 | {% include 'missing.j2' %}"},
		{"out of the tree", "{% include '../etc/passwd' %}", "t.j2:1:4: \"../etc/passwd\": there is no template of this name\n>     1 | {% include '../etc/passwd' %}"},
		{"includes itself", "{% include 't.j2' %}", "t.j2:1:4: nested more than 100 levels deep: does a macro or a template call itself?\n>     1 | {% include 't.j2' %}\n  from t.j2:1\n  from t.j2:1\n  from t.j2:1\n  from t.j2:1\n  from t.j2:1\n  from t.j2:1\n  and so on, 93 more"},
		{"imports in a circle", "{% import 'a.j2' as a %}", "a.j2:1:4: nested more than 100 levels deep: does a macro or a template call itself?\n>     1 | {% import 'b.j2' as b %}\n  from b.j2:1\n  from a.j2:1\n  from b.j2:1\n  from a.j2:1\n  from b.j2:1\n  from a.j2:1\n  and so on, 93 more"},
		{"a macro without end", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "t.j2:1:20: nested more than 100 levels deep: does a macro or a template call itself?\n>     1 | {% macro m() %}{{ m() }}{% endmacro %}{{ m() }}\n  from t.j2:1\n  from t.j2:1\n  from t.j2:1\n  from t.j2:1\n  from t.j2:1\n  from t.j2:1\n  and so on, 93 more"},
		{"a loop without end", "{% for i in range(99999) %}{% for j in range(99999) %}{{ j }}{% endfor %}{% endfor %}", "t.j2:1:55: given up after 1000000 steps: does a loop not end?\n>     1 | {% for i in range(99999) %}{% for j in range(99999) %}{{ j }}{% endfor %}{% endfor %}"},
		{"output without end", "{% set x = 'x' * 9999 %}{% for i in range(9999) %}{{ x }}{% endfor %}", "t.j2:1:51: given up after 4194304 bytes of output\n>     1 | {% set x = 'x' * 9999 %}{% for i in range(9999) %}{{ x }}{% endfor %}"},
		{"a text without end", "{{ 'xx' * 9223372036854775807 }}", "t.j2:1:4: text of more than 16 MiB\n>     1 | {{ 'xx' * 9223372036854775807 }}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := testEngine(
				"t.j2", test.source,
				"macros.j2", "{% macro fail() -%}\n {{ raise_error('too bad') }}\n{%- endmacro %}",
				"sub/broken.j2", "{{ a.b }}",
				"a.j2", "{% import 'b.j2' as b %}",
				"b.j2", "{% import 'a.j2' as a %}",
			)
			_, err := e.Render("t.j2", nil)
			var wrong *Error
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if got := err.Error(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestSourceLimit(t *testing.T) {
	e := testEngine("t.j2", strings.Repeat("x", maxSource+1))
	if _, err := e.Render("t.j2", nil); err == nil || !strings.Contains(err.Error(), "more than 1048576 bytes") {
		t.Errorf("got %v", err)
	}
}

func FuzzEngine(f *testing.F) {
	for _, seed := range []string{
		"{% set a = [1] %}{{ a | customizable('packages') | join(',') }}", "{% import 't.j2' as t %}",
		"{% extends 'parent.j2' %}{% block one %}{{ super() }}{% endblock %}", "{{ a.b.c }}", "{%- raw -%}{% endraw %}",
		"{% for k, v in users | dictsort recursive %}{{ loop.index }}{% endfor %}", "{{ raise_error('x') }}", "{# \n #}\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		e := testEngine("t.j2", source, "parent.j2", "{% block one %}{% endblock %}")
		text, err := e.Render("t.j2", map[string]any{"image_name": "a", "users": map[string]any{"u": 1}})
		var wrong *Error
		if err != nil && !errors.As(err, &wrong) {
			t.Errorf("not an error of ours: %v", err)
		}
		if len(text) > maxOutput {
			t.Errorf("%d bytes of output", len(text))
		}
	})
}
