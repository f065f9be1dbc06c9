package display

import (
	"bytes"

	"github.com/kolla-build/kolla-build/internal/screen"
)

const (
	// tailLines is how much of a failed image's output is shown: mostly enough
	// to see what went wrong, and little enough for several failures on one
	// screen.
	tailLines = 20

	// lineWidth is how long a line on the screen may be, without the name in
	// front.
	lineWidth = 400

	// lineBytes is how much of an unfinished line is kept. It is more than
	// lineWidth characters can need, escape sequences aside.
	lineBytes = 8 << 10
)

// lines cuts a stream into lines, however the pieces of it fall. It keeps no
// more than lineBytes of a line.
type lines struct {
	pending []byte
}

// feed hands each line that data completes to emit, cleaned.
func (l *lines) feed(data []byte, emit func(line string)) {
	for {
		head, rest, complete := bytes.Cut(data, []byte("\n"))
		l.keep(head)
		if !complete {
			return
		}
		l.flush(emit)
		data = rest
	}
}

// finish hands over a last line that nothing has completed.
func (l *lines) finish(emit func(line string)) {
	if len(l.pending) > 0 {
		l.flush(emit)
	}
}

func (l *lines) flush(emit func(line string)) {
	emit(screen.Clean(string(l.pending), lineWidth))
	l.pending = l.pending[:0]
}

// keep adds to the unfinished line. What a progress bar has overwritten goes
// first, so that its end is not lost to the limit.
func (l *lines) keep(data []byte) {
	text := bytes.TrimRight(data, "\r")
	if i := bytes.LastIndexByte(text, '\r'); i >= 0 {
		l.pending, data = l.pending[:0], data[i+1:]
	} else if len(text) > 0 && bytes.HasSuffix(l.pending, []byte("\r")) {
		l.pending = l.pending[:0]
	}
	if room := lineBytes - len(l.pending); len(data) > room {
		data = data[:room]
	}
	l.pending = append(l.pending, data...)
}

// tail keeps the last lines that it is given.
type tail struct {
	ring [tailLines]string
	next int // how many there were in all
}

func (t *tail) add(line string) {
	t.ring[t.next%tailLines] = line
	t.next++
}

// all returns the lines that are kept, oldest first.
func (t *tail) all() []string {
	var kept []string
	for i := max(0, t.next-tailLines); i < t.next; i++ {
		kept = append(kept, t.ring[i%tailLines])
	}
	return kept
}
