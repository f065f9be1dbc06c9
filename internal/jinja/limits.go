package jinja

import (
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// Limits say how much a template may do before its rendering is given up. A
// template of a user is a program, and may be a wrong one.
type Limits struct {
	Steps  int // expressions, statements and items of loops
	Output int // bytes written, what macros and blocks return counted too
	Depth  int // of calls, blocks, imports and includes within each other
	Source int // bytes of one template
}

// defaultLimits are far beyond what a Dockerfile needs.
var defaultLimits = Limits{Steps: 1_000_000, Output: 4 << 20, Depth: 100, Source: 1 << 20}

// run is one rendering, with what it may still use up.
type run struct {
	limits Limits
	steps  int
	output int
	depth  int

	// modules are the templates that were imported without context. Jinja2
	// keeps them for ever; here each rendering starts anew, so that none can
	// see what another one did.
	modules map[*Template]*module
}

// step counts n steps.
func (r *run) step(n int) error {
	if r.steps += n; r.steps > r.limits.Steps {
		return value.Errorf("RuntimeError", "given up after %d steps: does a loop not end?", r.limits.Steps)
	}
	return nil
}

// enter counts a level of nesting; leave has to follow.
func (r *run) enter() error {
	if r.depth++; r.depth > r.limits.Depth {
		r.depth--
		return value.Errorf("RecursionError", "nested more than %d levels deep: does a macro or a template call itself?", r.limits.Depth)
	}
	return nil
}

func (r *run) leave() { r.depth-- }

// output is what a function writes to.
type output struct {
	text strings.Builder
	run  *run
}

func (o *output) write(s string) error {
	if o.run.output += len(s); o.run.output > o.run.limits.Output {
		return value.Errorf("MemoryError", "given up after %d bytes of output", o.run.limits.Output)
	}
	o.text.WriteString(s)
	return nil
}
