package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Option is one row of the table.
type Option struct {
	// Name is the long name, without dashes in front.
	Name string
	// Aliases are names that the option has had in the Python tool. They are
	// taken, and not advertised.
	Aliases []string
	// Short is the one-letter name, without its dash; it may be empty.
	Short string
	// Metavar stands for the value in the help; a bool has none.
	Metavar string
	// Help says in one or two sentences what the option is for.
	Help string
	// Default is the value's text where nobody gives one.
	Default string
	// DefaultNote tells the default in words, where Default does not: because
	// it is computed, or differs from machine to machine.
	DefaultNote string
	// Choices are the allowed values; none allows all.
	Choices []string
	// Category is the heading under which the help lists the option.
	Category Category
	// Scope tells where the option may be given.
	Scope Scope
	// Variable is an environment variable of other programs that gives the
	// option too. [Option.EnvironmentName] wins over it.
	Variable string
	// Idle says why the option changes nothing. Such an option is there for the
	// scripts and files which give it to the Python tool.
	Idle string

	commas bool // a list is given as a,b,c and not by repeating the option
	gaps   bool // an empty item of such a list counts
	check  func(value string) error
	derive func(get func(name string) string) string // the default, out of other options
	field  any                                       // points to what takes the value
}

// Scope tells where an option may be given.
type Scope int

// The scopes. What may be given in the file may be given in the environment.
const (
	ScopeEverywhere Scope = iota
	ScopeFile             // in the file, as in the Python tool
	ScopeFlag             // on the command line: it decides about the file, or asks about the program
	ScopePositional       // the arguments that are no options; also in the file
)

// OnCommandLine tells whether the option may be given as --name.
func (o Option) OnCommandLine() bool { return o.Scope == ScopeEverywhere || o.Scope == ScopeFlag }

// InFile tells whether the option may stand in the file.
func (o Option) InFile() bool { return o.Scope != ScopeFlag }

// Key is the option's name in the file.
func (o Option) Key() string { return strings.ReplaceAll(o.Name, "-", "_") }

// EnvironmentName is the option's name in the environment, as oslo.config
// makes it.
func (o Option) EnvironmentName() string { return "OS_DEFAULT__" + strings.ToUpper(o.Key()) }

// Negatable tells whether --noNAME is there to say false.
func (o Option) Negatable() bool { return o.Kind() == KindBool && o.Scope != ScopeFlag }

// Kind is the type of an option's value.
type Kind int

// The kinds of values.
const (
	KindString  Kind = iota
	KindBool         //
	KindInt          // a whole number
	KindSeconds      // a whole number of seconds
	KindList         // given by repeating the option
	KindCommas       // a list in one value: a,b,c
	KindDict         // pairs in one value: a:1,b:2
	KindSecret       // a string that is never shown
)

// Kind tells the type of the option's value.
func (o Option) Kind() Kind {
	switch o.field.(type) {
	case *string:
		return KindString
	case *bool:
		return KindBool
	case *int:
		return KindInt
	case *time.Duration:
		return KindSeconds
	case *[]string:
		if o.commas {
			return KindCommas
		}
		return KindList
	case *[]BuildSecret:
		return KindList
	case *map[string]string:
		return KindDict
	case *Secret:
		return KindSecret
	}
	panic(fmt.Sprintf("option %s: no kind for a %T", o.Name, o.field))
}

// index finds options by their names. Dashes and underscores are the same to
// it, as they are to oslo.config: a flag has dashes, a key in the file has
// underscores.
type index struct {
	byName  map[string]Option
	byShort map[string]Option
}

func newIndex(table []Option) index {
	x := index{map[string]Option{}, map[string]Option{}}
	for _, o := range table {
		for _, name := range append([]string{o.Name}, o.Aliases...) {
			x.byName[name] = o
		}
		if o.Short != "" {
			x.byShort[o.Short] = o
		}
	}
	return x
}

// find returns the option of that name, and whether the name negates it:
// nocache and no-cache are cache, negated.
func (x index) find(name string) (o Option, negated, found bool) {
	name = strings.ReplaceAll(name, "_", "-")
	if o, found = x.byName[name]; found {
		return o, false, true
	}
	if name, negated = strings.CutPrefix(name, "no"); negated {
		o, found = x.byName[strings.TrimPrefix(name, "-")]
	}
	return o, negated, found && o.Negatable()
}

// near offers the name that was probably meant, among the options that a
// filter lets through.
func (x index) near(name string, filter func(Option) bool, spell func(Option) string) string {
	var names []string
	for _, o := range x.byName {
		if filter(o) {
			names = append(names, spell(o))
		}
	}
	slices.Sort(names)
	return didYouMean(name, slices.Compact(names))
}
