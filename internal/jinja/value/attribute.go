package value

import (
	"fmt"
	"strings"
)

// Attribute returns v.name as Jinja sees it: the attribute or method, or else
// the item of that name, or else an *[Undefined]. Methods are bound, as
// *[Function]. A name with a leading underscore is undefined too, in a way that
// makes its use a SecurityError. Using an attribute of an undefined value is the
// error of that value.
func Attribute(v Value, name string) (Value, error) {
	if u, ok := v.(*Undefined); ok && !undefinedHas(name) {
		return nil, u.Misuse()
	}
	if found, ok := attribute(v, name); ok {
		return found, nil
	}
	switch v := v.(type) {
	case *Dict:
		if item, ok, err := v.Get(name); ok || err != nil {
			return item, err
		}
	case Itemer:
		// As in Jinja, a key that cannot be one is one that is not there.
		if item, ok, err := v.Item(name); ok && err == nil {
			return item, nil
		}
	}
	return missing(v, name), nil
}

// attribute returns what Python's getattr finds, but nothing that is private.
func attribute(v Value, name string) (Value, bool) {
	if strings.HasPrefix(name, "_") {
		return private(v, name)
	}
	switch v := v.(type) {
	case string:
		return stringMethods.bind(newStringMethods, "str", name, v)
	case *List:
		return listMethods.bind(newListMethods, "list", name, v)
	case Tuple:
		return tupleMethods.bind(newTupleMethods, "tuple", name, v)
	case *Dict:
		return dictMethods.bind(newDictMethods, "dict", name, v)
	case int64:
		return intAttribute(v, name)
	case bool:
		return intAttribute(boolInt(v), name)
	case float64:
		return floatAttribute(v, name)
	case Attributer:
		return v.Attribute(name)
	}
	return nil, false
}

// isSpecial tells whether the name is one of Python's own, such as __class__.
func isSpecial(name string) bool {
	return len(name) > 4 && strings.HasPrefix(name, "__") && strings.HasSuffix(name, "__")
}

// private returns what stands for an attribute that a template may not use. All
// special names count as attributes that are there.
func private(v Value, name string) (Value, bool) {
	found := isSpecial(name)
	if a, ok := v.(Attributer); ok && !found {
		_, found = a.Attribute(name)
	}
	if !found {
		return nil, false
	}
	hint := fmt.Sprintf("access to attribute %s of '%s' object is unsafe.", quote(name), TypeName(v))
	return &Undefined{Hint: hint, Kind: "SecurityError"}, true
}

// missing returns the undefined value of an item or attribute that is not there.
func missing(v, key Value) *Undefined {
	if name, ok := key.(string); ok {
		return &Undefined{Hint: fmt.Sprintf("'%s' has no attribute %s", describe(v), quote(name))}
	}
	text, err := Repr(key)
	if err != nil {
		text = "of type " + TypeName(key)
	}
	return &Undefined{Hint: fmt.Sprintf("%s has no element %s", describe(v), text)}
}
