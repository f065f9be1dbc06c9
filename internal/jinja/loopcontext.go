package jinja

import (
	"fmt"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// loopContext is the variable loop.
type loopContext struct {
	run    *run
	next   iterator
	depth  int
	index0 int // -1 before the first item

	// before, current and after are the items around here, nil if there are
	// none or if nobody has asked for the next one.
	before, current, after value.Value

	// length is that of what is iterated over, or -1 if it is not known yet.
	length int

	// changes is what changed() was called with last, or nil.
	changes value.Value

	// recurse runs the loop for the items below the current one; nil if the
	// loop is not recursive.
	recurse func(value.Value) (string, error)

	// failed is what went wrong while an attribute was looked at.
	failed error
}

// over begins with a value that is iterated over.
func (l *loopContext) over(code *loopCode, f *frame, iterable value.Value) error {
	l.index0, l.length = -1, -1
	if code.filter != nil {
		l.next = code.filter(f, iterable)
		return nil
	}
	next, err := f.run.iterate(iterable)
	if err != nil {
		return err
	}
	l.next = next
	if n, err := value.Length(iterable); err == nil {
		l.length = n
	}
	return nil
}

// advance goes to the next item, if there is one.
func (l *loopContext) advance() (bool, error) {
	next, more, err := l.peek()
	if err != nil || !more {
		return false, err
	}
	l.index0++
	l.before, l.current, l.after = l.current, next, nil
	return true, nil
}

// peek looks at the next item.
func (l *loopContext) peek() (value.Value, bool, error) {
	if l.after == nil {
		next, more, err := l.next()
		if err != nil || !more {
			return nil, false, err
		}
		l.after = next
	}
	return l.after, true, nil
}

// count returns the length. Of what has none, all items are taken to know it.
func (l *loopContext) count() (int, error) {
	if l.length >= 0 {
		return l.length, nil
	}
	rest, err := drain(l.next)
	if err != nil {
		return 0, err
	}
	l.next = l.run.over(rest)
	l.length = len(rest) + l.index0 + 1
	if l.after != nil {
		l.length++
	}
	return l.length, nil
}

// TypeName is that of Jinja2's class.
func (l *loopContext) TypeName() string { return "LoopContext" }

// Module is that of Jinja2's class.
func (l *loopContext) Module() string { return "jinja2.runtime" }

// Repr tells how far the loop is.
func (l *loopContext) Repr() string {
	n, err := l.count()
	l.note(err)
	return fmt.Sprintf("<LoopContext %d/%d>", l.index0+1, n)
}

// Length implements [value.Sized].
func (l *loopContext) Length() int {
	n, err := l.count()
	l.note(err)
	return n
}

// note keeps an error for the loop, where the one who asks cannot be told.
func (l *loopContext) note(err error) {
	if l.failed == nil {
		l.failed = err
	}
}

// Attribute implements [value.Attributer].
func (l *loopContext) Attribute(name string) (value.Value, bool) {
	switch name {
	case "index":
		return int64(l.index0 + 1), true
	case "index0":
		return int64(l.index0), true
	case "first":
		return l.index0 == 0, true
	case "depth":
		return int64(l.depth + 1), true
	case "depth0":
		return int64(l.depth), true
	case "cycle":
		return &value.Function{Name: name, Do: l.cycle}, true
	case "changed":
		return &value.Function{Name: name, Do: l.changed}, true
	case "previtem":
		if l.index0 == 0 {
			return &value.Undefined{Hint: "there is no previous item"}, true
		}
		return l.before, true
	default:
		return l.ahead(name)
	}
}

// ahead are the attributes that look at items that have not come yet.
func (l *loopContext) ahead(name string) (value.Value, bool) {
	switch name {
	case "length", "revindex", "revindex0":
		n, err := l.count()
		l.note(err)
		return int64(map[string]int{"length": n, "revindex": n - l.index0, "revindex0": n - l.index0 - 1}[name]), true
	case "last", "nextitem":
		next, more, err := l.peek()
		l.note(err)
		switch {
		case name == "last":
			return !more, true
		case !more:
			return &value.Undefined{Hint: "there is no next item"}, true
		}
		return next, true
	}
	return nil, false
}

func (l *loopContext) cycle(a value.Arguments) (value.Value, error) {
	if len(a.Keywords) > 0 {
		return nil, value.Errorf("TypeError", "LoopContext.cycle() got an unexpected keyword argument %s", quote(a.Keywords[0].Name))
	}
	if len(a.Positional) == 0 {
		return nil, value.Errorf("TypeError", "no items for cycling given")
	}
	return a.Positional[l.index0%len(a.Positional)], nil
}

func (l *loopContext) changed(a value.Arguments) (value.Value, error) {
	if len(a.Keywords) > 0 {
		return nil, value.Errorf("TypeError", "LoopContext.changed() got an unexpected keyword argument %s", quote(a.Keywords[0].Name))
	}
	now := value.Tuple(a.Positional)
	if l.changes != nil {
		if same, err := value.Equal(l.changes, now); err != nil || same {
			return false, err
		}
	}
	l.changes = now
	return true, nil
}

// Call implements [value.Callable]: loop(items) runs a recursive loop again.
func (l *loopContext) Call(a value.Arguments) (value.Value, error) {
	bound, err := a.Bind("LoopContext.__call__", value.Parameter{Name: "iterable", Required: true})
	if err != nil {
		return nil, err
	}
	if l.recurse == nil {
		return nil, value.Errorf("TypeError", "The loop must have the 'recursive' marker to be called recursively.")
	}
	return l.recurse(bound[0])
}

// pairs iterates over the rest of the loop: each item comes with the loop
// itself.
func (l *loopContext) pairs() (value.Value, bool, error) {
	more, err := l.advance()
	return value.Tuple{l.current, l}, more, err
}
