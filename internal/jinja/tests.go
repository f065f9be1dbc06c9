package jinja

import (
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// builtinTests are Jinja2's tests.
func builtinTests() map[string]Test {
	tests := map[string]Test{
		"odd":         remainder("odd", int64(1)),
		"even":        remainder("even", int64(0)),
		"divisibleby": bindTest("test_divisibleby", divisible, need("value"), need("num")),
		"defined":     kindTest("defined", func(v value.Value) bool { return !isUndefined(v) }),
		"undefined":   kindTest("undefined", isUndefined),
		"none":        kindTest("none", func(v value.Value) bool { return v == value.Value(value.None) }),
		"boolean":     kindTest("boolean", is[bool]),
		"false":       kindTest("false", func(v value.Value) bool { return v == value.Value(false) }),
		"true":        kindTest("true", func(v value.Value) bool { return v == value.Value(true) }),
		"integer":     kindTest("integer", is[int64]),
		"float":       kindTest("float", is[float64]),
		"string":      kindTest("string", is[string]),
		"mapping":     kindTest("mapping", is[*value.Dict]),
		"number":      kindTest("number", func(v value.Value) bool { return is[bool](v) || is[int64](v) || is[float64](v) }),
		"sequence":    kindTest("sequence", isSequence),
		"iterable":    kindTest("iterable", isIterable),
		"callable":    kindTest("callable", isCallable),
		"escaped":     kindTest("escaped", func(value.Value) bool { return false }),
		"lower":       caseTest("lower", "islower"),
		"upper":       caseTest("upper", "isupper"),
		"sameas":      bindTest("test_sameas", func(_ *State, p []value.Value) (bool, error) { return same(p[0], p[1]), nil }, need("value"), need("other")),
		"in":          bindTest("test_in", func(_ *State, p []value.Value) (bool, error) { return value.Contains(p[1], p[0]) }, need("value"), need("seq")),
		"filter":      bindTest("test_filter", known(func(e *Environment, name string) bool { return e.filters[name] != nil }), need("value")),
		"test":        bindTest("test_test", known(func(e *Environment, name string) bool { return e.tests[name] != nil }), need("value")),
	}
	for operator, names := range comparisons {
		compare := bindTest(names[0], func(_ *State, p []value.Value) (bool, error) { return compared(operator, p[0], p[1]) }, need("a"), need("b"))
		tests[operator] = compare
		for _, name := range names {
			tests[name] = compare
		}
	}
	return tests
}

// comparisons are the tests that are operators, and their names.
var comparisons = map[string][]string{
	"==": {"eq", "equalto"},
	"!=": {"ne"},
	">":  {"gt", "greaterthan"},
	">=": {"ge"},
	"<":  {"lt", "lessthan"},
	"<=": {"le"},
}

func bindTest(name string, do func(*State, []value.Value) (bool, error), parameters ...value.Parameter) Test {
	return func(s *State, a value.Arguments) (bool, error) {
		p, err := a.Bind(name, parameters...)
		if err != nil {
			return false, err
		}
		return do(s, p)
	}
}

// kindTest is a test that only looks at what a value is.
func kindTest(name string, of func(value.Value) bool) Test {
	return bindTest("test_"+name, func(_ *State, p []value.Value) (bool, error) { return of(p[0]), nil }, need("value"))
}

func is[T any](v value.Value) bool {
	_, is := v.(T)
	return is
}

// remainder tests the remainder of a division by two.
func remainder(name string, wanted int64) Test {
	return bindTest("test_"+name, func(_ *State, p []value.Value) (bool, error) {
		rest, err := value.Binary("%", p[0], int64(2))
		if err != nil {
			return false, err
		}
		return value.Equal(rest, wanted)
	}, need("value"))
}

func divisible(_ *State, p []value.Value) (bool, error) {
	rest, err := value.Binary("%", p[0], p[1])
	if err != nil {
		return false, err
	}
	return value.Equal(rest, int64(0))
}

// caseTest is a test that is a method of str.
func caseTest(name, of string) Test {
	return bindTest("test_"+name, func(_ *State, p []value.Value) (bool, error) {
		text, err := str(p[0])
		if err != nil {
			return false, err
		}
		result, err := method(text, of)
		return result == value.Value(true), err
	}, need("value"))
}

func known(has func(*Environment, string) bool) func(*State, []value.Value) (bool, error) {
	return func(s *State, p []value.Value) (bool, error) {
		if _, _, err := value.NewDict().Get(p[0]); err != nil {
			return false, err // what cannot be a key
		}
		name, isText := p[0].(string)
		return isText && has(s.environment, name), nil
	}
}

// isSequence tells what has a length and items. Undefined values have both, and
// complain only when an item is asked for.
func isSequence(v value.Value) bool {
	switch v := v.(type) {
	case string, *value.List, value.Tuple, *value.Dict, *value.Undefined:
		return true
	case value.Itemer:
		return is[value.Sized](v)
	default:
		return false
	}
}

// isCallable tells what can be called. An undefined value can, to complain.
func isCallable(v value.Value) bool {
	return is[value.Callable](v) || is[*Function](v) || isUndefined(v)
}

// same tells whether two values are one and the same object. Of numbers and
// texts Python keeps one each if they are short; here all count as one.
func same(a, b value.Value) bool {
	if is[value.Tuple](a) || is[value.Tuple](b) {
		return false
	}
	return a == b
}
