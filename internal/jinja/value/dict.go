package value

import "slices"

// Dict is Python's dict: it keeps the order in which keys came, and 1, 1.0 and
// True are the same key. It is a reference: who holds it sees every change.
type Dict struct {
	index   map[any]int // by hashKey, the place in entries
	entries []entry
}

// Entry is one key of a [Dict] with its value.
type Entry struct{ Key, Value Value }

type entry struct {
	Entry
	hash    any
	deleted bool // keeps its place until compact, so that others keep theirs
}

// NewDict returns an empty dict.
func NewDict() *Dict { return &Dict{index: map[any]int{}} }

// Len returns how many keys there are.
func (d *Dict) Len() int { return len(d.index) }

// Get returns the value of the key, and whether there is one. A key that
// cannot be hashed is a TypeError.
func (d *Dict) Get(key Value) (Value, bool, error) {
	hash, err := hashKey(key)
	if err != nil {
		return nil, false, err
	}
	i, ok := d.index[hash]
	if !ok {
		return nil, false, nil
	}
	return d.entries[i].Value, true, nil
}

// Set gives the key a value. A key that was there keeps its place, and its
// first spelling. A key that cannot be hashed is a TypeError.
func (d *Dict) Set(key, v Value) error {
	hash, err := hashKey(key)
	if err != nil {
		return err
	}
	if i, ok := d.index[hash]; ok {
		d.entries[i].Value = v
		return nil
	}
	if err := checkItems(len(d.entries) + 1); err != nil {
		return err
	}
	d.index[hash] = len(d.entries)
	d.entries = append(d.entries, entry{Entry: Entry{key, v}, hash: hash})
	return nil
}

// Delete removes the key, and tells whether it was there. A key that cannot be
// hashed is a TypeError.
func (d *Dict) Delete(key Value) (bool, error) {
	hash, err := hashKey(key)
	if err != nil {
		return false, err
	}
	i, ok := d.index[hash]
	if !ok {
		return false, nil
	}
	delete(d.index, hash)
	d.entries[i] = entry{deleted: true}
	if len(d.entries) > 8 && len(d.entries) > 2*len(d.index) {
		d.compact()
	}
	return true, nil
}

// compact drops the places of deleted entries.
func (d *Dict) compact() {
	d.entries = slices.DeleteFunc(d.entries, func(e entry) bool { return e.deleted })
	for i, e := range d.entries {
		d.index[e.hash] = i
	}
}

// Clear removes all keys.
func (d *Dict) Clear() { *d = *NewDict() }

// Keys returns the keys in the order in which they came.
func (d *Dict) Keys() []Value {
	keys := make([]Value, 0, d.Len())
	for _, e := range d.entries {
		if !e.deleted {
			keys = append(keys, e.Key)
		}
	}
	return keys
}

// Values returns the values, in the order of [Dict.Keys].
func (d *Dict) Values() []Value {
	values := make([]Value, 0, d.Len())
	for _, e := range d.entries {
		if !e.deleted {
			values = append(values, e.Value)
		}
	}
	return values
}

// Items returns keys and values, in the order of [Dict.Keys].
func (d *Dict) Items() []Entry {
	items := make([]Entry, 0, d.Len())
	for _, e := range d.entries {
		if !e.deleted {
			items = append(items, e.Entry)
		}
	}
	return items
}

// Copy returns a dict of its own with the same keys and values.
func (d *Dict) Copy() *Dict {
	clone := NewDict()
	for _, e := range d.entries {
		if !e.deleted {
			clone.index[e.hash] = len(clone.entries)
			clone.entries = append(clone.entries, e)
		}
	}
	return clone
}
