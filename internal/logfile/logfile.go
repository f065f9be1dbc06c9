// Package logfile keeps a log file for each image of a run.
package logfile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
)

// failedPrefix begins the name of the link to a failed image's log. It sorts
// before everything else in the folder.
const failedPrefix = "000_FAILED_"

// Dir is a sink that writes <image>.log for every image into a folder, and
// links 000_FAILED_<image>.log to the logs of those that fail. A log is begun
// anew with an image's first attempt; later attempts, and the push, add to it.
//
// A log that cannot be written fails no build: the first such error is told
// as a notice, and the rest of that log is dropped.
type Dir struct {
	path   string
	root   *os.Root // image names are not trusted to stay inside
	mode   fs.FileMode
	notify event.Sink
	logs   map[string]*log // of the images being built or pushed
	told   bool            // notify knows of an error
}

// log is an open log file.
type log struct {
	file    *os.File // nil if it could not be written
	midLine bool     // what was written last does not end a line
	printed int64    // bytes of the commands' output
	cut     bool     // output was left out
}

// maxOutput bounds what a log keeps of the output of an image's commands, in bytes. Real
// builds print some megabytes; one that prints without end must not fill the disk.
var maxOutput int64 = 256 << 20

// Path returns where the log of an image is in the folder dir.
func Path(dir, image string) string { return filepath.Join(dir, image+".log") }

// New makes the folder if need be. It tells notify if a log cannot be
// written, in the middle of Emit; so notify must not be the fan that the Dir
// itself stands behind, but may stand beside it.
//
// Nobody but the user and the group may read the logs, less what umask takes away in
// addition to that of the process.
func New(path string, umask fs.FileMode, notify event.Sink) (*Dir, error) {
	if err := os.MkdirAll(path, 0o750&^umask); err != nil {
		return nil, fmt.Errorf("failed to make the folder for logs: %w\nchoose another with --logs-dir", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("failed to open the folder for logs: %w\nchoose another with --logs-dir", err)
	}
	return &Dir{path: path, root: root, mode: 0o640 &^ umask, notify: notify, logs: map[string]*log{}}, nil
}

// Close closes what is still open.
func (d *Dir) Close() error {
	for name := range d.logs {
		d.close(name)
	}
	return d.root.Close()
}

// Emit implements event.Sink.
func (d *Dir) Emit(e event.Event) {
	switch e := e.(type) {
	case event.ImageState:
		d.state(e)
	case event.Retrying:
		d.line(e.Image, "# failed: %v", e.Err)
		d.line(e.Image, "# trying again in %v", e.Delay.Round(100*time.Millisecond))
	case event.Step:
		d.line(e.Image, "STEP %d/%d: %s", e.Index, e.Total, e.Text)
	case event.Output:
		d.output(e.Image, e.Data)
	case event.Notice:
		// A remark about an image that has no log is for the screen only.
		if d.logs[e.Image] != nil {
			d.line(e.Image, "# %s", e.Text)
		}
	case event.RunFinished:
		for name := range d.logs {
			d.line(name, "# interrupted")
			d.close(name)
		}
	}
}

func (d *Dir) state(e event.ImageState) {
	switch e.State {
	case image.Building:
		if e.Attempt <= 1 {
			d.begin(e.Image)
		}
		d.line(e.Image, "# building %s, attempt %d, %s", e.Reference, e.Attempt, time.Now().UTC().Format(time.RFC3339))
	case image.Pushing:
		d.open(e.Image, os.O_APPEND)
		d.line(e.Image, "# pushing %s, attempt %d, %s", e.Reference, e.Attempt, time.Now().UTC().Format(time.RFC3339))
	case image.Built, image.Pushed:
		if e.Unchanged && e.State == image.Built {
			d.line(e.Image, "# unchanged: it was there, made of the same inputs")
		}
		d.line(e.Image, "# %s in %v %s", e.State, e.Elapsed.Round(100*time.Millisecond), e.Digest)
		d.close(e.Image)
	case image.Error, image.PushError, image.ConnectionError:
		d.line(e.Image, "# failed: %v", e.Err)
		d.close(e.Image)
		d.link(e.Image)
	default:
		// The other states are of images that have no log.
	}
}

// begin starts an image's log anew, and takes away the sign that it has failed
// in an earlier run.
func (d *Dir) begin(image string) {
	d.complain(ignoreMissing(d.root.Remove(failedPrefix + image + ".log")))
	d.open(image, os.O_TRUNC)
}

func (d *Dir) open(image string, flag int) {
	if d.logs[image] != nil {
		d.close(image)
	}
	file, err := d.root.OpenFile(image+".log", os.O_CREATE|os.O_WRONLY|flag, d.mode)
	d.complain(err)
	d.logs[image] = &log{file: file}
}

func (d *Dir) close(image string) {
	if l := d.logs[image]; l != nil && l.file != nil {
		d.complain(l.file.Close())
	}
	delete(d.logs, image)
}

func (d *Dir) link(image string) {
	link := failedPrefix + image + ".log"
	d.complain(ignoreMissing(d.root.Remove(link)))
	d.complain(d.root.Symlink(image+".log", link))
}

// output writes what a command has printed, as far as it has a place.
func (d *Dir) output(image string, data []byte) {
	l := d.logs[image]
	if l == nil || l.cut {
		return
	}
	if l.printed += int64(len(data)); l.printed > maxOutput {
		l.cut = true
		d.line(image, "# this log has %d MiB of output: the rest is left out", maxOutput>>20)
		return
	}
	d.write(image, data)
}

// line writes a line of its own.
func (d *Dir) line(image, format string, args ...any) {
	text := fmt.Sprintf(format, args...) + "\n"
	if l := d.logs[image]; l != nil && l.midLine {
		text = "\n" + text
	}
	d.write(image, []byte(text))
}

func (d *Dir) write(image string, data []byte) {
	l := d.logs[image]
	if l == nil || l.file == nil || len(data) == 0 {
		return
	}
	if _, err := l.file.Write(data); err != nil {
		d.complain(err)
		_ = l.file.Close() // its write error is told already
		l.file = nil
		return
	}
	l.midLine = data[len(data)-1] != '\n'
}

// complain tells the first error, and keeps quiet about others: they are
// likely to be the same, many times over.
func (d *Dir) complain(err error) {
	if err == nil || d.told {
		return
	}
	d.told = true
	d.notify.Emit(event.Notice{
		Level: event.Warning,
		Text:  fmt.Sprintf("failed to write a log in %s: %v\nlogs of this run are not complete", d.path, err),
	})
}

func ignoreMissing(err error) error {
	if os.IsNotExist(err) {
		return nil
	}
	return err
}
