package jinja

import (
	"fmt"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// maxRange is how many numbers the sandbox lets a range have.
const maxRange = 100_000

// numberRange is range(start, stop, step).
type numberRange struct {
	start, stop, step int64
	length            int
}

func newRange(_ *State, a value.Arguments) (value.Value, error) {
	if len(a.Keywords) > 0 {
		return nil, value.Errorf("TypeError", "range() takes no keyword arguments")
	}
	if n := len(a.Positional); n == 0 || n > 3 {
		return nil, value.Errorf("TypeError", "range expected from 1 to 3 arguments, got %d", n)
	}
	numbers := []int64{0, 0, 1}
	for i, v := range a.Positional {
		n, err := integer(v)
		switch {
		case err != nil && isUndefined(v):
			return nil, value.Errorf("TypeError", "'Undefined' object cannot be interpreted as an integer")
		case err != nil:
			return nil, err
		}
		numbers[i] = n
	}
	if len(a.Positional) == 1 {
		numbers[0], numbers[1] = 0, numbers[0]
	}
	r := numberRange{start: numbers[0], stop: numbers[1], step: numbers[2]}
	if r.step == 0 {
		return nil, value.Errorf("ValueError", "range() arg 3 must not be zero")
	}
	length := r.count()
	if length > maxRange {
		return nil, value.Errorf("OverflowError", "Range too big. The sandbox blocks ranges larger than MAX_RANGE (%d).", maxRange)
	}
	r.length = int(length)
	return r, nil
}

// count returns how many numbers there are. The differences are taken without
// sign, so that they cannot overflow.
func (r numberRange) count() uint64 {
	if r.step > 0 && r.start < r.stop {
		return (uint64(r.stop)-uint64(r.start)-1)/uint64(r.step) + 1 //nolint:gosec // wraps around as wanted
	}
	if r.step < 0 && r.start > r.stop {
		return (uint64(r.start)-uint64(r.stop)-1)/-uint64(r.step) + 1 //nolint:gosec // wraps around as wanted
	}
	return 0
}

// TypeName is Python's.
func (numberRange) TypeName() string { return "range" }

// Repr is Python's.
func (r numberRange) Repr() string {
	if r.step == 1 {
		return fmt.Sprintf("range(%d, %d)", r.start, r.stop)
	}
	return fmt.Sprintf("range(%d, %d, %d)", r.start, r.stop, r.step)
}

// Length implements [value.Sized].
func (r numberRange) Length() int { return r.length }

// Iterate implements [value.Iterable].
func (r numberRange) Iterate() ([]value.Value, error) {
	items := make([]value.Value, r.length)
	for i := range items {
		items[i] = r.start + int64(i)*r.step
	}
	return items, nil
}

// Item implements [value.Itemer].
func (r numberRange) Item(key value.Value) (value.Value, bool, error) {
	i, err := integer(key)
	if err != nil {
		return nil, false, value.Errorf("TypeError", "range indices must be integers or slices, not %s", value.TypeName(key))
	}
	if i < 0 {
		i += int64(r.length)
	}
	return r.start + i*r.step, i >= 0 && i < int64(r.length), nil
}

// Attribute implements [value.Attributer].
func (r numberRange) Attribute(name string) (value.Value, bool) {
	switch name {
	case "start":
		return r.start, true
	case "stop":
		return r.stop, true
	case "step":
		return r.step, true
	case "index", "count":
		return &value.Function{Name: name, Do: func(a value.Arguments) (value.Value, error) { return r.search(name, a) }}, true
	default:
		return nil, false
	}
}

// search is index() and count().
func (r numberRange) search(name string, a value.Arguments) (value.Value, error) {
	p, err := a.Bind("range."+name, need("value"))
	if err != nil {
		return nil, err
	}
	items, err := r.Iterate()
	if err != nil {
		return nil, err
	}
	for i, item := range items {
		if same, err := value.Equal(item, p[0]); err != nil {
			return nil, err
		} else if same && name == "count" {
			return int64(1), nil
		} else if same {
			return int64(i), nil
		}
	}
	if name == "count" {
		return int64(0), nil
	}
	return nil, value.Errorf("ValueError", "sequence.index(x): x not in sequence")
}

// slice returns a part of the range, which is one too.
func (r numberRange) slice(start, stop, step value.Value) (value.Value, error) {
	bounds := [3]*int64{}
	for i, v := range []value.Value{start, stop, step} {
		if v == value.Value(value.None) {
			continue
		}
		n, err := integer(v)
		if err != nil {
			return nil, value.Errorf("TypeError", "slice indices must be integers or None or have an __index__ method")
		}
		bounds[i] = &n
	}
	by := int64(1)
	if bounds[2] != nil {
		by = *bounds[2]
	}
	if by == 0 {
		return nil, value.Errorf("ValueError", "slice step cannot be zero")
	}
	length := int64(r.length)
	first, end := int64(0), length
	if by < 0 {
		first, end = length-1, -1
	}
	if bounds[0] != nil {
		first = within(*bounds[0], length, by)
	}
	if bounds[1] != nil {
		end = within(*bounds[1], length, by)
	}
	// No range is longer than maxRange, so that a longer step is none.
	by = min(max(by, -maxRange-1), maxRange+1)
	if r.step*by/by != r.step {
		return nil, value.Errorf("OverflowError", "the step of the slice does not fit into 64 bits")
	}
	part := numberRange{start: r.start + first*r.step, stop: r.start + end*r.step, step: r.step * by}
	part.length = int(part.count()) //nolint:gosec // no longer than r
	return part, nil
}

// within moves a bound of a slice into a sequence.
func within(bound, length, step int64) int64 {
	if bound < 0 {
		bound += length
	}
	if step < 0 {
		return min(max(bound, -1), length-1)
	}
	return min(max(bound, 0), length)
}
