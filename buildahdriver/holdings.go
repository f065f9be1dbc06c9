package buildahdriver

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"go.podman.io/storage"
)

// holdings is what a store holds, as far as it decides about what to remove.
type holdings struct {
	layers map[string]*heldLayer
	things []*holding
	// size is that of all layers, each counted once, and of all caches, in bytes.
	size int64
}

// heldLayer is a layer, and what stands on it.
type heldLayer struct {
	parent   string
	size     int64
	children int // layers on it
	users    int // images that it is the topmost layer of, and containers
}

// holding is an image or a cache.
type holding struct {
	Removed        // its size is that of a cache; that of an image depends on what else is gone
	layer   string // the topmost of an image
	free    bool   // it may be removed
}

// choose chooses what to remove, in order, until the rest is not larger than limit, or
// all there is for the limit 0.
// What was used the longest ago goes first, but nothing that another image stands on.
func (h *holdings) choose(limit int64) []*holding {
	waiting := slices.DeleteFunc(slices.Clone(h.things), func(t *holding) bool { return !t.free })
	slices.SortStableFunc(waiting, func(a, b *holding) int { return a.LastUse.Compare(b.LastUse) })
	var chosen []*holding
	for limit == 0 || h.size > limit {
		next := slices.IndexFunc(waiting, func(t *holding) bool {
			layer := h.layers[t.layer]
			return layer == nil || layer.children == 0
		})
		if next < 0 {
			break
		}
		thing := waiting[next]
		waiting = slices.Delete(waiting, next, next+1)
		thing.Size += h.release(thing.layer)
		h.size -= thing.Size
		chosen = append(chosen, thing)
	}
	return chosen
}

// release lets an image go of its layers and returns the size of those that go with it.
func (h *holdings) release(top string) (freed int64) {
	layer := h.layers[top]
	if layer == nil {
		return 0
	}
	layer.users--
	for layer != nil && layer.users == 0 && layer.children == 0 {
		freed += layer.size
		if layer = h.layers[layer.parent]; layer != nil {
			layer.children--
		}
	}
	return freed
}

// survey reads what the store holds.
func (p *pruning) survey() (*holdings, error) {
	layers, layersErr := p.store.Layers()
	containers, containersErr := p.store.Containers()
	images, imagesErr := p.store.Images()
	if err := errors.Join(layersErr, containersErr, imagesErr); err != nil {
		return nil, fmt.Errorf("failed to list what the store holds: %w", err)
	}
	h := &holdings{layers: map[string]*heldLayer{}}
	for _, layer := range layers {
		if p.gone[layer.ID] {
			continue
		}
		held := &heldLayer{parent: layer.Parent, size: max(layer.UncompressedSize, 0)}
		h.layers[layer.ID] = held
		h.size += held.size
	}
	for _, layer := range h.layers {
		if below := h.layers[layer.parent]; below != nil {
			below.children++
		}
	}
	inContainer := map[string]bool{}
	for _, container := range containers {
		inContainer[container.ImageID] = true
	}
	for _, image := range images {
		if p.gone[image.ID] {
			continue
		}
		for _, layer := range append(image.MappedTopLayers, image.TopLayer) {
			if held := h.layers[layer]; held != nil {
				held.users++
			}
		}
		h.things = append(h.things, &holding{
			Removed: Removed{Kind: KindImage, ID: image.ID, Name: lastName(&image), LastUse: p.lastUse(&image)},
			layer:   image.TopLayer,
			free:    !inContainer[image.ID] && p.unneeded(&image),
		})
	}
	for _, cache := range listCaches(p.store) {
		h.size += cache.Size
		h.things = append(h.things, &holding{Removed: cache, free: true})
	}
	return h, nil
}

// unneeded tells whether an image may be removed if nothing stands on it.
func (p *pruning) unneeded(image *storage.Image) bool {
	switch {
	case image.ReadOnly, p.options.Needed != nil && p.options.Needed(image.ID, image.Names):
		return false
	case len(image.Names) == 0:
		return true
	}
	return p.options.Named && p.ours(image)
}

// ours tells whether the caller has built an image.
func (p *pruning) ours(image *storage.Image) bool {
	configuration, err := p.store.ImageBigData(image.ID, "sha256:"+image.ID)
	if err != nil {
		return false
	}
	return p.options.Label != "" && labelOf(configuration, p.options.Label) != "" || labelOf(configuration, importLabel) != ""
}

func (p *pruning) lastUse(image *storage.Image) time.Time {
	used := image.Created
	if p.options.LastUse != nil {
		if known := p.options.LastUse(image.ID, image.Names); known.After(used) {
			used = known
		}
	}
	return used
}

// lastName returns a name of an image, or the last that it had. The store puts those
// that it had in front of each other.
func lastName(image *storage.Image) string {
	for _, names := range [][]string{image.Names, image.NamesHistory} {
		if len(names) > 0 {
			return names[0]
		}
	}
	return ""
}
