package image

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// ListImages writes the selected images, numbered from 1, one per line.
func (s *Selection) ListImages(w io.Writer) error {
	var text strings.Builder
	for i, img := range s.Matched() {
		fmt.Fprintf(&text, "%d : %s\n", i+1, img.Name)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// ListDependencies writes the selected images as one JSON document: an object
// with a key for each root, which holds the list of its children. A child is a
// string if nothing in the tree is built from it; else it is an object like
// the whole, with one key. So a child whose own children are not selected
// reads {"name": []}. A root that is skipped is written all the same, without
// the children that are skipped too: so does the Python tool.
func (s *Selection) ListDependencies(w io.Writer) error {
	roots := map[string]any{}
	for _, img := range s.tree.images {
		if status := s.status[img]; img.Parent == nil && (status == Matched || status == Skipped) {
			roots[img.Name] = s.childList(img)
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(roots)
}

func (s *Selection) childList(img *Image) []any {
	list := []any{} // not nil, which would be written as null
	for _, child := range img.Children {
		switch {
		case s.status[child] != Matched:
		case len(child.Children) == 0:
			list = append(list, child.Name)
		default:
			list = append(list, map[string]any{child.Name: s.childList(child)})
		}
	}
	return list
}

// Dot writes the selected images as a graph in graphviz' language, with an
// edge from each image to those built from it.
func (s *Selection) Dot(w io.Writer) error {
	var text strings.Builder
	text.WriteString("digraph {\n\trankdir=LR\n")
	for _, img := range s.Matched() {
		fmt.Fprintf(&text, "\t%q\n", img.Name)
		for _, need := range img.Needs {
			fmt.Fprintf(&text, "\t%q -> %q\n", need.Name, img.Name)
		}
	}
	text.WriteString("}\n")
	_, err := io.WriteString(w, text.String())
	return err
}
