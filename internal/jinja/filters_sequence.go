package jinja

import (
	"slices"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// sequenceFilters are the filters that take things one by one.
func sequenceFilters() map[string]Filter {
	none := value.Value(value.None)
	length := bind("len", func(_ *State, p []value.Value) (value.Value, error) {
		n, err := value.Length(p[0])
		return int64(n), err
	}, need("obj"))
	otherwise := bind("do_default", defaultTo, need("value"), option("default_value", ""), option("boolean", false))
	return map[string]Filter{
		"attr":    bind("do_attr", attr, need("obj"), need("name")),
		"count":   length,
		"d":       otherwise,
		"default": otherwise,
		"first":   bind("sync_do_first", first, need("seq")),
		"items":   bind("do_items", items, need("value")),
		"join":    bind("sync_do_join", join, need("value"), option("d", ""), option("attribute", none)),
		"last":    bind("do_last", last, need("seq")),
		"length":  length,
		"list":    bind("sync_do_list", list, need("value")),
		"reverse": bind("do_reverse", reverse, need("value")),
		"sum":     bind("sync_do_sum", sum, need("iterable"), option("attribute", none), option("start", int64(0))),
		"unique":  bind("do_unique", unique, need("value"), option("case_sensitive", false), option("attribute", none)),
	}
}

// attr gets an attribute, never an item.
func attr(_ *State, p []value.Value) (value.Value, error) {
	name, isText := p[1].(string)
	if !isText {
		return nil, value.Errorf("TypeError", "attribute name must be string, not '%s'", value.TypeName(p[1]))
	}
	found, err := value.Attribute(p[0], name)
	if err != nil {
		return nil, err
	}
	if dict, isDict := p[0].(*value.Dict); isDict && dict.Len() > 0 {
		// What an empty dict has not got, was an item.
		if absent, err := value.Attribute(value.NewDict(), name); err != nil || isUndefined(absent) {
			return absent, err
		}
	}
	return found, nil
}

func defaultTo(_ *State, p []value.Value) (value.Value, error) {
	if isUndefined(p[0]) {
		return p[1], nil
	}
	falsy, err := value.Truth(p[2])
	if err != nil || !falsy {
		return p[0], err
	}
	ok, err := value.Truth(p[0])
	if err != nil || ok {
		return p[0], err
	}
	return p[1], nil
}

func first(s *State, p []value.Value) (value.Value, error) {
	next, err := s.run.iterate(p[0])
	if err != nil {
		return nil, err
	}
	item, more, err := next()
	if err != nil || more {
		return item, err
	}
	return missing("No first item, sequence was empty."), nil
}

func last(s *State, p []value.Value) (value.Value, error) {
	if !isReversible(p[0]) {
		return nil, value.Errorf("TypeError", "'%s' object is not reversible", value.TypeName(p[0]))
	}
	all, err := s.run.items(p[0])
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return missing("No last item, sequence was empty."), nil
	}
	return all[len(all)-1], nil
}

// isReversible tells what Python's reversed() takes.
func isReversible(v value.Value) bool {
	switch v.(type) {
	case *generator, *loopContext:
		return false
	default:
		return isIterable(v)
	}
}

// isIterable tells what can be iterated over, without doing so.
func isIterable(v value.Value) bool {
	switch v.(type) {
	case string, *value.List, value.Tuple, *value.Dict, *value.Undefined, value.Iterable, *loopContext:
		return true
	default:
		return false
	}
}

func items(s *State, p []value.Value) (value.Value, error) {
	return lazily("do_items", func() (iterator, error) {
		switch v := p[0].(type) {
		case *value.Undefined:
			return s.run.over(nil), nil
		case *value.Dict:
			return s.run.over(itemsOf(v).Items), nil
		default:
			return nil, value.Errorf("TypeError", "Can only get item pairs from a mapping.")
		}
	}), nil
}

func join(s *State, p []value.Value) (value.Value, error) {
	all, err := s.run.items(p[0])
	if err != nil {
		return nil, err
	}
	get := itself
	if p[2] != value.Value(value.None) {
		get = attributeGetter(p[2], nil, nil)
	}
	separator, err := str(p[1])
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(all))
	for i, item := range all {
		if item, err = get(item); err != nil {
			return nil, err
		}
		if texts[i], err = str(item); err != nil {
			return nil, err
		}
	}
	return joined(texts, separator)
}

func list(s *State, p []value.Value) (value.Value, error) {
	all, err := s.run.items(p[0])
	return value.NewList(all...), err
}

// reverse gives a text for a text, and an iterator for all else.
func reverse(s *State, p []value.Value) (value.Value, error) {
	if text, isText := p[0].(string); isText {
		runes := []rune(text)
		slices.Reverse(runes)
		return string(runes), nil
	}
	all, err := s.run.items(p[0])
	if err != nil {
		if kindOf(err) == "TypeError" {
			err = argumentError("argument must be iterable")
		}
		return nil, err
	}
	all = slices.Clone(all)
	slices.Reverse(all)
	switch p[0].(type) {
	case *generator, *loopContext:
		return value.NewList(all...), nil
	case *value.List:
		return &generator{kind: "list_reverseiterator", next: s.run.over(all)}, nil
	default:
		return &generator{kind: "reversed", next: s.run.over(all)}, nil
	}
}

func sum(s *State, p []value.Value) (value.Value, error) {
	all, err := s.run.items(p[0])
	if err != nil {
		return nil, err
	}
	get := attributeGetter(p[1], nil, nil)
	total := p[2]
	if _, isText := total.(string); isText {
		return nil, value.Errorf("TypeError", "sum() can't sum strings [use ''.join(seq) instead]")
	}
	for _, item := range all {
		if item, err = get(item); err != nil {
			return nil, err
		}
		if total, err = value.Binary("+", total, item); err != nil {
			return nil, err
		}
	}
	return total, nil
}

func unique(s *State, p []value.Value) (value.Value, error) {
	return lazily("do_unique", func() (iterator, error) {
		key, err := sortKey(p[2], p[1], nil)
		if err != nil {
			return nil, err
		}
		next, err := s.run.iterate(p[0])
		if err != nil {
			return nil, err
		}
		seen := value.NewDict()
		return func() (value.Value, bool, error) {
			for {
				item, more, err := next()
				if err != nil || !more {
					return nil, false, err
				}
				k, err := key(item)
				if err != nil {
					return nil, false, err
				}
				if _, known, err := seen.Get(k); err != nil {
					return nil, false, err
				} else if !known {
					return item, true, seen.Set(k, value.None)
				}
			}
		}, nil
	}), nil
}
