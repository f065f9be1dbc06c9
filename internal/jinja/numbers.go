package jinja

import (
	"math"
	"strconv"
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// asFloat is Python's float().
func asFloat(v value.Value) (float64, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case int64, bool:
		n, err := integer(v)
		return float64(n), err
	case string:
		return parseFloat(v)
	case *value.Undefined:
		return 0, v.Misuse()
	default:
		return 0, value.Errorf("TypeError", "float() argument must be a string or a real number, not '%s'", value.TypeName(v))
	}
}

// parseFloat reads a number as Python does: Go knows hexadecimal ones and other
// underscores as well.
func parseFloat(text string) (float64, error) {
	plain := strings.TrimFunc(text, syntax.IsSpace)
	if digits, ok := withoutUnderscores(plain); ok && !strings.ContainsAny(plain, "xXpP") {
		if f, err := strconv.ParseFloat(digits, 64); err == nil || math.IsInf(f, 0) {
			return f, nil
		}
	}
	return 0, value.Errorf("ValueError", "could not convert string to float: %s", quote(text))
}

// withoutUnderscores takes away underscores, which may stand between digits.
func withoutUnderscores(text string) (string, bool) {
	isDigit := func(i int) bool {
		return i >= 0 && i < len(text) && (text[i] >= '0' && text[i] <= '9' || text[i]|0x20 >= 'a' && text[i]|0x20 <= 'z')
	}
	for i := range len(text) {
		if text[i] == '_' && (!isDigit(i-1) || !isDigit(i+1)) {
			return "", false
		}
	}
	return strings.ReplaceAll(text, "_", ""), true
}

// asInt is Python's int() of what is no string: it cuts off the fraction.
func asInt(v value.Value) (int64, error) {
	switch v := v.(type) {
	case int64, bool:
		return integer(v)
	case float64:
		switch {
		case math.IsNaN(v):
			return 0, value.Errorf("ValueError", "cannot convert float NaN to integer")
		case math.IsInf(v, 0):
			return 0, value.Errorf("OverflowError", "cannot convert float infinity to integer")
		case v >= 1<<63 || v < -1<<63:
			return 0, value.Errorf("OverflowError", "integer result does not fit into 64 bits, which is as far as this engine counts")
		}
		return int64(v), nil
	case *value.Undefined:
		return 0, v.Misuse()
	default:
		return 0, value.Errorf("TypeError", "int() argument must be a string, a bytes-like object or a real number, not '%s'", value.TypeName(v))
	}
}

// parseInt reads an integer in a base, as Python's int() does; base 0 goes by
// the prefix.
func parseInt(text string, base int64) (int64, error) {
	if base != 0 && (base < 2 || base > 36) {
		return 0, value.Errorf("ValueError", "int() base must be >= 2 and <= 36, or 0")
	}
	wrong := value.Errorf("ValueError", "invalid literal for int() with base %d: %s", base, quote(text))
	plain := strings.ToLower(strings.TrimFunc(text, syntax.IsSpace))
	sign := ""
	if plain != "" && strings.Contains("+-", plain[:1]) {
		sign, plain = plain[:1], plain[1:]
	}
	plain, base = withoutPrefix(plain, base)
	digits, ok := withoutUnderscores(plain)
	if !ok || digits == "" || strings.ContainsAny(digits, "+-") {
		return 0, wrong
	}
	n, err := strconv.ParseInt(sign+digits, int(base), 64)
	if numError, is := err.(*strconv.NumError); is && numError.Err == strconv.ErrRange { //nolint:errorlint // strconv returns it bare
		return 0, value.Errorf("OverflowError", "integer result does not fit into 64 bits, which is as far as this engine counts")
	}
	if err != nil {
		return 0, wrong
	}
	return n, nil
}

// withoutPrefix takes away the prefix that tells the base, if it is that base.
func withoutPrefix(text string, base int64) (string, int64) {
	for prefix, of := range map[string]int64{"0x": 16, "0o": 8, "0b": 2} {
		rest, has := strings.CutPrefix(text, prefix)
		if has && (base == 0 || base == of) {
			return strings.TrimPrefix(rest, "_"), of
		}
	}
	if base != 0 {
		return text, base
	}
	if strings.HasPrefix(text, "0") && strings.Trim(text, "0_") != "" {
		return "", 10 // 010 is nothing that Python reads
	}
	return text, 10
}
