package jinja

import (
	"slices"
	"strings"

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
		"batch":   bind("do_batch", batch, need("value"), need("linecount"), option("fill_with", none)),
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
		"slice":   bind("sync_do_slice", sliced, need("value"), need("slices"), option("fill_with", none)),
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

// batch makes lists of so many items.
func batch(s *State, p []value.Value) (value.Value, error) {
	return lazily("do_batch", func() (iterator, error) {
		next, err := s.run.iterate(p[0])
		if err != nil {
			return nil, err
		}
		var pending value.Value
		ended := false
		return func() (value.Value, bool, error) {
			var row []value.Value
			if pending != nil {
				row, pending = append(row, pending), nil
			}
			for !ended {
				item, more, err := next()
				if err != nil {
					return nil, false, err
				}
				if !more {
					ended = true
					break
				}
				full, err := value.Equal(int64(len(row)), p[1])
				if err != nil {
					return nil, false, err
				}
				if full {
					pending = item
					return value.NewList(row...), true, nil
				}
				row = append(row, item)
			}
			if len(row) == 0 {
				return nil, false, nil
			}
			row, err := filled(row, p[1], p[2])
			return value.NewList(row...), true, err
		}, nil
	}), nil
}

// filled makes a row as long as it should be.
func filled(row []value.Value, length, with value.Value) ([]value.Value, error) {
	if with == value.Value(value.None) {
		return row, nil
	}
	short, err := value.Compare("<", int64(len(row)), length)
	if err != nil || !short {
		return row, err
	}
	n, err := integer(length)
	if err != nil {
		return nil, err
	}
	if n > value.MaxItems {
		return nil, value.Errorf("MemoryError", "more than %d items", value.MaxItems)
	}
	for int64(len(row)) < n {
		row = append(row, with)
	}
	return row, nil
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
	get := func(v value.Value) (value.Value, error) { return v, nil }
	if p[2] != value.Value(value.None) {
		if get, err = attributeGetter(p[2], nil, nil); err != nil {
			return nil, err
		}
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

// sliced makes so many lists of nearly the same length.
func sliced(s *State, p []value.Value) (value.Value, error) {
	return lazily("sync_do_slice", func() (iterator, error) {
		all, err := s.run.items(p[0])
		if err != nil {
			return nil, err
		}
		count, err := integer(p[1])
		if err != nil {
			return nil, err
		}
		if count == 0 {
			return nil, value.Errorf("ZeroDivisionError", "integer division or modulo by zero")
		}
		short, longer := len(all)/int(count), len(all)%int(count)
		start := 0
		return s.run.counted(func(i int) (value.Value, bool) {
			if int64(i) >= count {
				return nil, false
			}
			end := start + short
			if i < longer {
				end++
			}
			row := slices.Clone(all[start:end])
			if p[2] != value.Value(value.None) && i >= longer {
				row = append(row, p[2])
			}
			start = end
			return value.NewList(row...), true
		}), nil
	}), nil
}

func sum(s *State, p []value.Value) (value.Value, error) {
	all, err := s.run.items(p[0])
	if err != nil {
		return nil, err
	}
	get, err := attributeGetter(p[1], nil, nil)
	if err != nil {
		return nil, err
	}
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

// getter gets what a filter looks at in each item.
type getter func(value.Value) (value.Value, error)

// attributeGetter follows a path with dots, of which parts that are numbers are
// indexes. What is not there on the way is otherwise, if that is not nil.
func attributeGetter(path, otherwise value.Value, then getter) (getter, error) {
	var parts []value.Value
	switch path := path.(type) {
	case value.NoneType:
	case string:
		for part := range strings.SplitSeq(path, ".") {
			parts = append(parts, pathPart(part))
		}
	default:
		parts = []value.Value{path}
	}
	return func(item value.Value) (value.Value, error) {
		var err error
		for _, part := range parts {
			if item, err = value.Item(item, part); err != nil {
				return nil, err
			}
			if otherwise != nil && otherwise != value.Value(value.None) && isUndefined(item) {
				item = otherwise
			}
		}
		if then != nil {
			return then(item)
		}
		return item, nil
	}, nil
}

func pathPart(part string) value.Value {
	if part == "" || strings.Trim(part, "0123456789") != "" {
		return part
	}
	n, err := parseInt(part, 10)
	if err != nil {
		return part
	}
	return n
}

// lowered makes texts comparable whatever their case.
func lowered(v value.Value) (value.Value, error) {
	if text, isText := v.(string); isText {
		return method(text, "lower")
	}
	return v, nil
}

// sortKey gets what items are compared by.
func sortKey(path, caseSensitive, otherwise value.Value) (getter, error) {
	exact, err := value.Truth(caseSensitive)
	if err != nil {
		return nil, err
	}
	if exact {
		return attributeGetter(path, otherwise, nil)
	}
	return attributeGetter(path, otherwise, lowered)
}
