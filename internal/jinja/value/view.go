package value

// View is what keys(), values() and items() of a dict return. It shows the
// dict as it is when it is looked at.
type View struct {
	dict *Dict
	part string // "keys", "values" or "items"
}

// TypeName implements [Object].
func (v *View) TypeName() string { return "dict_" + v.part }

// Length implements [Sized].
func (v *View) Length() int { return v.dict.Len() }

// Iterate implements [Iterable]. Items are tuples of key and value.
func (v *View) Iterate() ([]Value, error) {
	switch v.part {
	case "keys":
		return v.dict.Keys(), nil
	case "values":
		return v.dict.Values(), nil
	}
	items := make([]Value, 0, v.dict.Len())
	for _, e := range v.dict.Items() {
		items = append(items, Tuple{e.Key, e.Value})
	}
	return items, nil
}

// contains tells whether the item is in the view, by hash where there is one.
func (v *View) contains(item Value, c *comparison) (bool, error) {
	switch v.part {
	case "keys":
		_, ok, err := v.dict.Get(item)
		return ok, err
	case "values":
		return containsEqual(v.dict.Values(), item, c)
	}
	t, ok := item.(Tuple)
	if !ok || len(t) != 2 {
		return false, nil
	}
	held, ok, err := v.dict.Get(t[0])
	if err != nil || !ok {
		return false, err
	}
	return c.equal(held, t[1])
}

// equal compares as sets do. Views of values are equal to nothing but themselves.
func (v *View) equal(other *View, c *comparison) (bool, error) {
	if v.part == "values" || other.part == "values" {
		return v == other, nil
	}
	if v.Length() != other.Length() {
		return false, nil
	}
	items, err := v.Iterate()
	if err != nil {
		return false, err
	}
	for _, item := range items {
		if ok, err := other.contains(item, c); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}
