package template

import (
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// customizable is Kolla's filter that lets override files change a list. For
// the image nova-api and the type packages it looks for these names in the
// context, as it is while rendering:
//
//	nova_api_packages_override  takes the list's place
//	nova_api_packages_append    is added to it
//	nova_api_packages_remove    is taken from it, the first occurrence each
//
// What is undefined passes through. The list itself is changed, as by the
// Python tool.
func customizable(state *jinja.State, args value.Arguments) (value.Value, error) {
	bound, err := args.Bind("customizable",
		value.Parameter{Name: "val_list", Required: true}, value.Parameter{Name: "call_type", Required: true})
	if err != nil {
		return nil, err
	}
	list := bound[0]
	if _, undefined := list.(*value.Undefined); undefined {
		return list, nil
	}
	callType, ok := bound[1].(string)
	if !ok {
		return nil, value.Errorf("TypeError", "customizable wants the type of the list as a string, not %s", value.TypeName(bound[1]))
	}
	image, found := state.Lookup("image_name")
	if !found {
		return nil, value.Errorf("KeyError", "customizable needs the variable image_name")
	}
	imageName, err := value.Str(image)
	if err != nil {
		return nil, err
	}
	prefix := strings.ReplaceAll(imageName, "-", "_") + "_" + callType + "_"
	if override, found := state.Lookup(prefix + "override"); found {
		return override, nil
	}
	if more, found := state.Lookup(prefix + "append"); found {
		if err := call(list, "extend", more); err != nil {
			return nil, err
		}
	}
	if unwanted, found := state.Lookup(prefix + "remove"); found {
		if err := removeEach(list, unwanted); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func removeEach(list, unwanted value.Value) error {
	items, err := value.Iterate(unwanted)
	if err != nil {
		return err
	}
	for _, item := range items {
		contained, err := value.Contains(list, item)
		if err != nil {
			return err
		}
		if !contained {
			continue
		}
		if err := call(list, "remove", item); err != nil {
			return err
		}
	}
	return nil
}

// call calls a method that changes its object.
func call(object value.Value, method string, argument value.Value) error {
	found, err := value.Attribute(object, method)
	if err != nil {
		return err
	}
	callable, ok := found.(value.Callable)
	if !ok {
		return value.Errorf("AttributeError", "customizable needs a list, not %s", value.TypeName(object))
	}
	_, err = callable.Call(value.Arguments{Positional: []value.Value{argument}})
	return err
}
