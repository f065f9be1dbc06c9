package template

import (
	"errors"
	"slices"
	"strings"

	minijinja "github.com/mitsuhiko/minijinja/minijinja-go/v2"
	"github.com/mitsuhiko/minijinja/minijinja-go/v2/value"
)

// customizable is Kolla's filter that lets override files change a list. For
// the image nova-api and the type packages it looks for these names in the
// context, as it is while rendering:
//
//	nova_api_packages_override  takes the list's place
//	nova_api_packages_append    is added to it
//	nova_api_packages_remove    is taken from it, the first occurrence each
//
// What is undefined passes through. The list itself stays as it was.
func customizable(state minijinja.FilterState, list value.Value, args []value.Value, _ map[string]value.Value) (value.Value, error) {
	if len(args) != 1 {
		return value.Undefined(), errors.New("customizable takes one argument: the type of the list")
	}
	if list.IsUndefined() {
		return list, nil
	}
	kind, _ := args[0].AsString()
	image, _ := state.Lookup("image_name").AsString()
	prefix := strings.ReplaceAll(image, "-", "_") + "_" + kind + "_"

	if override := state.Lookup(prefix + "override"); !override.IsUndefined() {
		return override, nil
	}
	items := slices.Concat(list.Iter(), state.Lookup(prefix+"append").Iter())
	for _, unwanted := range state.Lookup(prefix + "remove").Iter() {
		if i := slices.IndexFunc(items, unwanted.Equal); i >= 0 {
			items = slices.Delete(items, i, i+1)
		}
	}
	return value.FromSlice(items), nil
}

// raiseError is Kolla's function by which a template refuses to be rendered.
func raiseError(_ *minijinja.State, args []value.Value, _ map[string]value.Value) (value.Value, error) {
	if len(args) != 1 {
		return value.Undefined(), minijinja.NewError(minijinja.ErrInvalidOperation, "raise_error takes one argument: the message")
	}
	return value.Undefined(), minijinja.NewError(minijinja.ErrInvalidOperation, args[0].String())
}
