package jinja

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os/exec"
	"testing"
)

// python is the one with the Jinja2 that testdata/expected.json is from.
const python = "/usr/bin/python3"

// randomContext is what random templates find. Python reads it as it stands.
const randomContext = `{"i": 7, "j": -3, "z": 0, "f": 2.5, "s": "Hello, World", "t": "a-b_c d", "e": "", "n": null, "yes": true, "no": false,
"l": [3, 1, 2], "w": ["pear", "Fig", "apple"], "mixed": [1, "a", null, 2.5, true, []], "nested": [[1, 2], [3, 4]],
"d": {"b": 1, "a": 2}, "users": [{"name": "bob", "age": 30}, {"name": "Al", "age": 25}, {"name": "cy", "age": 30}]}`

// TestAgainstPython renders random templates here and in Python, and compares
// outputs and the classes of exceptions.
func TestAgainstPython(t *testing.T) {
	if err := exec.CommandContext(t.Context(), python, "-c", "import jinja2; assert jinja2.__version__.startswith('3.1.')").Run(); err != nil {
		t.Skipf("%s has no Jinja2 3.1: %v", python, err)
	}
	expressions, structures := &grammar{rand.New(rand.NewPCG(20, 26))}, &structure{Rand: rand.New(rand.NewPCG(20, 26))}
	var cases []map[string]string
	for range 600 {
		cases = append(cases, map[string]string{"main": expressions.template()}, structures.templates())
	}
	different := 0
	for i, want := range askPython(t, cases) {
		got := renderHere(t, cases[i])
		if got.kind == "OverflowError" && want.kind != got.kind {
			continue // Python's integers have no end
		}
		if got != want {
			if different++; different <= 20 {
				t.Errorf("%q\ngot:  %q\nwant: %q", cases[i], got, want)
			}
		}
	}
	if different > 0 {
		t.Errorf("%d of %d differ", different, len(cases))
	}
}

// answer is an output, or the class of an exception.
type answer struct{ output, kind string }

// askPython renders all cases in one process.
func askPython(t *testing.T, cases []map[string]string) []answer {
	t.Helper()
	asked, err := json.Marshal(map[string]any{"context": json.RawMessage(randomContext), "cases": cases})
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), python, "testdata/oracle.py")
	command.Stdin = bytes.NewReader(asked)
	reply, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var outcomes [][2]*string
	if err := json.Unmarshal(reply, &outcomes); err != nil || len(outcomes) != len(cases) {
		t.Fatalf("%d answers: %v", len(outcomes), err)
	}
	answers := make([]answer, len(outcomes))
	for i, o := range outcomes {
		if o[0] != nil {
			answers[i].output = *o[0]
		} else {
			answers[i].kind = *o[1]
		}
	}
	return answers
}

func renderHere(t *testing.T, templates map[string]string) answer {
	t.Helper()
	s := scenario{templates: templates, context: object(t, randomContext)}
	output, err := s.render()
	var raised *Error
	if err != nil && !errors.As(err, &raised) {
		t.Fatalf("%q: not an error of ours: %v", templates, err)
	}
	if err != nil {
		return answer{kind: raised.Kind}
	}
	return answer{output: output}
}
