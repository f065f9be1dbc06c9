package run_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/run"
	"github.com/kolla-build/kolla-build/internal/run/runtest"
	"github.com/kolla-build/kolla-build/internal/summary"
)

// parents maps images to what they are built from; the last is the parent, and
// a root has none.
type parents map[string][]string

func reference(name string) string { return "kolla/" + name + ":1" }

// selection makes a tree and selects all of it, or what patterns find.
func (p parents) selection(t *testing.T, patterns ...string) *image.Selection {
	t.Helper()
	var rendered []image.Rendered
	for name, bases := range p {
		dockerfile := "FROM debian:trixie\n"
		for _, base := range bases {
			dockerfile += "FROM " + reference(base) + "\n"
		}
		rendered = append(rendered, image.Rendered{Name: name, Reference: reference(name), ContextDir: "/ctx/" + name, Dockerfile: dockerfile})
	}
	tree, err := image.NewTree(rendered)
	if err != nil {
		t.Fatal(err)
	}
	s, err := tree.Select(image.Request{Patterns: patterns})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ancestors returns everything that name is built from.
func (p parents) ancestors(name string) map[string]bool {
	all := map[string]bool{}
	for _, parent := range p[name] {
		all[parent] = true
		maps.Copy(all, p.ancestors(parent))
	}
	return all
}

// random makes a tree of up to 40 images, some of which need several others.
func random(r *rand.Rand) parents {
	p := parents{}
	for i := range 1 + r.IntN(40) {
		var bases []string
		for range min(i, r.IntN(3)) {
			if base := fmt.Sprintf("image%d", r.IntN(i)); !slices.Contains(bases, base) {
				bases = append(bases, base)
			}
		}
		p[fmt.Sprintf("image%d", i)] = bases
	}
	return p
}

// chain is a -> b -> c -> d, and the leaf e of a.
var chain = parents{"a": nil, "b": {"a"}, "c": {"b"}, "d": {"c"}, "e": {"a"}}

func seconds(n int) func(string) time.Duration {
	return func(string) time.Duration { return time.Duration(n) * time.Second }
}

// failing returns a decision for runtest.Driver under which the named images
// fail for good.
func failing(names ...string) func(run.Job, int) error {
	return func(job run.Job, _ int) error {
		if slices.Contains(names, job.Name) {
			return fmt.Errorf("%s is broken", job.Name)
		}
		return nil
	}
}

func order(calls []runtest.Call) string {
	names := make([]string, len(calls))
	for i, c := range calls {
		names[i] = c.Name
	}
	return strings.Join(names, " ")
}

func statuses(report *summary.Report) string {
	var text []string
	for _, r := range report.Results {
		text = append(text, r.Name+":"+string(r.Status))
	}
	return strings.Join(text, " ")
}

// record is a sink that keeps the states that images reach, as "image:state".
type record []string

func (r *record) Emit(e event.Event) {
	switch e := e.(type) {
	case event.RunStarted:
		*r = append(*r, "started "+strings.Join(e.Images, ","))
	case event.ImageState:
		*r = append(*r, e.Image+":"+string(e.State))
	case event.Retrying:
		*r = append(*r, fmt.Sprintf("%s:retrying %d/%d", e.Image, e.Attempt, e.Attempts))
	case event.Step:
		*r = append(*r, fmt.Sprintf("%s:step %d/%d %s", e.Image, e.Index, e.Total, e.Text))
	case event.Output:
		*r = append(*r, fmt.Sprintf("%s:output %q", e.Image, e.Data))
	case event.RunFinished:
		*r = append(*r, fmt.Sprintf("finished %v", e.Interrupted))
	}
}

func (r *record) equal(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(*r, want) {
		t.Errorf("got events\n%s\nwant\n%s", strings.Join(*r, "\n"), strings.Join(want, "\n"))
	}
}
