package config

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	helpWidth  = 80 // columns of the help
	helpIndent = 32 // columns before the text of an option
)

const helpHead = `usage: kolla-build [options] [REGEX ...]

Builds the images whose names match one of the regexes, and their parents.
Without a regex it builds them all.
`

const helpExamples = `
Examples:
  kolla-build -b debian keystone          keystone on debian, and its parents
  kolla-build -b ubuntu ^nova- ^glance-   all of nova and glance
  kolla-build --registry 10.0.0.5:5000 --push
                                          everything, pushed to your registry
  kolla-build -b debian --bootstrap cron  without pulling an image from anywhere
  kolla-build -l keystone                 what keystone stands on, as JSON
`

// Help returns the text that --help prints: the options by category, and a few
// examples.
func Help(env Environment) string {
	var b strings.Builder
	b.WriteString(helpHead)
	var category Category
	for _, o := range Options(env) {
		if o.Category != category {
			category = o.Category
			fmt.Fprintf(&b, "\n%s:\n", category)
		}
		writeOption(&b, o)
	}
	b.WriteString(helpExamples)
	return b.String()
}

// writeOption prints the names of an option on the left and its text on the
// right; names that are too long for their column get a line of their own.
func writeOption(b *strings.Builder, o Option) {
	names := "  " + o.usage()
	if utf8.RuneCountInString(names) > helpIndent-2 {
		fmt.Fprintln(b, names)
		names = ""
	}
	for _, line := range wrap(o.description(), helpWidth-helpIndent) {
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

// description returns the option's help, choices and default.
func (o Option) description() string {
	text := o.Help
	if choices := shown(o.Choices); len(choices) > 0 {
		text += " One of " + strings.Join(choices, ", ") + "."
	}
	if o.Default != "" {
		text += " Default: " + o.Default + "."
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
