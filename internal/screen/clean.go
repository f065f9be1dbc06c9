// Package screen makes what comes from elsewhere, and numbers, fit to be shown
// to people: on a terminal as well as in the log of a CI system.
package screen

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escape is a control sequence of a terminal: CSI, OSC and its like with their
// terminator, or a plain escape. See ECMA-48, sections 5.3 to 5.6.
var escape = regexp.MustCompile(`\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])`)

// CI systems obey some lines of a log: anywhere in a line ##[error] and
// ##vso[...] of Azure and GitHub, and ##teamcity[...]; at its start, after
// spaces, ::error:: of GitHub.
var (
	command     = regexp.MustCompile(`##([A-Za-z]*\[)`)
	lineCommand = regexp.MustCompile(`^([\s\p{Z}]*):(:)`)
)

// Clean returns text as a single line without anything that moves a cursor,
// changes a colour, reorders letters, or gives a CI system orders. Of what
// was overwritten by carriage returns, as progress bars do, the last is kept.
// A line longer than width characters is cut; a width of 0 means no limit.
func Clean(text string, width int) string {
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	text = escape.ReplaceAllString(text, "")
	text = strings.TrimRight(text, "\r\n")
	text = text[strings.LastIndexByte(text, '\r')+1:]
	text = strings.Map(visible, text)
	text = command.ReplaceAllString(text, "# #$1")
	text = lineCommand.ReplaceAllString(text, "$1: $2")
	return cut(text, width)
}

// visible replaces what cannot be seen, but may be felt.
func visible(r rune) rune {
	switch {
	case r == '\t', r == '\n':
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029':
		return utf8.RuneError
	default:
		return r
	}
}

func cut(text string, width int) string {
	if width <= 0 || utf8.RuneCountInString(text) <= width {
		return text
	}
	runes := []rune(text)
	return string(runes[:width-1]) + "…"
}

// Lines splits text into lines and cleans each.
func Lines(text string, width int) []string {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	for i, line := range lines {
		lines[i] = Clean(line, width)
	}
	return lines
}
