package value

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// prettyWidth is how long the lines of [Pretty] should be, in characters.
const prettyWidth = 80

// Pretty returns what Python's pprint.pformat() makes of the value: a repr with
// dicts in the order of their keys, over several lines if one of 80 characters
// will not do. Where a list or dict holds itself, the address is left out. What
// is nested too deep is a RecursionError.
func Pretty(v Value) (string, error) {
	l := layout{}
	if err := l.value(v, spot{alone: true}); err != nil {
		return "", err
	}
	return l.text.String(), checkText(l.text.Len())
}

// layout writes a value over several lines. The lists and dicts it is inside of
// are open, as for [printer].
type layout struct {
	text strings.Builder
	open []Value
}

// spot is where a value is written.
type spot struct {
	column int  // where it begins
	behind int  // how many characters follow its end on the same line
	alone  bool // nothing is around it
}

func (l *layout) value(v Value, at spot) error {
	if err := checkText(l.text.Len()); err != nil {
		return err
	}
	line, err := l.line(v)
	if err != nil {
		return err
	}
	if utf8.RuneCountInString(line) > prettyWidth-at.column-at.behind && !slices.Contains(l.open, v) {
		switch v := v.(type) {
		case *List:
			return l.inside(v, func() error { return l.items("[", v.Items, "]", at) })
		case Tuple:
			return l.inside(nil, func() error { return l.tuple(v, at) })
		case *Dict:
			return l.inside(v, func() error { return l.dict(v, at) })
		case string:
			line = wrapped(v, at)
		}
	}
	l.text.WriteString(line)
	return nil
}

// line returns a value as one line has it.
func (l *layout) line(v Value) (string, error) {
	p := printer{pretty: true, open: slices.Clip(l.open)}
	err := p.value(v)
	return p.text.String(), err
}

func (l *layout) inside(container Value, write func() error) error {
	l.open = append(l.open, container)
	defer func() { l.open = l.open[:len(l.open)-1] }()
	return write()
}

func (l *layout) tuple(t Tuple, at spot) error {
	if len(t) == 1 {
		return l.items("(", t, ",)", at)
	}
	return l.items("(", t, ")", at)
}

func (l *layout) items(start string, items []Value, end string, at spot) error {
	return l.rows(start, len(items), end, at, func(i int, at spot) error { return l.value(items[i], at) })
}

func (l *layout) dict(d *Dict, at spot) error {
	entries, err := sortedEntries(d)
	if err != nil {
		return err
	}
	return l.rows("{", len(entries), "}", at, func(i int, at spot) error {
		key, err := l.line(entries[i].Key)
		if err != nil {
			return err
		}
		l.text.WriteString(key + ": ")
		at.column += utf8.RuneCountInString(key) + 2
		return l.value(entries[i].Value, at)
	})
}

// rows writes each of n things on a line of its own.
func (l *layout) rows(start string, n int, end string, at spot, write func(i int, at spot) error) error {
	l.text.WriteString(start)
	row := spot{column: at.column + 1, behind: len(",")}
	for i := range n {
		if i > 0 {
			l.text.WriteString(",\n" + strings.Repeat(" ", row.column))
		}
		if i == n-1 {
			row.behind = at.behind + len(end)
		}
		if err := write(i, row); err != nil {
			return err
		}
	}
	l.text.WriteString(end)
	return nil
}

// sortedEntries returns what a dict holds in the order of its keys. Keys that
// cannot be compared are in the order of their types; those of one type, which
// Python orders by address, stay as they are.
func sortedEntries(d *Dict) ([]Entry, error) {
	entries := d.Items()
	var failed error
	slices.SortStableFunc(entries, func(a, b Entry) int {
		if failed != nil {
			return 0
		}
		order, err := keyOrder(a.Key, b.Key)
		failed = err
		return order
	})
	return entries, failed
}

func keyOrder(a, b Value) (int, error) {
	for _, try := range []struct {
		left, right Value
		order       int
	}{{a, b, -1}, {b, a, 1}} {
		less, err := Compare("<", try.left, try.right)
		if isTypeError(err) {
			return strings.Compare(className(a), className(b)), nil
		}
		if err != nil || less {
			return try.order, err
		}
	}
	return 0, nil
}

// className is what Python orders types by.
func className(v Value) string {
	if m, ok := v.(Moduler); ok {
		return m.Module() + "." + TypeName(v)
	}
	return TypeName(v)
}
