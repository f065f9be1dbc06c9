package value

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// numeral is a number in parts: what zeros are inserted before, and what
// separators are put between, are the digits alone.
type numeral struct {
	sign, prefix, digits string
	rest                 string // from the decimal point on, or "inf", or a character
}

// signOf returns the sign to write.
func signOf(negative bool, wanted rune) string {
	switch {
	case negative:
		return "-"
	case wanted == '+' || wanted == ' ':
		return string(wanted)
	}
	return ""
}

// number lays out the parts.
func (s spec) number(n numeral) (string, error) {
	head := n.sign + n.prefix
	if n.digits == "" {
		return s.pad(head, n.rest)
	}
	least := 0
	if s.fill == "0" && s.align == '=' {
		least = s.width - len(head) - len(n.rest)
	}
	if err := checkText(max(least, 0)); err != nil {
		return "", err
	}
	return s.pad(head, group(n.digits, s.separator, s.group, least)+n.rest)
}

// group puts separators between the digits, and zeros before them until there
// are at least so many characters. No text begins with a separator, so it may
// become one longer.
func group(digits, separator string, size, least int) string {
	if separator == "" {
		return strings.Repeat("0", max(0, least-len(digits))) + digits
	}
	var groups []string
	for {
		length := min(size, max(len(digits), least, 1))
		cut := max(0, len(digits)-length)
		part := digits[cut:]
		groups = append(groups, strings.Repeat("0", length-len(part))+part)
		digits = digits[:cut]
		least -= length
		if digits == "" && least <= 0 {
			break
		}
		least--
	}
	var b strings.Builder
	for i := len(groups) - 1; i >= 0; i-- {
		b.WriteString(groups[i])
		if i > 0 {
			b.WriteString(separator)
		}
	}
	return b.String()
}

// base returns the base and the prefix that the kind of an integer stands for.
func base(kind rune) (number int, prefix string) {
	switch kind {
	case 'b':
		return 2, "0b"
	case 'o':
		return 8, "0o"
	case 'x', 'X':
		return 16, "0" + string(kind)
	}
	return 10, ""
}

func formatInt(i int64, typeName, specification string) (string, error) {
	s, err := parseSpec(specification, typeName, '>')
	if err != nil {
		return "", err
	}
	switch s.kind {
	case 'e', 'E', 'f', 'F', 'g', 'G', '%':
		return s.float(float64(i), typeName)
	case 0, 'b', 'c', 'd', 'n', 'o', 'x', 'X':
	default:
		return "", unknownKind(s.kind, typeName)
	}
	switch {
	case s.precision >= 0:
		return "", valueError("Precision not allowed in integer format specifier")
	case s.positive:
		return "", valueError("Negative zero coercion (z) not allowed in integer format specifier")
	case s.kind == 'c':
		return s.character(i)
	}
	number, prefix := base(s.kind)
	if !s.alternate {
		prefix = ""
	}
	digits := strconv.FormatUint(size(i), number)
	if s.kind == 'X' {
		digits = strings.ToUpper(digits)
	}
	return s.number(numeral{sign: signOf(i < 0, s.sign), prefix: prefix, digits: digits})
}

// character formats the code point that the number stands for.
func (s spec) character(i int64) (string, error) {
	switch {
	case s.sign != 0:
		return "", valueError("Sign not allowed with integer format specifier 'c'")
	case s.alternate:
		return "", valueError("Alternate form (#) not allowed with integer format specifier 'c'")
	}
	text, err := codePoint(i)
	if err != nil {
		return "", err
	}
	return s.number(numeral{rest: text})
}

func codePoint(i int64) (string, error) {
	if i < 0 || i > unicode.MaxRune {
		return "", Errorf("OverflowError", "%%c arg not in range(0x110000)")
	}
	if !utf8.ValidRune(rune(i)) {
		return "", valueError("surrogate 0x%x is not a character", i)
	}
	return string(rune(i)), nil
}

func (s spec) float(f float64, typeName string) (string, error) {
	kind, precision, suffix := s.kind, s.precision, ""
	switch kind {
	case 0, 'e', 'E', 'f', 'F', 'g', 'G':
	case 'n':
		kind = 'g'
	case '%':
		kind, suffix = 'f', "%"
		f *= 100
	default:
		return "", unknownKind(kind, typeName)
	}
	if precision < 0 && kind != 0 {
		precision = 6
	}
	if err := checkText(precision); err != nil {
		return "", err
	}
	text := floatText(math.Abs(f), kind, precision, s.alternate)
	negative := math.Signbit(f) && !math.IsNaN(f)
	if s.positive && !strings.ContainsAny(text, "123456789infINF") {
		negative = false
	}
	end := len(text) - len(strings.TrimLeft(text, "0123456789"))
	return s.number(numeral{sign: signOf(negative, s.sign), digits: text[:end], rest: text[end:] + suffix})
}

// floatText writes a float that is not negative. Kind 0 is for the shortest
// text that gives the number back or, with a precision, for 'g' that keeps a
// digit behind the point.
func floatText(f float64, kind rune, precision int, alternate bool) string {
	var text string
	switch lower := unicode.ToLower(kind); {
	case math.IsInf(f, 0):
		text = "inf"
	case math.IsNaN(f):
		text = "nan"
	case kind == 0 && precision < 0:
		text = withPoint(floatRepr(f), alternate)
	case lower == 'f' || lower == 'e':
		text = withPoint(strconv.FormatFloat(f, byte(lower), precision, 64), alternate)
	default:
		text = generalText(f, precision, alternate, kind == 0)
	}
	if unicode.IsUpper(kind) {
		return strings.ToUpper(text)
	}
	return text
}

// withPoint adds a decimal point where there is none, if it is wanted.
func withPoint(text string, wanted bool) string {
	if !wanted || strings.Contains(text, ".") {
		return text
	}
	mantissa, exponent, found := strings.Cut(text, "e")
	if found {
		exponent = "e" + exponent
	}
	return mantissa + "." + exponent
}

// generalText is C's %g: so many significant digits, with an exponent if that
// is below -4 or there are not digits enough to do without.
func generalText(f float64, precision int, alternate, pointZero bool) string {
	precision = max(precision, 1)
	text := strconv.FormatFloat(f, 'e', precision-1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	power, err := strconv.Atoi(exponent)
	if err != nil {
		return text
	}
	limit := precision
	if pointZero {
		limit-- // for the digit behind the point
	}
	scientific := power < -4 || power >= limit
	if !scientific {
		mantissa = strconv.FormatFloat(f, 'f', max(0, precision-1-power), 64)
	}
	switch {
	case alternate:
		mantissa = withPoint(mantissa, true)
	case strings.Contains(mantissa, "."):
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	switch {
	case scientific:
		return mantissa + "e" + exponent
	case pointZero && !strings.Contains(mantissa, "."):
		return mantissa + ".0"
	}
	return mantissa
}
