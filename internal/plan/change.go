package plan

import (
	"fmt"
	"slices"
	"strings"
)

// What tells in which way an input differs from what it was.
type What string

// The ways in which an input can differ.
const (
	Added   What = "added"
	Removed What = "removed"
	Mode    What = "mode" // the permissions, and not the content
	Content What = "content"
)

// Change is an input that differs from the one of the last build.
type Change struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
	What What   `json:"what"`
	// Line is where the Dockerfile differs, from 1. If lines were removed, it is
	// the one that follows them now.
	Line int `json:"line,omitempty"`
}

// String tells the change in words.
func (c Change) String() string {
	switch {
	case c.Kind == Parent:
		return "the image it stands on, " + c.Name + ", is another one"
	case c.Kind == Dockerfile && c.What == Removed && c.Line > 0:
		return fmt.Sprintf("lines were removed before %s:%d", c.Name, c.Line)
	case c.Kind == Dockerfile && c.Line > 0:
		verb := map[What]string{Added: "was added", Content: "changed"}[c.What]
		return fmt.Sprintf("%s:%d %s", c.Name, c.Line, verb)
	}
	if c.Kind == Dockerfile {
		return "the " + c.Name + " changed"
	}
	verb := map[What]string{Added: "is new", Removed: "is gone", Mode: "has another mode", Content: "changed"}[c.What]
	return fmt.Sprintf("%s %s %s", noun(c.Kind), c.Name, verb)
}

func noun(kind Kind) string {
	if kind == Argument {
		return "build argument"
	}
	return string(kind)
}

// Changes tells how inputs differ from those of the last build, sorted by kind and
// name, and a Dockerfile's by line.
func Changes(last, now Inputs) []Change {
	var changes []Change
	old := byKey(last)
	for _, i := range now.sorted() {
		was, found := old[i.key()]
		delete(old, i.key())
		switch {
		case !found:
			changes = append(changes, Change{Kind: i.Kind, Name: i.Name, What: Added})
		case was.Digest == i.Digest && was.Mode != i.Mode:
			changes = append(changes, Change{Kind: i.Kind, Name: i.Name, What: Mode})
		case was.Digest != i.Digest && i.Kind == Dockerfile:
			changes = append(changes, changedLines(i.Name, last.Lines, now.Lines)...)
		case was.Digest != i.Digest:
			changes = append(changes, Change{Kind: i.Kind, Name: i.Name, What: Content})
		}
	}
	for _, i := range (Inputs{List: last.List}).sorted() {
		if _, gone := old[i.key()]; gone {
			changes = append(changes, Change{Kind: i.Kind, Name: i.Name, What: Removed})
		}
	}
	return changes
}

// key is what makes two inputs the same one. There is one parent, whatever it is
// called.
func (i Input) key() string {
	if i.Kind == Parent {
		return string(Parent)
	}
	return string(i.Kind) + "\x00" + i.Name
}

func byKey(in Inputs) map[string]Input {
	inputs := make(map[string]Input, len(in.List))
	for _, i := range in.List {
		inputs[i.key()] = i
	}
	return inputs
}

// changedLines returns a change for every place at which two texts differ, given by
// their lines. Where nothing is known of the old lines, it tells of the whole.
func changedLines(name string, old, now []string) []Change {
	var changes []Change
	common := commonLines(old, now)
	o, n := 0, 0
	for _, c := range append(common, [2]int{len(old), len(now)}) {
		change := Change{Kind: Dockerfile, Name: name, Line: n + 1}
		switch {
		case c[0] > o && c[1] > n:
			change.What = Content
		case c[0] > o:
			change.What = Removed
		case c[1] > n:
			change.What = Added
		}
		if change.What != "" {
			changes = append(changes, change)
		}
		o, n = c[0]+1, c[1]+1
	}
	if len(old) == 0 || len(changes) == 0 {
		return []Change{{Kind: Dockerfile, Name: name, What: Content}}
	}
	return changes
}

// maxCompared bounds the lines that are compared one with another, since that takes
// time with the product of their numbers. Longer texts differ as a whole.
const maxCompared = 2000

// commonLines returns the places, in the first text and in the second, of a longest
// sequence of lines that both have.
func commonLines(a, b []string) [][2]int {
	var head, tail [][2]int
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		head = append(head, [2]int{start, start})
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA--
		endB--
		tail = append(tail, [2]int{endA, endB})
	}
	slices.Reverse(tail)
	if endA-start <= maxCompared && endB-start <= maxCompared {
		head = append(head, longest(a[start:endA], b[start:endB], start)...)
	}
	return append(head, tail...)
}

// longest finds a longest common subsequence by the table of those of all rests.
// Places are counted from offset.
func longest(a, b []string, offset int) [][2]int {
	length := make([][]int, len(a)+1)
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var common [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			common = append(common, [2]int{offset + i, offset + j})
			i++
			j++
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return common
}

// sentence joins changes for people: all, or the first few.
func sentence(changes []Change) string {
	const most = 3
	var texts []string
	for _, c := range changes[:min(len(changes), most)] {
		texts = append(texts, c.String())
	}
	if more := len(changes) - most; more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, ", ")
}
