// Package completion writes completion scripts for bash, zsh and fish, from the
// table of options.
//
// The scripts know the options and ask the program for the names of images,
// which takes it some milliseconds.
package completion

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kolla-build/kolla-build/internal/config"
)

// Names are the shells that there is a completion for.
func Names() []string { return []string{"bash", "zsh", "fish"} }

// Script returns the script for one of the shells.
func Script(shell string, env config.Environment) (string, error) {
	switch shell {
	case "bash":
		return bash(flags(env)), nil
	case "zsh":
		return zsh(flags(env)), nil
	case "fish":
		return fish(flags(env)), nil
	}
	return "", fmt.Errorf("there is no completion for the shell %q\nknown are %s", shell, strings.Join(Names(), ", "))
}

// flag is an option, or the form of one that turns it off, as a script needs
// it.
type flag struct {
	long, short string // short may be empty
	help        string // a phrase
	takes       string // what the value is called; empty for none
	values      []string
	files, dirs bool // the value is a path
	repeats     bool
}

// flags returns the flags of the table. Turning off is offered where it makes a
// difference.
func flags(env config.Environment) []flag {
	var all []flag
	for _, o := range config.Options(env) {
		if !o.OnCommandLine() || o.Idle != "" {
			continue
		}
		f := flag{
			long: o.Name, short: o.Short, takes: o.Metavar, help: firstSentence(o.Help),
			values:  slices.DeleteFunc(slices.Clone(o.Choices), func(c string) bool { return c == "" }),
			files:   o.Metavar == "FILE",
			dirs:    o.Metavar == "DIR",
			repeats: o.Kind() == config.KindList || o.Kind() == config.KindDict,
		}
		all = append(all, f)
		if o.Negatable() && o.Default == "true" {
			all = append(all, flag{long: "no" + o.Name, help: "Turn off --" + o.Name})
		}
	}
	return all
}

// commandFlags returns the flags that only one command has.
func commandFlags(c config.Command) []flag {
	var own []flag
	for _, o := range c.Options {
		own = append(own, flag{long: o.Name, short: o.Short, takes: o.Metavar, help: o.Help, values: o.Choices})
	}
	return own
}

// without returns the flags whose names are none of the others'.
func without(flags, others []flag) []flag {
	return slices.DeleteFunc(slices.Clone(flags), func(f flag) bool {
		return slices.ContainsFunc(others, func(o flag) bool { return o.long == f.long })
	})
}

// firstSentence returns the beginning of a text, without its full stop.
func firstSentence(text string) string {
	sentence, _, _ := strings.Cut(text+" ", ". ")
	sentence, _, _ = strings.Cut(sentence, ";")
	return strings.TrimSpace(sentence)
}

// commandNames returns the names of the commands.
func commandNames() []string {
	var names []string
	for _, c := range config.Commands() {
		names = append(names, c.Name)
	}
	return names
}
