package value

import (
	"fmt"
	"slices"
	"strings"
)

// Arguments are what a call passes.
type Arguments struct {
	Positional []Value
	Keywords   []Keyword // in the order of the call
}

// Keyword is an argument that is passed by name.
type Keyword struct {
	Name  string
	Value Value
}

// Parameter is what a function can be given.
type Parameter struct {
	Name     string
	Default  Value // if it is not Required; nil tells the function that there was none
	Required bool
}

// Bind returns a value for each of the parameters, in their order. Arguments
// that do not fit are a TypeError, worded as Python does for a function of that
// name.
func (a Arguments) Bind(function string, parameters ...Parameter) ([]Value, error) {
	if len(a.Positional) > len(parameters) {
		return nil, tooMany(function, parameters, len(a.Positional))
	}
	values := make([]Value, len(parameters))
	given := make([]bool, len(parameters))
	for i, v := range a.Positional {
		values[i], given[i] = v, true
	}
	for _, k := range a.Keywords {
		i := slices.IndexFunc(parameters, func(p Parameter) bool { return p.Name == k.Name })
		switch {
		case i < 0:
			return nil, typeError("%s() got an unexpected keyword argument %s", function, quote(k.Name))
		case given[i]:
			return nil, typeError("%s() got multiple values for argument %s", function, quote(k.Name))
		}
		values[i], given[i] = k.Value, true
	}
	var absent []string
	for i, p := range parameters {
		switch {
		case given[i]:
		case p.Required:
			absent = append(absent, quote(p.Name))
		default:
			values[i] = p.Default
		}
	}
	if len(absent) > 0 {
		return nil, typeError("%s() missing %d required positional argument%s: %s", function, len(absent), plural(len(absent)), enumerate(absent))
	}
	return values, nil
}

func tooMany(function string, parameters []Parameter, given int) error {
	required := 0
	for _, p := range parameters {
		if p.Required {
			required++
		}
	}
	takes := fmt.Sprintf("%d positional argument%s", len(parameters), plural(len(parameters)))
	if required < len(parameters) {
		takes = fmt.Sprintf("from %d to %s", required, takes)
	}
	verb := "were"
	if given == 1 {
		verb = "was"
	}
	return typeError("%s() takes %s but %d %s given", function, takes, given, verb)
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// enumerate joins words as in "a", "a and b", "a, b, and c".
func enumerate(words []string) string {
	switch n := len(words); n {
	case 1:
		return words[0]
	case 2:
		return words[0] + " and " + words[1]
	default:
		return strings.Join(words[:n-1], ", ") + ", and " + words[n-1]
	}
}
