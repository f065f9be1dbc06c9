// Package display shows a run while it goes on. A display is an event.Sink: it
// knows what it is told, and nothing else.
//
// The rules for what is shown:
//
//   - Talk goes to stderr. Results, which programs may want to read, go to
//     stdout, and are no business of a display.
//   - A line says one thing about one image, and begins with the image's name,
//     so that the lines of images that are built at the same time can be told
//     apart, and grep finds all there is about one.
//   - No capital at the beginning, no full stop at the end. What is wrong comes
//     first; what to do about it stands on a line of its own.
//   - An image has a line when it starts and when it ends. Steps and their
//     output are shown on request only, and of an image that fails the last
//     lines of output.
//   - Nothing that comes from a build or an error is shown raw: no control
//     characters, no orders to a CI system, no endless lines.
//   - Colour repeats what the words say already, and is never needed.
package display

import (
	"fmt"
	"io"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/screen"
)

// Options shape a display.
type Options struct {
	Color bool // w is a terminal, and its user likes colours
	Debug bool // show steps and their output as well
}

// Plain is a display that writes lines, and never goes back to change one.
type Plain struct {
	w       io.Writer
	opts    Options
	width   int // of the longest name
	total   int // images to build
	begun   int // images whose first attempt has begun
	streams map[string]*stream
}

// stream is the output of an image that is being built or pushed.
type stream struct {
	lines lines
	tail  tail
}

// NewPlain returns a display that writes to w. A failure to write is ignored:
// a run does not end because nobody watches it.
func NewPlain(w io.Writer, opts Options) *Plain {
	return &Plain{w: w, opts: opts, streams: map[string]*stream{}}
}

// The colours, as SGR parameters.
const (
	noColor = ""
	red     = "31"
	green   = "32"
	yellow  = "33"
	dim     = "2"
)

// Emit implements event.Sink.
func (p *Plain) Emit(e event.Event) {
	switch e := e.(type) {
	case event.RunStarted:
		p.begun, p.total = 0, len(e.Images)
		for _, name := range e.Images {
			p.width = max(p.width, len(name))
		}
	case event.ImageState:
		p.state(e)
	case event.Retrying:
		p.end(e.Image)
		p.say(e.Image, yellow, "failed: %v", e.Err)
		p.say(e.Image, yellow, "trying again in %s, attempt %d of %d", screen.Duration(e.Delay), e.Attempt, e.Attempts)
	case event.Step:
		if p.opts.Debug {
			p.end(e.Image)
			p.say(e.Image, noColor, "step %d/%d: %s", e.Index, e.Total, e.Text)
		}
	case event.Output:
		s := p.stream(e.Image)
		s.lines.feed(e.Data, func(line string) { p.output(e.Image, s, line) })
	case event.Notice:
		p.notice(e)
	}
}

func (p *Plain) state(e event.ImageState) {
	switch e.State {
	case image.Building:
		p.streams[e.Image] = &stream{}
		if e.Attempt <= 1 {
			p.building(e.Image)
		}
	case image.Built:
		p.end(e.Image)
		delete(p.streams, e.Image)
		if e.Unchanged {
			p.say(e.Image, dim, "unchanged")
			break
		}
		p.say(e.Image, green, "built in %s", screen.Duration(e.Elapsed))
	case image.Pushing:
		if e.Attempt <= 1 {
			p.say(e.Image, noColor, "pushing")
		}
	case image.Pushed:
		p.end(e.Image)
		delete(p.streams, e.Image)
		p.say(e.Image, green, "pushed in %s", screen.Duration(e.Elapsed))
	case image.Error, image.ConnectionError:
		p.failed(e, "failed after")
	case image.PushError:
		p.failed(e, "push failed after")
	case image.ParentError:
		p.say(e.Image, red, "not built: %v", e.Err)
	default:
		// What never happened is left to the summary.
	}
}

func (p *Plain) building(image string) {
	if p.total == 0 {
		// The base image of a tree may be made before the run proper.
		p.say(image, noColor, "building")
		return
	}
	p.begun++
	p.say(image, noColor, "building (%d/%d)", p.begun, p.total)
}

// failed shows what an image printed last, and then why it failed: the eye
// rests on what comes last.
func (p *Plain) failed(e event.ImageState, what string) {
	s := p.stream(e.Image)
	p.end(e.Image)
	if !p.opts.Debug { // else they have been seen
		for _, line := range s.tail.all() {
			p.say(e.Image, dim, "| %s", line)
		}
	}
	delete(p.streams, e.Image)
	p.say(e.Image, red, "%s %s: %v", what, screen.Duration(e.Elapsed), e.Err)
}

func (p *Plain) notice(e event.Notice) {
	if e.Level == event.Warning {
		p.say(e.Image, yellow, "warning: %s", e.Text)
		return
	}
	p.say(e.Image, noColor, "%s", e.Text)
}

func (p *Plain) stream(image string) *stream {
	s := p.streams[image]
	if s == nil {
		s = &stream{}
		p.streams[image] = s
	}
	return s
}

// output takes a whole line that an image has printed.
func (p *Plain) output(image string, s *stream, line string) {
	s.tail.add(line)
	if p.opts.Debug {
		p.say(image, dim, "| %s", line)
	}
}

// end takes what an image has printed last and not ended with a newline.
func (p *Plain) end(image string) {
	if s := p.streams[image]; s != nil {
		s.lines.finish(func(line string) { p.output(image, s, line) })
	}
}

// say writes text behind an image's name, or behind nothing if it is about the
// run as a whole. Each of its lines gets the name.
func (p *Plain) say(image, color, format string, args ...any) {
	for _, line := range screen.Lines(fmt.Sprintf(format, args...), lineWidth) {
		if p.opts.Color && color != noColor {
			line = "\x1b[" + color + "m" + line + "\x1b[0m"
		}
		if image != "" {
			line = fmt.Sprintf("%-*s  %s", p.width, image, line)
		}
		_, _ = fmt.Fprintln(p.w, line)
	}
}
