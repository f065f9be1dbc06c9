package jinja

import (
	"fmt"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// builtinGlobals are Jinja2's functions.
func builtinGlobals() map[string]value.Value {
	return map[string]value.Value{
		"range":     &value.Function{Name: "safe_range", Do: newRange},
		"dict":      &class{"dict", "dict", newDict},
		"cycler":    &class{"Cycler", "jinja2.utils.Cycler", newCycler},
		"joiner":    &class{"Joiner", "jinja2.utils.Joiner", newJoiner},
		"namespace": &class{"Namespace", "jinja2.utils.Namespace", newNamespace},
		"lipsum": &value.Function{Name: "generate_lorem_ipsum", Do: func(value.Arguments) (value.Value, error) {
			return nil, value.Errorf("NotImplementedError", "the function 'lipsum' is not supported: each rendering would differ; write the text")
		}},
	}
}

// class is a function that makes objects.
type class struct {
	name, path string
	make       func(value.Arguments) (value.Value, error)
}

// TypeName is that of all classes.
func (*class) TypeName() string { return "type" }

// Repr names the class.
func (c *class) Repr() string { return "<class '" + c.path + "'>" }

// Call implements [value.Callable].
func (c *class) Call(a value.Arguments) (value.Value, error) { return c.make(a) }

// newDict makes a dict of a dict or of pairs, and of keywords.
func newDict(a value.Arguments) (value.Value, error) {
	dict := value.NewDict()
	if len(a.Positional) > 1 {
		return nil, value.Errorf("TypeError", "dict expected at most 1 argument, got %d", len(a.Positional))
	}
	if len(a.Positional) == 1 {
		if err := fill(dict, a.Positional[0]); err != nil {
			return nil, err
		}
	}
	for _, k := range a.Keywords {
		if err := dict.Set(k.Name, k.Value); err != nil {
			return nil, err
		}
	}
	return dict, nil
}

// fill adds the items of a dict, or pairs, to a dict.
func fill(dict *value.Dict, from value.Value) error {
	if other, isDict := from.(*value.Dict); isDict {
		from = itemsOf(other)
	}
	items, err := value.Iterate(from)
	if err != nil {
		return err
	}
	for i, item := range items {
		pair, err := value.Iterate(item)
		if err != nil {
			return value.Errorf("TypeError", "cannot convert dictionary update sequence element #%d to a sequence", i)
		}
		if len(pair) != 2 {
			return value.Errorf("ValueError", "dictionary update sequence element #%d has length %d; 2 is required", i, len(pair))
		}
		if err := dict.Set(pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

func newNamespace(a value.Arguments) (value.Value, error) {
	dict, err := newDict(a)
	if err != nil {
		return nil, err
	}
	namespace := value.NewNamespace()
	for _, e := range dict.(*value.Dict).Items() {
		if name, isText := e.Key.(string); isText {
			namespace.Set(name, e.Value)
		}
	}
	return namespace, nil
}

// maxRange is how many numbers the sandbox lets a range have.
const maxRange = 100_000

// numberRange is range(start, stop, step).
type numberRange struct {
	start, stop, step int64
	length            int
}

func newRange(a value.Arguments) (value.Value, error) {
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
	v, ok := map[string]value.Value{"start": r.start, "stop": r.stop, "step": r.step}[name]
	return v, ok
}
