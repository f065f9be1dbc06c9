package event

import "sync"

// Sink listens to events. Emit must not keep an event's bytes, must not
// block for long, and has no way to fail: what goes wrong in a listener never
// stops a build.
type Sink interface{ Emit(Event) }

// Func makes a sink of a function.
type Func func(Event)

// Emit calls f.
func (f Func) Emit(e Event) { f(e) }

// Fan returns a sink that hands each event to all of sinks, one event at a
// time. It is safe for concurrent use, so the sinks behind it need no locks.
// A sink must not emit to the fan it stands behind. Without sinks, events are
// dropped.
func Fan(sinks ...Sink) Sink { return &fan{sinks: sinks} }

type fan struct {
	mu    sync.Mutex
	sinks []Sink
}

func (f *fan) Emit(e Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sinks {
		s.Emit(e)
	}
}
