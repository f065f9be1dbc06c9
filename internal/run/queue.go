package run

import (
	"cmp"
	"container/heap"
)

// queue holds nodes that are ready, the most urgent first: the one with the
// longest way to go, in expected time, since it decides when the run ends; then the
// one that most others wait for; then by name, so that runs are alike.
type queue struct{ nodes nodeHeap }

func (q *queue) push(n *node) { heap.Push(&q.nodes, n) }
func (q *queue) pop() *node   { return heap.Pop(&q.nodes).(*node) }
func (q *queue) len() int     { return len(q.nodes) }

type nodeHeap []*node

func (h nodeHeap) Len() int      { return len(h) }
func (h nodeHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h nodeHeap) Less(i, j int) bool {
	a, b := h[i], h[j]
	return cmp.Or(
		cmp.Compare(b.path, a.path),
		cmp.Compare(b.descendants, a.descendants),
		cmp.Compare(a.img.Name, b.img.Name),
	) < 0
}
func (h *nodeHeap) Push(x any) { *h = append(*h, x.(*node)) }
func (h *nodeHeap) Pop() any {
	last := len(*h) - 1
	n := (*h)[last]
	*h = (*h)[:last]
	return n
}
