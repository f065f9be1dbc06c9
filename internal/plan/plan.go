package plan

import (
	"context"

	"github.com/kolla-build/kolla-build/internal/image"
)

// Action is what a run would do with an image.
type Action string

// The actions.
const (
	Build Action = "build"
	Keep  Action = "keep" // it is there, made of the same inputs
	Tag   Action = "tag"  // so it is, but has lost its name, which it gets again
	Skip  Action = "skip" // it is not to be touched, or cannot be built
)

// Reason tells why an image would be built or skipped.
type Reason string

// The reasons.
const (
	Missing     Reason = "missing"      // the store has no image of that name
	Changed     Reason = "changed"      // an input differs from that of the image in the store
	ParentBuilt Reason = "parent_built" // an image that it needs would be built
	Unknowable  Reason = "unknowable"   // what goes into it has no digest
	Anew        Reason = "nocache"      // the user wants everything built
	NoParent    Reason = "no_parent"    // what it stands on is not in the store: it would be pulled
	Skipped     Reason = "skipped"      // --skip-parents or --skip-existing
	Unbuildable Reason = "unbuildable"  // not for this distro
)

// Record is what is remembered of the last build of an image.
type Record struct {
	ID      string  `json:"id"`      // of the image that came of it
	Digest  string  `json:"digest"`  // of the inputs; may be empty, see [Inputs.Unknowable]
	Seconds float64 `json:"seconds"` // that the build took
	Inputs
}

// Stored is an image that the store has.
type Stored struct {
	ID string
	// Input is the input digest that the image itself bears. It may be empty.
	Input string
}

// World is what a plan is made from.
type World interface {
	// Inputs lists what goes into an image, less its parent.
	Inputs(ctx context.Context, img *image.Image) (Inputs, error)
	// Base returns the id of the image that img stands on, if the store has it. It is
	// not of the tree, or is not to be built.
	Base(img *image.Image) (id string, ok bool)
	// Stored returns what the store has under a reference.
	Stored(reference string) (Stored, bool)
	// Former returns the id of an image that once had a reference and still bears an
	// input digest.
	Former(reference, digest string) (id string, ok bool)
	// Last returns what is remembered of the last build of a reference.
	Last(reference string) (Record, bool)
}

// Options say what is wanted of a run.
type Options struct {
	Anew bool // build also what has not changed
	Push bool
}

// Plan is what a run would do.
type Plan struct {
	Images []*Image // parents first, else sorted by name; those that are not selected are left out
}

// Image is what a run would do with one image.
type Image struct {
	Name      string
	Reference string
	From      string   // what the last stage of its Dockerfile starts from
	Parent    string   // the image of the tree that From names, if there is one
	Needs     []string // all images of the tree that a FROM line names

	Action  Action
	Push    bool
	Reason  Reason
	Detail  string   // what there is to say of the reason
	Changes []Change // for the reason [Changed], if the last build is remembered

	// Digest is that of the inputs. It is empty for an image that is to be built
	// after its parent, whose id is not known before, and where it cannot be known.
	Digest string
	// Inputs are there for all images that are not skipped; the parent is not
	// among them if it is to be built.
	Inputs []Input
	// ID is that of the image in the store, the one to take if the action is [Keep] or
	// [Tag].
	ID string
	// Seconds is how long the last build took, 0 if that is not known.
	Seconds float64
}

// Count tells how many images have an action.
func (p *Plan) Count(action Action) int {
	count := 0
	for _, img := range p.Images {
		if img.Action == action {
			count++
		}
	}
	return count
}
