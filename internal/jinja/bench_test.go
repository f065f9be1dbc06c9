package jinja

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// BenchmarkTree renders a tree as large as Kolla's: 190 templates that each
// import the same 11 macros, from sources that have to be read each time.
func BenchmarkTree(b *testing.B) {
	var macros strings.Builder
	for i := range 11 {
		fmt.Fprintf(&macros, "{%% macro m%d(packages, user=none) -%%}\n{%% if base == 'debian' %%}RUN apt-get install {{ packages|sort|join(' ') }}"+
			"{%% elif user %%}RUN useradd {{ user }}{%% else %%}{%% for p in packages %%}{{ p }}{%% if not loop.last %%},{%% endif %%}{%% endfor %%}{%% endif %%}\n{%%- endmacro %%}\n", i)
	}
	page := "FROM {{ base }}\n{% import 'macros' as macros with context %}\n{% block header %}{% endblock %}\n" +
		strings.Repeat("{% set packages = ['one', 'two', 'three'] %}\n{{ macros.m3(packages|map('upper')|list) }}\nLABEL a={{ base ~ '-' ~ packages|length }}\n", 10) +
		"{% block footer %}{% endblock %}\n"
	for b.Loop() {
		e := New(func(name string) (string, error) {
			if name == "macros" {
				return macros.String(), nil
			}
			return page, nil
		})
		for i := range 190 {
			template, err := e.Template(fmt.Sprint(i))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := template.Render(map[string]value.Value{"base": "debian"}); err != nil {
				b.Fatal(err)
			}
		}
	}
}
