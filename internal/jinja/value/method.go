package value

import (
	"fmt"
	"slices"
	"sync"
)

// method is a method of the builtin type that T stands for.
type method[T any] struct {
	min, max int      // how many arguments it takes
	names    []string // of the parameters, where they may be passed by name

	// call marks those whose complaints about the number of arguments begin
	// "name() takes". Python's own are not of one style.
	call bool

	// do gets max arguments; nil stands for those that were not given.
	do func(self T, args []Value) (Value, error)

	// raw is in place of all others for a method that binds arguments itself.
	raw func(self T, args Arguments) (Value, error)
}

// unsupported is a method that Python has and this engine has not.
func unsupported[T any](typeName, name string) method[T] {
	return method[T]{raw: func(T, Arguments) (Value, error) {
		return nil, Errorf("NotImplementedError", "%s.%s() is not supported by this engine", typeName, name)
	}}
}

// table holds the methods of a type. It is filled when it is first needed: the
// program starts many times without rendering anything.
type table[T any] struct {
	once    sync.Once
	methods map[string]method[T]
}

// bind returns the method of that name as a function, if there is one.
func (t *table[T]) bind(fill func() map[string]method[T], typeName, name string, self T) (Value, bool) {
	t.once.Do(func() { t.methods = fill() })
	m, ok := t.methods[name]
	if !ok {
		return nil, false
	}
	if m.raw != nil {
		return &Function{Name: name, Do: func(a Arguments) (Value, error) { return m.raw(self, a) }}, true
	}
	return &Function{Name: name, Do: func(a Arguments) (Value, error) {
		args, err := m.arguments(typeName, name, a)
		if err != nil {
			return nil, err
		}
		return m.do(self, args)
	}}, true
}

// arguments lays the arguments of a call into max places.
func (m method[T]) arguments(typeName, name string, a Arguments) ([]Value, error) {
	if len(a.Keywords) > 0 && m.names == nil {
		if m.call {
			return nil, typeError("%s() takes no keyword arguments", name)
		}
		return nil, typeError("%s.%s() takes no keyword arguments", typeName, name)
	}
	if n := len(a.Positional) + len(a.Keywords); n < m.min || n > m.max {
		return nil, m.wrongNumber(typeName, name, n)
	}
	args := make([]Value, m.max)
	copy(args, a.Positional)
	for _, k := range a.Keywords {
		i := slices.Index(m.names, k.Name)
		switch {
		case i < 0:
			return nil, typeError("%s is an invalid keyword argument for %s()", quote(k.Name), name)
		case args[i] != nil:
			return nil, typeError("argument for %s() given by name (%s) and position (%d)", name, quote(k.Name), i+1)
		}
		args[i] = k.Value
	}
	return args, nil
}

// wrongNumber words the complaint as Python does for this kind of method.
func (m method[T]) wrongNumber(typeName, name string, given int) error {
	limit, bound := "at most", m.max
	if given < m.min {
		limit, bound = "at least", m.min
	}
	count := fmt.Sprintf("%d argument%s", bound, plural(bound))
	switch {
	case m.call || m.names != nil:
		return typeError("%s() takes %s %s (%d given)", name, limit, count, given)
	case m.max == 0:
		return typeError("%s.%s() takes no arguments (%d given)", typeName, name, given)
	case m.min == 1 && m.max == 1:
		return typeError("%s.%s() takes exactly one argument (%d given)", typeName, name, given)
	case m.min == m.max:
		return typeError("%s expected %s, got %d", name, count, given)
	}
	return typeError("%s expected %s %s, got %d", name, limit, count, given)
}

// textArgument returns an argument that must be a text. Subject is how the
// complaint begins.
func textArgument(v Value, subject string) (string, error) {
	text, ok := v.(string)
	switch {
	case ok:
		return text, nil
	case v == None:
		return "", typeError("%s must be str, not None", subject)
	}
	return "", typeError("%s must be str, not %s", subject, TypeName(v))
}

// integer returns an argument that must be an integer, or absent.
func integer(v Value, absent int64) (int64, error) {
	if v == nil {
		return absent, nil
	}
	return toInt(v)
}
