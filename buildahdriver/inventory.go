package buildahdriver

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"go.podman.io/storage"
)

// inventory is what a store holds, as far as it decides about what to remove.
type inventory struct {
	layers     map[string]*layerRef
	candidates []*candidate
	// size is that of all layers, each counted once, and of all caches, in bytes.
	size int64
}

// layerRef is a layer, and what stands on it.
type layerRef struct {
	parent   string
	size     int64
	children int // layers on it
	users    int // images that it is the topmost layer of, and containers
}

// candidate is an image or a cache.
type candidate struct {
	Removed        // its size is that of a cache; that of an image depends on what else is gone
	layer   string // the topmost of an image
	free    bool   // it may be removed
}

// selectVictims chooses what to remove, in order, until the rest is not larger than limit, or
// all there is for the limit 0. The least recently used goes first, but nothing that another
// image is based on.
func (i *inventory) selectVictims(limit int64) []*candidate {
	waiting := slices.DeleteFunc(slices.Clone(i.candidates), func(c *candidate) bool { return !c.free })
	slices.SortStableFunc(waiting, func(a, b *candidate) int { return a.LastUse.Compare(b.LastUse) })
	var victims []*candidate
	for limit == 0 || i.size > limit {
		next := slices.IndexFunc(waiting, func(c *candidate) bool {
			layer := i.layers[c.layer]
			return layer == nil || layer.children == 0
		})
		if next < 0 {
			break
		}
		victim := waiting[next]
		waiting = slices.Delete(waiting, next, next+1)
		victim.Size += i.release(victim.layer)
		i.size -= victim.Size
		victims = append(victims, victim)
	}
	return victims
}

// release lets an image go of its layers and returns the size of those that go with it.
func (i *inventory) release(top string) (freed int64) {
	layer := i.layers[top]
	if layer == nil {
		return 0
	}
	layer.users--
	for layer != nil && layer.users == 0 && layer.children == 0 {
		freed += layer.size
		if layer = i.layers[layer.parent]; layer != nil {
			layer.children--
		}
	}
	return freed
}

// scan reads what the store holds. With an error, what could be read is returned as well, or
// nothing if that is too little to choose from.
func (p *pruning) scan() (*inventory, error) {
	layers, layersErr := p.store.Layers()
	containers, containersErr := p.store.Containers()
	images, imagesErr := p.store.Images()
	if err := errors.Join(layersErr, containersErr, imagesErr); err != nil {
		return nil, fmt.Errorf("failed to list what the store holds: %w", err)
	}
	found := &inventory{layers: map[string]*layerRef{}}
	for _, layer := range layers {
		if p.gone[layer.ID] {
			continue
		}
		ref := &layerRef{parent: layer.Parent, size: max(layer.UncompressedSize, 0)}
		found.layers[layer.ID] = ref
		found.size += ref.size
	}
	for _, layer := range found.layers {
		if parent := found.layers[layer.parent]; parent != nil {
			parent.children++
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
			if ref := found.layers[layer]; ref != nil {
				ref.users++
			}
		}
		found.candidates = append(found.candidates, &candidate{
			Removed: Removed{Kind: KindImage, ID: image.ID, Name: lastName(&image), LastUse: p.lastUse(&image)},
			layer:   image.TopLayer,
			free:    !inContainer[image.ID] && p.unneeded(&image),
		})
	}
	caches, err := listCaches(p.store)
	if err != nil {
		err = fmt.Errorf("failed to list the caches: %w", err)
	}
	for _, cache := range caches {
		found.size += cache.Size
		found.candidates = append(found.candidates, &candidate{Removed: cache, free: true})
	}
	return found, err
}

// unneeded tells whether an image may be removed if none is based on it. Those of others,
// which a shared store has as well, never may.
func (p *pruning) unneeded(image *storage.Image) bool {
	switch m := markOf(image.Metadata); {
	case m == "", image.ReadOnly, p.options.Needed != nil && p.options.Needed(image.ID, image.Names):
		return false
	case len(image.Names) == 0:
		return true
	default:
		return p.options.Named && m == markBuilt
	}
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
