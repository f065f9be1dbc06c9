package logfile

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
)

type silent struct{}

func (silent) Emit(event.Event) {}

// A command that prints without end does not fill the disk, and how it ended is in the log
// all the same.
func TestBoundedLog(t *testing.T) {
	old := maxOutput
	maxOutput = 1 << 20
	defer func() { maxOutput = old }()
	dir := t.TempDir()
	d, err := New(dir, 0, silent{})
	if err != nil {
		t.Fatal(err)
	}
	d.Emit(event.ImageState{Image: "loud", State: image.Building, Attempt: 1})
	for range 100 {
		d.Emit(event.Output{Image: "loud", Data: bytes.Repeat([]byte("loud\n"), 10_000)})
	}
	d.Emit(event.ImageState{Image: "loud", State: image.Error, Err: os.ErrDeadlineExceeded})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(Path(dir, "loud"))
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 1<<20+1000 || len(text) < 1<<20-60_000 {
		t.Errorf("the log has %d bytes", len(text))
	}
	for _, want := range []string{"the rest is left out", "# failed: " + os.ErrDeadlineExceeded.Error()} {
		if strings.Count(string(text), want) != 1 {
			t.Errorf("%q is not in the log once", want)
		}
	}
}
