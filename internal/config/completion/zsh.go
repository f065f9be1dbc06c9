package completion

import (
	"fmt"
	"strings"

	"github.com/kolla-build/kolla-build/internal/config"
)

const zshHead = `#compdef kolla-build
# Completion of kolla-build for zsh. To load it, put this file as _kolla-build into
# a folder of $fpath, or:
#   source <(kolla-build completion zsh)

_kolla_build_words() {
    local -a images
    images=(${(f)"$(kolla-build --list-images 2>/dev/null | sed 's/^[0-9]* : //')"})
    _describe -t images image images
    if (( CURRENT == 2 )); then
        local -a commands
        commands=(
`

const zshMiddle = `        )
        _describe -t commands command commands
    fi
}

_kolla_build() {
    local -a own
    case ${words[2]} in
`

const zshTail = `        '*:image:_kolla_build_words'
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _kolla_build "$@"
else
    compdef _kolla_build kolla-build
fi
`

// zsh writes a list of specifications for _arguments.
func zsh(flags []flag) string {
	var b strings.Builder
	b.WriteString(zshHead)
	for _, c := range config.Commands() {
		fmt.Fprintf(&b, "            '%s:%s'\n", c.Name, zshEscape(c.Help))
	}
	b.WriteString(zshMiddle)
	common := flags
	for _, c := range config.Commands() {
		if len(c.Words) > 0 {
			fmt.Fprintf(&b, "    %s)\n        (( CURRENT == 3 )) && compadd %s\n        return\n        ;;\n", c.Name, strings.Join(c.Words, " "))
		}
		common = without(common, commandFlags(c))
	}
	// What a command has of its own must not be there twice.
	overridden := without(flags, common)
	for _, c := range config.Commands() {
		if len(c.Options) > 0 {
			zshOwn(&b, c.Name, append(commandFlags(c), without(overridden, commandFlags(c))...))
		}
	}
	zshOwn(&b, "*", overridden)
	b.WriteString("    esac\n    _arguments -s -S $own \\\n")
	for _, f := range common {
		fmt.Fprintf(&b, "        %s \\\n", zshSpec(f))
	}
	b.WriteString(zshTail)
	return b.String()
}

// zshOwn writes the specifications of the flags that differ from command to command.
func zshOwn(b *strings.Builder, pattern string, flags []flag) {
	fmt.Fprintf(b, "    %s)\n        own=(\n", pattern)
	for _, f := range flags {
		fmt.Fprintf(b, "            %s\n", zshSpec(f))
	}
	b.WriteString("        )\n        ;;\n")
}

// zshSpec returns the specification of a flag with all its names.
func zshSpec(f flag) string {
	long, short, value := "--"+f.long, "-"+f.short, ""
	if f.takes != "" {
		// The value may be attached or the next word.
		long, short = long+"=", short+"+"
		value = ":" + zshEscape(f.takes) + ":"
		switch {
		case len(f.values) > 0:
			value += "(" + strings.Join(f.values, " ") + ")"
		case f.files:
			value += "_files"
		case f.dirs:
			value += "_files -/"
		}
	}
	text := "'[" + zshEscape(f.help) + "]" + value + "'"
	switch {
	case f.repeats && f.short != "":
		return "'*'{" + short + "," + long + "}" + text
	case f.repeats:
		return "'*'" + long + text
	case f.short != "":
		return fmt.Sprintf("'(-%s --%s)'{%s,%s}%s", f.short, f.long, short, long, text)
	}
	return long + text
}

// zshEscape keeps a text within single quotes, and within the brackets and
// colons of a specification.
func zshEscape(text string) string {
	return strings.NewReplacer(`'`, `'\''`, `[`, `\[`, `]`, `\]`, `:`, `\:`).Replace(text)
}
