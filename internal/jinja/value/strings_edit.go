package value

import (
	"math"
	"strings"
	"unicode/utf8"
)

// stripper is strip, lstrip or rstrip.
func stripper(name string, left, right bool) func(string, []Value) (Value, error) {
	return func(s string, args []Value) (Value, error) {
		strips := isSpace
		switch v := args[0].(type) {
		case nil, NoneType:
		case string:
			strips = func(r rune) bool { return strings.ContainsRune(v, r) }
		default:
			return nil, typeError("%s arg must be None or str", name)
		}
		if left {
			s = strings.TrimLeftFunc(s, strips)
		}
		if right {
			s = strings.TrimRightFunc(s, strips)
		}
		return s, nil
	}
}

func stringRemovePrefix(s string, args []Value) (Value, error) {
	prefix, err := textArgument(args[0], "removeprefix() argument")
	return strings.TrimPrefix(s, prefix), err
}

func stringRemoveSuffix(s string, args []Value) (Value, error) {
	suffix, err := textArgument(args[0], "removesuffix() argument")
	return strings.TrimSuffix(s, suffix), err
}

func stringReplace(s string, args []Value) (Value, error) {
	old, err := textArgument(args[0], "replace() argument 1")
	if err != nil {
		return nil, err
	}
	replacement, err := textArgument(args[1], "replace() argument 2")
	if err != nil {
		return nil, err
	}
	limit, err := integer(args[2], -1)
	if err != nil {
		return nil, err
	}
	times := strings.Count(s, old)
	if limit >= 0 {
		times = int(min(limit, int64(times)))
	}
	// Both factors are at most MaxText, so that the product is an int.
	if err := checkText(len(s) + times*(len(replacement)-len(old))); err != nil {
		return nil, err
	}
	return strings.Replace(s, old, replacement, times), nil
}

// padder is center, ljust or rjust.
func padder(align rune) func(string, []Value) (Value, error) {
	return func(s string, args []Value) (Value, error) {
		width, err := toInt(args[0])
		if err != nil {
			return nil, err
		}
		fill, err := fillCharacter(args[1])
		if err != nil {
			return nil, err
		}
		missing := width - int64(runeCount(s))
		if missing <= 0 {
			return s, nil
		}
		if missing > MaxText {
			return nil, checkText(MaxText + 1)
		}
		left := int64(0)
		switch align {
		case '>':
			left = missing
		case '^':
			// Where the sides cannot be equal, the left one gets more if the width is
			// odd. Python's format() has another rule.
			left = missing/2 + missing&width&1
		}
		text := strings.Repeat(fill, int(left)) + s + strings.Repeat(fill, int(missing-left))
		return text, checkText(len(text))
	}
}

func fillCharacter(v Value) (string, error) {
	if v == nil {
		return " ", nil
	}
	s, ok := v.(string)
	if !ok {
		return "", typeError("The fill character must be a unicode character, not %s", TypeName(v))
	}
	if runeCount(s) != 1 {
		return "", typeError("The fill character must be exactly one character long")
	}
	return s, nil
}

// stringZeroFill puts zeros between a sign and what follows.
func stringZeroFill(s string, args []Value) (Value, error) {
	width, err := toInt(args[0])
	if err != nil {
		return nil, err
	}
	zeros := width - int64(runeCount(s))
	if zeros <= 0 {
		return s, nil
	}
	if err := checkText(int(min(zeros, MaxText)) + len(s)); err != nil {
		return nil, err
	}
	sign := ""
	if s != "" && (s[0] == '+' || s[0] == '-') {
		sign, s = s[:1], s[1:]
	}
	return sign + strings.Repeat("0", int(zeros)) + s, nil
}

func stringExpandTabs(s string, args []Value) (Value, error) {
	size, err := integer(args[0], 8)
	if err != nil {
		return nil, err
	}
	if size > math.MaxInt32 || size < math.MinInt32 {
		return nil, Errorf("OverflowError", "Python int too large to convert to C int")
	}
	var b strings.Builder
	column := 0
	for len(s) > 0 {
		_, width := utf8.DecodeRuneInString(s)
		switch letter := s[:width]; {
		case letter == "\t" && size > 0:
			blanks := int(size) - column%int(size)
			if err := checkText(b.Len() + blanks); err != nil {
				return nil, err
			}
			b.WriteString(strings.Repeat(" ", blanks))
			column += blanks
		case letter == "\t":
		case letter == "\n" || letter == "\r":
			b.WriteString(letter)
			column = 0
		default:
			b.WriteString(letter)
			column++
		}
		s = s[width:]
	}
	return b.String(), checkText(b.Len())
}
