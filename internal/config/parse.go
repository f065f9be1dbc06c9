package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// Environment is what the configuration depends on beside the arguments.
type Environment struct {
	// Version is the program's version, and the default tag of the images.
	Version string
	// Distros are the names that --base takes.
	Distros []string
	// Threads is how many images to build at once on this machine, where nobody says;
	// 0 if that is not known.
	Threads int
	// Users are the users of the services where the file does not say
	// otherwise, by name.
	Users map[string]User
	// Variables are the environment variables, as os.Environ has them.
	Variables []string
	// Tree tells what the templates in the given folders say about themselves,
	// when they are rendered for a distro. It may be nil, and may return nil.
	Tree func(dockerDirs []string, base string) *TreeDefaults
	// Open opens the files and folders of the configuration, as os.Open does.
	// Without it no file is read.
	Open func(name string) (fs.File, error)
	// Stdout takes the answers to --help and --version.
	Stdout io.Writer
}

// ErrAnswered says that --help or --version was asked for and has been
// answered on Environment.Stdout: there is nothing left to do, and nothing is
// wrong.
var ErrAnswered = errors.New("answered")

// Parse turns the arguments, without the program's name, into a checked
// configuration, with what the environment and the files say. It returns
// [ErrAnswered] where the arguments ask for help or for the version, and an
// [*Error] with all problems where something is wrong. A request for help is
// answered even beside wrong arguments, and before any file is read.
func Parse(args []string, env Environment) (*Config, error) {
	c, request := &Config{origins: map[string]provenance{}}, &request{}
	c.options = table(c, request, env)

	scanner := &scanner{table: newIndex(c.options)}
	scanner.scan(args)
	flags, err := parseFlags(c.options, scanner.options, scanner.regexes)
	if err != nil {
		return nil, err
	}
	r := &resolver{
		options:    scanner.table,
		layers:     []layer{flags},
		problems:   scanner.problems,
		expansions: map[[3]string]string{},
	}
	r.resolve(c, func(o Option) bool { return o.Scope == ScopeFlag })
	switch {
	case request.help:
		return nil, answer(env.Stdout, Help(env))
	case request.version:
		return nil, answer(env.Stdout, "kolla-build "+env.Version+"\n")
	}

	variables := newEnviron(env.Variables)
	files := r.readFiles(c, &reader{open: env.Open, home: variables["HOME"]}, defaultSections(env.Users))
	r.addEnvironment(variables)
	r.layers = []layer{files, variables.options(c.options), flags}
	r.addTree(c, env)
	r.resolve(c, Option.InFile)
	r.resolveSections(c)

	problems := slices.Concat(r.problems, c.contradictions(), c.checkProfiles())
	if len(problems) > 0 {
		return nil, &Error{problems}
	}
	c.Notices = append(c.Notices, c.idleNotices()...)
	return c, nil
}

// readFiles reads what the files say about sections over the defaults, and
// returns what they say about options.
func (r *resolver) readFiles(c *Config, files *reader, defaults map[string]map[string]given) layer {
	r.sections = defaults
	options := layer{}
	for _, file := range files.read(c.ConfigFiles, c.ConfigDirs) {
		doc, problems := parseINI(file.name, file.text)
		r.problems = append(r.problems, problems...)
		c.Notices = append(c.Notices, r.addFile(file.name, doc, options)...)
	}
	r.problems = append(r.problems, files.problems...)
	c.Notices = append(files.notices, c.Notices...)
	if more := len(c.Notices) - maxNotices; more > 0 {
		c.Notices = append(c.Notices[:maxNotices], fmt.Sprintf("%d more lines of the configuration are ignored", more))
	}
	return options
}

func answer(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("failed to write the answer: %w", err)
	}
	return ErrAnswered
}

// parseFlags lets urfave/cli read the options, which stand as --name=value,
// and the regexes.
func parseFlags(table []Option, options, regexes []string) (layer, error) {
	flags := layer{}
	app := &cli.App{
		Name:            "kolla-build",
		HideHelp:        true,
		HideHelpCommand: true,
		HideVersion:     true,
		Writer:          io.Discard,
		ErrWriter:       io.Discard,
		ExitErrHandler:  func(*cli.Context, error) {},
		Action: func(ctx *cli.Context) error {
			for _, regex := range ctx.Args().Slice() {
				flags.add("regex", regex, "an argument")
			}
			return nil
		},
	}
	for _, o := range table {
		// It takes time with the square of their number.
		if !slices.ContainsFunc(options, func(arg string) bool { return strings.HasPrefix(arg, "--"+o.Name+"=") }) {
			continue
		}
		app.Flags = append(app.Flags, &cli.GenericFlag{
			Name:  o.Name,
			Value: &collector{name: o.Name, layer: flags},
		})
	}
	args := append([]string{app.Name}, options...)
	args = append(args, "--")
	args = append(args, regexes...)
	if err := app.Run(args); err != nil {
		return nil, fmt.Errorf("failed to parse the arguments: %w", err)
	}
	return flags, nil
}

// add adds a value of the command line, where a dollar sign is the shell's.
func (l layer) add(name, value, where string) {
	l[name] = append(l[name], given{text: value, origin: OriginFlag, where: where, literal: true})
}

// collector is the [cli.Generic] of every option: it keeps the texts as they
// come, because they are checked together with those of the other origins.
type collector struct {
	name  string
	layer layer
}

// Set adds a value.
func (v *collector) Set(value string) error {
	v.layer.add(v.name, value, "--"+v.name)
	return nil
}

// String returns nothing: the defaults stand in the table.
func (*collector) String() string { return "" }
