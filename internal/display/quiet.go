package display

import "github.com/kolla-build/kolla-build/internal/event"

// Quiet is a display that shows nothing. What has failed is told by the exit
// code, and by the log files.
type Quiet struct{}

// Emit implements event.Sink.
func (Quiet) Emit(event.Event) {}
