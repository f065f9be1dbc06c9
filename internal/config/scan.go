package config

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// scanner brings the arguments into the order that urfave/cli wants: all
// options first, each as --name=value, then the regexes. It follows Python's
// argparse: options may stand anywhere, a value may be attached (--opt=value,
// -ovalue) or be the next argument, short bools may be joined (-dq), and what
// comes after -- is no option.
type scanner struct {
	table index

	rest     []string
	options  []string
	regexes  []string
	problems []Problem
}

// scan sorts args into options, regexes and problems.
func (s *scanner) scan(args []string) {
	s.rest = args
	for len(s.rest) > 0 {
		arg := s.rest[0]
		s.rest = s.rest[1:]
		switch {
		case arg == "--":
			s.regexes = append(s.regexes, s.rest...)
			return
		case strings.HasPrefix(arg, "--"):
			s.long(arg)
		case isOption(arg):
			s.short(arg)
		default:
			s.regexes = append(s.regexes, arg)
		}
	}
}

// long takes --name, --name=value, --name value, or --noname.
func (s *scanner) long(arg string) {
	name, value, attached := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
	option, negated, known := s.find(name)
	switch {
	case known && option.Scope == ScopeFile:
		s.fileOnly(option)
	case !known || !option.OnCommandLine():
		s.unknown("--" + name)
	case negated && attached:
		s.problems = append(s.problems, Problem{
			Text:   fmt.Sprintf("option --%s: it takes no value", name),
			Remedy: fmt.Sprintf("give it alone, or --%s=false", option.Name),
		})
	case negated:
		s.add(option, "false")
	case attached:
		s.add(option, value)
	case option.Kind() == KindBool:
		s.add(option, "true")
	default:
		s.next(option, "--"+name)
	}
}

// find knows the options by the long names that they had before release 2.0.3
// too, when they began with the name of their section.
func (s *scanner) find(name string) (o Option, negated, known bool) {
	if o, negated, known = s.table.find(name); known {
		return o, negated, known
	}
	if name, old := strings.CutPrefix(name, "kolla-build-"); old {
		return s.table.find(name)
	}
	return Option{}, false, false
}

// short takes -x, -xvalue, -x=value or -x value, and joined bools before it.
func (s *scanner) short(arg string) {
	letters := strings.TrimPrefix(arg, "-")
	for letters != "" {
		_, size := utf8.DecodeRuneInString(letters)
		letter := letters[:size]
		letters = letters[size:]
		value, attached := strings.CutPrefix(letters, "=")
		option, known := s.table.byShort[letter]
		switch {
		case !known:
			s.unknown("-" + letter)
			return
		case attached:
			s.add(option, value)
			return
		case option.Kind() == KindBool:
			s.add(option, "true")
		case letters != "":
			s.add(option, letters)
			return
		default:
			s.next(option, "-"+letter)
		}
	}
}

// next takes the next argument as the option's value.
func (s *scanner) next(option Option, spelling string) {
	if len(s.rest) == 0 || isOption(s.rest[0]) {
		s.problems = append(s.problems, Problem{
			Text:   fmt.Sprintf("option %s: the value is missing", spelling),
			Remedy: fmt.Sprintf("give it as --%s=%s", option.Name, option.Metavar),
		})
		return
	}
	s.add(option, s.rest[0])
	s.rest = s.rest[1:]
}

func (s *scanner) add(option Option, value string) {
	s.options = append(s.options, "--"+option.Name+"="+value)
}

// unknown reports an option without its value, which may be a secret.
func (s *scanner) unknown(spelling string) {
	remedy := ""
	if strings.HasPrefix(spelling, "--") {
		remedy = s.table.near(spelling, Option.OnCommandLine, func(o Option) string { return "--" + o.Name })
	}
	if remedy == "" {
		remedy = "kolla-build --help lists all options"
	}
	s.problems = append(s.problems, Problem{"unknown option " + spelling, remedy})
}

// fileOnly reports an option that the command line does not take, without its
// value.
func (s *scanner) fileOnly(option Option) {
	s.problems = append(s.problems, Problem{
		Text:   fmt.Sprintf("option --%s: it belongs into the configuration file", option.Name),
		Remedy: fmt.Sprintf("write %s = %s below [DEFAULT] of kolla-build.conf", option.Key(), cmp.Or(option.Metavar, "true")),
	})
}

// isOption tells an option from a value or a regex. A lone dash and a negative
// number are values, as argparse has it.
func isOption(arg string) bool {
	return len(arg) > 1 && arg[0] == '-' && !isNegative(arg)
}

func isNegative(arg string) bool {
	negative, _ := regexp.MatchString(`^-(\d+|\d*\.\d+)$`, arg)
	return negative
}
