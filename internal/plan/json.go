package plan

import (
	"encoding/json"
	"io"
)

// Version is that of the JSON form. Keys may be added under the same version; what
// a key means, and what stands under it, changes with another version only.
const Version = 1

// document is a plan in JSON. Lists are never null; docs/plan.md describes it.
type document struct {
	Version int             `json:"version"`
	Images  []imageDocument `json:"images"`
}

type imageDocument struct {
	Name      string   `json:"name"`
	Reference string   `json:"reference"`
	From      string   `json:"from"`
	Parent    string   `json:"parent,omitempty"`
	Needs     []string `json:"needs"`
	Action    Action   `json:"action"`
	Push      bool     `json:"push"`
	Reason    Reason   `json:"reason,omitempty"`
	Detail    string   `json:"detail,omitempty"`
	Digest    string   `json:"digest,omitempty"`
	ID        string   `json:"id,omitempty"`
	Seconds   float64  `json:"seconds,omitempty"`
	Changes   []Change `json:"changes,omitempty"`
	Inputs    []Input  `json:"inputs,omitempty"`
}

// JSON writes a plan for programs; with inputs, also all that goes into each image.
func JSON(w io.Writer, p *Plan, inputs bool) error {
	d := document{Version: Version, Images: []imageDocument{}}
	for _, img := range p.Images {
		i := imageDocument{
			Name: img.Name, Reference: img.Reference,
			From: img.From, Parent: img.Parent, Needs: append([]string{}, img.Needs...),
			Action: img.Action, Push: img.Push, Reason: img.Reason, Detail: img.Detail,
			Digest: img.Digest, ID: img.ID, Seconds: img.Seconds,
		}
		if inputs {
			i.Changes, i.Inputs = img.Changes, img.Inputs
		}
		d.Images = append(d.Images, i)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(d)
}
