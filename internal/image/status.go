package image

// Status is what has become of an image. The words are those that kolla-build
// has always used in its summary, and scripts compare them.
type Status string

// Before a run.
const (
	Unmatched   Status = "unmatched"   // not selected
	Matched     Status = "matched"     // selected, or needed by an image that is
	Skipped     Status = "skipped"     // selected, and left alone on purpose
	Unbuildable Status = "unbuildable" // it, or an ancestor, cannot be built for this distro
)

// During a run.
const (
	Building Status = "building"
	Pushing  Status = "pushing"
	Pushed   Status = "pushed"
)

// After a run. A pushed image counts as built.
const (
	Built           Status = "built"
	Unprocessed     Status = "unprocessed"      // the run ended before it was done
	Error           Status = "error"            // its build failed
	ParentError     Status = "parent_error"     // an ancestor's build failed
	PushError       Status = "push_error"       // built, but its push failed
	ConnectionError Status = "connection_error" // what builds the image cannot be reached
)

// Failed tells whether s is a failure.
func (s Status) Failed() bool {
	switch s {
	case Error, ParentError, PushError, ConnectionError:
		return true
	default:
		return false
	}
}
