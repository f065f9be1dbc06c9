package jinja

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// result is what Python made of a case.
type result struct {
	Output  *string
	Error   string
	Message string
	Line    int
}

// scenario is a case: templates, of which "main" is rendered.
type scenario struct {
	name      string
	templates map[string]string
	context   *value.Dict
	objects   map[string]string
}

// TestConformance renders what testdata/generate.py rendered with Python, and
// compares.
func TestConformance(t *testing.T) {
	var expected map[string]map[string]result
	content, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &expected); err != nil {
		t.Fatal(err)
	}
	for _, file := range slices.Sorted(maps.Keys(expected)) {
		t.Run(file, func(t *testing.T) {
			scenarios := read(t, file)
			if len(scenarios) != len(expected[file]) {
				t.Fatalf("%d cases, but Python has seen %d: run testdata/generate.py", len(scenarios), len(expected[file]))
			}
			for _, s := range scenarios {
				want, known := expected[file][s.name]
				if !known {
					t.Errorf("%s: Python has not seen it: run testdata/generate.py", s.name)
					continue
				}
				compare(t, s, want)
			}
		})
	}
}

// compare renders a case and holds the outcome against Python's.
func compare(t *testing.T, s scenario, want result) {
	t.Helper()
	got, err := s.render()
	var raised *Error
	switch {
	case err != nil && !errors.As(err, &raised):
		t.Errorf("%s\nnot an error of ours: %v", s.name, err)
	case err != nil && want.Error == "":
		t.Errorf("%s\ngot:  %v\nwant: %s", s.name, err, *want.Output)
	case err != nil && raised.Kind != want.Error:
		t.Errorf("%s\ngot:  %v\nwant: %s: %s", s.name, err, want.Error, want.Message)
	case err != nil && want.Line != 0 && raised.Line != want.Line:
		t.Errorf("%s\ngot line %d, want %d", s.name, raised.Line, want.Line)
	case err != nil && speaks(want.Error) && raised.Message != want.Message:
		t.Errorf("%s\ngot:  %s\nwant: %s", s.name, raised.Message, want.Message)
	case err == nil && want.Error != "":
		t.Errorf("%s\ngot:  %s\nwant: %s: %s", s.name, got, want.Error, want.Message)
	case err == nil && got != *want.Output:
		t.Errorf("%s\ngot:  %q\nwant: %q", s.name, got, *want.Output)
	}
}

// speaks tells the classes of exceptions of which the message is compared too:
// those that tell about the template, not about Python's functions.
func speaks(kind string) bool {
	return slices.Contains([]string{"UndefinedError", "SecurityError", "TemplateRuntimeError", "TemplateAssertionError", "FilterArgumentError"}, kind)
}

// render renders the main template of a case.
func (s scenario) render() (string, error) {
	environment, other := s.environment(), s.environment()
	context := map[string]value.Value{}
	for _, e := range s.context.Items() {
		context[e.Key.(string)] = e.Value
	}
	for name, template := range s.objects {
		source := environment
		if plain, foreign := strings.CutPrefix(template, "!"); foreign {
			source, template = other, plain
		}
		object, err := source.Template(template)
		if err != nil {
			return "", err
		}
		context[name] = object
	}
	main, err := environment.Template("main")
	if err != nil {
		return "", err
	}
	return main.Render(context)
}

func (s scenario) environment() *Environment {
	return New(func(name string) (string, error) {
		source, ok := s.templates[name]
		if !ok {
			return "", fs.ErrNotExist
		}
		return source, nil
	})
}

// read reads a file of cases; generate.py tells how they are written.
func read(t *testing.T, file string) []scenario {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(file, "lines/") {
		return readLines(t, string(content))
	}
	return readScripts(t, string(content))
}

func readLines(t *testing.T, content string) []scenario {
	t.Helper()
	first, rest, _ := strings.Cut(content, "\n")
	var all []scenario
	for line := range strings.SplitSeq(rest, "\n") {
		if line != "" && !strings.HasPrefix(line, "##") {
			all = append(all, scenario{name: line, templates: map[string]string{"main": line}, context: object(t, first)})
		}
	}
	return all
}

func readScripts(t *testing.T, content string) []scenario {
	t.Helper()
	var all []scenario
	for _, part := range strings.Split("\n"+content, "\n=== ")[1:] {
		if strings.HasSuffix(part, "\n\n") {
			part = strings.TrimRight(part, "\n")
		}
		part = strings.TrimSuffix(part, "\n")
		name, _, _ := strings.Cut(part, "\n")
		s := scenario{name: name, templates: map[string]string{}, context: value.NewDict(), objects: map[string]string{}}
		for _, section := range strings.Split(part, "\n--- ")[1:] {
			head, body, _ := strings.Cut(section, "\n")
			if plain, coded := strings.CutSuffix(head, " json"); coded {
				head = plain
				if err := json.Unmarshal([]byte(body), &body); err != nil {
					t.Fatal(err)
				}
			}
			switch head {
			case "context":
				s.context = object(t, body)
			case "objects":
				if err := json.Unmarshal([]byte(body), &s.objects); err != nil {
					t.Fatal(err)
				}
			default:
				s.templates[head] = body
			}
		}
		all = append(all, s)
	}
	return all
}

// object reads a JSON object in its order; numbers without a point are integers.
func object(t *testing.T, text string) *value.Dict {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	v, err := decode(decoder)
	if err != nil {
		t.Fatal(err)
	}
	return v.(*value.Dict)
}

func decode(d *json.Decoder) (value.Value, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case nil:
		return value.None, nil
	case json.Number:
		if n, err := token.Int64(); err == nil {
			return n, nil
		}
		return token.Float64()
	case json.Delim:
		if token == '[' {
			return decodeList(d)
		}
		return decodeDict(d)
	default:
		return token, nil
	}
}

func decodeList(d *json.Decoder) (value.Value, error) {
	list := value.NewList()
	for d.More() {
		item, err := decode(d)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, item)
	}
	_, err := d.Token()
	return list, err
}

func decodeDict(d *json.Decoder) (value.Value, error) {
	dict := value.NewDict()
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		item, err := decode(d)
		if err != nil {
			return nil, err
		}
		if err := dict.Set(key, item); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return dict, err
}
