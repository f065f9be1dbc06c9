package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// given is one value as somebody gave it.
type given struct {
	text    string
	origin  Origin
	where   string // as Setting.Where has it
	literal bool   // dollar signs are nothing but dollar signs
}

// layer holds the values that one origin gives, by the names of the options.
type layer map[string][]given

// maxDepth bounds a chain of references.
const maxDepth = 50

// resolver gives every option and every key of a section its value: that of
// the last layer which has one, or its default.
type resolver struct {
	options  index
	layers   []layer                     // in order of rising precedence
	sections map[string]map[string]given // by section and key
	settings []SectionSetting            // the values of the sections, for showing
	problems []Problem

	path       []string             // of references, to notice circles
	expansions map[[3]string]string // what has been expanded, by section, key and text
}

// subject names an option as those call it who gave the value.
func subject(o Option, from provenance) string {
	switch from.origin {
	case OriginFile:
		return from.where + ": " + o.Key()
	case OriginEnvironment:
		return from.where
	default:
		if o.Scope == ScopePositional {
			return o.Name
		}
		return "option --" + o.Name
	}
}

// resolve writes the values of the options that are wanted into their fields. It
// tells what is wrong with any layer's values, in the table's order; a wrong
// value leaves the one below in place.
func (r *resolver) resolve(c *Config, wanted func(Option) bool) {
	for _, o := range c.options {
		if !wanted(o) {
			continue
		}
		text, err := r.defaultOf(o)
		if err != nil {
			text = o.Default // it is told where the other option is resolved
		}
		o.assignDefault(text)
		for _, l := range r.layers {
			values, reset := o.counting(l[o.Name])
			if reset {
				o.assignDefault(text)
				delete(c.origins, o.Name)
			}
			if len(values) == 0 {
				continue
			}
			texts, problems := r.texts(o, values)
			if len(problems) == 0 {
				o.assign(texts)
				last := values[len(values)-1]
				c.origins[o.Name] = provenance{last.origin, last.where}
			}
			r.problems = append(r.problems, problems...)
		}
	}
}

// counting leaves out the empty values of the file and of the environment. They
// stand for the default: reset tells that nothing else is left. Of options
// with one value it is the last that decides.
func (o Option) counting(values []given) (left []given, reset bool) {
	isEmpty := func(v given) bool { return v.text == "" && v.origin != OriginFlag }
	if k := o.Kind(); k != KindList && k != KindDict && len(values) > 0 && isEmpty(values[len(values)-1]) {
		return nil, true
	}
	left = slices.DeleteFunc(slices.Clone(values), isEmpty)
	return left, len(values) > 0 && len(left) == 0
}

// texts returns the values with their references replaced, or what is wrong
// with them.
func (r *resolver) texts(o Option, values []given) (texts []string, problems []Problem) {
	for _, v := range values {
		subject := subject(o, provenance{v.origin, v.where})
		text, err := r.expanded("", o.Key(), v)
		if err != nil {
			problems = append(problems, Problem{Text: subject + ": " + err.Error(), Remedy: dollarRemedy(err)})
			continue
		}
		problems = append(problems, o.validate(subject, text)...)
		texts = append(texts, text)
	}
	return texts, problems
}

// defaultOf returns the default of an option, which may depend on others.
func (r *resolver) defaultOf(o Option) (string, error) {
	if o.derive == nil {
		return o.Default, nil
	}
	var failed error
	text := o.derive(func(name string) string {
		text, err := r.lookup("", name)
		if err != nil {
			failed = err
		}
		return text
	})
	return text, failed
}

// expanded returns a value of a section's key, or of an option where section is
// empty, with its references replaced.
func (r *resolver) expanded(section, key string, v given) (string, error) {
	if v.literal || !strings.Contains(v.text, "$") {
		return v.text, nil
	}
	name := key
	if section != "" {
		name = section + "." + key
	}
	if i := slices.Index(r.path, name); i >= 0 {
		return "", fmt.Errorf("the value refers to itself: %s", strings.Join(append(slices.Clone(r.path[i:]), name), " -> "))
	}
	if len(r.path) == maxDepth {
		return "", fmt.Errorf("the value refers to others over more than %d steps", maxDepth)
	}
	// Values that name others twice, which do the same, take very long to
	// expand if each is expanded more than once.
	known := [3]string{section, key, v.text}
	if text, done := r.expansions[known]; done {
		return text, nil
	}
	r.path = append(r.path, name)
	defer func() { r.path = r.path[:len(r.path)-1] }()
	text, err := expand(v.text, func(name string) (string, error) { return r.lookup(section, name) })
	if err == nil {
		r.expansions[known] = text
	}
	return text, err
}

// unknownNameError is a reference to nothing.
type unknownNameError struct{ name, remedy string }

func (e *unknownNameError) Error() string {
	return fmt.Sprintf("there is no option %q to refer to", e.name)
}

// dollarRemedy says what to do about a reference to nothing.
func dollarRemedy(err error) string {
	var unknown *unknownNameError
	if errors.As(err, &unknown) {
		return unknown.remedy
	}
	return ""
}

// lookup finds what a name in a section refers to: a key of the same section
// first, then an option.
func (r *resolver) lookup(section, name string) (string, error) {
	elsewhere, key, dotted := strings.Cut(name, ".")
	switch {
	case !dotted:
		key = name
	case elsewhere == defaultSection:
		section = ""
	default:
		section = elsewhere
	}
	if v, ok := r.sections[section][key]; ok {
		return r.expanded(section, key, v)
	}
	o, negated, found := r.options.find(key)
	if !found || negated || o.Scope == ScopeFlag || dotted && section != "" {
		const dollar = "write $$ for a dollar sign"
		if near := r.options.near(name, Option.InFile, Option.Key); near != "" {
			return "", &unknownNameError{name, near + " or else " + dollar}
		}
		return "", &unknownNameError{name, dollar}
	}
	switch o.Kind() {
	case KindString, KindBool, KindInt, KindSeconds:
	default:
		return "", fmt.Errorf("%s cannot be a part of other values", o.Key())
	}
	for _, l := range slices.Backward(r.layers) {
		values, reset := o.counting(l[o.Name])
		if reset {
			break
		}
		if len(values) > 0 {
			return r.expanded("", o.Key(), values[len(values)-1])
		}
	}
	return r.defaultOf(o)
}
