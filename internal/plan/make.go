package plan

import (
	"cmp"
	"context"
	"slices"

	"github.com/kolla-build/kolla-build/internal/image"
)

// Make makes the plan for a selection.
func Make(ctx context.Context, selection *image.Selection, world World, options Options) (*Plan, error) {
	m := maker{selection: selection, world: world, options: options, planned: map[*image.Image]*Image{}}
	for _, img := range parentsFirst(selection.Tree().Images()) {
		if selection.Status(img) == image.Unmatched {
			continue
		}
		planned, err := m.image(ctx, img)
		if err != nil {
			return nil, err
		}
		m.planned[img] = planned
		m.plan.Images = append(m.plan.Images, planned)
	}
	return &m.plan, nil
}

// parentsFirst sorts images so that each comes after those that it needs, and by
// name among those of one depth.
func parentsFirst(images []*image.Image) []*image.Image {
	depths := map[*image.Image]int{}
	var depth func(*image.Image) int
	depth = func(img *image.Image) int {
		if d, known := depths[img]; known {
			return d
		}
		d := 0
		for _, need := range img.Needs {
			d = max(d, depth(need)+1)
		}
		depths[img] = d
		return d
	}
	sorted := slices.Clone(images)
	slices.SortFunc(sorted, func(a, b *image.Image) int {
		return cmp.Or(cmp.Compare(depth(a), depth(b)), cmp.Compare(a.Name, b.Name))
	})
	return sorted
}

// maker makes a plan, image by image.
type maker struct {
	selection *image.Selection
	world     World
	options   Options
	plan      Plan
	planned   map[*image.Image]*Image
}

func (m *maker) image(ctx context.Context, img *image.Image) (*Image, error) {
	p := &Image{Name: img.Name, Reference: img.Reference, From: img.From}
	if img.Parent != nil {
		p.Parent = img.Parent.Name
	}
	for _, need := range img.Needs {
		p.Needs = append(p.Needs, need.Name)
	}
	switch m.selection.Status(img) {
	case image.Skipped:
		p.Action, p.Reason = Skip, Skipped
		return p, nil
	case image.Unbuildable:
		p.Action, p.Reason, p.Detail = Skip, Unbuildable, m.selection.Reason(img)
		return p, nil
	}
	p.Push = m.options.Push
	inputs, err := m.world.Inputs(ctx, img)
	if err != nil {
		return nil, err
	}
	last, remembered := m.world.Last(img.Reference)
	p.Seconds = last.Seconds
	if id, known := m.parentID(img); known {
		inputs = inputs.On(img.From, id)
		p.Digest = inputs.Digest()
	}
	p.Inputs = inputs.sorted()
	m.decide(p, img, inputs)
	if p.Reason == Changed && remembered && last.ID == p.ID {
		p.Changes = Changes(last.Inputs, inputs)
		p.Detail = sentence(p.Changes)
	}
	return p, nil
}

// decide gives an image its action and reason.
func (m *maker) decide(p *Image, img *image.Image, inputs Inputs) {
	p.Action = Build
	stored, there := m.world.Stored(img.Reference)
	p.ID = stored.ID
	_, parentKnown := m.parentID(img)
	switch {
	case m.options.Anew:
		p.Reason = Anew
	case inputs.Unknowable != "":
		p.Reason, p.Detail = Unknowable, inputs.Unknowable
	case there && p.Digest != "" && stored.Input == p.Digest:
		p.Action = Keep
	case m.former(p) != "":
		p.Action, p.ID = Tag, m.former(p)
	case !there:
		p.Reason = Missing
	case m.builtNeed(img) != "":
		p.Reason, p.Detail = ParentBuilt, m.builtNeed(img)
	case !parentKnown:
		p.Reason, p.Detail = NoParent, img.From
	default:
		p.Reason = Changed
	}
}

// former returns the id of an image that has lost its name and was made of what p is
// made of.
func (m *maker) former(p *Image) string {
	if p.Digest == "" {
		return ""
	}
	id, _ := m.world.Former(p.Reference, p.Digest)
	return id
}

// parentID returns the id of the image that img stands on, unless it is to be built.
func (m *maker) parentID(img *image.Image) (string, bool) {
	if img.Parent == nil {
		return m.world.Base(img)
	}
	switch parent := m.planned[img.Parent]; {
	case parent == nil || parent.Action == Skip:
		return m.world.Base(img)
	case parent.Action == Keep || parent.Action == Tag:
		return parent.ID, true
	default:
		return "", false
	}
}

// builtNeed returns the first image that img needs and that is to be built.
func (m *maker) builtNeed(img *image.Image) string {
	for _, need := range img.Needs {
		if planned := m.planned[need]; planned != nil && planned.Action == Build {
			return planned.Name
		}
	}
	return ""
}
