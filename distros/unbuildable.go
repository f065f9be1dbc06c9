package distros

import (
	"maps"
	"slices"
	"strings"
)

// Reasons gives, by name of image, the reason why it cannot be built.
type Reasons map[string]string

// always is the condition that holds for every target.
const always = "always"

// Target is what images are built for.
type Target struct {
	// Type is binary or source.
	Type string
	// Tag is the tag of the base image, which names the distro's release.
	Tag string
	// Arch is the machine architecture: x86_64 or aarch64.
	Arch string
}

// UnbuildableFor returns why which images cannot be built for that target. What
// descends from such an image cannot be built either, and is not listed.
//
// A table of Unbuildable is named after the condition under which it applies:
// always, a type, a release or an architecture, or several of them that must all
// hold, joined with "+". Where two tables name an image, the narrower one has the
// reason.
func (d Distro) UnbuildableFor(target Target) Reasons {
	holding := []string{always, target.Type, d.Release(target.Tag), target.Arch}
	var conditions []string
	for condition := range d.Unbuildable {
		if holds(condition, holding) {
			conditions = append(conditions, condition)
		}
	}
	slices.SortFunc(conditions, broaderFirst)
	reasons := Reasons{}
	for _, condition := range conditions {
		maps.Copy(reasons, d.Unbuildable[condition])
	}
	return reasons
}

func holds(condition string, holding []string) bool {
	for word := range strings.SplitSeq(condition, "+") {
		if !slices.Contains(holding, word) {
			return false
		}
	}
	return true
}

func broaderFirst(a, b string) int {
	breadth := func(condition string) int {
		if condition == always {
			return 0
		}
		return 1 + strings.Count(condition, "+")
	}
	if order := breadth(a) - breadth(b); order != 0 {
		return order
	}
	return strings.Compare(a, b)
}

// Release returns the distro's own name of the release that a base image with that
// tag holds, or the tag itself where that is not known.
func (d Distro) Release(tag string) string {
	if release, known := d.Bootstrap.Releases[tag]; known {
		return release
	}
	return tag
}
