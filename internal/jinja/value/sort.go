package value

import "sort"

// SortBy sorts the items in place by what key makes of each, in the order of
// "<". Items with equal keys keep their order, also if reverse is set. With a
// nil key the items themselves are compared. An error of key or of a comparison
// leaves the items as they were.
func SortBy(items []Value, key func(Value) (Value, error), reverse bool) error {
	s := sorter{items: make([]keyed, len(items)), reverse: reverse}
	for i, item := range items {
		s.items[i] = keyed{item, item}
		if key == nil {
			continue
		}
		k, err := key(item)
		if err != nil {
			return err
		}
		s.items[i].key = k
	}
	sort.Stable(&s)
	if s.err != nil {
		return s.err
	}
	for i, item := range s.items {
		items[i] = item.value
	}
	return nil
}

type keyed struct{ key, value Value }

// sorter implements sort.Interface; its first error is kept, and ends all
// further comparisons.
type sorter struct {
	items   []keyed
	reverse bool
	err     error
}

func (s *sorter) Len() int      { return len(s.items) }
func (s *sorter) Swap(i, j int) { s.items[i], s.items[j] = s.items[j], s.items[i] }

func (s *sorter) Less(i, j int) bool {
	if s.err != nil {
		return false
	}
	if s.reverse {
		i, j = j, i
	}
	less, err := Compare("<", s.items[i].key, s.items[j].key)
	s.err = err
	return less
}
