package value

import (
	"strings"
	"unicode/utf8"
)

// wrapped returns a text as literals on several lines, which Python joins. They
// are in parentheses unless they are inside of something.
func wrapped(s string, at spot) string {
	start, end := "", ""
	if at.alone {
		start, end = "(", ")"
		at.column++
		at.behind++
	}
	room := prettyWidth - at.column
	var literals []string
	for s != "" {
		_, size := firstLine(s)
		behind := 0
		if size == len(s) {
			behind = at.behind
		}
		literals = append(literals, literalsOf(s[:size], room, behind)...)
		s = s[size:]
	}
	switch len(literals) {
	case 0:
		return quote("")
	case 1:
		return literals[0]
	}
	return start + strings.Join(literals, "\n"+strings.Repeat(" ", at.column)) + end
}

// literalsOf cuts a line behind white space, so that each part fits into the room
// and leaves what is needed behind the last one, if words are not too long.
func literalsOf(line string, room, behind int) []string {
	if whole := quote(line); utf8.RuneCountInString(whole) <= room-behind {
		return []string{whole}
	}
	var literals []string
	current := ""
	for line != "" {
		word := firstWord(line)
		if line = line[len(word):]; line == "" {
			room -= behind
		}
		if utf8.RuneCountInString(quote(current+word)) <= room {
			current += word
			continue
		}
		if current != "" {
			literals = append(literals, quote(current))
		}
		current = word
	}
	return append(literals, quote(current))
}

// firstWord returns the first word with the white space behind it.
func firstWord(s string) string {
	end := strings.IndexFunc(s, isSpace)
	if end < 0 {
		return s
	}
	next := strings.IndexFunc(s[end:], func(r rune) bool { return !isSpace(r) })
	if next < 0 {
		return s
	}
	return s[:end+next]
}
