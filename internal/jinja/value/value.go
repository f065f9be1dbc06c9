// Package value knows what the values of a template can do: it is Python's
// data model, as far as Jinja2 templates see it, in Go.
//
// Names, results and error texts are those of Python 3.11 and Jinja2 3.1.
// Two things differ on purpose. Integers have 64 bits; what would need more is
// an OverflowError and never a wrong result. And no operation makes more than
// [MaxText] bytes or [MaxItems] items, so that a template cannot eat the
// machine; what would is a MemoryError.
package value

// Limits of what one operation may make.
const (
	MaxText  = 16 << 20  // bytes of a string
	MaxItems = 1_000_000 // items of a list or tuple
)

// Value is what a template can hold: [None], *[Undefined], bool, int64, float64,
// string, *[List], [Tuple], *[Dict], *[Namespace] or an [Object].
type Value any

// NoneType is the type of [None].
type NoneType struct{}

// None is Python's None.
var None NoneType

// Object is any other thing that a template may hold: a function, a macro, a
// module. What it can do beyond having a type, it says by implementing
// [Attributer], [Callable], [Itemer], [Iterable], [Sized], [Reprer] or [Moduler].
// An Object must be comparable with ==: two are equal if they are the same.
type Object interface {
	// TypeName is the name of its Python type, for messages.
	TypeName() string
}

// Attributer is an [Object] that has attributes.
type Attributer interface {
	// Attribute returns the named attribute, and whether there is one.
	Attribute(name string) (Value, bool)
}

// Callable is an [Object] that can be called.
type Callable interface {
	Call(args Arguments) (Value, error)
}

// Itemer is an [Object] that has items, as o[key].
type Itemer interface {
	// Item returns the item, and whether there is one. An error is for what
	// cannot be a key at all.
	Item(key Value) (Value, bool, error)
}

// Iterable is an [Object] that can be iterated over.
type Iterable interface {
	Iterate() ([]Value, error)
}

// Sized is an [Object] that has a length; with length 0 it is false.
type Sized interface {
	Length() int
}

// Reprer is an [Object] that says how it is printed. Others print as
// "<TypeName object>".
type Reprer interface {
	Repr() string
}

// Moduler is an [Object] whose type is not one of Python's own. Messages of
// undefined attributes name the module.
type Moduler interface {
	// Module is the Python module of its type, such as "jinja2.runtime".
	Module() string
}

// Function is a function written in Go.
type Function struct {
	Name string
	Do   func(Arguments) (Value, error)
}

// TypeName implements [Object].
func (*Function) TypeName() string { return "builtin_function_or_method" }

// Repr implements [Reprer].
func (f *Function) Repr() string { return "<built-in function " + f.Name + ">" }

// Call implements [Callable].
func (f *Function) Call(args Arguments) (Value, error) { return f.Do(args) }
