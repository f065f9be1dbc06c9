package jinja

import (
	"slices"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// rowFilters are the filters that cut a sequence into lists.
func rowFilters() map[string]Filter {
	return map[string]Filter{
		"batch": bind("do_batch", batch, need("value"), need("linecount"), option("fill_with", value.None)),
		"slice": bind("sync_do_slice", sliced, need("value"), need("slices"), option("fill_with", value.None)),
	}
}

// batch makes lists of so many items.
func batch(s *State, p []value.Value) (value.Value, error) {
	return lazily("do_batch", func() (iterator, error) {
		next, err := s.run.iterate(p[0])
		b := &batcher{next: next, length: p[1], fill: p[2]}
		return b.row, err
	}), nil
}

// batcher makes the rows of a batch.
type batcher struct {
	next         iterator
	length, fill value.Value
	pending      value.Value // the first item of the next row, if it has been taken
	ended        bool
}

// row returns the next row. One that is full is known when an item comes that
// does not go into it.
func (b *batcher) row() (value.Value, bool, error) {
	var row []value.Value
	if b.pending != nil {
		row, b.pending = append(row, b.pending), nil
	}
	for !b.ended {
		item, more, err := b.next()
		if err != nil {
			return nil, false, err
		}
		if b.ended = !more; b.ended {
			break
		}
		full, err := value.Equal(int64(len(row)), b.length)
		if err != nil {
			return nil, false, err
		}
		if full {
			b.pending = item
			return value.NewList(row...), true, nil
		}
		row = append(row, item)
	}
	if len(row) == 0 {
		return nil, false, nil
	}
	row, err := filled(row, b.length, b.fill)
	return value.NewList(row...), true, err
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
