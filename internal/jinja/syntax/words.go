package syntax

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// inTag reads the next word inside of a tag.
func (l *lexer) inTag() (token, bool) {
	if t, found := l.tagEnd(); found {
		return t, true
	}
	if spaces := spaceBefore(l.rest()); spaces > 0 {
		l.skip(spaces)
		return token{}, false
	}
	for _, read := range []func() (token, bool){l.number, l.word, l.quoted, l.operator} {
		if t, found := read(); found {
			return t, true
		}
	}
	r, _ := utf8.DecodeRuneInString(l.rest())
	fail(l.at, "unexpected char %q at %d", r, utf8.RuneCountInString(l.source[:l.offset]))
	return token{}, false
}

// tagEnd reads the end of the tag. Where a bracket is open, what looks like it
// is not the end: {{ {'a': {}} }}.
func (l *lexer) tagEnd() (token, bool) {
	signs, end := "+-", tagEnd
	if l.end == "}}" {
		signs, end = "-", printEnd
	}
	length := tagEndLength(l.rest(), l.end, signs)
	if length == 0 || len(l.closers) > 0 {
		return token{}, false
	}
	t := token{Position: l.at, kind: end}
	l.skip(length)
	l.end = ""
	return t, true
}

// take makes a token of the next length bytes.
func (l *lexer) take(kind kind, length int) token {
	t := token{Position: l.at, kind: kind, text: l.rest()[:length]}
	l.skip(length)
	return t
}

func (l *lexer) number() (token, bool) {
	// A number after a dot is an index: in a.1.2 there is no 1.2.
	afterDot := l.offset > 0 && l.source[l.offset-1] == '.'
	if length := floatLength(l.rest()); length > 0 && !afterDot {
		t := l.take(float, length)
		t.value = parseFloat(t.text)
		return t, true
	}
	if length := integerLength(l.rest()); length > 0 {
		t := l.take(integer, length)
		t.value = parseInteger(t)
		return t, true
	}
	return token{}, false
}

func (l *lexer) word() (token, bool) {
	length := wordBefore(l.rest())
	if length == 0 {
		return token{}, false
	}
	t := l.take(name, length)
	if !isIdentifier(t.text) {
		fail(t.Position, "Invalid character in identifier")
	}
	return t, true
}

func (l *lexer) quoted() (token, bool) {
	length := quotedLength(l.rest())
	if length == 0 {
		return token{}, false
	}
	t := l.take(stringLiteral, length)
	t.value = unescape(t.Position, t.text[1:length-1])
	return t, true
}

func (l *lexer) operator() (token, bool) {
	i := slices.IndexFunc(operators, func(o string) bool { return strings.HasPrefix(l.rest(), o) })
	if i < 0 {
		return token{}, false
	}
	l.balance(operators[i])
	return l.take(kind(operators[i]), len(operators[i])), true
}

// balance keeps account of the brackets that are open.
func (l *lexer) balance(operator string) {
	switch operator {
	case "{":
		l.closers = append(l.closers, "}")
	case "(":
		l.closers = append(l.closers, ")")
	case "[":
		l.closers = append(l.closers, "]")
	case "}", ")", "]":
		last := len(l.closers) - 1
		if last < 0 {
			fail(l.at, "unexpected '%s'", operator)
		}
		if l.closers[last] != operator {
			fail(l.at, "unexpected '%s', expected '%s'", operator, l.closers[last])
		}
		l.closers = l.closers[:last]
	}
}
