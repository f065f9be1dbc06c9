package jinja

import (
	"maps"
	"slices"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// builtin is what a filter, test or function does with its parameters, in the
// order in which it declares them.
type builtin func(s *State, p []value.Value) (value.Value, error)

// bind gives a builtin its parameters. The name is that of Python's function,
// for messages.
func bind(name string, do builtin, parameters ...value.Parameter) Filter {
	return func(s *State, a value.Arguments) (value.Value, error) {
		p, err := a.Bind(name, parameters...)
		if err != nil {
			return nil, err
		}
		return do(s, p)
	}
}

// need declares a parameter that has to be given, option one that is otherwise
// if it is not.
func need(name string) value.Parameter { return value.Parameter{Name: name, Required: true} }

func option(name string, otherwise value.Value) value.Parameter {
	return value.Parameter{Name: name, Default: otherwise}
}

// builtinFilters are Jinja2's filters, without those in refusedFilters.
func builtinFilters() map[string]Filter {
	all := map[string]Filter{}
	for _, group := range []map[string]Filter{textFilters(), layoutFilters(), webFilters(), numberFilters(),
		sequenceFilters(), rowFilters(), orderFilters(), selectFilters()} {
		maps.Copy(all, group)
	}
	return all
}

// refusedFilters are the filters that are left out, and what to write instead.
var refusedFilters = map[string]string{
	"random": "each rendering would differ; write |first, or name what you want",
	"urlize": "write the link",
}

// method calls a method of a string.
func method(text, name string, arguments ...value.Value) (value.Value, error) {
	m, err := value.Attribute(text, name)
	if err != nil {
		return nil, err
	}
	return m.(value.Callable).Call(value.Arguments{Positional: arguments})
}

// textMethod is a filter that is a method of str, called with the parameters.
func textMethod(name string) builtin {
	return func(_ *State, p []value.Value) (value.Value, error) {
		text, err := str(p[0])
		if err != nil {
			return nil, err
		}
		return method(text, name, p[1:]...)
	}
}

// integer takes a parameter that counts.
func integer(v value.Value) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case *value.Undefined:
		return 0, v.Misuse()
	default:
		return 0, value.Errorf("TypeError", "'%s' object cannot be interpreted as an integer", value.TypeName(v))
	}
}

// isUndefined tells what is not there.
func isUndefined(v value.Value) bool {
	_, is := v.(*value.Undefined)
	return is
}

// missing returns an undefined value with what to say when it is misused.
func missing(hint string) *value.Undefined { return &value.Undefined{Hint: hint} }

// argumentError is what filters raise that are called wrongly.
func argumentError(format string, arguments ...any) error {
	return value.Errorf("FilterArgumentError", format, arguments...)
}

// lazily returns a generator of which nothing is made before somebody asks.
func lazily(of string, begin func() (iterator, error)) *generator {
	var next iterator
	return &generator{kind: "generator", of: of, next: func() (value.Value, bool, error) {
		if next == nil {
			var err error
			if next, err = begin(); err != nil {
				return nil, false, err
			}
		}
		return next()
	}}
}

// given copies arguments, for functions that are called with them again and
// again.
func given(first value.Value, rest []value.Value, keywords []value.Keyword) value.Arguments {
	return value.Arguments{
		Positional: append([]value.Value{first}, rest...),
		Keywords:   slices.Clone(keywords),
	}
}
