package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/docker/go-units"
	"golang.org/x/term"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/screen"
)

// pruned is a thing that was removed, or would be.
type pruned struct {
	Kind string `json:"kind"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Size int64  `json:"size"` // bytes that were freed by it

	LastUsed *time.Time `json:"last_used,omitempty"`
}

// pruneReport is what a prune has done.
type pruneReport struct {
	Removed []pruned `json:"removed"`
	Freed   int64    `json:"freed"`
	// StoreSize is what the store holds now, in bytes.
	StoreSize int64 `json:"store_size"`
	DryRun    bool  `json:"dry_run"`
}

func (r *pruneReport) add(p pruned) {
	r.Removed = append(r.Removed, p)
	r.Freed += p.Size
}

// addImages adds what the driver has removed.
func (r *pruneReport) addImages(done *buildahdriver.Pruned) {
	r.StoreSize = done.Left
	for _, removed := range done.Removed {
		p := pruned{Kind: string(removed.Kind), ID: removed.ID, Name: removed.Name, Size: removed.Size}
		if used := removed.LastUse.UTC(); !used.IsZero() {
			p.LastUsed = &used
		}
		r.add(p)
	}
}

// write writes the report: as JSON, as a table for a terminal, or as lines for a
// program, with tabs between kind, id, bytes and name.
func (r *pruneReport) write(w io.Writer, format string) error {
	if format == "json" {
		if r.Removed == nil {
			r.Removed = []pruned{} // never null
		}
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(r)
	}
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return r.table(w)
	}
	for _, p := range r.Removed {
		if _, err := fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", p.Kind, p.ID, p.Size, screen.Clean(p.Name, nameWidth)); err != nil {
			return err
		}
	}
	return nil
}

// nameWidth is where a name is cut.
const nameWidth = 500

func (r *pruneReport) table(w io.Writer) error {
	if len(r.Removed) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "KIND\tID\tSIZE\tLAST USED\tNAME")
	for _, p := range r.Removed {
		used := "-"
		if p.LastUsed != nil {
			used = units.HumanDuration(time.Since(*p.LastUsed)) + " ago"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", p.Kind, p.shortID(), units.BytesSize(float64(p.Size)), used, screen.Clean(p.Name, nameWidth))
	}
	return table.Flush()
}

// shortID is the id as far as people read it, or the path of a folder.
func (p pruned) shortID() string {
	if len(p.ID) == 0 {
		return "-"
	}
	if p.ID[0] == '/' {
		return p.ID
	}
	return fmt.Sprintf("%.12s", p.ID)
}
