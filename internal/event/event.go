// Package event is what a run has to say: typed events, in the order in which
// things happen. Displays, log files and the summary listen to them, and never
// look into the state of the run itself.
package event

import (
	"time"

	"github.com/kolla-build/kolla-build/internal/image"
)

// Event is one of the structs of this package.
type Event interface{ event() }

// RunStarted is the first event of a run.
type RunStarted struct {
	Images  []string // names of the images to build, sorted
	Threads int      // builds at once
	Push    bool     // images are pushed as well
}

// ImageState tells that an image has reached a state.
type ImageState struct {
	Image     string
	Reference string
	State     image.Status
	Attempt   int           // 1 for the first attempt; set while building and pushing
	Elapsed   time.Duration // time taken by what has just ended
	Digest    string        // of the manifest, once the image is built or pushed
	Unchanged bool          // it was there, made of the same inputs
	Err       error         // why, for the states that are failures
}

// Retrying tells that an attempt has failed in a way that may heal, and that
// another follows after a pause.
type Retrying struct {
	Image    string
	Attempt  int // the coming attempt
	Attempts int // how many there are at most
	Delay    time.Duration
	Err      error
}

// Step tells that an instruction of a Dockerfile begins.
type Step struct {
	Image string
	Index int // 1 for the first instruction
	Total int
	Text  string
}

// Output is a piece of what a step prints: any bytes, cut anywhere.
type Output struct {
	Image string
	Data  []byte // valid during Emit only
}

// Level says how much a notice matters.
type Level int

// The levels of a notice.
const (
	Info Level = iota
	Warning
)

// Notice is a remark for the user about one image, or about the run as a
// whole if Image is empty.
type Notice struct {
	Level Level
	Image string
	Text  string
}

// RunFinished is the last event of a run.
type RunFinished struct {
	Elapsed     time.Duration
	Interrupted bool
}

func (RunStarted) event()  {}
func (ImageState) event()  {}
func (Retrying) event()    {}
func (Step) event()        {}
func (Output) event()      {}
func (Notice) event()      {}
func (RunFinished) event() {}
