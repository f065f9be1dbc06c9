package config

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/ini.v1"
)

// statement is one assignment of a file.
type statement struct {
	section, key, value string
	line                int
}

// header is the beginning of a section.
type header struct {
	section string
	line    int
}

// document is what a file says.
type document struct {
	headers    []header
	statements []statement
}

// parseINI reads a file in oslo.config's dialect: = or : after the key, a
// repeated key adds a value, an indented line goes on with the value before
// it, # and ; begin a comment at the beginning of a line only, and quotes
// around a value are no part of it.
//
// The ini package neither tells lines nor goes on after a mistake. So it is
// given each header and each key with the number of its line in front, which
// also keeps repeated ones apart, and nothing that it would stumble over.
func parseINI(file string, data []byte) (document, []Problem) {
	n := numberer{file: file}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		n.take(strings.TrimRight(line, " \t\r\n\f\v"), number)
	}
	parsed, err := ini.LoadSources(ini.LoadOptions{
		IgnoreContinuation:         true, // a backslash is a backslash
		IgnoreInlineComment:        true,
		AllowPythonMultilineValues: true,
		PreserveSurroundedQuote:    true, // they hide continuation lines from it
		ChildSectionDelimiter:      "\n", // sections have no children
		ReaderBufferSize:           n.text.Len() + 1,
	}, n.text.Bytes())
	if err != nil {
		return document{}, append(n.problems, Problem{Text: fmt.Sprintf("%s: %v", file, err)})
	}
	doc := document{headers: n.headers}
	for _, section := range parsed.Sections() {
		_, name := cutNumber(section.Name())
		for _, key := range section.Keys() {
			line, text := cutNumber(key.Name())
			doc.statements = append(doc.statements, statement{name, text, unquote(joinLines(key.Value())), line})
		}
	}
	return doc, n.problems
}

// numberer copies a file for the ini package, line by line.
type numberer struct {
	file     string
	text     bytes.Buffer
	headers  []header
	problems []Problem
	open     bool // the line before may be gone on with
}

func (n *numberer) take(line string, number int) {
	first := strings.TrimLeft(line, " \t")
	comment := strings.HasPrefix(first, "#") || strings.HasPrefix(first, ";")
	indented := len(first) < len(line)
	switch {
	case line == "", comment && !indented:
		n.text.WriteByte('\n')
		n.open = false
	case comment: // within a value over several lines
	case indented && n.open:
		fmt.Fprintf(&n.text, " %s\n", first)
	case indented:
		n.problem(number, "the line is indented, but there is no value to go on with", "move it to the left")
	case line[0] == '[':
		n.header(line, number)
	default:
		n.assignment(line, number)
	}
}

func (n *numberer) header(line string, number int) {
	n.open = false
	name, closed := strings.CutSuffix(line[1:], "]")
	name = strings.TrimSpace(name)
	if !closed || name == "" {
		n.problem(number, "the line begins with a bracket, but is not the name of a section", "write [NAME], and comments on lines of their own")
		return
	}
	n.headers = append(n.headers, header{name, number})
	fmt.Fprintf(&n.text, "[%d %s]\n", number, name)
}

func (n *numberer) assignment(line string, number int) {
	n.open = false
	i := strings.IndexAny(line, "=:")
	if i < 0 {
		n.problem(number, "the line is neither KEY = VALUE nor [SECTION]", "begin a comment with #, and the continuation of a value with a space")
		return
	}
	key, value := strings.TrimSpace(line[:i]), strings.TrimSpace(line[i+1:])
	switch {
	case key == "":
		n.problem(number, "there is no key before the "+line[i:i+1], "write KEY = VALUE")
	case len(n.headers) == 0:
		n.problem(number, "the line belongs to no section", "put [DEFAULT] above it")
	case strings.HasPrefix(value, "`"), strings.HasPrefix(value, `"""`):
		n.problem(number, "a value cannot begin with ` or \"\"\"", "put it between single quotes")
	default:
		n.open = true
		fmt.Fprintf(&n.text, "%d %s = %s\n", number, key, value)
	}
}

func (n *numberer) problem(line int, text, remedy string) {
	n.problems = append(n.problems, Problem{fmt.Sprintf("%s:%d: %s", n.file, line, text), remedy})
}

// cutNumber parts a name from the number of its line.
func cutNumber(name string) (int, string) {
	number, rest, _ := strings.Cut(name, " ")
	line, _ := strconv.Atoi(number)
	return line, rest
}

// joinLines takes the indentation off the lines of a value.
func joinLines(value string) string {
	lines := strings.Split(value, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.TrimPrefix(strings.Join(lines, "\n"), "\n")
}

// unquote takes off one pair of quotes around a value.
func unquote(value string) string {
	if len(value) >= 2 && value[0] == value[len(value)-1] && (value[0] == '"' || value[0] == '\'') {
		return value[1 : len(value)-1]
	}
	return value
}
