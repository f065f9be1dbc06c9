package run

import (
	"cmp"
	"slices"

	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/summary"
)

// node is an image of the selection, with all that the scheduler knows of it.
type node struct {
	img    *image.Image
	needs  []*node // to be built first
	users  []*node // that need this one
	result summary.Result
	built  Built

	needsToBuild int // how many of needs are not built yet
	needsToPush  int // how many of needs may still be pushed

	levels      int // the longest way down, in images
	descendants int
}

// newGraph makes a node of every image that is selected, sorted by name. What
// an image needs beyond the selection is taken to be there.
func newGraph(s *image.Selection) []*node {
	var nodes []*node
	byImage := map[*image.Image]*node{}
	for _, img := range s.Matched() {
		n := &node{img: img, result: summary.Result{Name: img.Name, Reference: img.Reference, Status: image.Unprocessed}}
		nodes = append(nodes, n)
		byImage[img] = n
	}
	for _, n := range nodes {
		for _, need := range n.img.Needs {
			if other := byImage[need]; other != nil {
				n.needs = append(n.needs, other)
				other.users = append(other.users, n)
			}
		}
		n.needsToBuild, n.needsToPush = len(n.needs), len(n.needs)
	}
	for _, n := range nodes {
		n.descendants = len(n.below())
		n.measure()
	}
	return nodes
}

// below returns all descendants of n, each once, sorted by name.
func (n *node) below() []*node {
	seen := map[*node]bool{}
	var collect func(*node)
	collect = func(n *node) {
		for _, user := range n.users {
			if !seen[user] {
				seen[user] = true
				collect(user)
			}
		}
	}
	collect(n)
	all := make([]*node, 0, len(seen))
	for d := range seen {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b *node) int { return cmp.Compare(a.img.Name, b.img.Name) })
	return all
}

// measure finds the longest way down from n, n included.
func (n *node) measure() int {
	if n.levels == 0 {
		longest := 0
		for _, user := range n.users {
			longest = max(longest, user.measure())
		}
		n.levels = longest + 1
	}
	return n.levels
}
