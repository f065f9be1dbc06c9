package jinja

import (
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// selectFilters are the filters that are given the name of a filter or a test.
func selectFilters() map[string]Filter {
	return map[string]Filter{
		"map":        mapped,
		"select":     selector("select", true, false),
		"reject":     selector("reject", false, false),
		"selectattr": selector("selectattr", true, true),
		"rejectattr": selector("rejectattr", false, true),
	}
}

// mapped applies a filter to each item, or gets an attribute of it.
func mapped(s *State, a value.Arguments) (value.Value, error) {
	if len(a.Positional) == 0 {
		return nil, value.Errorf("TypeError", "sync_do_map() missing 1 required positional argument: 'value'")
	}
	return s.eachLazily("sync_do_map", a.Positional[0], func() (getter, error) { return s.mapper(a) },
		func(_ value.Value, result value.Value) (value.Value, bool, error) { return result, true, nil }), nil
}

// eachLazily returns a generator that does something with each item and then
// picks what comes out of it, if anything. What is false has no items, and
// then nobody looks at what should be done.
func (s *State) eachLazily(of string, all value.Value, prepare func() (getter, error),
	pick func(item, result value.Value) (value.Value, bool, error)) *generator {
	return lazily(of, func() (iterator, error) {
		if ok, err := value.Truth(all); err != nil || !ok {
			return s.run.over(nil), err
		}
		do, err := prepare()
		if err != nil {
			return nil, err
		}
		next, err := s.run.iterate(all)
		if err != nil {
			return nil, err
		}
		return func() (value.Value, bool, error) {
			for {
				item, more, err := next()
				if err != nil || !more {
					return nil, false, err
				}
				result, err := do(item)
				if err != nil {
					return nil, false, err
				}
				if picked, ok, err := pick(item, result); err != nil || ok {
					return picked, ok, err
				}
			}
		}, nil
	})
}

// mapper returns what map does with each item.
func (s *State) mapper(a value.Arguments) (getter, error) {
	rest := a.Positional[1:]
	if len(rest) == 0 {
		return mapAttribute(a.Keywords)
	}
	return func(item value.Value) (value.Value, error) {
		name, _ := rest[0].(string)
		filter := s.environment.filters[name]
		if filter == nil {
			return nil, noSuch("filter", rest[0])
		}
		return filter(s, given(item, rest[1:], a.Keywords))
	}, nil
}

func mapAttribute(keywords []value.Keyword) (getter, error) {
	var attribute, otherwise value.Value
	unexpected := ""
	for _, k := range keywords {
		switch k.Name {
		case "attribute":
			attribute = k.Value
		case "default":
			otherwise = k.Value
		default:
			unexpected = k.Name
		}
	}
	switch {
	case attribute == nil:
		return nil, argumentError("map requires a filter argument")
	case unexpected != "":
		return nil, argumentError("Unexpected keyword argument %s", quote(unexpected))
	}
	return attributeGetter(attribute, otherwise, nil), nil
}

// noSuch is the error for a filter or test that is named by a value.
func noSuch(what string, name value.Value) error {
	if u, is := name.(*value.Undefined); is {
		return runtimeError("No %s named Undefined. (%s; did you forget to quote the callable name?)", what, u.Hint)
	}
	text, err := value.Repr(name)
	if err != nil {
		return err
	}
	return runtimeError("No %s named %s.", what, text)
}

// selector returns a filter that keeps the items for which a test gives wanted.
// The test looks at the item or, with attribute, at one of its attributes.
func selector(name string, wanted, attribute bool) Filter {
	return func(s *State, a value.Arguments) (value.Value, error) {
		if len(a.Positional) == 0 {
			return nil, value.Errorf("TypeError", "sync_do_%s() missing 1 required positional argument: 'value'", name)
		}
		prepare := func() (getter, error) { return s.tester(a, attribute) }
		return s.eachLazily("select_or_reject", a.Positional[0], prepare,
			func(item, result value.Value) (value.Value, bool, error) {
				ok, err := value.Truth(result)
				return item, ok == wanted && err == nil, err
			}), nil
	}
}

// tester returns what is looked at to select an item.
func (s *State) tester(a value.Arguments, attribute bool) (getter, error) {
	rest := a.Positional[1:]
	get := itself
	if attribute {
		if len(rest) == 0 {
			return nil, argumentError("Missing parameter for attribute name")
		}
		get = attributeGetter(rest[0], nil, nil)
		rest = rest[1:]
	}
	return func(item value.Value) (value.Value, error) {
		v, err := get(item)
		if err != nil || len(rest) == 0 {
			return v, err
		}
		name, _ := rest[0].(string)
		test := s.environment.tests[name]
		if test == nil {
			return nil, noSuch("test", rest[0])
		}
		return test(s, given(v, rest[1:], a.Keywords))
	}, nil
}
