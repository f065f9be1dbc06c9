package value

import (
	"strings"
	"unicode"
)

// isSpace knows the characters of Python's white space. Those from 0x1c to
// 0x1f are not white space to Go.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// isLineEnd knows what ends a line for splitlines().
func isLineEnd(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

func isAlphabetic(r rune) bool { return unicode.IsLetter(r) }

func isDecimal(r rune) bool { return unicode.Is(unicode.Nd, r) }

// digits are the characters that stand for one digit and are not decimal, such
// as superscripts: Numeric_Type=Digit of the Unicode Character Database.
var digits = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0xb2, Hi: 0xb3, Stride: 1}, {Lo: 0xb9, Hi: 0xb9, Stride: 1},
		{Lo: 0x1369, Hi: 0x1371, Stride: 1}, {Lo: 0x19da, Hi: 0x19da, Stride: 1},
		{Lo: 0x2070, Hi: 0x2070, Stride: 1}, {Lo: 0x2074, Hi: 0x2079, Stride: 1},
		{Lo: 0x2080, Hi: 0x2089, Stride: 1}, {Lo: 0x2460, Hi: 0x2468, Stride: 1},
		{Lo: 0x2474, Hi: 0x247c, Stride: 1}, {Lo: 0x2488, Hi: 0x2490, Stride: 1},
		{Lo: 0x24ea, Hi: 0x24ea, Stride: 1}, {Lo: 0x24f5, Hi: 0x24fd, Stride: 1},
		{Lo: 0x24ff, Hi: 0x24ff, Stride: 1}, {Lo: 0x2776, Hi: 0x277e, Stride: 1},
		{Lo: 0x2780, Hi: 0x2788, Stride: 1}, {Lo: 0x278a, Hi: 0x2792, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x10a40, Hi: 0x10a43, Stride: 1}, {Lo: 0x10e60, Hi: 0x10e68, Stride: 1},
		{Lo: 0x11052, Hi: 0x1105a, Stride: 1}, {Lo: 0x1f100, Hi: 0x1f10a, Stride: 1},
	},
	LatinOffset: 2,
}

func isDigit(r rune) bool { return isDecimal(r) || unicode.Is(digits, r) }

// ideographicNumbers are the letters that Unicode gives a numeric value. The
// last ones are compatibility ideographs.
const ideographicNumbers = "㐅㒃㠪㭍一七万三九二五亖亿什仟仨伍佰億兆兩八六十千卄卅卌叁参參叄四壱壹幺廾廿弌弍弎弐拾捌柒漆玖百肆萬貮貳贰阡陆陌陸零" +
	"\uf96b\uf973\uf978\uf9b2\uf9d1\uf9d3\uf9fd𠀁𠁤𠃢𠄡𠤪𠦃𠦌𠦜𠫪𠫽𠬙𢎐𢦘𣬛𦉭\U0002f890"

func isNumeric(r rune) bool {
	return unicode.IsNumber(r) || r > unicode.MaxLatin1 && strings.ContainsRune(ideographicNumbers, r)
}

func isAlphanumeric(r rune) bool { return isAlphabetic(r) || isNumeric(r) }

func isLower(r rune) bool { return unicode.IsLower(r) || unicode.Is(unicode.Other_Lowercase, r) }
func isUpper(r rune) bool { return unicode.IsUpper(r) || unicode.Is(unicode.Other_Uppercase, r) }
func isCased(r rune) bool { return isLower(r) || isUpper(r) || unicode.IsTitle(r) }

// isLowerText wants a cased character, and none that is not lower case.
func isLowerText(s string) bool {
	return strings.ContainsFunc(s, isLower) &&
		!strings.ContainsFunc(s, func(r rune) bool { return isUpper(r) || unicode.IsTitle(r) })
}

// isUpperText wants a cased character, and none that is not upper case.
func isUpperText(s string) bool {
	return strings.ContainsFunc(s, isUpper) &&
		!strings.ContainsFunc(s, func(r rune) bool { return isLower(r) || unicode.IsTitle(r) })
}

// isTitleText wants upper case where a word begins and lower case within it.
func isTitleText(s string) bool {
	inWord, found := false, false
	for _, r := range s {
		switch {
		case isUpper(r) || unicode.IsTitle(r):
			if inWord {
				return false
			}
			inWord, found = true, true
		case isLower(r):
			if !inWord {
				return false
			}
		default:
			inWord = false
		}
	}
	return found
}

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

func isIdentifier(s string) bool {
	for i, r := range s {
		start := r == '_' || unicode.IsLetter(r) || unicode.In(r, unicode.Nl, unicode.Other_ID_Start)
		inside := unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)
		if !start && (i == 0 || !inside) {
			return false
		}
	}
	return s != ""
}
