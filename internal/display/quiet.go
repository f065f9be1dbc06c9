package display

import (
	"io"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
)

// Quiet is a display that shows what has failed, and nothing else: the last lines that the
// image printed, and the error. Of images that fail with their parent it says nothing.
type Quiet struct{ plain *Plain }

// NewQuiet returns a display that writes to w.
func NewQuiet(w io.Writer, opts Options) Quiet {
	opts.Debug = false
	return Quiet{NewPlain(w, opts)}
}

// Emit implements event.Sink.
func (q Quiet) Emit(e event.Event) {
	switch e := e.(type) {
	case event.RunStarted, event.Output: // the width of names, and the last lines
		q.plain.Emit(e)
	case event.ImageState:
		switch e.State {
		case image.Error, image.ConnectionError, image.PushError:
			q.plain.Emit(e)
		case image.Building, image.Built, image.Pushing, image.Pushed:
			delete(q.plain.streams, e.Image) // what it has printed so far is of no interest
		default:
		}
	}
}
