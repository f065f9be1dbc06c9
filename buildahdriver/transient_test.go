package buildahdriver

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestBlame(t *testing.T) {
	failed := errors.New("exit status 100")
	for _, test := range []struct {
		output string
		heals  bool
	}{
		{"Err:1 http://mirror bookworm InRelease\n  Temporary failure resolving 'mirror'\n", true},
		{"E: Failed to fetch http://mirror/x.deb  Hash Sum mismatch\n", true},
		{"Error: Failed to download metadata for repo 'x': Cannot download repomd.xml: All mirrors were tried\n", true},
		{"curl: (6) Could not resolve host: mirror\n", true},
		{"ERROR 503: Service Unavailable\n503 Service Unavailable\n", true},
		{"E: Unable to locate package no-such-package\n", false},
		{"make: *** [all] Error 2\n", false},
		{"Connection timed out\n" + strings.Repeat("and then it worked\n", 2000) + "syntax error\n", false},
		{"", false},
	} {
		output := &tail{Writer: io.Discard}
		for chunk := range strings.SplitSeq(test.output, " ") { // pieces, as they come
			if _, err := output.Write([]byte(chunk + " ")); err != nil {
				t.Fatal(err)
			}
		}
		err := output.blame(failed)
		var temporary interface{ Temporary() bool }
		if got := errors.As(err, &temporary); got != test.heals {
			t.Errorf("%.60q: may heal: %v, want %v", test.output, got, test.heals)
		}
		if !errors.Is(err, failed) {
			t.Errorf("%.60q: the error is lost", test.output)
		}
		if len(output.last) > transientWindow {
			t.Errorf("%d bytes are kept", len(output.last))
		}
	}
	if err := (&tail{}).blame(nil); err != nil {
		t.Error(err)
	}
}
