package value

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Str returns what Python's str() makes of the value, which is what {{ v }}
// prints. An undefined value prints as nothing. What is nested too deep is a
// RecursionError.
func Str(v Value) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case *Undefined:
		return "", nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	}
	return Repr(v)
}

// Repr returns what Python's repr() makes of the value: strings have quotes.
// What is nested too deep is a RecursionError.
func Repr(v Value) (string, error) {
	p := printer{}
	if err := p.value(v); err != nil {
		return "", err
	}
	return p.text.String(), checkText(p.text.Len())
}

// printer writes a value and what it holds. The lists and dicts it is inside
// of are open: Python prints them as dots where they hold themselves.
type printer struct {
	text   strings.Builder
	open   []Value
	pretty bool // for [Pretty]
}

func (p *printer) value(v Value) error {
	// Before and not after: of a list that holds one list many times, on many
	// levels, the end would never come.
	if err := checkText(p.text.Len()); err != nil {
		return err
	}
	switch v := v.(type) {
	case NoneType:
		p.text.WriteString("None")
	case *Undefined:
		p.text.WriteString("Undefined")
	case bool:
		p.text.WriteString(boolName(v))
	case int64:
		p.text.WriteString(strconv.FormatInt(v, 10))
	case float64:
		p.text.WriteString(floatRepr(v))
	case string:
		p.text.WriteString(quote(v))
	case *List:
		return p.nested(v, "[...]", func() error { return p.sequence("[", v.Items, "]") })
	case Tuple:
		return p.nested(nil, "", func() error { return p.tuple(v) })
	case *Dict:
		return p.nested(v, "{...}", func() error { return p.dict(v) })
	case *View:
		return p.plainly(func() error { return p.nested(v, "...", func() error { return p.view(v) }) })
	case *Namespace:
		return p.plainly(func() error { return p.nested(v, "<Namespace ...>", func() error { return p.namespace(v) }) })
	case Reprer:
		p.text.WriteString(v.Repr())
	case Object:
		fmt.Fprintf(&p.text, "<%s object>", v.TypeName())
	default:
		return typeError("'%s' object cannot be printed", TypeName(v))
	}
	return nil
}

// nested runs write, unless the container is open already: then it writes what
// stands for it. Tuples, which can hold themselves only by way of a list, count
// for the depth but are not looked for.
func (p *printer) nested(container Value, again string, write func() error) error {
	for _, open := range p.open {
		if container != nil && open == container {
			if p.pretty {
				again = "<Recursion on " + TypeName(container) + ">"
			}
			p.text.WriteString(again)
			return nil
		}
	}
	if len(p.open) >= maxDepth {
		return Errorf("RecursionError", "maximum recursion depth exceeded while getting the repr of an object")
	}
	p.open = append(p.open, container)
	defer func() { p.open = p.open[:len(p.open)-1] }()
	return write()
}

// plainly runs write as for [Repr]: pprint knows lists, tuples and dicts, and asks
// all others for their repr.
func (p *printer) plainly(write func() error) error {
	pretty := p.pretty
	p.pretty = false
	defer func() { p.pretty = pretty }()
	return write()
}

func (p *printer) sequence(start string, items []Value, end string) error {
	p.text.WriteString(start)
	for i, item := range items {
		if i > 0 {
			p.text.WriteString(", ")
		}
		if err := p.value(item); err != nil {
			return err
		}
	}
	p.text.WriteString(end)
	return nil
}

func (p *printer) tuple(t Tuple) error {
	if len(t) == 1 {
		return p.sequence("(", t, ",)")
	}
	return p.sequence("(", t, ")")
}

func (p *printer) dict(d *Dict) error {
	entries := d.Items()
	if p.pretty {
		var err error
		if entries, err = sortedEntries(d); err != nil {
			return err
		}
	}
	p.text.WriteByte('{')
	for i, e := range entries {
		if i > 0 {
			p.text.WriteString(", ")
		}
		if err := p.value(e.Key); err != nil {
			return err
		}
		p.text.WriteString(": ")
		if err := p.value(e.Value); err != nil {
			return err
		}
	}
	p.text.WriteByte('}')
	return nil
}

func (p *printer) view(v *View) error {
	items, err := v.Iterate()
	if err != nil {
		return err
	}
	return p.sequence(v.TypeName()+"([", items, "])")
}

func (p *printer) namespace(n *Namespace) error {
	p.text.WriteString("<Namespace ")
	if err := p.value(n.attributes); err != nil {
		return err
	}
	p.text.WriteByte('>')
	return nil
}

func boolName(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// floatRepr writes the shortest digits that give the number back, with an
// exponent below 1e-4 and from 1e16 on.
func floatRepr(f float64) string {
	switch size := math.Abs(f); {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(f, 'g', -1, 64)), "+")
	case size != 0 && (size < 1e-4 || size >= 1e16):
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// quote prefers single quotes, and takes double ones for a text that has single
// ones only.
func quote(s string) string {
	mark := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		mark = '"'
	}
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteRune(mark)
	for i, r := range s {
		switch {
		case r == utf8.RuneError && strings.HasPrefix(s[i:], "\xef\xbf\xbd"):
			b.WriteRune(r)
		case r == utf8.RuneError:
			// A byte that is no UTF-8 is what Python calls a lone surrogate.
			fmt.Fprintf(&b, `\udc%02x`, s[i])
		case r == mark || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			writeEscape(&b, r)
		}
	}
	b.WriteRune(mark)
	return b.String()
}

func writeEscape(b *strings.Builder, r rune) {
	switch {
	case r < 0x100:
		fmt.Fprintf(b, `\x%02x`, r)
	case r < 0x10000:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}

// asciiRepr is Python's ascii(): a repr in which all that is not ASCII is escaped.
func asciiRepr(v Value) (string, error) {
	text, err := Repr(v)
	if err != nil || isASCII(text) {
		return text, err
	}
	var b strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			writeEscape(&b, r)
		}
	}
	return b.String(), nil
}
