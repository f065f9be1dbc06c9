package syntax

import (
	"strings"
	"unicode/utf8"
)

// lexer cuts a template into tokens, one at a time. Outside of tags it looks
// for the next tag, inside for the next word. The rules are those of Jinja2's
// lexer with the default settings.
type lexer struct {
	source string
	offset int
	at     Position // of source[offset]
	last   Position // of the last token

	// end is what ends the tag that is read, or "" outside of tags.
	end string

	// raw tells that the text up to endraw is data.
	raw bool

	closers []string // of the brackets that are open
}

// newLexer makes all line ends \n and drops the last of them, as Jinja2 does
// before it reads anything.
func newLexer(source string) *lexer {
	source = strings.ReplaceAll(source, "\r\n", "\n")
	source = strings.ReplaceAll(source, "\r", "\n")
	return &lexer{source: strings.TrimSuffix(source, "\n"), at: Position{1, 1}, last: Position{1, 1}}
}

// next returns the next token, and endOfTemplate for ever at the end.
func (l *lexer) next() token {
	for l.offset < len(l.source) {
		var t token
		var found bool
		switch {
		case l.raw:
			t, found = l.rawText()
		case l.end != "":
			t, found = l.inTag()
		default:
			t, found = l.outside()
		}
		if found {
			l.last = t.Position
			return t
		}
	}
	// What is missing is missing after the last word, not after the empty lines
	// that may follow it.
	return token{Position: l.last, kind: endOfTemplate}
}

// rest is what is not read yet.
func (l *lexer) rest() string { return l.source[l.offset:] }

// skip goes n bytes on.
func (l *lexer) skip(n int) {
	passed := l.source[l.offset : l.offset+n]
	l.offset += n
	if lines := strings.Count(passed, "\n"); lines > 0 {
		l.at.Line += lines
		l.at.Column = 1
		passed = passed[strings.LastIndexByte(passed, '\n')+1:]
	}
	l.at.Column += utf8.RuneCountInString(passed)
}

// skipSpace goes on to the next character that is not white space.
func (l *lexer) skipSpace() { l.skip(spaceBefore(l.rest())) }

// outside reads the text before the next tag, and the beginning of the tag if
// there is no text.
func (l *lexer) outside() (token, bool) {
	start := tagStart(l.rest())
	if start < 0 {
		return l.data(len(l.rest()), false)
	}
	opener := l.rest()[start : start+2]
	sign := signAfter(l.rest()[start+2:])
	if start > 0 {
		if t, found := l.data(start, sign == "-"); found {
			return t, true
		}
	}
	at := l.at
	if opener == "{%" {
		if length := rawTag(l.rest()); length > 0 {
			l.skip(length)
			l.raw = true
			return token{}, false
		}
	}
	l.skip(2 + len(sign))
	switch opener {
	case "{#":
		l.comment(at)
		return token{}, false
	case "{{":
		l.end = "}}"
		return token{Position: at, kind: printBegin}, true
	default:
		l.end = "%}"
		return token{Position: at, kind: tagBegin}, true
	}
}

// data takes length bytes as text. It is not found if trimming leaves nothing.
func (l *lexer) data(length int, trim bool) (token, bool) {
	t := token{Position: l.at, kind: text, text: l.rest()[:length]}
	if trim {
		t.text = strings.TrimRightFunc(t.text, IsSpace)
	}
	l.skip(length)
	return t, t.text != ""
}

// tagStart returns where the next tag or comment begins, or -1.
func tagStart(s string) int {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '{')
		if i < 0 || from+i+1 >= len(s) {
			return -1
		}
		from += i + 1
		if strings.IndexByte("{%#", s[from]) >= 0 {
			return from - 1
		}
	}
}

// signAfter returns the sign for white space that s begins with.
func signAfter(s string) string {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[:1]
	}
	return ""
}

// comment skips a comment whose beginning has been read.
func (l *lexer) comment(start Position) {
	if l.rest() == "" {
		return
	}
	end := strings.Index(l.rest(), "#}")
	if end < 0 {
		fail(start, "Missing end of comment tag")
	}
	trim := end > 0 && l.rest()[end-1] == '-'
	l.skip(end + len("#}"))
	if trim {
		l.skipSpace()
	}
}

// rawTag returns the length of {% raw %} with the white space it takes away, or
// 0 if s begins otherwise.
func rawTag(s string) int {
	end := keywordTag(s, "raw")
	if end < 0 {
		return 0
	}
	rest := s[end:]
	switch {
	case strings.HasPrefix(rest, "-%}"):
		return end + 3 + spaceBefore(rest[3:])
	case strings.HasPrefix(rest, "%}"):
		return end + 2
	default:
		return 0
	}
}

// keywordTag returns where the end of a tag with nothing but a keyword has to
// stand, or -1 if s does not begin with such a tag.
func keywordTag(s, keyword string) int {
	i := len("{%") + len(signAfter(s[2:]))
	i += spaceBefore(s[i:])
	if !strings.HasPrefix(s[i:], keyword) {
		return -1
	}
	i += len(keyword)
	return i + spaceBefore(s[i:])
}

// rawText reads the text up to the endraw tag, and the tag.
func (l *lexer) rawText() (token, bool) {
	s := l.rest()
	for from := 0; ; {
		i := strings.Index(s[from:], "{%")
		if i < 0 {
			fail(l.at, "Missing end of raw directive")
		}
		from += i
		if length := endRawTag(s[from:]); length > 0 {
			t, found := l.data(from, signAfter(s[from+2:]) == "-")
			l.skip(length)
			l.raw = false
			return t, found
		}
		from += len("{%")
	}
}

func endRawTag(s string) int {
	end := keywordTag(s, "endraw")
	if end < 0 {
		return 0
	}
	if length := tagEndLength(s[end:], "%}", "+-"); length > 0 {
		return end + length
	}
	return 0
}

// tagEndLength returns the length of the end of a tag with the white space it
// takes away, or 0 if s begins otherwise. Before the end may stand one of
// signs.
func tagEndLength(s, end, signs string) int {
	sign := signAfter(s)
	if sign != "" && !strings.Contains(signs, sign) || !strings.HasPrefix(s[len(sign):], end) {
		return 0
	}
	length := len(sign) + len(end)
	if sign == "-" {
		length += spaceBefore(s[length:])
	}
	return length
}
