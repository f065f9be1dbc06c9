package jinja

import "github.com/kolla-build/kolla-build/internal/jinja/value"

// frame is a function while it runs.
type frame struct {
	run   *run
	state *State
	outer *frame
	out   *output

	// variables are the slots; nil is what has not been set, which is not the
	// same as undefined: an import does not see it.
	variables []value.Value
}

// expression, statement and assignment are what the compiler makes of nodes.
type (
	expression func(*frame) (value.Value, error)
	statement  func(*frame) error
	assignment func(*frame, value.Value) error
)

// within returns a frame of a function that stands within that of f.
func (f *frame) within(slots int) *frame {
	return &frame{run: f.run, state: f.state, outer: f, out: f.out, variables: make([]value.Value, slots)}
}

// newFrame returns a frame of a root or a block.
func newFrame(state *State, out *output, slots int) *frame {
	return &frame{run: state.run, state: state, out: out, variables: make([]value.Value, slots)}
}

// capture runs a body and returns what it writes.
func (f *frame) capture(body statement) (string, error) {
	before := f.out
	f.out = &output{run: f.run}
	defer func() { f.out = before }()
	err := body(f)
	return f.out.text.String(), err
}

// reference is a variable as a function sees it: in its own slots or in those
// of a function around it.
type reference struct{ depth, slot int }

func (r reference) frame(f *frame) *frame {
	for range r.depth {
		f = f.outer
	}
	return f
}

func (r reference) get(f *frame) value.Value    { return r.frame(f).variables[r.slot] }
func (r reference) set(f *frame, v value.Value) { r.frame(f).variables[r.slot] = v }
