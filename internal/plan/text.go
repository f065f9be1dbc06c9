package plan

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/kolla-build/kolla-build/internal/screen"
)

// Text writes a plan for people: a line per image, below its parent and a step to
// the right, and the numbers at the end.
//
// If dockerfile is not nil, every change of an input gets a line of its own, with
// the line of the Dockerfile where it is one: dockerfile returns that of an image.
func Text(w io.Writer, p *Plan, dockerfile func(name string) string) error {
	children := map[string][]*Image{}
	for _, img := range p.Images {
		children[img.Parent] = append(children[img.Parent], img)
	}
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	var below func(parent string, depth int)
	below = func(parent string, depth int) {
		for _, img := range children[parent] {
			explained := dockerfile != nil && len(img.Changes) > 0
			fmt.Fprintf(table, "%s%s\t%s\n", strings.Repeat("  ", depth), img.Name, outcome(img, explained))
			if explained {
				explain(table, img, depth, dockerfile(img.Name))
			}
			below(img.Name, depth+1)
		}
	}
	below("", 0)
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, p.totals())
	return err
}

// outcome tells what would become of an image, and why, unless that follows.
func outcome(img *Image, explained bool) string {
	text := map[Action]string{Build: "build", Keep: "unchanged", Tag: "unchanged, tag", Skip: "skip"}[img.Action]
	if img.Push {
		text += ", push"
	}
	switch why := img.Why(); {
	case explained:
		text += ":"
	case why != "":
		text += ": " + why
	}
	return text
}

// Why tells the reason in words.
func (img *Image) Why() string {
	switch img.Reason {
	case Missing:
		return "it is not in the store"
	case Changed:
		if img.Detail == "" {
			return "an input changed; nothing is known of the last build's"
		}
		return img.Detail
	case ParentBuilt:
		return img.Detail + " is built"
	case Unknowable:
		return "whether it changed cannot be known: " + img.Detail
	case Anew:
		return "all are, with --nocache"
	case NoParent:
		return img.Detail + " is not in the store"
	case Skipped:
		return "it is taken to be there"
	case Unbuildable:
		return "it cannot be built: " + img.Detail
	}
	return ""
}

// explain writes the changes of an image.
func explain(w io.Writer, img *Image, depth int, dockerfile string) {
	lines := strings.Split(dockerfile, "\n")
	for _, c := range img.Changes {
		fmt.Fprintf(w, "%s- %s\n", strings.Repeat("  ", depth+1), c)
		if c.Line > 0 && c.Line <= len(lines) && c.What != Removed {
			fmt.Fprintf(w, "%s  %s\n", strings.Repeat("  ", depth+1), screen.Clean(lines[c.Line-1], width))
		}
	}
}

// width is where a line of a Dockerfile is cut.
const width = 120

// totals sums a plan up.
func (p *Plan) totals() string {
	texts := []string{fmt.Sprintf("%d to build", p.Count(Build))}
	var seconds float64
	known := true
	for _, img := range p.Images {
		if img.Action == Build {
			seconds += img.Seconds
			known = known && img.Seconds > 0
		}
	}
	if seconds > 0 {
		last := "took " + screen.Duration(time.Duration(seconds*float64(time.Second))) + " last time, one after the other"
		if !known {
			last = "some of which " + last
		} else {
			last = "which " + last
		}
		texts[0] += " (" + last + ")"
	}
	if n := p.Count(Keep) + p.Count(Tag); n > 0 {
		texts = append(texts, fmt.Sprintf("%d unchanged", n))
	}
	if n := p.Count(Skip); n > 0 {
		texts = append(texts, fmt.Sprintf("%d to skip", n))
	}
	return strings.Join(texts, ", ")
}
