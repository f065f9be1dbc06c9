package value

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Iterate returns what a for loop over the value would give: the characters of
// a string, the keys of a dict, nothing for an undefined value. It is a copy,
// so that the loop may change what it runs over; only a [Tuple] is returned
// itself. What cannot be iterated over is a TypeError.
func Iterate(v Value) ([]Value, error) {
	switch v := v.(type) {
	case *List:
		return slices.Clone(v.Items), nil
	case Tuple:
		return v, nil
	case string:
		return characters(v)
	case *Dict:
		return v.Keys(), nil
	case *Undefined:
		return nil, nil
	case Iterable:
		return v.Iterate()
	}
	return nil, typeError("'%s' object is not iterable", TypeName(v))
}

func characters(s string) ([]Value, error) {
	n := utf8.RuneCountInString(s)
	if err := checkItems(n); err != nil {
		return nil, err
	}
	items := make([]Value, 0, n)
	for s != "" {
		_, size := utf8.DecodeRuneInString(s)
		items = append(items, s[:size])
		s = s[size:]
	}
	return items, nil
}

// Length returns what Python's len() does. What has no length is a TypeError.
func Length(v Value) (int, error) {
	switch v := v.(type) {
	case string:
		return utf8.RuneCountInString(v), nil
	case *List:
		return len(v.Items), nil
	case Tuple:
		return len(v), nil
	case *Dict:
		return v.Len(), nil
	case *Undefined:
		return 0, nil
	case Sized:
		return v.Length(), nil
	}
	return 0, typeError("object of type '%s' has no len()", TypeName(v))
}

// Contains tells whether the item is in the container: part of a string, key
// of a dict, equal to an item of anything else. A container that is none, and a
// key that cannot be hashed, is a TypeError.
func Contains(container, item Value) (bool, error) {
	c := &comparison{}
	switch v := container.(type) {
	case string:
		s, ok := item.(string)
		if !ok {
			return false, typeError("'in <string>' requires string as left operand, not %s", TypeName(item))
		}
		return strings.Contains(v, s), nil
	case *List:
		return containsEqual(v.Items, item, c)
	case Tuple:
		return containsEqual(v, item, c)
	case *Dict:
		_, ok, err := v.Get(item)
		return ok, err
	case *View:
		return v.contains(item, c)
	case *Undefined:
		return false, nil
	case Iterable:
		items, err := v.Iterate()
		if err != nil {
			return false, err
		}
		return containsEqual(items, item, c)
	}
	return false, typeError("argument of type '%s' is not iterable", TypeName(container))
}

func containsEqual(items []Value, item Value, c *comparison) (bool, error) {
	i, err := indexOf(items, item, c)
	return i >= 0, err
}

// indexOf returns the place of the first item that is equal, or -1.
func indexOf(items []Value, item Value, c *comparison) (int, error) {
	for i, candidate := range items {
		if ok, err := c.equal(candidate, item); err != nil {
			return -1, err
		} else if ok {
			return i, nil
		}
	}
	return -1, nil
}
