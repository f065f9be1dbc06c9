package logfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/logfile"
)

// notices keeps what it is told.
type notices []string

func (n *notices) Emit(e event.Event) { *n = append(*n, e.(event.Notice).Text) }

func open(t *testing.T, dir string) (*logfile.Dir, *notices) {
	t.Helper()
	told := &notices{}
	d, err := logfile.New(dir, 0, told)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d, told
}

func emit(sink event.Sink, events ...event.Event) {
	for _, e := range events {
		sink.Emit(e)
	}
}

var stamp = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:]+Z`)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return stamp.ReplaceAllString(string(data), "NOW")
}

func state(s image.Status, attempt int, err error) event.ImageState {
	return event.ImageState{Image: "cron", Reference: "kolla/cron:1", State: s, Attempt: attempt, Elapsed: 1234 * time.Millisecond, Digest: "sha256:x", Err: err}
}

func TestLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "for", "it")
	d, told := open(t, dir)
	if err := os.WriteFile(logfile.Path(dir, "cron"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	emit(d,
		event.RunStarted{},
		state(image.Building, 1, nil),
		event.Step{Image: "cron", Index: 1, Total: 2, Text: "FROM base"},
		event.Step{Image: "cron", Index: 2, Total: 2, Text: "RUN true"},
		event.Output{Image: "cron", Data: []byte("half a ")},
		event.Output{Image: "cron", Data: []byte("line")},
		event.Retrying{Image: "cron", Attempt: 2, Delay: 980 * time.Millisecond, Err: errors.New("busy")},
		state(image.Building, 2, nil),
		event.Notice{Image: "cron", Text: "mind the gap"},
		event.Notice{Text: "for nobody"},
		event.Output{Image: "other", Data: []byte("not begun")},
		state(image.Built, 0, nil),
		state(image.Pushing, 1, nil),
		state(image.Pushed, 0, nil),
		event.RunFinished{},
	)
	want := `# building kolla/cron:1, attempt 1, NOW
STEP 1/2: FROM base
STEP 2/2: RUN true
half a line
# failed: busy
# trying again in 1s
# building kolla/cron:1, attempt 2, NOW
# mind the gap
# built in 1.2s sha256:x
# pushing kolla/cron:1, attempt 1, NOW
# pushed in 1.2s sha256:x
`
	if got := read(t, filepath.Join(dir, "cron.log")); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("more than one file: %v", entries)
	}
	if len(*told) != 0 {
		t.Errorf("told %q", *told)
	}
}

func TestFailedLink(t *testing.T) {
	tests := []struct {
		state image.Status
		want  bool
	}{
		{image.Error, true},
		{image.PushError, true},
		{image.ParentError, false},
		{image.Unprocessed, false},
		{image.Built, false},
	}
	for _, tt := range tests {
		t.Run(string(tt.state), func(t *testing.T) {
			dir := t.TempDir()
			d, told := open(t, dir)
			link := filepath.Join(dir, "000_FAILED_cron.log")
			emit(d, state(image.Building, 1, nil), state(tt.state, 0, errors.New("no luck")))
			target, err := os.Readlink(link)
			if tt.want != (err == nil) {
				t.Fatalf("link to %q, %v", target, err)
			}
			if tt.want && (target != "cron.log" || !strings.Contains(read(t, link), "# failed: no luck\n")) {
				t.Errorf("link to %q", target)
			}
			// The next run clears the sign as soon as the image starts.
			emit(d, state(image.Building, 1, nil))
			if _, err := os.Lstat(link); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the link has stayed: %v", err)
			}
			if len(*told) != 0 {
				t.Errorf("told %q", *told)
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	d, _ := open(t, dir)
	emit(d, state(image.Building, 1, nil), state(image.Unprocessed, 0, nil), event.RunFinished{Interrupted: true})
	if got := read(t, logfile.Path(dir, "cron")); !strings.HasSuffix(got, "\n# interrupted\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestErrorsAreToldOnce(t *testing.T) {
	dir := t.TempDir()
	d, told := open(t, dir)
	for _, name := range []string{"cron", "base"} {
		// A folder in the way is an obstacle for root as well.
		if err := os.Mkdir(logfile.Path(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	emit(d,
		state(image.Building, 1, nil),
		event.Output{Image: "cron", Data: []byte("lost")},
		event.ImageState{Image: "base", State: image.Building, Attempt: 1},
		state(image.Error, 0, errors.New("no luck")),
	)
	if len(*told) != 1 || !strings.Contains((*told)[0], "cron.log") {
		t.Errorf("told %q", *told)
	}
}

func TestLinksLeadNowhere(t *testing.T) {
	target := filepath.Join(t.TempDir(), "target")
	if err := os.WriteFile(target, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	d, told := open(t, dir)
	if err := os.Symlink(target, logfile.Path(dir, "cron")); err != nil {
		t.Fatal(err)
	}
	emit(d, state(image.Building, 1, nil), event.Output{Image: "cron", Data: []byte("x")}, state(image.Built, 0, nil))
	if got := read(t, target); got != "precious" {
		t.Errorf("the target of a link was written: %q", got)
	}
	if len(*told) != 1 {
		t.Errorf("told %q", *told)
	}
}

func TestNamesStayInside(t *testing.T) {
	outside := t.TempDir()
	d, told := open(t, filepath.Join(outside, "logs"))
	emit(d, event.ImageState{Image: "../escaped", State: image.Building, Attempt: 1}, event.ImageState{Image: "../escaped", State: image.Error})
	if entries, _ := os.ReadDir(outside); len(entries) != 1 {
		t.Errorf("something escaped: %v", entries)
	}
	if len(*told) != 1 {
		t.Errorf("told %q", *told)
	}
}

func TestNewFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := logfile.New(filepath.Join(file, "logs"), 0, event.Fan())
	if err == nil || !strings.Contains(err.Error(), "failed to make the folder for logs") || !strings.Contains(err.Error(), "\nchoose another with --logs-dir") {
		t.Errorf("got %v", err)
	}
}
