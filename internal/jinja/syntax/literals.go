package syntax

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// digits returns the length of the digits that s begins with. Single
// underscores may stand between them, and before the first one if lead says so.
func digits(s, allowed string, lead bool) int {
	length := 0
	for {
		i := length
		if i < len(s) && s[i] == '_' && (i > 0 || lead) {
			i++
		}
		if i >= len(s) || strings.IndexByte(allowed, s[i]) < 0 {
			return length
		}
		length = i + 1
	}
}

const (
	decimal     = "0123456789"
	hexadecimal = "0123456789abcdefABCDEF"
)

// integerLength returns the length of the integer that s begins with.
func integerLength(s string) int {
	if len(s) > 2 && s[0] == '0' {
		allowed := map[byte]string{'b': "01", 'o': "01234567", 'x': hexadecimal}[s[1]|0x20]
		if n := digits(s[2:], allowed, true); n > 0 {
			return 2 + n
		}
	}
	if strings.HasPrefix(s, "0") {
		return digits(s, "0", false)
	}
	return digits(s, decimal, false)
}

// floatLength returns the length of the floating point number that s begins
// with. It needs a fraction or an exponent.
func floatLength(s string) int {
	whole := digits(s, decimal, false)
	if whole == 0 {
		return 0
	}
	length := whole
	if length < len(s) && s[length] == '.' {
		if n := digits(s[length+1:], decimal, false); n > 0 {
			length += 1 + n
		}
	}
	if length < len(s) && s[length]|0x20 == 'e' {
		sign := len(signAfter(s[length+1:]))
		if n := digits(s[length+1+sign:], decimal, false); n > 0 {
			length += 1 + sign + n
		}
	}
	if length == whole {
		return 0
	}
	return length
}

// parseFloat gives infinity for what is too large, as Python does.
func parseFloat(s string) float64 {
	f, _ := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	return f
}

func parseInteger(t token) int64 {
	plain := strings.ReplaceAll(t.text, "_", "")
	i, err := strconv.ParseInt(plain, 0, 64)
	if err != nil {
		// "00" is a zero in Python, and octal in Go.
		if i, err = strconv.ParseInt(plain, 10, 64); err != nil {
			panic(&Error{t.Position, "OverflowError", fmt.Sprintf("the number %s is too large: integers have 64 bits here", t.text)})
		}
	}
	return i
}

// quotedLength returns the length of the string literal that s begins with.
func quotedLength(s string) int {
	if s[0] != '\'' && s[0] != '"' {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return i + 1
		}
	}
	return 0
}

// simple are the escapes of one letter. A backslash at the end of a line joins
// it with the next one.
var simple = map[byte]string{
	'\n': "", '\\': "\\", '\'': "'", '"': "\"", 'a': "\a", 'b': "\b",
	'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// codes are the escapes that give a character by its code, and how many
// hexadecimal digits they have.
var codes = map[byte]int{'x': 2, 'u': 4, 'U': 8}

// unescape resolves the escapes of a string literal. What Python does not know
// as an escape stays as it is.
func unescape(at Position, s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var out strings.Builder
	for s != "" {
		before, after, found := strings.Cut(s, `\`)
		out.WriteString(before)
		if !found {
			break
		}
		s = escaped(at, &out, after)
	}
	return out.String()
}

// escaped writes what the escape after a backslash stands for, and returns what
// comes after it.
func escaped(at Position, out *strings.Builder, s string) string {
	letter := s[0]
	plain, isSimple := simple[letter]
	switch {
	case isSimple:
		out.WriteString(plain)
		return s[1:]
	case codes[letter] > 0:
		return coded(at, out, s)
	case letter >= '0' && letter <= '7':
		length := 1
		for length < min(len(s), 3) && s[length] >= '0' && s[length] <= '7' {
			length++
		}
		code, _ := strconv.ParseUint(s[:length], 8, 32)
		out.WriteRune(rune(code)) //nolint:gosec // three octal digits
		return s[length:]
	case letter == 'N':
		fail(at, "a character cannot be written by its name here: write its code, as in \\u00e9")
	case letter >= utf8.RuneSelf:
		return foreign(out, s)
	}
	out.WriteString(`\`)
	return s
}

func coded(at Position, out *strings.Builder, s string) string {
	length := codes[s[0]]
	code, err := strconv.ParseUint(s[1:min(len(s), 1+length)], 16, 32)
	if err != nil || len(s) < 1+length {
		fail(at, "truncated \\%s escape", map[int]string{2: "xXX", 4: "uXXXX", 8: "UXXXXXXXX"}[length])
	}
	if code > utf8.MaxRune || !utf8.ValidRune(rune(code)) {
		fail(at, "illegal Unicode character")
	}
	out.WriteRune(rune(code)) //nolint:gosec // checked above
	return s[1+length:]
}

// foreign writes what Python makes of a backslash before a character that is
// not ASCII: it gives such characters escapes of their own first, so that the
// backslash comes to stand before one of those.
func foreign(out *strings.Builder, s string) string {
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case r <= 0xff:
		fmt.Fprintf(out, `\x%02x`, r)
	case r <= 0xffff:
		fmt.Fprintf(out, `\u%04x`, r)
	default:
		fmt.Fprintf(out, `\U%08x`, r)
	}
	return s[size:]
}
