package value

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// stringFormat is str.format. Attributes and items in a field are Jinja's, so
// that what is private stays so.
func stringFormat(s string, a Arguments) (Value, error) {
	return formatBraces(s, a.Positional, func(name string) (Value, error) {
		i := slices.IndexFunc(a.Keywords, func(k Keyword) bool { return k.Name == name })
		if i < 0 {
			return nil, keyError(name)
		}
		return a.Keywords[i].Value, nil
	})
}

// stringFormatMap is str.format_map, which takes all names from one mapping.
func stringFormatMap(s string, a Arguments) (Value, error) {
	switch {
	case len(a.Keywords) > 0:
		return nil, typeError("format_map() takes no keyword arguments")
	case len(a.Positional) != 1:
		return nil, typeError("format_map() takes exactly one argument (%d given)", len(a.Positional))
	}
	return formatBraces(s, nil, func(name string) (Value, error) { return subscript(a.Positional[0], name) })
}

// maxNesting is how deep fields may stand in the specifications of fields.
const maxNesting = 2

func formatBraces(s string, positional []Value, named func(string) (Value, error)) (Value, error) {
	f := braceFormatter{positional: positional, named: named}
	text, err := f.expand(s, maxNesting)
	return text, err
}

type braceFormatter struct {
	positional []Value
	named      func(string) (Value, error)
	automatic  int  // how many fields were numbered by their order
	manual     bool // some field has a number
}

// expand replaces the fields in s.
func (f *braceFormatter) expand(s string, nesting int) (string, error) {
	if nesting < 0 {
		return "", valueError("Max string recursion exceeded")
	}
	var b strings.Builder
	for s != "" {
		literal, isField, rest, err := cutLiteral(s)
		if err != nil {
			return "", err
		}
		b.WriteString(literal)
		s = rest
		if !isField {
			continue
		}
		field, rest, err := cutField(s)
		if err != nil {
			return "", err
		}
		s = rest
		text, err := f.format(field, nesting)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		if err := checkText(b.Len()); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// field is what stands between two braces.
type field struct {
	name       string
	conversion rune // 0 if there is none
	spec       string
}

// cutLiteral returns what comes before the first brace, and whether a field
// follows. A doubled brace is a literal one.
func cutLiteral(s string) (literal string, isField bool, rest string, err error) {
	i := strings.IndexAny(s, "{}")
	switch {
	case i < 0:
		return s, false, "", nil
	case i+1 < len(s) && s[i+1] == s[i]:
		return s[:i+1], false, s[i+2:], nil
	case s[i] == '}':
		return "", false, "", valueError("Single '}' encountered in format string")
	case i+1 == len(s):
		return "", false, "", valueError("Single '{' encountered in format string")
	}
	return s[:i], true, s[i+1:], nil
}

// cutField reads a field up to its closing brace.
func cutField(s string) (f field, rest string, err error) {
	end, err := nameEnd(s)
	if err != nil {
		return f, "", err
	}
	f.name = s[:end]
	mark, s := s[end], s[end+1:]
	if mark == '}' {
		return f, s, nil
	}
	if mark == '!' {
		if s == "" {
			return f, "", valueError("end of string while looking for conversion specifier")
		}
		conversion, size := utf8.DecodeRuneInString(s)
		f.conversion, s = conversion, s[size:]
		switch {
		case strings.HasPrefix(s, "}"):
			return f, s[1:], nil
		case strings.HasPrefix(s, ":"):
			s = s[1:]
		case s != "":
			return f, "", valueError("expected ':' after conversion specifier")
		}
	}
	if f.spec, rest, err = cutSpec(s); err != nil {
		return f, "", err
	}
	return f, rest, nil
}

// nameEnd returns where the name of a field ends. Between brackets, it may have
// any character.
func nameEnd(s string) (int, error) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			return 0, valueError("unexpected '{' in field name")
		case '}', ':', '!':
			return i, nil
		case '[':
			if closing := strings.IndexByte(s[i:], ']'); closing >= 0 {
				i += closing
			} else {
				i = len(s)
			}
		}
	}
	return 0, valueError("expected '}' before end of string")
}

// cutSpec reads a specification, which may have fields of its own.
func cutSpec(s string) (spec, rest string, err error) {
	open := 1
	for i := range len(s) {
		switch s[i] {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				return s[:i], s[i+1:], nil
			}
		}
	}
	return "", "", valueError("unmatched '{' in format spec")
}

func (f *braceFormatter) format(field field, nesting int) (string, error) {
	name, err := f.number(field.name)
	if err != nil {
		return "", err
	}
	v, err := f.resolve(name)
	if err != nil {
		return "", err
	}
	if v, err = convert(v, field.conversion); err != nil {
		return "", err
	}
	spec, err := f.expand(field.spec, nesting-1)
	if err != nil {
		return "", err
	}
	return Format(v, spec)
}

// number gives a field without a name its number. Numbered and unnumbered
// fields do not mix.
func (f *braceFormatter) number(name string) (string, error) {
	const mixed = "cannot switch from manual field specification to automatic field numbering"
	switch {
	case name == "":
		if f.manual {
			return "", valueError(mixed)
		}
		f.automatic++
		return strconv.Itoa(f.automatic - 1), nil
	case strings.Trim(name, "0123456789") == "":
		if f.automatic > 0 {
			return "", valueError(mixed)
		}
		f.manual = true
	}
	return name, nil
}

// resolve returns what a name such as "0.name[key]" means.
func (f *braceFormatter) resolve(name string) (Value, error) {
	first, rest := name, ""
	if i := strings.IndexAny(name, ".["); i >= 0 {
		first, rest = name[:i], name[i:]
	}
	v, err := f.argument(first)
	for err == nil && rest != "" {
		var step string
		switch rest[0] {
		case '.':
			step, rest = cutStep(rest[1:])
			if step == "" {
				return nil, valueError("Empty attribute in format string")
			}
			v, err = Attribute(v, step)
		case '[':
			v, rest, err = cutItem(v, rest[1:])
		default:
			return nil, valueError("Only '.' or '[' may follow ']' in format field specifier")
		}
	}
	return v, err
}

func cutStep(s string) (step, rest string) {
	if i := strings.IndexAny(s, ".["); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// cutItem reads a key up to its bracket and returns that item of v.
func cutItem(v Value, s string) (Value, string, error) {
	text, rest, found := strings.Cut(s, "]")
	switch {
	case !found:
		return nil, "", valueError("Missing ']' in format string")
	case text == "":
		return nil, "", valueError("Empty attribute in format string")
	}
	key, err := fieldKey(text)
	if err != nil {
		return nil, "", err
	}
	item, err := Item(v, key)
	return item, rest, err
}

// fieldKey returns a number if the text has nothing but digits.
func fieldKey(text string) (Value, error) {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return text, nil
	}
	n, err := decimal(text, "Too many decimal digits in format string")
	return int64(n), err
}

// argument returns the argument of that number or name.
func (f *braceFormatter) argument(name string) (Value, error) {
	key, err := fieldKey(name)
	if err != nil {
		return nil, err
	}
	i, ok := key.(int64)
	switch {
	case !ok:
		return f.named(name)
	case i >= int64(len(f.positional)):
		return nil, indexError("tuple index out of range")
	}
	return f.positional[i], nil
}

func convert(v Value, conversion rune) (Value, error) {
	switch conversion {
	case 0:
		return v, nil
	case 's':
		return Str(v)
	case 'r':
		return Repr(v)
	case 'a':
		return asciiRepr(v)
	}
	return nil, valueError("Unknown conversion specifier %c", conversion)
}
