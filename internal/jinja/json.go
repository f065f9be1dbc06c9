package jinja

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf16"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// toJSON writes JSON as Python's json module does with sorted keys, and with
// what has a meaning in HTML escaped.
func toJSON(_ *State, p []value.Value) (value.Value, error) {
	w := jsonWriter{separator: ", "}
	switch indent := p[1].(type) {
	case value.NoneType:
	case string:
		w.indent, w.separator = &indent, ","
	default:
		n, err := integer(indent)
		if err != nil {
			return nil, err
		}
		spaces := strings.Repeat(" ", int(min(max(n, 0), 1000)))
		w.indent, w.separator = &spaces, ","
	}
	if err := w.write(p[0], 0); err != nil {
		return nil, err
	}
	return htmlSafe.Replace(w.out.String()), nil
}

var htmlSafe = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "'", `\u0027`)

// jsonWriter writes one value. Without indent all is on one line.
type jsonWriter struct {
	out       strings.Builder
	indent    *string
	separator string
}

func (w *jsonWriter) write(v value.Value, depth int) error {
	if depth > defaultLimits.Depth {
		return value.Errorf("ValueError", "Circular reference detected")
	}
	if w.out.Len() > value.MaxText {
		return value.Errorf("MemoryError", "text of more than %d MiB", value.MaxText>>20)
	}
	switch v := v.(type) {
	case string:
		w.text(v)
	case *value.List:
		return w.items(v.Items, depth)
	case value.Tuple:
		return w.items(v, depth)
	case *value.Dict:
		return w.dict(v, depth)
	default:
		text, ok := jsonScalar(v)
		if !ok {
			return value.Errorf("TypeError", "Object of type %s is not JSON serializable", value.TypeName(v))
		}
		w.out.WriteString(text)
	}
	return nil
}

// jsonScalar spells what is neither text nor a collection.
func jsonScalar(v value.Value) (string, bool) {
	switch v := v.(type) {
	case value.NoneType:
		return "null", true
	case bool:
		return fmt.Sprint(v), true
	case int64:
		return fmt.Sprint(v), true
	case float64:
		switch {
		case math.IsNaN(v):
			return "NaN", true
		case math.IsInf(v, 1):
			return "Infinity", true
		case math.IsInf(v, -1):
			return "-Infinity", true
		}
		text, err := value.Repr(v)
		return text, err == nil
	default:
		return "", false
	}
}

// text writes a string, in ASCII.
func (w *jsonWriter) text(s string) {
	escapes := map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\f': `\f`, '\b': `\b`}
	w.out.WriteByte('"')
	for _, r := range s {
		escape, known := escapes[r]
		switch {
		case known:
			w.out.WriteString(escape)
		case r >= ' ' && r <= '~':
			w.out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&w.out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&w.out, `\u%04x`, r)
		}
	}
	w.out.WriteByte('"')
}

// between writes what stands before an item, or before the closing bracket.
func (w *jsonWriter) between(depth int) {
	if w.indent != nil {
		w.out.WriteString("\n" + strings.Repeat(*w.indent, depth))
	}
}

func (w *jsonWriter) items(items []value.Value, depth int) error {
	if len(items) == 0 {
		w.out.WriteString("[]")
		return nil
	}
	w.out.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			w.out.WriteString(w.separator)
		}
		w.between(depth + 1)
		if err := w.write(item, depth+1); err != nil {
			return err
		}
	}
	w.between(depth)
	w.out.WriteByte(']')
	return nil
}

func (w *jsonWriter) dict(d *value.Dict, depth int) error {
	if d.Len() == 0 {
		w.out.WriteString("{}")
		return nil
	}
	entries := itemsOf(d).Items
	if err := value.SortBy(entries, nil, false); err != nil {
		return err
	}
	w.out.WriteByte('{')
	for i, entry := range entries {
		if i > 0 {
			w.out.WriteString(w.separator)
		}
		w.between(depth + 1)
		pair := entry.(value.Tuple)
		if err := w.key(pair[0]); err != nil {
			return err
		}
		w.out.WriteString(": ")
		if err := w.write(pair[1], depth+1); err != nil {
			return err
		}
	}
	w.between(depth)
	w.out.WriteByte('}')
	return nil
}

func (w *jsonWriter) key(k value.Value) error {
	if text, isText := k.(string); isText {
		w.text(text)
		return nil
	}
	text, ok := jsonScalar(k)
	if !ok {
		return value.Errorf("TypeError", "keys must be str, int, float, bool or None, not %s", value.TypeName(k))
	}
	w.text(text)
	return nil
}
