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
    local own=
`

const bashTail = `    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$own"' %s' -- "$cur")
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
	bashCommands(&b)
	b.WriteString("    case $prev in\n")
	var all []string
	for _, f := range flags {
		all = append(all, "--"+f.long)
		if f.takes == "" {
			continue
		}
		bashCase(&b, bashPattern(f), f)
	}
	for _, c := range config.Commands() {
		if len(c.Words) > 0 {
			bashCase(&b, c.Name, flag{values: c.Words})
		}
	}
	fmt.Fprintf(&b, bashTail, strings.Join(all, " "), strings.Join(commandNames(), " "))
	return b.String()
}

// bashCommands writes what completes the options that only one command has.
func bashCommands(b *strings.Builder) {
	b.WriteString("    case ${COMP_WORDS[1]} in\n")
	for _, c := range config.Commands() {
		if len(c.Options) == 0 {
			continue
		}
		var names []string
		fmt.Fprintf(b, "    %s)\n    case $prev in\n", c.Name)
		for _, f := range commandFlags(c) {
			names = append(names, "--"+f.long)
			if f.takes != "" {
				bashCase(b, bashPattern(f), f)
			}
		}
		fmt.Fprintf(b, "    esac\n    own='%s'\n    ;;\n", strings.Join(names, " "))
	}
	b.WriteString("    esac\n")
}

// bashPattern matches the names of a flag.
func bashPattern(f flag) string {
	if f.short != "" {
		return "-" + f.short + " | --" + f.long
	}
	return "--" + f.long
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
