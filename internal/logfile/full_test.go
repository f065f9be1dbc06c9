package logfile

import (
	"os"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
)

func TestFullDisk(t *testing.T) {
	var told []string
	d, err := New(t.TempDir(), 0, event.Func(func(e event.Event) { told = append(told, e.(event.Notice).Text) }))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()

	for _, name := range []string{"cron", "base"} {
		d.Emit(event.ImageState{Image: name, State: image.Building, Attempt: 1})
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		d.logs[name].file.Close()
		d.logs[name].file = full
		d.Emit(event.Output{Image: name, Data: []byte("lost")})
		d.Emit(event.Output{Image: name, Data: []byte("lost as well")})
		d.Emit(event.ImageState{Image: name, State: image.Built})
	}
	if len(told) != 1 || !strings.Contains(told[0], "no space left on device\nlogs of this run are not complete") {
		t.Errorf("told %q", told)
	}
}
