// Package pushlog remembers which image was pushed under which name, and the digest that its
// manifest got at the registry.
//
// It is a file with a line for each push, of which the last for a name counts. Several
// processes write to it at once. What is lost of it costs a longer look at the registry.
package pushlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sirupsen/logrus"
)

const (
	// maxNames bounds how many names are remembered. Beyond twice as many lines, the
	// oldest go.
	maxNames = 4096
	// maxFile bounds what is read of the file, in bytes.
	maxFile = 16 << 20
)

// Push is what a name stands for at its registry.
type Push struct {
	Image    string // the id, in hexadecimal
	Manifest string // the digest, as the registry has it
}

// Log is the memory of one store. It is safe for concurrent use.
type Log struct {
	path string
	load sync.Once

	mu     sync.Mutex
	byName map[string]Push
}

// Open returns the log that is kept at path. It is read when it is needed.
func Open(path string) *Log { return &Log{path: path} }

// Last returns what was pushed last under a name.
func (l *Log) Last(name string) (Push, bool) {
	l.load.Do(l.read)
	l.mu.Lock()
	defer l.mu.Unlock()
	last, found := l.byName[name]
	return last, found
}

// Keep remembers a push, as long as the process lives if it cannot be written.
func (l *Log) Keep(name string, now Push) error {
	l.load.Do(l.read)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byName[name] == now {
		return nil
	}
	l.byName[name] = now
	file, err := os.OpenFile(l.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("failed to remember the push of %s: %w", name, err)
	}
	// At once, so that lines of several processes do not mix.
	_, err = file.WriteString(format(name, now))
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("failed to remember the push of %s: %w", name, err)
	}
	return nil
}

// read reads the file, and makes it shorter when it has grown.
func (l *Log) read() {
	var text []byte
	if file, err := os.Open(l.path); err == nil {
		text, _ = io.ReadAll(io.LimitReader(file, maxFile)) // what there is of it
		file.Close()
	}
	l.byName = parse(text)
	if bytes.Count(text, []byte("\n")) > 2*maxNames {
		if err := l.replace(latest(text, maxNames)); err != nil {
			logrus.Debugf("failed to shorten %s: %v", l.path, err)
		}
	}
}

func (l *Log) replace(text []byte) error {
	file, err := os.CreateTemp(filepath.Dir(l.path), filepath.Base(l.path)+".new-")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), l.path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// format is a line of the file: the digest of the manifest, the id of the image, the name.
func format(name string, p Push) string {
	return fmt.Sprintf("%s %s %s\n", p.Manifest, p.Image, name)
}

// parseLine reads a whole line of that form.
func parseLine(line string) (name string, p Push, ok bool) {
	fields := strings.Fields(line)
	if len(fields) != 3 || !strings.HasSuffix(line, "\n") {
		return "", Push{}, false
	}
	return fields[2], Push{Manifest: fields[0], Image: fields[1]}, true
}

// parse reads the lines. Those of another form count as none.
func parse(text []byte) map[string]Push {
	byName := map[string]Push{}
	for line := range strings.Lines(string(text)) {
		if name, p, ok := parseLine(line); ok {
			byName[name] = p
		}
	}
	return byName
}

// latest returns the last line of each of the names that were pushed last.
func latest(text []byte, names int) []byte {
	lines := slices.Collect(strings.Lines(string(text)))
	seen := map[string]bool{}
	var kept []string
	for _, line := range slices.Backward(lines) {
		if name, _, ok := parseLine(line); ok && !seen[name] && len(kept) < names {
			seen[name] = true
			kept = append(kept, line)
		}
	}
	slices.Reverse(kept)
	return []byte(strings.Join(kept, ""))
}
