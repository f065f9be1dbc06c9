package jinja

import "github.com/kolla-build/kolla-build/internal/jinja/value"

// builtinGlobals are Jinja2's functions.
func builtinGlobals() map[string]value.Value {
	return map[string]value.Value{
		"range":     &Function{Name: "safe_range", Do: newRange},
		"dict":      &class{"dict", "dict", newDict},
		"cycler":    &class{"Cycler", "jinja2.utils.Cycler", newCycler},
		"joiner":    &class{"Joiner", "jinja2.utils.Joiner", newJoiner},
		"namespace": &class{"Namespace", "jinja2.utils.Namespace", newNamespace},
		"lipsum": &Function{Name: "generate_lorem_ipsum", Do: func(*State, value.Arguments) (value.Value, error) {
			return nil, value.Errorf("NotImplementedError", "the function 'lipsum' is not supported: each rendering would differ; write the text")
		}},
	}
}

// class is a function that makes objects.
type class struct {
	name, path string
	make       func(value.Arguments) (value.Value, error)
}

// TypeName is that of all classes.
func (*class) TypeName() string { return "type" }

// Repr names the class.
func (c *class) Repr() string { return "<class '" + c.path + "'>" }

// Call implements [value.Callable].
func (c *class) Call(a value.Arguments) (value.Value, error) { return c.make(a) }

// newDict makes a dict of a dict or of pairs, and of keywords.
func newDict(a value.Arguments) (value.Value, error) {
	dict := value.NewDict()
	if len(a.Positional) > 1 {
		return nil, value.Errorf("TypeError", "dict expected at most 1 argument, got %d", len(a.Positional))
	}
	if len(a.Positional) == 1 {
		if err := fill(dict, a.Positional[0]); err != nil {
			return nil, err
		}
	}
	for _, k := range a.Keywords {
		if err := dict.Set(k.Name, k.Value); err != nil {
			return nil, err
		}
	}
	return dict, nil
}

// fill adds the items of a dict, or pairs, to a dict.
func fill(dict *value.Dict, from value.Value) error {
	if other, isDict := from.(*value.Dict); isDict {
		from = itemsOf(other)
	}
	items, err := value.Iterate(from)
	if err != nil {
		return err
	}
	for i, item := range items {
		pair, err := value.Iterate(item)
		if err != nil {
			return value.Errorf("TypeError", "cannot convert dictionary update sequence element #%d to a sequence", i)
		}
		if len(pair) != 2 {
			return value.Errorf("ValueError", "dictionary update sequence element #%d has length %d; 2 is required", i, len(pair))
		}
		if err := dict.Set(pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

func newNamespace(a value.Arguments) (value.Value, error) {
	dict, err := newDict(a)
	if err != nil {
		return nil, err
	}
	namespace := value.NewNamespace()
	for _, e := range dict.(*value.Dict).Items() {
		if name, isText := e.Key.(string); isText {
			namespace.Set(name, e.Value)
		}
	}
	return namespace, nil
}
