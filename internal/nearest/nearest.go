// Package nearest finds what a mistyped word was probably meant to be.
package nearest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/xrash/smetrics"
)

const (
	// likeness is the least score, from 0 to 1, of a candidate worth offering.
	// Below it, words have little more in common than some letters.
	likeness = 0.8

	// rivalry is how far behind the best candidate another may stay. After a
	// plain typo the one right word should stand alone.
	rivalry = 0.1

	// boostThreshold and prefixSize are the customary parameters of
	// Jaro-Winkler: a common beginning counts extra, since people seldom
	// mistype it, and often leave off the end.
	boostThreshold = 0.7
	prefixSize     = 4
)

// Match returns at most limit of the candidates that look like word, the most
// alike first, and nothing if none does. Case does not count.
func Match(word string, candidates []string, limit int) []string {
	type scored struct {
		name  string
		score float64
	}
	var found []scored
	best := 0.0
	for _, c := range candidates {
		score := smetrics.JaroWinkler(strings.ToLower(word), strings.ToLower(c), boostThreshold, prefixSize)
		if score >= likeness {
			found = append(found, scored{c, score})
			best = max(best, score)
		}
	}
	slices.SortFunc(found, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.name, b.name))
	})
	var names []string
	for _, f := range found {
		if len(names) < limit && f.score >= best-rivalry {
			names = append(names, f.name)
		}
	}
	return names
}
