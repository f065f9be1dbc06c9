package value

import "unicode/utf8"

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func runeCount(s string) int { return utf8.RuneCountInString(s) }

// substring returns the code points from first to last, last not included.
func substring(s string, first, last int) string {
	if isASCII(s) {
		return s[first:last]
	}
	start := offset(s, first)
	return s[start : start+offset(s[start:], last-first)]
}

// offset returns where in s the nth code point begins.
func offset(s string, n int) int {
	at := 0
	for range n {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return at
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// lastRune returns where the last code point begins.
func lastRune(s string) int {
	_, size := utf8.DecodeLastRuneInString(s)
	return len(s) - size
}
