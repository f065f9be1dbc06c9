package completion

import (
	"fmt"
	"strings"

	"github.com/kolla-build/kolla-build/internal/config"
)

const fishHead = `# Completion of kolla-build for fish. To load it:
#   kolla-build completion fish | source

complete -c kolla-build -f -a '(kolla-build --list-images 2>/dev/null | string replace -r "^[0-9]+ : " "")'
`

// fish writes one line for each flag and command.
func fish(flags []flag) string {
	var b strings.Builder
	b.WriteString(fishHead)
	for _, c := range config.Commands() {
		fmt.Fprintf(&b, "complete -c kolla-build -n __fish_use_subcommand -a %s -d %s\n", c.Name, fishQuote(c.Help))
		if len(c.Words) > 0 {
			fmt.Fprintf(&b, "complete -c kolla-build -n '__fish_seen_subcommand_from %s' -a %s\n", c.Name, fishQuote(strings.Join(c.Words, " ")))
		}
		for _, f := range commandFlags(c) {
			fishFlag(&b, " -n '__fish_seen_subcommand_from "+c.Name+"'", f)
		}
	}
	for _, f := range flags {
		fishFlag(&b, "", f)
	}
	return b.String()
}

// fishFlag writes one line, with a condition if there is one.
func fishFlag(b *strings.Builder, condition string, f flag) {
	b.WriteString("complete -c kolla-build" + condition)
	if f.short != "" {
		b.WriteString(" -s " + f.short)
	}
	b.WriteString(" -l " + f.long)
	switch {
	case f.takes == "":
	case len(f.values) > 0:
		b.WriteString(" -x -a " + fishQuote(strings.Join(f.values, " ")))
	case f.files:
		b.WriteString(" -r -F")
	case f.dirs:
		b.WriteString(" -x -a '(__fish_complete_directories)'")
	default:
		b.WriteString(" -x")
	}
	b.WriteString(" -d " + fishQuote(f.help) + "\n")
}

func fishQuote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
