package plan

import (
	"fmt"
	"io"
	"strings"
)

// Dot writes a plan as a graph in graphviz' language, with an edge from each image
// to those built from it. What would be built is bold, what is skipped is dotted.
func Dot(w io.Writer, p *Plan) error {
	var text strings.Builder
	text.WriteString("digraph {\n\trankdir=LR\n\tnode [shape=box]\n")
	styles := map[Action]string{Build: "bold", Keep: "solid", Tag: "solid", Skip: "dotted"}
	for _, img := range p.Images {
		fmt.Fprintf(&text, "\t%q [style=%s tooltip=%q]\n", img.Name, styles[img.Action], outcome(img, false))
	}
	for _, img := range p.Images {
		for _, need := range img.Needs {
			fmt.Fprintf(&text, "\t%q -> %q\n", need, img.Name)
		}
	}
	text.WriteString("}\n")
	_, err := io.WriteString(w, text.String())
	return err
}
