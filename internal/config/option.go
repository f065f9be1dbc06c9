package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Option is one row of the table.
type Option struct {
	// Name is the long name, without dashes.
	Name string
	// Short is the one-letter name, without its dash; it may be empty.
	Short string
	// Metavar stands for the value in the help; a bool has none.
	Metavar string
	// Help says in one or two sentences what the option is for.
	Help string
	// Default is the value's text where nobody gives one.
	Default string
	// Choices are the allowed values; none allows all.
	Choices []string
	// Category is the heading under which the help lists the option.
	Category Category

	check func(value string) error
	field any // points to the field of Config which takes the value
}

// Kind is the type of an option's value.
type Kind int

// The kinds of values. A secret is a string that is never shown; a list is
// given by repeating its option.
const (
	KindString Kind = iota
	KindBool
	KindInt
	KindList
	KindSecret
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
	case *[]string:
		return KindList
	case *Secret:
		return KindSecret
	}
	panic(fmt.Sprintf("option %s: no kind for a %T", o.Name, o.field))
}

// validate tells what is wrong with a value, as one problem or none.
func (o Option) validate(value string) []Problem {
	remedy := ""
	var err error
	switch {
	case o.Kind() == KindBool:
		_, err = parseBool(value)
	case o.Kind() == KindInt:
		if _, err = strconv.Atoi(value); err != nil {
			err = fmt.Errorf("%q is not a whole number", value)
		}
	case o.Choices != nil && !slices.Contains(o.Choices, value):
		err = fmt.Errorf("%q is not one of %s", value, strings.Join(shown(o.Choices), ", "))
		remedy = didYouMean(value, o.Choices)
	}
	if err == nil && o.check != nil {
		err = o.check(value)
	}
	if err == nil {
		return nil
	}
	return []Problem{{Text: fmt.Sprintf("option --%s: %v", o.Name, err), Remedy: remedy}}
}

// assign writes valid values into the field. For everything but a list the
// last one counts, as it does in Python's argparse.
func (o Option) assign(values []string) {
	last := values[len(values)-1]
	switch field := o.field.(type) {
	case *string:
		*field = last
	case *bool:
		*field, _ = parseBool(last)
	case *int:
		*field, _ = strconv.Atoi(last)
	case *[]string:
		*field = values
	case *Secret:
		*field = NewSecret(last)
	}
}

// assignDefault writes the default into the field.
func (o Option) assignDefault() {
	switch {
	case o.Default != "":
		o.assign([]string{o.Default})
	case o.Kind() == KindBool:
		o.assign([]string{"false"})
	}
}

// text returns the field's value as it may be shown.
func (o Option) text() string {
	switch field := o.field.(type) {
	case *string:
		return *field
	case *bool:
		return strconv.FormatBool(*field)
	case *int:
		return strconv.Itoa(*field)
	case *[]string:
		return strings.Join(*field, ", ")
	case *Secret:
		return field.String()
	}
	return ""
}

// parseBool understands the words that Python's oslo.config takes for a bool.
func parseBool(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "true", "1", "yes", "on":
		return true, nil
	case "false", "0", "no", "off":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", value)
}

// shown returns the choices that have a name: an empty one stands for the
// default and cannot be read in a sentence.
func shown(choices []string) []string {
	return slices.DeleteFunc(slices.Clone(choices), func(c string) bool { return c == "" })
}
