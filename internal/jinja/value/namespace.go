package value

// Namespace is Jinja's namespace(): an object whose attributes a template sets,
// so that a value can leave the scope of a loop.
type Namespace struct{ attributes *Dict }

// NewNamespace returns a namespace without attributes.
func NewNamespace() *Namespace { return &Namespace{attributes: NewDict()} }

// TypeName implements [Object].
func (*Namespace) TypeName() string { return "Namespace" }

// Module implements [Moduler].
func (*Namespace) Module() string { return "jinja2.utils" }

// Attribute implements [Attributer].
func (n *Namespace) Attribute(name string) (Value, bool) { return n.Get(name) }

// Get returns the attribute, and whether there is one.
func (n *Namespace) Get(name string) (Value, bool) {
	i, ok := n.attributes.index[name]
	if !ok {
		return nil, false
	}
	return n.attributes.entries[i].Value, true
}

// Set gives the attribute a value.
func (n *Namespace) Set(name string, v Value) {
	// A string is always a key, and a template cannot name a million attributes.
	_ = n.attributes.Set(name, v)
}
