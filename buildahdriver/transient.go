package buildahdriver

import (
	"io"
	"regexp"
	"sync"
)

// transientTrouble is what package managers, git, curl and pip print when the
// network or a mirror failed them for a moment. A command's exit status says
// nothing of its reason, and to try everything again would build each broken
// image several times.
var transientTrouble = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)` +
		`temporary failure (in name resolution|resolving)` +
		`|could not resolve host|name or service not known` +
		`|connection (timed out|reset by peer|broken)|could not connect to|unable to connect to` +
		`|read timed out|operation timed out|timeout was reached` +
		`|hash sum mismatch|file has unexpected size|mirror sync in progress` +
		`|\b(429 too many requests|500 internal server error|502 bad gateway|503 service (temporarily )?unavailable|504 gateway time-?out)` +
		`|cannot download .*all mirrors were (already )?tried|no more mirrors to try` +
		`|early eof|the remote end hung up unexpectedly`)
})

// transientWindow is how many of a command's last bytes are searched: what comes
// long before the end was not what it failed of.
const transientWindow = 16 << 10

// tail passes bytes on and keeps the last of them.
type tail struct {
	io.Writer
	last []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.last = append(t.last, p...)
	if over := len(t.last) - transientWindow; over > 0 {
		t.last = append(t.last[:0], t.last[over:]...)
	}
	return t.Writer.Write(p)
}

// blame marks a failed command as one that may heal, if what it printed says so.
func (t *tail) blame(err error) error {
	if err != nil && transientTrouble().Match(t.last) {
		return temporaryError{err}
	}
	return err
}
