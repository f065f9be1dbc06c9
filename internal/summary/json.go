package summary

import (
	"encoding/json"
	"io"
	"math"

	"github.com/kolla-build/kolla-build/internal/image"
)

// Document is a report for programs. The keys of the Python tool's document are
// all there, with what they hold; the others are ours. Lists are sorted by name,
// and never null.
type Document struct {
	Built       []Entry   `json:"built"`
	Failed      []Failure `json:"failed"`
	NotMatched  []Entry   `json:"not_matched"`
	Skipped     []Entry   `json:"skipped"`
	Unbuildable []Entry   `json:"unbuildable"`
}

// Entry is an image. Where there is nothing to say of it, a key is left out.
type Entry struct {
	Name      string `json:"name"`
	Reference string `json:"reference,omitempty"`
	// Digest is that of the manifest, in the registry if the image was pushed.
	Digest string `json:"digest,omitempty"`
	// Size is that of all layers, uncompressed, in bytes.
	Size int64 `json:"size,omitempty"`
	// Seconds is how long the build took, retries included.
	Seconds float64 `json:"seconds,omitempty"`
	// Unchanged is true for an image that was there, made of the same inputs.
	Unchanged bool `json:"unchanged,omitempty"`
	// Reason says why the image is unbuildable, or why it failed.
	Reason string `json:"reason,omitempty"`
}

// Failure is an image that was to be built, and is not, or is not pushed.
type Failure struct {
	Entry
	Status image.Status `json:"status"`
}

func newEntry(r Result) Entry {
	entry := Entry{
		Name:      r.Name,
		Reference: r.Reference,
		Digest:    r.Digest,
		Size:      r.Size,
		Seconds:   math.Round(r.Elapsed.Seconds()*1000) / 1000,
		Unchanged: r.Unchanged,
		Reason:    r.Reason,
	}
	if r.Err != nil {
		entry.Reason = r.Err.Error()
	}
	return entry
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
		entry := newEntry(result)
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
			d.Failed = append(d.Failed, Failure{entry, result.Status})
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
