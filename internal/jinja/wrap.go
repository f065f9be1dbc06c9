package jinja

import (
	"slices"
	"strings"
	"unicode"

	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// wrapper wraps text as Python's textwrap does, with the settings that the
// filter wordwrap uses: tabs and other white space stay as they are.
type wrapper struct {
	width                    int
	breakWords, breakHyphens bool
}

// textwrapSpace is the white space that textwrap breaks at: that of ASCII, no
// more.
const textwrapSpace = "\t\n\v\f\r "

func isWrapSpace(r rune) bool { return strings.ContainsRune(textwrapSpace, r) }

// wrap returns the lines of a paragraph.
func (w wrapper) wrap(text string) ([]string, error) {
	if w.width <= 0 {
		return nil, value.Errorf("ValueError", "invalid width %d (must be > 0)", w.width)
	}
	chunks := w.chunks([]rune(text))
	var lines []string
	for len(chunks) > 0 {
		if len(lines) > 0 && blank(chunks[0]) {
			chunks = chunks[1:]
		}
		var line [][]rune
		line, chunks = w.line(chunks)
		if last := len(line) - 1; last >= 0 && blank(line[last]) {
			line = line[:last]
		}
		if len(line) > 0 {
			lines = append(lines, string(slices.Concat(line...)))
		}
	}
	return lines, nil
}

func blank(chunk []rune) bool { return strings.TrimFunc(string(chunk), syntax.IsSpace) == "" }

// line takes the chunks that fit into a line.
func (w wrapper) line(chunks [][]rune) (line, rest [][]rune) {
	length := 0
	for len(chunks) > 0 && length+len(chunks[0]) <= w.width {
		length += len(chunks[0])
		line, chunks = append(line, chunks[0]), chunks[1:]
	}
	if len(chunks) == 0 || len(chunks[0]) <= w.width {
		return line, chunks
	}
	// What comes next is too long for any line.
	switch {
	case w.breakWords:
		end := w.cut(chunks[0], w.width-length)
		line = append(line, chunks[0][:end])
		return line, append([][]rune{chunks[0][end:]}, chunks[1:]...)
	case len(line) == 0:
		return chunks[:1], chunks[1:]
	default:
		return line, chunks
	}
}

// cut returns where a chunk that has to fit into space is cut: after its last
// hyphen there, if there is one after something else.
func (w wrapper) cut(chunk []rune, space int) int {
	for i := space - 1; i > 0 && w.breakHyphens; i-- {
		if chunk[i] == '-' {
			if leading(chunk[:i], func(r rune) bool { return r == '-' }) < i {
				return i + 1
			}
			break
		}
	}
	return space
}

// chunks cuts a text where a line may end.
func (w wrapper) chunks(text []rune) [][]rune {
	var chunks [][]rune
	for start := 0; start < len(text); {
		n := leading(text[start:], isWrapSpace)
		if n == 0 {
			n = w.word(text, start)
		}
		chunks = append(chunks, text[start:start+n])
		start += n
	}
	return chunks
}

// leading returns how many runes at the beginning are of a class.
func leading(text []rune, class func(rune) bool) int {
	for i, r := range text {
		if !class(r) {
			return i
		}
	}
	return len(text)
}

// word returns the length of the word at start, up to a hyphen that a line may
// end after, or to a dash between words, which is a word too.
func (w wrapper) word(text []rune, start int) int {
	end := start + leading(text[start:], func(r rune) bool { return !isWrapSpace(r) })
	if !w.breakHyphens {
		return end - start
	}
	if n := dash(text, start); n > 0 {
		return n
	}
	for i := start + 1; i < end; i++ {
		if text[i] == '-' && isHyphen(text, i) {
			return i + 1 - start
		}
		if dash(text, i) > 0 {
			return i - start
		}
	}
	return end - start
}

// dash returns the length of a dash of several hyphens that stands at i between
// two words, or 0.
func dash(text []rune, i int) int {
	n := leading(text[i:], func(r rune) bool { return r == '-' })
	if n < 2 || i == 0 || i+n >= len(text) || !isInWord(text[i-1]) || !isWordRune(text[i+n]) {
		return 0
	}
	return n
}

// isHyphen tells whether the hyphen at i joins two parts of a word, each of at
// least two letters or a letter and a hyphen.
func isHyphen(text []rune, i int) bool {
	letter := func(j int) bool { return j >= 0 && j < len(text) && isLetter(text[j]) }
	before := letter(i-1) && letter(i-2) ||
		letter(i-3) && text[i-2] == '-' && isInWord(text[i-1])
	after := letter(i+1) && (letter(i+2) || i+2 < len(text) && text[i+2] == '-' && letter(i+3))
	return before && after
}

// isWordRune, isLetter and isInWord are the classes \w, a letter or underscore,
// and what may end a word, in textwrap's pattern.
func isWordRune(r rune) bool { return r == '_' || unicode.In(r, unicode.L, unicode.N) }
func isLetter(r rune) bool   { return isWordRune(r) && !unicode.Is(unicode.Nd, r) }
func isInWord(r rune) bool   { return isWordRune(r) || strings.ContainsRune("!\"'&.,?", r) }
