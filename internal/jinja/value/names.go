package value

import "fmt"

// TypeName returns the name of the value's type in Python, such as "str".
func TypeName(v Value) string {
	switch v := v.(type) {
	case NoneType:
		return "NoneType"
	case *Undefined:
		return "Undefined"
	case bool:
		return "bool"
	case int64:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case *List:
		return "list"
	case Tuple:
		return "tuple"
	case *Dict:
		return "dict"
	case Object:
		return v.TypeName()
	}
	return fmt.Sprintf("%T", v)
}

// describe names a value's type as Jinja's messages do: "dict object",
// "jinja2.utils.Namespace object", but "None".
func describe(v Value) string {
	if v == None {
		return "None"
	}
	name := TypeName(v)
	if m, ok := v.(Moduler); ok {
		name = m.Module() + "." + name
	}
	return name + " object"
}
