package value

var dictMethods table[*Dict]

func newDictMethods() map[string]method[*Dict] {
	return map[string]method[*Dict]{
		"get":        {min: 1, max: 2, do: dictGet},
		"keys":       {do: viewer("keys")},
		"values":     {do: viewer("values")},
		"items":      {do: viewer("items")},
		"setdefault": {min: 1, max: 2, do: dictSetDefault},
		"update":     {raw: dictUpdate},
		"pop":        {min: 1, max: 2, do: dictPop},
		"popitem":    {do: dictPopItem},
		"copy":       {do: dictCopy},
		"clear":      {do: dictClear},
		"fromkeys":   unsupported[*Dict]("dict", "fromkeys"),
	}
}

// orNone returns an argument, or None if it was not given.
func orNone(v Value) Value {
	if v == nil {
		return None
	}
	return v
}

func viewer(part string) func(*Dict, []Value) (Value, error) {
	return func(d *Dict, _ []Value) (Value, error) { return &View{dict: d, part: part}, nil }
}

func dictGet(d *Dict, args []Value) (Value, error) {
	if v, ok, err := d.Get(args[0]); ok || err != nil {
		return v, err
	}
	return orNone(args[1]), nil
}

func dictSetDefault(d *Dict, args []Value) (Value, error) {
	if v, ok, err := d.Get(args[0]); ok || err != nil {
		return v, err
	}
	v := orNone(args[1])
	return v, d.Set(args[0], v)
}

func dictPop(d *Dict, args []Value) (Value, error) {
	v, ok, err := d.Get(args[0])
	switch {
	case err != nil && d.Len() > 0: // Python does not hash the key for an empty dict
		return nil, err
	case ok:
		_, err := d.Delete(args[0])
		return v, err
	case args[1] != nil:
		return args[1], nil
	}
	return nil, keyError(args[0])
}

func dictPopItem(d *Dict, _ []Value) (Value, error) {
	items := d.Items()
	if len(items) == 0 {
		return nil, Errorf("KeyError", "'popitem(): dictionary is empty'")
	}
	last := items[len(items)-1]
	_, err := d.Delete(last.Key)
	return Tuple{last.Key, last.Value}, err
}

func dictCopy(d *Dict, _ []Value) (Value, error) { return d.Copy(), nil }

func dictClear(d *Dict, _ []Value) (Value, error) {
	d.Clear()
	return None, nil
}

func dictUpdate(d *Dict, a Arguments) (Value, error) {
	if len(a.Positional) > 1 {
		return nil, typeError("update expected at most 1 argument, got %d", len(a.Positional))
	}
	for _, v := range a.Positional {
		if err := d.Update(v); err != nil {
			return nil, err
		}
	}
	for _, k := range a.Keywords {
		if err := d.Set(k.Name, k.Value); err != nil {
			return nil, err
		}
	}
	return None, nil
}

// Update sets all keys of another dict, or of what gives pairs of key and value,
// as the argument of Python's dict() may. Anything else is a TypeError, and a
// pair that is none a ValueError.
func (d *Dict) Update(from Value) error {
	if other, ok := from.(*Dict); ok {
		for _, e := range other.Items() {
			if err := d.Set(e.Key, e.Value); err != nil {
				return err
			}
		}
		return nil
	}
	if u, ok := from.(*Undefined); ok {
		return u.Misuse()
	}
	pairs, err := Iterate(from)
	if err != nil {
		return err
	}
	for i, p := range pairs {
		both, err := Iterate(p)
		if isTypeError(err) {
			return typeError("cannot convert dictionary update sequence element #%d to a sequence", i)
		} else if err != nil {
			return err
		}
		if len(both) != 2 {
			return valueError("dictionary update sequence element #%d has length %d; 2 is required", i, len(both))
		}
		if err := d.Set(both[0], both[1]); err != nil {
			return err
		}
	}
	return nil
}
