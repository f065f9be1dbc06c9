package value

import (
	"cmp"
	"math"
)

const (
	// maxDepth is how deep values may be nested to be printed or compared. It
	// is near what Python's stack allows.
	maxDepth = 500

	// maxComparisons keeps lists that hold one list many times, on many levels,
	// from being compared for ever.
	maxComparisons = 10_000_000
)

// comparison counts what one comparison has cost so far.
type comparison struct{ depth, steps int }

// enter counts one step down into a list, tuple or dict.
func (c *comparison) enter() error {
	if c.depth++; c.depth > maxDepth {
		return Errorf("RecursionError", "maximum recursion depth exceeded in comparison")
	}
	return nil
}

func (c *comparison) leave() { c.depth-- }

// Equal returns a == b.
func Equal(a, b Value) (bool, error) { return (&comparison{}).equal(a, b) }

func (c *comparison) equal(a, b Value) (bool, error) {
	if c.steps++; c.steps > maxComparisons {
		return false, Errorf("MemoryError", "comparison of more than %d values", maxComparisons)
	}
	switch a := a.(type) {
	case string:
		s, ok := b.(string)
		return ok && a == s, nil
	case bool, int64, float64:
		order, ok := compareNumbers(a, b)
		return ok && order == 0, nil
	case NoneType:
		return b == None, nil
	case *Undefined:
		_, ok := b.(*Undefined)
		return ok, nil
	case *List:
		other, ok := b.(*List)
		if !ok || a == other {
			return ok, nil
		}
		return c.equalItems(a.Items, other.Items)
	case Tuple:
		other, ok := b.(Tuple)
		if !ok {
			return false, nil
		}
		return c.equalItems(a, other)
	case *Dict:
		other, ok := b.(*Dict)
		if !ok || a == other {
			return ok, nil
		}
		return c.equalDicts(a, other)
	case *View:
		other, ok := b.(*View)
		if !ok {
			return false, nil
		}
		return a.equal(other, c)
	case Object:
		other, ok := b.(Object)
		return ok && a == other, nil
	}
	return false, nil
}

func (c *comparison) equalItems(a, b []Value) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	i, err := c.mismatch(a, b)
	return i == len(a), err
}

// mismatch returns the first place where the items differ, or the length of
// the shorter slice.
func (c *comparison) mismatch(a, b []Value) (int, error) {
	if err := c.enter(); err != nil {
		return 0, err
	}
	defer c.leave()
	shorter := min(len(a), len(b))
	for i := range shorter {
		if ok, err := c.equal(a[i], b[i]); err != nil || !ok {
			return i, err
		}
	}
	return shorter, nil
}

func (c *comparison) equalDicts(a, b *Dict) (bool, error) {
	if a.Len() != b.Len() {
		return false, nil
	}
	if err := c.enter(); err != nil {
		return false, err
	}
	defer c.leave()
	for _, e := range a.entries {
		if e.deleted {
			continue
		}
		i, ok := b.index[e.hash]
		if !ok {
			return false, nil
		}
		if ok, err := c.equal(e.Value, b.entries[i].Value); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// unordered is the order of two numbers of which one is not a number.
const unordered = 2

// compareNumbers returns the order of two numbers (-1, 0, 1 or unordered), and
// whether both are numbers. Integers and floats are compared exactly.
func compareNumbers(a, b Value) (int, bool) {
	x, ok := asNumber(a)
	if !ok {
		return 0, false
	}
	y, ok := asNumber(b)
	if !ok {
		return 0, false
	}
	switch {
	case x.isFloat && math.IsNaN(x.float), y.isFloat && math.IsNaN(y.float):
		return unordered, true
	case x.isFloat && y.isFloat:
		return cmp.Compare(x.float, y.float), true
	case x.isFloat:
		return -compareIntFloat(y.int, x.float), true
	case y.isFloat:
		return compareIntFloat(x.int, y.float), true
	}
	return cmp.Compare(x.int, y.int), true
}

// compareIntFloat does not round: 2**53+1 is not equal to 2.0**53.
func compareIntFloat(i int64, f float64) int {
	switch {
	case f >= 1<<63:
		return -1
	case f < -1<<63:
		return 1
	}
	whole := math.Trunc(f)
	if order := cmp.Compare(i, int64(whole)); order != 0 {
		return order
	}
	return cmp.Compare(whole, f)
}

// Compare returns a op b, where op is "<", "<=", ">" or ">=". Values that have
// no order are a TypeError.
func Compare(op string, a, b Value) (bool, error) { return (&comparison{}).compare(op, a, b) }

func (c *comparison) compare(op string, a, b Value) (bool, error) {
	if order, ok := compareNumbers(a, b); ok {
		return holds(op, order), nil
	}
	switch x := a.(type) {
	case *Undefined:
		return false, x.Misuse()
	case string:
		if y, ok := b.(string); ok {
			return holds(op, cmp.Compare(x, y)), nil
		}
	case *List:
		if y, ok := b.(*List); ok {
			return c.compareItems(op, x.Items, y.Items)
		}
	case Tuple:
		if y, ok := b.(Tuple); ok {
			return c.compareItems(op, x, y)
		}
	}
	if u, ok := b.(*Undefined); ok {
		return false, u.Misuse()
	}
	return false, typeError("'%s' not supported between instances of '%s' and '%s'", op, TypeName(a), TypeName(b))
}

// compareItems lets the first items that differ decide, then the lengths.
func (c *comparison) compareItems(op string, a, b []Value) (bool, error) {
	i, err := c.mismatch(a, b)
	if err != nil {
		return false, err
	}
	if i == len(a) || i == len(b) {
		return holds(op, cmp.Compare(len(a), len(b))), nil
	}
	if err := c.enter(); err != nil {
		return false, err
	}
	defer c.leave()
	return c.compare(op, a[i], b[i])
}

// holds tells whether values of this order stand in the relation.
func holds(op string, order int) bool {
	if order == unordered {
		return false
	}
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}
