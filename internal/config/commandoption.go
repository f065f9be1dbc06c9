package config

import (
	"fmt"
	"slices"
	"strings"
)

// CommandOption is an option that one command has beside those of a build. Where both
// have one of the same name, the command's counts.
type CommandOption struct {
	Name string
	// Short is the one-letter name, without its dash; it may be empty.
	Short string
	// Metavar stands for the value in the help; without, the option is on or off.
	Metavar string
	// Choices are the allowed values, of which the first is the default; none allows all.
	Choices []string
	// Help is a phrase.
	Help string
}

// Usage returns the option's names and what stands for its value.
func (o CommandOption) Usage() string {
	usage := "--" + o.Name
	if o.Short != "" {
		usage = "-" + o.Short + ", " + usage
	}
	if o.Metavar != "" {
		usage += " " + o.Metavar
	}
	return usage
}

// Description returns the option's help, choices and default.
func (o CommandOption) Description() string {
	text := o.Help
	if len(o.Choices) > 0 {
		text += ": " + strings.Join(o.Choices, ", ") + "; the default is " + o.Choices[0]
	}
	return text
}

// Cut takes the command's own options out of its arguments, and returns their values by
// name: "true" for one that is on. Those that were not given have their defaults.
func (c Command) Cut(args []string) (values map[string]string, rest []string, err error) {
	values = map[string]string{}
	for _, o := range c.Options {
		if len(o.Choices) > 0 {
			values[o.Name] = o.Choices[0]
		}
	}
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return values, append(rest, args[i:]...), nil
		}
		option, value, given := c.option(args[i])
		switch {
		case option == nil:
			rest = append(rest, args[i])
			continue
		case option.Metavar == "" && given:
			return nil, nil, commandError(fmt.Sprintf("option --%s takes no value", option.Name), "")
		case option.Metavar == "":
			value = "true"
		case !given:
			if i++; i == len(args) {
				return nil, nil, commandError(fmt.Sprintf("option %s needs a value", args[i-1]), option.remedy())
			}
			value = args[i]
		}
		if len(option.Choices) > 0 && !slices.Contains(option.Choices, value) {
			return nil, nil, commandError(fmt.Sprintf("%s has no %s %q", c.Name, option.Name, value), option.remedy())
		}
		values[option.Name] = value
	}
	return values, rest, nil
}

// option returns the option of the command that an argument gives, if it does.
func (c Command) option(arg string) (option *CommandOption, value string, given bool) {
	name, value, given := strings.Cut(arg, "=")
	for _, o := range c.Options {
		if name == "--"+o.Name || !given && o.Short != "" && name == "-"+o.Short {
			return &o, value, given
		}
	}
	return nil, "", false
}

func (o CommandOption) remedy() string {
	if len(o.Choices) == 0 {
		return ""
	}
	return "one of " + strings.Join(o.Choices, ", ")
}

func commandError(text, remedy string) error {
	return &Error{Problems: []Problem{{Text: text, Remedy: remedy}}}
}
