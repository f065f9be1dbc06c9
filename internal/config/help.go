package config

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	helpWidth  = 80 // columns of the help
	helpIndent = 32 // columns before the text of an option

	commandWidth = 28 // columns for a command after the program's name
	exampleWidth = 40 // columns for the line of an example
)

const helpHead = `usage: kolla-build [options] [REGEX ...]

Builds the images whose names match one of the regexes, and their parents.
Without a regex and without a profile it builds them all.
`

const helpFile = `
Every option that is on or off has a form that turns it off: --nocache for
--cache. All can stand in kolla-build.conf too, and some only there: genconfig
writes a sample of it, config tells which values count.
`

// Help returns the text that --help prints: the options by category, and a few
// examples.
func Help(env Environment) string {
	var b strings.Builder
	b.WriteString(helpHead)
	var category Category
	for _, o := range Options(env) {
		if !o.OnCommandLine() {
			continue
		}
		if o.Category != category {
			category = o.Category
			fmt.Fprintf(&b, "\n%s:\n", category)
		}
		writeOption(&b, o)
	}
	b.WriteString(helpFile)
	b.WriteString("\nOther commands, given as the first word:\n")
	for _, command := range Commands() {
		fmt.Fprintf(&b, "  kolla-build %-*s%s\n", commandWidth, command.Usage(), command.Help)
		for _, o := range command.Options {
			writeColumns(&b, "      "+o.Usage(), o.Description())
		}
	}
	b.WriteString("\nExamples:\n")
	for _, example := range Examples() {
		fmt.Fprintf(&b, "  %-*s", exampleWidth, example.Line)
		if len(example.Line) >= exampleWidth {
			fmt.Fprintf(&b, "\n  %*s", exampleWidth, "")
		}
		fmt.Fprintln(&b, example.Help)
	}
	return b.String()
}

// writeOption prints the names of an option on the left and its text on the
// right; names that are too long for their column get a line of their own.
func writeOption(b *strings.Builder, o Option) {
	writeColumns(b, "  "+o.usage(), o.Description())
}

func writeColumns(b *strings.Builder, names, text string) {
	if utf8.RuneCountInString(names) > helpIndent-2 {
		fmt.Fprintln(b, names)
		names = ""
	}
	for _, line := range wrap(text, helpWidth-helpIndent) {
		fmt.Fprintf(b, "%-*s%s\n", helpIndent, names, line)
		names = ""
	}
}

// usage returns the option's names and what stands for its value.
func (o Option) usage() string {
	usage := "    --" + o.Name
	if o.Short != "" {
		usage = "-" + o.Short + ", --" + o.Name
	}
	if o.Metavar != "" {
		usage += " " + o.Metavar
	}
	return usage
}

// Description returns the option's help, choices and default.
func (o Option) Description() string {
	text := o.Help
	if o.Idle != "" {
		return text + " Has no effect: " + o.Idle + "."
	}
	if choices := shown(o.Choices); len(choices) > 0 {
		text += " One of " + strings.Join(choices, ", ") + "."
	}
	if note := cmp.Or(o.DefaultNote, o.Default); note != "" {
		text += " Default: " + note + "."
	}
	return text
}

// wrap breaks text between words into lines of at most width columns, where
// the words allow it.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}
