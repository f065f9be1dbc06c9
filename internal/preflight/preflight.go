// Package preflight finds out whether this machine can build images, and how.
//
// [Gather] collects what there is to know as plain values; it is the only part that
// looks at the machine. [Examine] turns these facts into checks, each with a verdict
// and at most one remedy, and into the [Mode] that a build would take. The start of a
// build and "kolla-build doctor" use the same checks, so they never disagree.
package preflight

import "slices"

// Verdict says what a finding means for a build.
type Verdict string

// The verdicts. They are part of the JSON form.
const (
	Works Verdict = "works"
	// Slower means that images come out the same, but take longer.
	Slower Verdict = "slower"
	// Limited means that some builds work and others do not.
	Limited Verdict = "limited"
	Fails   Verdict = "fails"
)

// Check is one thing that was looked at.
type Check struct {
	// ID names the check. It is part of the JSON form, and keeps its meaning.
	ID string `json:"id"`
	// Title is a few words for people.
	Title string `json:"title"`
	// Found is what there is, in a phrase.
	Found string `json:"found"`
	// Verdict is what that means.
	Verdict Verdict `json:"verdict"`
	// Consequence is what will not work, or work worse; empty if all is well.
	Consequence string `json:"consequence,omitempty"`
	// Remedy is the command or the setting that changes it; empty if all is well.
	Remedy string `json:"remedy,omitempty"`
}

// Mode is how a build gets the rights that it needs.
type Mode string

// The modes, from the one that builds everything to the one that builds least.
const (
	// ModeRoot is root with CAP_SYS_ADMIN: a mount namespace is enough.
	ModeRoot Mode = "root"
	// ModeMapped is a user namespace with at least [WantedIDs] ids.
	ModeMapped Mode = "mapped"
	// ModeSingle is a user namespace in which one id is mapped.
	ModeSingle Mode = "single"
	// ModeChroot is chroot(2), by a root that may make no namespaces.
	ModeChroot Mode = "chroot"
	// ModePlain is an ordinary process, which can run nothing in an image.
	ModePlain Mode = "plain"
)

// Description is a phrase for people.
func (m Mode) Description() string {
	switch m {
	case ModeRoot:
		return "as root, in a mount namespace"
	case ModeMapped:
		return "in a user namespace with a full range of ids"
	case ModeSingle:
		return "in a user namespace with a single id"
	case ModeChroot:
		return "as root, by chroot and without namespaces"
	default:
		return "without namespaces: images without RUN only"
	}
}

// Report is the outcome of all checks, the most fundamental first.
type Report struct {
	Checks []Check `json:"checks"`
	// Mode is the best one that the machine allows.
	Mode Mode `json:"mode"`
	// Able reports whether anything can be built here, if only some images.
	Able bool `json:"able"`
}

// Check returns the check with that id, or nil if it was not made.
func (r Report) Check(id string) *Check {
	if i := slices.IndexFunc(r.Checks, func(c Check) bool { return c.ID == id }); i >= 0 {
		return &r.Checks[i]
	}
	return nil
}

// Failure returns the most fundamental check that fails, or nil.
func (r Report) Failure() *Check {
	if i := slices.IndexFunc(r.Checks, func(c Check) bool { return c.Verdict == Fails }); i >= 0 {
		return &r.Checks[i]
	}
	return nil
}
