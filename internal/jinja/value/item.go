package value

// Item returns v[key] as Jinja sees it: the item, or else the attribute of that
// name, or else an *[Undefined]. Using an item of an undefined value is the
// error of that value.
func Item(v, key Value) (Value, error) {
	item, ok, err := lookup(v, key)
	if ok {
		return item, nil
	}
	if u, isUndefined := v.(*Undefined); isUndefined {
		return nil, u.Misuse()
	}
	if err != nil && !isTypeError(err) {
		return nil, err
	}
	if name, isName := key.(string); isName {
		if attribute, found := attribute(v, name); found {
			return attribute, nil
		}
	}
	return missing(v, key), nil
}

// subscript returns v[key] as Python sees it: what is not there is a KeyError
// or an IndexError.
func subscript(v, key Value) (Value, error) {
	if u, ok := v.(*Undefined); ok {
		return nil, u.Misuse()
	}
	item, ok, err := lookup(v, key)
	switch {
	case ok || err != nil:
		return item, err
	case isSequence(v):
		return nil, indexError("%s index out of range", sequenceName(v))
	}
	return nil, keyError(key)
}

// lookup returns the item, and whether there is one. The error says why the key
// cannot be one of an item.
func lookup(v, key Value) (Value, bool, error) {
	switch v := v.(type) {
	case *Dict:
		return v.Get(key)
	case *List:
		return at(v.Items, v, key)
	case Tuple:
		return at(v, v, key)
	case string:
		i, ok, err := place(runeCount(v), v, key)
		if !ok {
			return nil, false, err
		}
		return substring(v, i, i+1), true, nil
	case Itemer:
		return v.Item(key)
	}
	return nil, false, typeError("'%s' object is not subscriptable", TypeName(v))
}

func at(items []Value, v, key Value) (Value, bool, error) {
	i, ok, err := place(len(items), v, key)
	if !ok {
		return nil, false, err
	}
	return items[i], true, nil
}

// place returns which item of a sequence the key means, and whether it is there.
func place(length int, v, key Value) (int, bool, error) {
	i, ok := asInt(key)
	if !ok {
		return 0, false, badIndex(v, key)
	}
	if i < 0 {
		i += int64(length)
	}
	return int(i), i >= 0 && i < int64(length), nil
}

func badIndex(v, key Value) error {
	if _, ok := v.(string); ok {
		return typeError("string indices must be integers, not '%s'", TypeName(key))
	}
	return typeError("%s indices must be integers or slices, not %s", TypeName(v), TypeName(key))
}

// sequenceName is the type's name in messages about its length.
func sequenceName(v Value) string {
	if _, ok := v.(string); ok {
		return "string"
	}
	return TypeName(v)
}
