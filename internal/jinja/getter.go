package jinja

import (
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// getter gets what a filter looks at in each item.
type getter func(value.Value) (value.Value, error)

// itself gets the item.
func itself(v value.Value) (value.Value, error) { return v, nil }

// attributeGetter follows a path with dots, of which parts that are numbers are
// indexes. What is not there on the way is otherwise, if that is not nil. What
// is found goes through then, if that is not nil.
func attributeGetter(path, otherwise value.Value, then getter) getter {
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
	}
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
		return attributeGetter(path, otherwise, nil), nil
	}
	return attributeGetter(path, otherwise, lowered), nil
}
