package run

import (
	"cmp"
	"slices"
	"time"

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

	time        time.Duration // that its build is expected to take
	path        time.Duration // the longest way down, in expected time; its own is part of it
	descendants int
}

// newGraph makes a node of every image that is selected, sorted by name. What
// an image needs beyond the selection is taken to be there. Expected tells how
// long builds take, see [Options].
func newGraph(s *image.Selection, expected func(*image.Image) time.Duration) []*node {
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
	estimate(nodes, expected)
	for _, n := range nodes {
		n.descendants = len(n.below())
		n.measure()
	}
	return nodes
}

// estimate gives every node its time: the expected one, and the median of those to
// nodes of which nothing is known. If nothing is known at all, every image counts as
// one.
func estimate(nodes []*node, expected func(*image.Image) time.Duration) {
	var known []time.Duration
	for _, n := range nodes {
		if expected == nil {
			break
		}
		if n.time = expected(n.img); n.time > 0 {
			known = append(known, n.time)
		}
	}
	typical := time.Second
	if len(known) > 0 {
		slices.Sort(known)
		typical = known[len(known)/2]
	}
	for _, n := range nodes {
		if n.time <= 0 {
			n.time = typical
		}
	}
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
func (n *node) measure() time.Duration {
	if n.path == 0 {
		longest := time.Duration(0)
		for _, user := range n.users {
			longest = max(longest, user.measure())
		}
		n.path = longest + n.time
	}
	return n.path
}
