// Package summary is what has become of a run, once it is over: a report, and
// the ways to tell it, to people as a text and to programs as JSON.
package summary

import (
	"fmt"
	"io"
	"strings"

	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/screen"
)

// maxNames is how many names a line lists. Whoever needs all of more than
// that reads the JSON.
const maxNames = 8

// width is where an error is cut. The log has the whole.
const width = 400

// Text writes a report for people. logPath tells where an image's log is; nil
// means that there are none.
func Text(w io.Writer, r *Report, logPath func(image string) string) error {
	t := &text{logPath: logPath}
	t.outcome(r)
	t.failures("failed:", r.With(image.Error, image.ConnectionError))
	t.failures("not pushed:", r.With(image.PushError))
	t.names("not built, since a parent failed", r.With(image.ParentError))
	t.names("not finished", r.With(image.Unprocessed))
	t.names("not pushed yet", r.Unpushed())
	t.unbuildable(r.With(image.Unbuildable))
	t.names("skipped", r.With(image.Skipped))
	if n := len(r.With(image.Unmatched)); n > 0 {
		t.line("not matched: %d", n)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// text is a summary in the making.
type text struct {
	b       strings.Builder
	logPath func(string) string
}

func (t *text) line(format string, args ...any) { fmt.Fprintf(&t.b, format+"\n", args...) }

// outcome writes the first line: how it went, in numbers.
func (t *text) outcome(r *Report) {
	if r.Interrupted {
		t.b.WriteString("interrupted: ")
	}
	// An image whose push failed is built all the same.
	fmt.Fprintf(&t.b, "built %s", count(len(r.With(image.Built, image.PushError)), "image"))
	if r.Push {
		fmt.Fprintf(&t.b, ", pushed %d", len(r.With(image.Built))-len(r.Unpushed()))
	}
	if n := len(r.Failed()); n > 0 {
		fmt.Fprintf(&t.b, ", failed %d", n)
	}
	unchanged := 0
	for _, result := range r.Results {
		if result.Unchanged {
			unchanged++
		}
	}
	fmt.Fprintf(&t.b, " in %s", screen.Duration(r.Elapsed))
	if unchanged > 0 {
		fmt.Fprintf(&t.b, "; %d unchanged", unchanged)
	}
	t.line("")
}

// failures writes each image with what went wrong, and where to read on.
func (t *text) failures(title string, results []Result) {
	if len(results) == 0 {
		return
	}
	t.line("%s", title)
	for _, r := range results {
		lines := screen.Lines(fmt.Sprint(r.Err), width)
		t.line("  %s: %s", r.Name, lines[0])
		for _, more := range lines[1:] {
			t.line("    %s", more)
		}
		if t.logPath != nil {
			t.line("    log: %s", t.logPath(r.Name))
		}
	}
}

// names writes how many images there are of a kind, and the first names.
func (t *text) names(title string, results []Result) {
	if len(results) == 0 {
		return
	}
	var names []string
	for _, r := range results[:min(len(results), maxNames)] {
		names = append(names, r.Name)
	}
	if more := len(results) - maxNames; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	t.line("%s: %d (%s)", title, len(results), strings.Join(names, ", "))
}

// unbuildable writes images with the reason why they cannot be built.
func (t *text) unbuildable(results []Result) {
	if len(results) == 0 {
		return
	}
	t.line("cannot be built: %d", len(results))
	for _, r := range results[:min(len(results), maxNames)] {
		t.line("  %s: %s", r.Name, screen.Clean(r.Reason, width))
	}
	if more := len(results) - maxNames; more > 0 {
		t.line("  and %d more", more)
	}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
