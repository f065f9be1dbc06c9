package config

import (
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"
)

// Environment is what the configuration depends on beside the arguments.
type Environment struct {
	// Version is the program's version, and the default tag of the images.
	Version string
	// Distros are the names that --base takes.
	Distros []string
	// Stdout takes the answers to --help and --version.
	Stdout io.Writer
}

// ErrAnswered says that --help or --version was asked for and has been
// answered on Environment.Stdout: there is nothing left to do, and nothing is
// wrong.
var ErrAnswered = errors.New("answered")

// request holds the options that ask about the program itself.
type request struct{ help, version bool }

// Parse turns the arguments, without the program's name, into a checked
// configuration. It returns [ErrAnswered] where the arguments ask for help or
// for the version, and an [*Error] with all problems where some argument is
// wrong. A request for help is answered even beside wrong arguments.
func Parse(args []string, env Environment) (*Config, error) {
	c, r := &Config{origins: map[string]Origin{}}, &request{}
	c.options = table(c, r, env)

	scanner := newScanner(c.options)
	scanner.scan(args)
	flags, regexes, err := parseFlags(c.options, scanner.options, scanner.regexes)
	if err != nil {
		return nil, err
	}
	c.Regexes = regexes
	problems := append(scanner.problems, c.resolve(flags)...)

	switch {
	case r.help:
		return nil, answer(env.Stdout, Help(env))
	case r.version:
		return nil, answer(env.Stdout, "kolla-build "+env.Version+"\n")
	}
	problems = append(problems, contradictions(c)...)
	if len(problems) > 0 {
		return nil, &Error{problems}
	}
	return c, nil
}

func answer(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("failed to write the answer: %w", err)
	}
	return ErrAnswered
}

// layer holds the values that one origin gives, by the names of the options.
type layer struct {
	origin Origin
	values map[string][]string
}

// resolve gives every option its value: that of the last layer which has one,
// or its default. It returns what is wrong with the values, in the table's
// order; a wrong value leaves the default in place.
func (c *Config) resolve(layers ...layer) []Problem {
	var problems []Problem
	for _, o := range c.options {
		o.assignDefault()
		for _, l := range layers {
			values := l.values[o.Name]
			if len(values) == 0 {
				continue
			}
			var wrong []Problem
			for _, v := range values {
				wrong = append(wrong, o.validate(v)...)
			}
			if len(wrong) == 0 {
				o.assign(values)
				c.origins[o.Name] = l.origin
			}
			problems = append(problems, wrong...)
		}
	}
	return problems
}

// parseFlags lets urfave/cli read the options, which stand as --name=value,
// and the regexes.
func parseFlags(table []Option, options, regexes []string) (layer, []string, error) {
	flags := layer{OriginFlag, map[string][]string{}}
	app := &cli.App{
		Name:            "kolla-build",
		HideHelp:        true,
		HideHelpCommand: true,
		HideVersion:     true,
		Writer:          io.Discard,
		ErrWriter:       io.Discard,
		ExitErrHandler:  func(*cli.Context, error) {},
		Action: func(ctx *cli.Context) error {
			regexes = ctx.Args().Slice()
			return nil
		},
	}
	for _, o := range table {
		app.Flags = append(app.Flags, &cli.GenericFlag{
			Name:  o.Name,
			Value: &collector{name: o.Name, layer: flags},
		})
	}
	args := append([]string{app.Name}, options...)
	args = append(args, "--")
	args = append(args, regexes...)
	if err := app.Run(args); err != nil {
		return layer{}, nil, fmt.Errorf("failed to parse the arguments: %w", err)
	}
	return flags, regexes, nil
}

// collector is the [cli.Generic] of every option: it keeps the texts as they
// come, because they are checked together with those of the other origins.
type collector struct {
	name  string
	layer layer
}

// Set adds a value.
func (v *collector) Set(value string) error {
	v.layer.values[v.name] = append(v.layer.values[v.name], value)
	return nil
}

// String returns nothing: the defaults stand in the table.
func (*collector) String() string { return "" }
