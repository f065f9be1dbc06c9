package value

import (
	"strings"
	"sync"
	"unicode"
)

// longUpper spells out the letters whose upper case has several: the
// unconditional mappings of Unicode's SpecialCasing.txt.
var longUpper = sync.OnceValue(func() *strings.Replacer {
	return strings.NewReplacer(
		"ß", "SS", "ŉ", "ʼN", "ǰ", "J\u030c", "ΐ", "Ι\u0308\u0301", "ΰ", "Υ\u0308\u0301", "և", "ԵՒ",
		"ẖ", "H\u0331", "ẗ", "T\u0308", "ẘ", "W\u030a", "ẙ", "Y\u030a", "ẚ", "Aʾ", "ὐ", "Υ\u0313",
		"ὒ", "Υ\u0313\u0300", "ὔ", "Υ\u0313\u0301", "ὖ", "Υ\u0313\u0342", "ᾀ", "ἈΙ", "ᾁ", "ἉΙ", "ᾂ", "ἊΙ",
		"ᾃ", "ἋΙ", "ᾄ", "ἌΙ", "ᾅ", "ἍΙ", "ᾆ", "ἎΙ", "ᾇ", "ἏΙ", "ᾈ", "ἈΙ", "ᾉ", "ἉΙ", "ᾊ", "ἊΙ", "ᾋ", "ἋΙ",
		"ᾌ", "ἌΙ", "ᾍ", "ἍΙ", "ᾎ", "ἎΙ", "ᾏ", "ἏΙ", "ᾐ", "ἨΙ", "ᾑ", "ἩΙ", "ᾒ", "ἪΙ", "ᾓ", "ἫΙ", "ᾔ", "ἬΙ",
		"ᾕ", "ἭΙ", "ᾖ", "ἮΙ", "ᾗ", "ἯΙ", "ᾘ", "ἨΙ", "ᾙ", "ἩΙ", "ᾚ", "ἪΙ", "ᾛ", "ἫΙ", "ᾜ", "ἬΙ", "ᾝ", "ἭΙ",
		"ᾞ", "ἮΙ", "ᾟ", "ἯΙ", "ᾠ", "ὨΙ", "ᾡ", "ὩΙ", "ᾢ", "ὪΙ", "ᾣ", "ὫΙ", "ᾤ", "ὬΙ", "ᾥ", "ὭΙ", "ᾦ", "ὮΙ",
		"ᾧ", "ὯΙ", "ᾨ", "ὨΙ", "ᾩ", "ὩΙ", "ᾪ", "ὪΙ", "ᾫ", "ὫΙ", "ᾬ", "ὬΙ", "ᾭ", "ὭΙ", "ᾮ", "ὮΙ", "ᾯ", "ὯΙ",
		"ᾲ", "ᾺΙ", "ᾳ", "ΑΙ", "ᾴ", "ΆΙ", "ᾶ", "Α\u0342", "ᾷ", "Α\u0342Ι", "ᾼ", "ΑΙ", "ῂ", "ῊΙ", "ῃ", "ΗΙ",
		"ῄ", "ΉΙ", "ῆ", "Η\u0342", "ῇ", "Η\u0342Ι", "ῌ", "ΗΙ", "ῒ", "Ι\u0308\u0300", "ΐ", "Ι\u0308\u0301",
		"ῖ", "Ι\u0342", "ῗ", "Ι\u0308\u0342", "ῢ", "Υ\u0308\u0300", "ΰ", "Υ\u0308\u0301", "ῤ", "Ρ\u0313",
		"ῦ", "Υ\u0342", "ῧ", "Υ\u0308\u0342", "ῲ", "ῺΙ", "ῳ", "ΩΙ", "ῴ", "ΏΙ", "ῶ", "Ω\u0342",
		"ῷ", "Ω\u0342Ι", "ῼ", "ΩΙ", "ﬀ", "FF", "ﬁ", "FI", "ﬂ", "FL", "ﬃ", "FFI", "ﬄ", "FFL", "ﬅ", "ST",
		"ﬆ", "ST", "ﬓ", "ՄՆ", "ﬔ", "ՄԵ", "ﬕ", "ՄԻ", "ﬖ", "ՎՆ", "ﬗ", "ՄԽ",
	)
})

func upper(s string) string {
	if !isASCII(s) {
		s = longUpper().Replace(s)
	}
	return strings.ToUpper(s)
}

func lower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for i, r := range s {
		writeLower(&b, s, i, r)
	}
	return b.String()
}

// writeLower writes the lower case of r, which stands in s at i.
func writeLower(b *strings.Builder, s string, i int, r rune) {
	switch {
	case r == 'İ':
		b.WriteString("i\u0307")
	case r == 'Σ' && endsWord(s, i):
		b.WriteRune('ς')
	default:
		b.WriteRune(unicode.ToLower(r))
	}
}

// endsWord tells whether the sigma at i is the last letter of a word of more
// than one; marks and apostrophes do not count.
func endsWord(s string, i int) bool {
	before := strings.TrimRightFunc(s[:i], isCaseIgnorable)
	after := strings.TrimLeftFunc(s[i+len("Σ"):], isCaseIgnorable)
	return strings.LastIndexFunc(before, isCased) == lastRune(before) && before != "" &&
		(after == "" || !isCased(firstRune(after)))
}

func isCaseIgnorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) ||
		strings.ContainsRune("'.:^`·\u0387\u05f4\u2018\u2019\u2024\u2027", r)
}

// writeTitle writes r as the first letter of a word.
func writeTitle(b *strings.Builder, r rune) {
	if title := unicode.ToTitle(r); title != r || r <= unicode.MaxLatin1 && r != 'ß' || unicode.IsTitle(r) {
		b.WriteRune(title)
		return
	}
	long := []rune(longUpper().Replace(string(r)))
	if !isCased(long[0]) {
		b.WriteString(string(long))
		return
	}
	b.WriteRune(unicode.ToTitle(long[0]))
	for _, follower := range long[1:] {
		// Below an upper case letter, iota is written as a subscript.
		if follower == 'Ι' {
			b.WriteRune('\u0345')
			continue
		}
		b.WriteRune(unicode.ToLower(follower))
	}
}

func titleCase(s string) string {
	var b strings.Builder
	inWord := false
	for i, r := range s {
		if inWord {
			writeLower(&b, s, i, r)
		} else {
			writeTitle(&b, r)
		}
		inWord = isCased(r)
	}
	return b.String()
}

func capitalize(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i == 0 {
			writeTitle(&b, r)
		} else {
			writeLower(&b, s, i, r)
		}
	}
	return b.String()
}

func swapCase(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case isUpper(r):
			writeLower(&b, s, i, r)
		case isLower(r):
			b.WriteString(upper(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// foldCase makes texts equal that differ in case only. Nearly always that is the
// lower case of the upper case; Cherokee folds to upper case.
func foldCase(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == 'ı':
			b.WriteRune(r)
		case r == 'ẞ':
			b.WriteString("ss")
		case r == 'İ':
			b.WriteString("i\u0307")
		case unicode.Is(unicode.Cherokee, r):
			b.WriteRune(unicode.ToUpper(r))
		default:
			for _, u := range upper(string(r)) {
				b.WriteRune(unicode.ToLower(u))
			}
		}
	}
	return b.String()
}
