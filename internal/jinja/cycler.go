package jinja

import "github.com/kolla-build/kolla-build/internal/jinja/value"

// cycler gives its items in turn.
type cycler struct {
	items    value.Tuple
	position int
}

func newCycler(a value.Arguments) (value.Value, error) {
	if len(a.Keywords) > 0 {
		return nil, value.Errorf("TypeError", "Cycler.__init__() got an unexpected keyword argument %s", quote(a.Keywords[0].Name))
	}
	if len(a.Positional) == 0 {
		return nil, value.Errorf("RuntimeError", "at least one item has to be provided")
	}
	return &cycler{items: a.Positional}, nil
}

// TypeName is that of Jinja2's class.
func (*cycler) TypeName() string { return "Cycler" }

// Module is that of Jinja2's class.
func (*cycler) Module() string { return "jinja2.utils" }

// Attribute implements [value.Attributer].
func (c *cycler) Attribute(name string) (value.Value, bool) {
	switch name {
	case "current":
		return c.items[c.position], true
	case "items":
		return c.items, true
	case "pos":
		return int64(c.position), true
	case "next":
		return &value.Function{Name: name, Do: c.advance}, true
	case "reset":
		return &value.Function{Name: name, Do: c.reset}, true
	default:
		return nil, false
	}
}

func (c *cycler) advance(a value.Arguments) (value.Value, error) {
	if _, err := a.Bind("Cycler.next"); err != nil {
		return nil, err
	}
	current := c.items[c.position]
	c.position = (c.position + 1) % len(c.items)
	return current, nil
}

func (c *cycler) reset(a value.Arguments) (value.Value, error) {
	_, err := a.Bind("Cycler.reset")
	c.position = 0
	return value.None, err
}

// joiner gives nothing when it is called for the first time, and then what
// stands between things.
type joiner struct {
	separator value.Value
	used      bool
}

func newJoiner(a value.Arguments) (value.Value, error) {
	p, err := a.Bind("Joiner.__init__", option("sep", ", "))
	if err != nil {
		return nil, err
	}
	return &joiner{separator: p[0]}, nil
}

// TypeName is that of Jinja2's class.
func (*joiner) TypeName() string { return "Joiner" }

// Module is that of Jinja2's class.
func (*joiner) Module() string { return "jinja2.utils" }

// Attribute implements [value.Attributer].
func (j *joiner) Attribute(name string) (value.Value, bool) {
	v, ok := map[string]value.Value{"sep": j.separator, "used": j.used}[name]
	return v, ok
}

// Call implements [value.Callable].
func (j *joiner) Call(a value.Arguments) (value.Value, error) {
	if _, err := a.Bind("Joiner.__call__"); err != nil {
		return nil, err
	}
	if j.used {
		return j.separator, nil
	}
	j.used = true
	return "", nil
}
