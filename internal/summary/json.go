package summary

import (
	"encoding/json"
	"io"

	"github.com/kolla-build/kolla-build/internal/image"
)

// Document is a report for programs. The keys are those that kolla-build has
// always had; lists are sorted by name, and never null.
type Document struct {
	Built       []Entry   `json:"built"`
	Failed      []Failure `json:"failed"`
	NotMatched  []Entry   `json:"not_matched"`
	Skipped     []Entry   `json:"skipped"`
	Unbuildable []Entry   `json:"unbuildable"`
}

// Entry is an image.
type Entry struct {
	Name string `json:"name"`
}

// Failure is an image that was to be built, and is not, or is not pushed.
type Failure struct {
	Name   string       `json:"name"`
	Status image.Status `json:"status"`
}

// NewDocument makes a document of a report. An image that was not processed,
// for the run was interrupted, is among those that failed, as ever.
func NewDocument(r *Report) Document {
	d := Document{
		Built:       []Entry{},
		Failed:      []Failure{},
		NotMatched:  []Entry{},
		Skipped:     []Entry{},
		Unbuildable: []Entry{},
	}
	for _, result := range r.Results {
		entry := Entry{Name: result.Name}
		switch result.Status {
		case image.Built:
			d.Built = append(d.Built, entry)
		case image.Unmatched:
			d.NotMatched = append(d.NotMatched, entry)
		case image.Skipped:
			d.Skipped = append(d.Skipped, entry)
		case image.Unbuildable:
			d.Unbuildable = append(d.Unbuildable, entry)
		default:
			d.Failed = append(d.Failed, Failure{Name: result.Name, Status: result.Status})
		}
	}
	return d
}

// JSON writes a report for programs. Without indent it is a single line.
func JSON(w io.Writer, r *Report, indent string) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", indent)
	return encoder.Encode(NewDocument(r))
}
