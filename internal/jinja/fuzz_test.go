package jinja

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// FuzzRender renders whatever there is. It has to end within its limits, with a
// text or with an error of ours, and twice with the same.
func FuzzRender(f *testing.F) {
	g, s := &grammar{rand.New(rand.NewPCG(1, 2))}, &structure{Rand: rand.New(rand.NewPCG(1, 2))}
	for range 50 {
		f.Add(g.template())
		f.Add(s.templates()["main"])
	}
	for _, seed := range []string{
		"{% extends parent_template %}{% block a %}{{ super() }}{% endblock %}", "{% include ['a', missing] ignore missing %}",
		"{% call(x) m() %}{{ x }}{% endcall %}", "{{ self.a() }}{{ loop.x }}{{ namespace(a=1).a }}", "{% from 'main' import x as y with context %}",
		"{{ cycler(1).next() }}{{ joiner()() }}{{ dict(a=1)|dictsort|tojson }}", "{{ range(9)[::-2] }}{{ 'x'|wordwrap(3)|center(9)|indent }}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		first, firstErr := fuzzed(t, source)
		second, secondErr := fuzzed(t, source)
		if first != second || (firstErr == nil) != (secondErr == nil) {
			t.Errorf("got %q, %v, and then %q, %v", first, firstErr, second, secondErr)
		}
		var wrong *Error
		if firstErr != nil && !errors.As(firstErr, &wrong) {
			t.Errorf("not an error of ours: %v", firstErr)
		}
		if wrong != nil && (wrong.Kind == "" || wrong.Message == "" && wrong.Kind == "TemplateSyntaxError") {
			t.Errorf("an error that tells nothing: %#v", wrong)
		}
	})
}

func fuzzed(t *testing.T, source string) (string, error) {
	t.Helper()
	e := New(func(string) (string, error) { return source, nil })
	e.Limits = Limits{Steps: 5000, Output: 1 << 16, Depth: 20, Source: 1 << 16}
	context := map[string]value.Value{}
	for _, entry := range object(t, randomContext).Items() {
		context[entry.Key.(string)] = entry.Value
	}
	parent, err := e.FromString("parent", "[{% block a %}parent{% endblock %}]")
	if err != nil {
		t.Fatal(err)
	}
	context["parent_template"] = parent
	main, err := e.Template("main")
	if err != nil {
		return "", err
	}
	text, err := main.Render(context)
	if len(text) > e.Limits.Output {
		t.Errorf("%d bytes of output", len(text))
	}
	return text, err
}
