package completion

import (
	"fmt"
	"strings"

	"github.com/kolla-build/kolla-build/internal/config"
)

const bashHead = `# Completion of kolla-build for bash. To load it:
#   source <(kolla-build completion bash)

_kolla_build() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
    # Bash takes --option=value for three words.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
    COMPREPLY=()
    case $prev in
`

const bashTail = `    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '%s' -- "$cur")
        return
    fi
    local words
    words=$("${COMP_WORDS[0]}" --list-images 2>/dev/null | sed 's/^[0-9]* : //')
    if [[ $COMP_CWORD == 1 ]]; then
        words+=' %s'
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _kolla_build kolla-build
`

// bash writes a function that looks at the word before the one to complete.
func bash(flags []flag) string {
	var b strings.Builder
	b.WriteString(bashHead)
	var all []string
	for _, f := range flags {
		all = append(all, "--"+f.long)
		if f.takes == "" {
			continue
		}
		pattern := "--" + f.long
		if f.short != "" {
			pattern = "-" + f.short + " | " + pattern
		}
		bashCase(&b, pattern, f)
	}
	for _, c := range config.Commands() {
		if len(c.Words) > 0 {
			bashCase(&b, c.Name, flag{values: c.Words})
		}
	}
	fmt.Fprintf(&b, bashTail, strings.Join(all, " "), strings.Join(commandNames(), " "))
	return b.String()
}

// bashCase writes what completes the value after a word.
func bashCase(b *strings.Builder, pattern string, f flag) {
	fmt.Fprintf(b, "    %s)\n", pattern)
	switch {
	case len(f.values) > 0:
		fmt.Fprintf(b, "        mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\")\n", strings.Join(f.values, " "))
	case f.files:
		b.WriteString("        compopt -o filenames\n        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n")
	case f.dirs:
		b.WriteString("        compopt -o filenames\n        mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n")
	}
	b.WriteString("        return\n        ;;\n")
}
