package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsSpace tells white space as Python does: Unicode's, and the four separators
// of ASCII.
func IsSpace(r rune) bool { return unicode.IsSpace(r) || (r >= 0x1c && r <= 0x1f) }

// isWord tells the characters that Python's lexer takes for a name.
func isWord(r rune) bool {
	return r == '_' || r == '·' || unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.Pc)
}

// isIdentifier tells whether a word is a name in Python.
func isIdentifier(word string) bool {
	for i, r := range word {
		start := r == '_' || unicode.In(r, unicode.L, unicode.Nl)
		if !start && (i == 0 || !unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc) && r != '·') {
			return false
		}
	}
	return word != ""
}

// spaceBefore returns how many bytes of white space s begins with.
func spaceBefore(s string) int {
	return len(s) - len(strings.TrimLeftFunc(s, IsSpace))
}

// wordBefore returns how many bytes of a word s begins with.
func wordBefore(s string) int {
	for i, r := range s {
		if !isWord(r) || r == utf8.RuneError {
			return i
		}
	}
	return len(s)
}
