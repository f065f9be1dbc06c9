package value

// List is Python's list. It is a reference: who holds it sees every change.
type List struct{ Items []Value }

// NewList returns a list of the items. The slice is taken over, not copied.
func NewList(items ...Value) *List { return &List{Items: items} }

// Tuple is Python's tuple. Nobody may change it.
type Tuple []Value
