package catalogue

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/kolla-build/kolla-build/internal/summary"
)

// WriteTable prints what has become of each image of a run: built or not, in how many
// seconds, how large. The largest come last, where they are seen.
func WriteTable(w io.Writer, run summary.Document, sizes Sizes) error {
	out := bufio.NewWriter(w)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "seconds\town MB\ttotal MB\t  image")
	for _, entry := range sortedBySize(run.Built, sizes) {
		seconds := fmt.Sprintf("%.1f", entry.Seconds)
		if entry.Unchanged {
			seconds = "unchanged"
		}
		size := sizes[entry.Name]
		fmt.Fprintf(table, "%s\t%s\t%s\t  %s\n", seconds, megabytes(size.Own), megabytes(size.Total), entry.Name)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, entry := range run.Unbuildable {
		fmt.Fprintf(out, "not buildable: %s: %s\n", entry.Name, entry.Reason)
	}
	for _, entry := range run.Failed {
		fmt.Fprintf(out, "failed: %s: %s\n", entry.Name, entry.Reason)
	}
	fmt.Fprintf(out, "%d built, %d not buildable, %d failed\n", len(run.Built), len(run.Unbuildable), len(run.Failed))
	return out.Flush()
}

func sortedBySize(entries []summary.Entry, sizes Sizes) []summary.Entry {
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, func(a, b summary.Entry) int {
		return cmp.Or(cmp.Compare(sizes[a.Name].Own, sizes[b.Name].Own), cmp.Compare(a.Name, b.Name))
	})
	return sorted
}
