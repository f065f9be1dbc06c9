package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// table is what has been measured: a line for each tool and each tree.
type table struct {
	rows  []row
	cases []string
}

// row is one tool on one tree.
type row struct {
	tool   string
	images int
	cells  map[string]cell // by case
	disk   figures         // megabytes
	peak   figures         // megabytes, of whatever case needs most
}

// cell is one tool, one tree and one case.
type cell struct {
	cpu, wall, registry figures
	ratio               float64 // to the floor; 0 where there is none
}

// figures are the outcomes of repeated runs, sorted.
type figures []float64

// median returns the middle one, or the lower of the two in the middle.
func (f figures) median() float64 {
	if len(f) == 0 {
		return 0
	}
	return f[(len(f)-1)/2]
}

// String writes the median, and in brackets the least and the most.
func (f figures) String() string {
	switch len(f) {
	case 0:
		return ""
	case 1:
		return number(f[0])
	}
	return fmt.Sprintf("%s (%s-%s)", number(f.median()), number(f[0]), number(f[len(f)-1]))
}

// number writes a figure with as many digits as it is worth.
func number(f float64) string {
	switch {
	case f < 1:
		return fmt.Sprintf("%.2f", f)
	case f < 100:
		return fmt.Sprintf("%.1f", f)
	}
	return fmt.Sprintf("%.0f", f)
}

func newTable(results []result, sizes []int, cases []string) *table {
	t := &table{cases: cases}
	for _, size := range sizes {
		for _, tool := range toolNames() {
			if r, any := newRow(results, tool, size, cases); any {
				t.rows = append(t.rows, r)
			}
		}
		t.compare(size)
	}
	return t
}

func newRow(results []result, tool string, size int, cases []string) (r row, any bool) {
	r = row{tool: tool, images: size, cells: map[string]cell{}}
	for _, name := range cases {
		var c cell
		var peak figures
		for _, one := range results {
			if one.tool != tool || one.images != size || one.name != name {
				continue
			}
			c.cpu = append(c.cpu, one.cpu)
			c.wall = append(c.wall, one.wall)
			c.registry = append(c.registry, one.registry)
			peak = append(peak, one.peak)
			if name == caseCold {
				r.disk = append(r.disk, one.disk)
			}
		}
		for _, f := range []figures{c.cpu, c.wall, c.registry, peak} {
			slices.Sort(f)
		}
		if len(c.cpu) > 0 {
			r.cells[name] = c
			any = true
		}
		if peak.median() > r.peak.median() {
			r.peak = peak
		}
	}
	slices.Sort(r.disk)
	return r, any
}

// compare gives the cold builds of a size their ratios to the floor.
func (t *table) compare(size int) {
	floor := 0.0
	for _, r := range t.rows {
		if r.images == size && r.tool == "floor" {
			floor = r.cells[caseCold].cpu.median()
		}
	}
	for _, r := range t.rows {
		if c, found := r.cells[caseCold]; found && r.images == size && floor > 0 {
			c.ratio = c.cpu.median() / floor
			r.cells[caseCold] = c
		}
	}
}

// heads are the words above the columns of the cases.
var heads = map[string]string{
	caseCold:   "cold",
	caseSame:   "nothing changed",
	caseLeaf:   "one leaf changed",
	caseMiddle: "a service base changed",
	casePush:   "first push",
	caseAgain:  "push again",
}

// cells returns the head and the lines of the table.
func (t *table) cells() (head []string, lines [][]string) {
	head = []string{"images", "CPU s"}
	for _, name := range t.cases {
		head = append(head, heads[name])
	}
	head = append(head, "peak MB", "disk MB")
	for _, r := range t.rows {
		line := []string{fmt.Sprint(r.images), r.tool}
		for _, name := range t.cases {
			line = append(line, r.cells[name].text(name))
		}
		lines = append(lines, append(line, r.peak.String(), r.disk.String()))
	}
	return head, lines
}

// text writes a cell: what the tool has taken, how that compares to the floor, and for
// a push what the registry has taken beside it.
func (c cell) text(name string) string {
	text := c.cpu.String()
	if c.ratio > 0 {
		text += fmt.Sprintf(" x%.1f", c.ratio)
	}
	if (name == casePush || name == caseAgain) && len(c.registry) > 0 {
		text += " + " + number(c.registry.median())
	}
	return text
}

// runs tells how often everything was measured.
func (t *table) runs() int {
	most := 0
	for _, r := range t.rows {
		for _, c := range r.cells {
			most = max(most, len(c.cpu))
		}
	}
	return most
}

func (t *table) note() string {
	return fmt.Sprintf("CPU seconds, median of %d (least-most). xN: times the floor. Of a push: + the registry's.", t.runs())
}

// text writes the table for a terminal.
func (t *table) text(w io.Writer) error {
	head, lines := t.cells()
	columns := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, line := range append([][]string{head}, lines...) {
		fmt.Fprintln(columns, strings.Join(line, "\t"))
	}
	if err := columns.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, t.note())
	return err
}

// markdown writes the table for docs/performance.md.
func (t *table) markdown(w io.Writer) error {
	head, lines := t.cells()
	var text strings.Builder
	write := func(line []string) { text.WriteString("| " + strings.Join(line, " | ") + " |\n") }
	write(head)
	text.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	for _, line := range lines {
		write(line)
	}
	text.WriteString("\n" + t.note() + "\n")
	_, err := io.WriteString(w, text.String())
	return err
}
