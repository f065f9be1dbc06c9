package value

import (
	"math"
	"strings"
	"unicode/utf8"
)

// formatPercent returns what Python's % makes of a text and a value: a tuple has
// one value for each directive, a mapping is looked into by "%(name)s".
func formatPercent(format string, v Value) (Value, error) {
	f := percentFormatter{format: format, args: []Value{v}}
	if t, ok := v.(Tuple); ok {
		f.args = t
	} else if isMapping(v) {
		f.mapping = v
	}
	if err := f.run(); err != nil {
		return nil, err
	}
	if f.next < len(f.args) && f.mapping == nil {
		return nil, typeError("not all arguments converted during string formatting")
	}
	return f.text.String(), nil
}

// isMapping tells whether Python takes a value for one here, which it does with
// all but str and tuple that have items.
func isMapping(v Value) bool {
	switch v.(type) {
	case *Dict, *List, *Undefined, Itemer:
		return true
	}
	return false
}

type percentFormatter struct {
	format  string
	at      int // the next byte of format
	args    []Value
	next    int   // the next of args
	mapping Value // nil if there is none
	text    strings.Builder
}

func (f *percentFormatter) run() error {
	for f.at < len(f.format) {
		literal, _, found := strings.Cut(f.format[f.at:], "%")
		f.text.WriteString(literal)
		f.at += len(literal)
		if !found {
			break
		}
		f.at++
		if f.accept("%") {
			f.text.WriteByte('%')
			continue
		}
		text, err := f.directive()
		if err != nil {
			return err
		}
		f.text.WriteString(text)
		if err := checkText(f.text.Len()); err != nil {
			return err
		}
	}
	return checkText(f.text.Len())
}

func (f *percentFormatter) accept(token string) bool {
	ok := strings.HasPrefix(f.format[f.at:], token)
	if ok {
		f.at += len(token)
	}
	return ok
}

func (f *percentFormatter) argument() (Value, error) {
	if f.next >= len(f.args) {
		return nil, typeError("not enough arguments for format string")
	}
	f.next++
	return f.args[f.next-1], nil
}

// directive reads one directive and returns what it makes of its argument.
func (f *percentFormatter) directive() (string, error) {
	d := directive{precision: -1}
	if f.accept("(") {
		if err := f.selectArgument(); err != nil {
			return "", err
		}
	}
	f.parseFlags(&d)
	if err := f.parseSizes(&d); err != nil {
		return "", err
	}
	// C's length modifier is allowed, and means nothing.
	_ = f.accept("h") || f.accept("l") || f.accept("L")
	if f.at == len(f.format) {
		return "", valueError("incomplete format")
	}
	index := f.at
	verb, size := utf8.DecodeRuneInString(f.format[f.at:])
	f.at += size
	d.verb = verb
	v, err := f.argument()
	if err != nil {
		return "", err
	}
	switch verb {
	case 's', 'r', 'a':
		return d.object(v)
	case 'd', 'i', 'u', 'o', 'x', 'X':
		return d.integer(v)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		return d.float(v)
	case 'c':
		return d.character(v)
	}
	shown := verb
	if verb < ' ' || verb > '~' {
		shown = '?'
	}
	return "", valueError("unsupported format character '%c' (0x%x) at index %d", shown, verb, runeCount(f.format[:index]))
}

// selectArgument reads a key and its closing parenthesis, and makes what the
// mapping has for it the one argument.
func (f *percentFormatter) selectArgument() error {
	if f.mapping == nil {
		return typeError("format requires a mapping")
	}
	start := f.at
	for open := 1; open > 0; f.at++ {
		if f.at == len(f.format) {
			return valueError("incomplete format key")
		}
		switch f.format[f.at] {
		case '(':
			open++
		case ')':
			open--
		}
	}
	v, err := subscript(f.mapping, f.format[start:f.at-1])
	f.args, f.next = []Value{v}, 0
	return err
}

func (f *percentFormatter) parseFlags(d *directive) {
	for ; f.at < len(f.format); f.at++ {
		switch flag := f.format[f.at]; flag {
		case '-':
			d.left = true
		case '#':
			d.alternate = true
		case '0':
			d.zero = true
		case '+':
			d.sign = '+'
		case ' ':
			if d.sign == 0 {
				d.sign = ' '
			}
		default:
			return
		}
	}
}

func (f *percentFormatter) parseSizes(d *directive) error {
	width, err := f.parseSize("width too big")
	if err != nil {
		return err
	}
	if width < 0 {
		d.left, width = true, -width
	}
	d.width = width
	if !f.accept(".") {
		return nil
	}
	precision, err := f.parseSize("precision too big")
	if err != nil {
		return err
	}
	if precision > math.MaxInt32 {
		return valueError("precision too big")
	}
	d.precision = max(precision, 0)
	return checkText(d.precision)
}

// parseSize reads a number, or takes the next argument for a "*".
func (f *percentFormatter) parseSize(tooBig string) (int, error) {
	if f.accept("*") {
		v, err := f.argument()
		if err != nil {
			return 0, err
		}
		i, ok := asInt(v)
		if !ok {
			return 0, typeError("* wants int")
		}
		if size(i) > math.MaxInt32 {
			return 0, Errorf("OverflowError", "%s", tooBig)
		}
		return int(i), nil
	}
	rest := f.format[f.at:]
	digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	f.at += len(digits)
	return decimal(digits, tooBig)
}
