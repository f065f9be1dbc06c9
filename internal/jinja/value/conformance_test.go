package value_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// operations has what the cases of testdata do; generate.py has the same in Python.
var operations = map[string]func(args value.Arguments) (value.Value, error){
	"str":       unary(func(v value.Value) (value.Value, error) { return value.Str(v) }),
	"repr":      unary(func(v value.Value) (value.Value, error) { return value.Repr(v) }),
	"truth":     unary(func(v value.Value) (value.Value, error) { return value.Truth(v) }),
	"length":    unary(length),
	"iterate":   unary(iterate),
	"negate":    unary(value.Negate),
	"positive":  unary(value.Positive),
	"equal":     binary(func(a, b value.Value) (value.Value, error) { return value.Equal(a, b) }),
	"contains":  binary(func(a, b value.Value) (value.Value, error) { return value.Contains(a, b) }),
	"item":      binary(value.Item),
	"attribute": binary(func(v, name value.Value) (value.Value, error) { return value.Attribute(v, name.(string)) }),
	"format":    binary(func(v, spec value.Value) (value.Value, error) { return value.Format(v, spec.(string)) }),
	"slice": func(a value.Arguments) (value.Value, error) {
		return value.Slice(a.Positional[0], a.Positional[1], a.Positional[2], a.Positional[3])
	},
	"method": method,
	"bind":   bindSample,
	"dict":   makeDict,
}

func unary(f func(value.Value) (value.Value, error)) func(value.Arguments) (value.Value, error) {
	return func(a value.Arguments) (value.Value, error) { return f(a.Positional[0]) }
}

func binary(f func(a, b value.Value) (value.Value, error)) func(value.Arguments) (value.Value, error) {
	return func(a value.Arguments) (value.Value, error) { return f(a.Positional[0], a.Positional[1]) }
}

func length(v value.Value) (value.Value, error) {
	n, err := value.Length(v)
	return int64(n), err
}

func iterate(v value.Value) (value.Value, error) {
	items, err := value.Iterate(v)
	return value.NewList(items...), err
}

// method calls a method. What it does to a list or dict counts as much as what
// it returns.
func method(a value.Arguments) (value.Value, error) {
	self := a.Positional[0]
	f, err := value.Attribute(self, a.Positional[1].(string))
	if err != nil {
		return nil, err
	}
	a.Positional = a.Positional[2:]
	result, err := f.(value.Callable).Call(a)
	switch self.(type) {
	case *value.List, *value.Dict:
		return value.Tuple{result, self}, err
	}
	return result, err
}

func bindSample(a value.Arguments) (value.Value, error) {
	values, err := a.Bind("bound",
		value.Parameter{Name: "a", Required: true}, value.Parameter{Name: "b", Required: true},
		value.Parameter{Name: "c", Default: int64(3)}, value.Parameter{Name: "d", Default: value.None})
	return value.Tuple(values), err
}

func makeDict(a value.Arguments) (value.Value, error) {
	d := value.NewDict()
	for _, pair := range a.Positional {
		if err := d.Set(pair.(value.Tuple)[0], pair.(value.Tuple)[1]); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func TestConformance(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { testFile(t, file) })
	}
}

func testFile(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for number := 1; lines.Scan(); number++ {
		want, got, err := runCase(lines.Text())
		switch {
		case err != nil:
			t.Fatalf("%s:%d: %v", file, number, err)
		case got != want && !(strings.HasPrefix(want, "!! ") && strings.HasPrefix(got, want+": ")):
			t.Errorf("%s:%d: %s\n got %s", file, number, lines.Text(), got)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// runCase returns what a line of testdata expects and what comes of it.
func runCase(line string) (want, got string, err error) {
	operation, rest, _ := strings.Cut(line, " ")
	l := &literals{rest: rest}
	positional, err := l.value()
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", line, err)
	}
	l.accept(" ")
	keywords, err := l.value()
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", line, err)
	}
	args := value.Arguments{Positional: positional.(value.Tuple)}
	for _, e := range keywords.(*value.Dict).Items() {
		args.Keywords = append(args.Keywords, value.Keyword{Name: e.Key.(string), Value: e.Value})
	}
	result, err := operate(operation, args)
	got, err = outcome(result, err)
	return strings.TrimPrefix(l.rest, " "), got, err
}

func operate(operation string, args value.Arguments) (value.Value, error) {
	if f, ok := operations[operation]; ok {
		return f(args)
	}
	if strings.ContainsAny(operation, "<>") {
		return value.Compare(operation, args.Positional[0], args.Positional[1])
	}
	return value.Binary(operation, args.Positional[0], args.Positional[1])
}

// outcome writes a result or an exception as generate.py does.
func outcome(result value.Value, err error) (string, error) {
	if e := (*value.Error)(nil); errors.As(err, &e) {
		return "!! " + e.Error(), nil
	} else if err != nil {
		return "", err
	}
	switch v := result.(type) {
	case *value.Undefined:
		if v == undefined {
			return "=> Undefined", nil
		}
		return "=> <" + v.Misuse().Error() + ">", nil
	case *value.Function:
		return "=> <method " + v.Name + ">", nil
	}
	text, err := value.Repr(result)
	return "=> " + text, err
}
