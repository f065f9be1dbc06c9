package buildahdriver

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestSelectVictims: a stack of layers is written bottom first, each layer once; "+" after an
// image's name means that it may go, the number after it when it was used.
func TestSelectVictims(t *testing.T) {
	for _, test := range []struct {
		name   string
		images string // name[+]use=layer/layer/...
		limit  int64
		want   string // name:freed, in order
		left   int64
	}{
		{"nothing may go", "a1=x b2=x/y", 0, "", 20},
		{"all that may go", "a1=x b+2=x/y c+3=x/z", 0, "b:10 c:10", 10},
		{"the oldest first, until it is enough", "a1=x b+3=x/y c+2=x/z d+4=x/u", 30, "c:10", 30},
		{"nothing is too much", "a+1=x", 10, "", 10},
		{"what is stood on stays", "a+1=x b2=x/y", 0, "", 20},
		{"what stands on it goes first", "a+1=x b+9=x/y", 0, "b:10 a:10", 0},
		{"a shared layer goes with the last", "a+1=x b+2=x", 0, "a:0 b:10", 0},
		{"layers between go too", "a+1=x/y/z b2=x", 0, "a:20", 10},
		{"an image without a layer", "a+1= b2=x", 0, "a:0", 10},
	} {
		h := parseInventory(t, test.images)
		var got []string
		for _, thing := range h.selectVictims(test.limit) {
			got = append(got, fmt.Sprintf("%s:%d", thing.ID, thing.Size))
		}
		if strings.Join(got, " ") != test.want || h.size != test.left {
			t.Errorf("%s: got %q and %d bytes are left, want %q and %d", test.name, got, h.size, test.want, test.left)
		}
	}
}

// parseInventory makes an inventory whose layers have ten bytes each.
func parseInventory(t *testing.T, text string) *inventory {
	t.Helper()
	h := &inventory{layers: map[string]*layerRef{}}
	for word := range strings.FieldsSeq(text) {
		name, stack, _ := strings.Cut(word, "=")
		var use int64
		digits := strings.TrimLeft(name[1:], "+")
		if _, err := fmt.Sscan(digits, &use); err != nil {
			t.Fatal(err)
		}
		thing := &candidate{Removed: Removed{Kind: KindImage, ID: name[:1], LastUse: time.Unix(use, 0)}, free: strings.Contains(name, "+")}
		for id := range strings.SplitSeq(stack, "/") {
			if id != "" && h.layers[id] == nil {
				h.layers[id] = &layerRef{parent: thing.layer, size: 10}
				h.size += 10
				if below := h.layers[thing.layer]; below != nil {
					below.children++
				}
			}
			thing.layer = id
		}
		if top := h.layers[thing.layer]; top != nil {
			top.users++
		}
		h.candidates = append(h.candidates, thing)
	}
	return h
}
