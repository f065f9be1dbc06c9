package jinja

import (
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// iterator returns the next item, and whether there was one.
type iterator func() (item value.Value, more bool, err error)

// iterate returns what iterates over a value. A list that grows meanwhile is
// followed, as in Python.
func (r *run) iterate(v value.Value) (iterator, error) {
	switch v := v.(type) {
	case *value.List:
		return r.counted(func(i int) (value.Value, bool) {
			if i >= len(v.Items) {
				return nil, false
			}
			return v.Items[i], true
		}), nil
	case *value.Dict:
		return r.unchanged(v.Keys(), v.Len)
	case *value.View:
		items, err := v.Iterate()
		if err != nil {
			return nil, err
		}
		return r.unchanged(items, v.Length)
	case *generator:
		return v.next, nil
	case *loopContext:
		return v.pairs, nil
	}
	items, err := value.Iterate(v)
	if err != nil {
		return nil, err
	}
	return r.over(items), nil
}

// over iterates over items.
func (r *run) over(items []value.Value) iterator {
	return r.counted(func(i int) (value.Value, bool) {
		if i >= len(items) {
			return nil, false
		}
		return items[i], true
	})
}

// unchanged iterates over the items of a dict, which has to keep its length.
func (r *run) unchanged(items []value.Value, length func() int) (iterator, error) {
	next, ended := r.over(items), false
	return func() (value.Value, bool, error) {
		if length() != len(items) && !ended {
			return nil, false, value.Errorf("RuntimeError", "dictionary changed size during iteration")
		}
		item, more, err := next()
		ended = !more
		return item, more, err
	}, nil
}

// counted iterates over what item returns for 0, 1, 2 and so on, and counts the
// steps.
func (r *run) counted(item func(int) (value.Value, bool)) iterator {
	i := -1
	return func() (value.Value, bool, error) {
		i++
		v, more := item(i)
		return v, more, r.step(1)
	}
}

// items returns all items of a value.
func (r *run) items(v value.Value) ([]value.Value, error) {
	next, err := r.iterate(v)
	if err != nil {
		return nil, err
	}
	return drain(next)
}

func drain(next iterator) ([]value.Value, error) {
	var items []value.Value
	for {
		item, more, err := next()
		if err != nil || !more {
			return items, err
		}
		items = append(items, item)
	}
}

// generator is what filters return that make their items while somebody asks
// for them. It can be iterated over once.
type generator struct {
	kind string // the name of its Python type
	of   string // of the function that made it
	next iterator
}

func (g *generator) TypeName() string { return g.kind }

// Repr has no address, unlike Python's: a rendering shall be the same each
// time.
func (g *generator) Repr() string {
	if g.of == "" {
		return "<" + g.kind + " object>"
	}
	return "<" + g.kind + " object " + g.of + ">"
}

// Iterate implements [value.Iterable].
func (g *generator) Iterate() ([]value.Value, error) { return drain(g.next) }

// str converts a value to text as printing does. A module gives what its
// template writes.
func str(v value.Value) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case *module:
		return v.body, nil
	default:
		return value.Str(v)
	}
}
