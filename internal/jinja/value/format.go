package value

import (
	"strconv"
	"strings"
)

// Format returns what Python's format() does: the value as the specification
// wants it, such as ">8" or ".2f". Without one it is [Str]. A specification that
// does not fit the type is a ValueError, one for a type that takes none a
// TypeError.
func Format(v Value, specification string) (string, error) {
	if specification == "" {
		return Str(v)
	}
	switch x := v.(type) {
	case string:
		return formatText(x, specification)
	case int64, bool:
		i, _ := asInt(v)
		return formatInt(i, TypeName(v), specification)
	case float64:
		s, err := parseSpec(specification, "float", '>')
		if err != nil {
			return "", err
		}
		return s.float(x, "float")
	}
	return "", typeError("unsupported format string passed to %s.__format__", TypeName(v))
}

func unknownKind(kind rune, typeName string) error {
	return valueError("Unknown format code '%s' for object of type '%s'", kindName(kind), typeName)
}

func hexadecimal(r rune) string { return strconv.FormatInt(int64(r), 16) }

func formatText(text, specification string) (string, error) {
	s, err := parseSpec(specification, "str", '<')
	if err != nil {
		return "", err
	}
	const suffix = " not allowed in string format specifier"
	switch {
	case s.kind != 0 && s.kind != 's':
		return "", unknownKind(s.kind, "str")
	case s.separator != "" && s.kind == 0:
		return "", valueError("Cannot specify '%s' with 's'.", s.separator)
	case s.sign == ' ':
		return "", valueError("Space" + suffix)
	case s.sign != 0:
		return "", valueError("Sign" + suffix)
	case s.positive:
		return "", valueError("Negative zero coercion (z)" + suffix)
	case s.alternate:
		return "", valueError("Alternate form (#)" + suffix)
	case s.align == '=':
		return "", valueError("'=' alignment" + suffix)
	}
	if s.precision >= 0 {
		text = truncate(text, s.precision)
	}
	return s.pad("", text)
}

// truncate returns at most n characters of the text.
func truncate(text string, n int) string {
	if n >= len(text) || n >= runeCount(text) {
		return text
	}
	return substring(text, 0, n)
}

// pad fills up to the width. With the alignment "=", that is behind the head.
func (s spec) pad(head, body string) (string, error) {
	missing := s.width - runeCount(head) - runeCount(body)
	if missing <= 0 {
		return head + body, nil
	}
	if missing > MaxText {
		return "", checkText(MaxText + 1)
	}
	left, middle := missing, 0
	switch s.align {
	case '<':
		left = 0
	case '^':
		left = missing / 2
	case '=':
		left, middle = 0, missing
	}
	if err := checkText(missing*len(s.fill) + len(head) + len(body)); err != nil {
		return "", err
	}
	fill := func(n int) string { return strings.Repeat(s.fill, n) }
	return fill(left) + head + fill(middle) + body + fill(missing-left-middle), nil
}
