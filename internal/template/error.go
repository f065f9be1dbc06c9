package template

import (
	"fmt"
	"strings"
)

// Error says what is wrong with a template, and where.
type Error struct {
	// File is the template at fault, by the path that a user finds it under.
	File string
	// Line and Column count from 1; 0 means that they are not known.
	Line, Column int
	// Message says what is wrong, without the place.
	Message string
	// Excerpt holds the line with two lines around it, ready to print.
	Excerpt string
	// Image is the image that was being rendered.
	Image string
	// Chain are the places that led there, such as the import of a file or the
	// call of a macro; the nearest comes first.
	Chain []Frame

	others int // images that failed in the same way
}

// maxFrames is how much of a chain is shown: a macro that calls itself makes a
// long one.
const maxFrames = 6

// Frame is a place in a template at which another template, a macro or a block
// was entered.
type Frame struct {
	File string // by the path that a user finds it under
	Line int    // from 1
}

// Error returns file:line:column, the message and the image; the excerpt and
// the chain follow on lines of their own.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
		if e.Column > 0 {
			fmt.Fprintf(&b, ":%d", e.Column)
		}
	}
	fmt.Fprintf(&b, ": %s", e.Message)
	switch {
	case e.Image != "" && e.others > 0:
		fmt.Fprintf(&b, " (image %s, and %d more)", e.Image, e.others)
	case e.Image != "":
		fmt.Fprintf(&b, " (image %s)", e.Image)
	}
	if e.Excerpt != "" {
		b.WriteString("\n" + strings.TrimSuffix(e.Excerpt, "\n"))
	}
	for i, f := range e.Chain {
		if i == maxFrames {
			fmt.Fprintf(&b, "\n  and so on, %d more", len(e.Chain)-i)
			break
		}
		fmt.Fprintf(&b, "\n  from %s:%d", f.File, f.Line)
	}
	return b.String()
}

// excerpt returns a line of source with two lines before and after it, or
// nothing when there is no such line.
func excerpt(source string, line int) string {
	const around = 2
	lines := strings.Split(source, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	var b strings.Builder
	for n := max(1, line-around); n <= min(len(lines), line+around); n++ {
		mark := ' '
		if n == line {
			mark = '>'
		}
		text := strings.TrimRight(fmt.Sprintf("%c %5d | %s", mark, n, shorten(lines[n-1])), " ")
		b.WriteString(text + "\n")
	}
	return b.String()
}

// shorten keeps a line of source within a terminal's reach, and free of what
// could disturb one.
func shorten(line string) string {
	const width = 200
	runes := []rune(strings.ToValidUTF8(line, "?"))
	for i, r := range runes {
		if r < ' ' && r != '\t' || r == 0x7f {
			runes[i] = '?'
		}
	}
	if len(runes) > width {
		return string(runes[:width]) + "..."
	}
	return string(runes)
}
