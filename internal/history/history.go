// Package history keeps what went into images when they were last built, and how
// long that took: a small file for each reference of each store.
//
// Nothing depends on it but messages and the order of builds: whether an image has
// changed is told by the label that it bears. All of it can be deleted at any time.
package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/kolla-build/kolla-build/internal/plan"
)

const (
	// version is that of the files. One of another version counts as none.
	version = 1
	// maxRecords bounds how many images of a store are remembered. When there are
	// more, those used the longest ago go.
	maxRecords = 4096
	// maxFile bounds what is read of a file, in bytes.
	maxFile = 8 << 20
)

// History is the memory of one store. It is safe for concurrent use, also by several
// processes: files appear by renaming, and the last one to write wins. A file's time is
// when its image was last used.
type History struct{ dir, root string }

// file is a record as it stands in its file.
type file struct {
	Version   int    `json:"version"`
	Reference string `json:"reference"` // for people
	Store     string `json:"store"`     // the folder of the store
	plan.Record
}

// Open returns the history of the store in the folder root. It is kept below dir.
func Open(dir, root string) *History {
	return &History{filepath.Join(dir, plan.Sum(root)[:16]), root}
}

// Last returns the record of a reference. One that cannot be read is as good as
// none.
func (h *History) Last(reference string) (plan.Record, bool) {
	f, ok := read(h.path(reference))
	if !ok || f.Reference != reference {
		return plan.Record{}, false
	}
	return f.Record, true
}

// Used notes that an image was used without being built.
func (h *History) Used(reference string) {
	now := time.Now()
	_ = os.Chtimes(h.path(reference), now, now) // there may be no record of it
}

// LastUse tells when the image of a reference was last used, if it is the one with this
// id; otherwise it is the zero time.
func (h *History) LastUse(reference, id string) time.Time {
	last, ok := h.Last(reference)
	info, err := os.Stat(h.path(reference))
	if !ok || last.ID != id || err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// read reads a file. One that cannot be understood is as good as none.
func read(path string) (file, bool) {
	from, err := os.Open(path)
	if err != nil {
		return file{}, false
	}
	defer from.Close()
	text, err := io.ReadAll(io.LimitReader(from, maxFile))
	if err != nil {
		return file{}, false
	}
	return parse(text)
}

func parse(text []byte) (f file, ok bool) {
	if err := json.Unmarshal(text, &f); err != nil || f.Version != version {
		return file{}, false
	}
	if !(f.Seconds >= 0) {
		f.Seconds = 0
	}
	return f, true
}

// Keep replaces the record of a reference.
func (h *History) Keep(reference string, record plan.Record) error {
	text, err := json.Marshal(file{version, reference, h.root, record})
	if err == nil {
		err = os.MkdirAll(h.dir, 0o700)
	}
	if err == nil {
		err = replace(h.path(reference), text)
	}
	if err != nil {
		return fmt.Errorf("failed to remember what went into %s: %w", reference, err)
	}
	return nil
}

// Trim removes records beyond a number that no tree reaches, and what killed
// processes have left.
func (h *History) Trim() { h.trim(maxRecords) }

func (h *History) trim(most int) {
	entries := entriesOf(h.dir, isRecord)
	if len(entries) <= most {
		return
	}
	written := func(e os.DirEntry) time.Time {
		info, err := e.Info()
		if err != nil {
			return time.Time{} // gone, or it may go
		}
		return info.ModTime()
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return written(b).Compare(written(a)) })
	for _, e := range entries[most:] {
		_ = os.Remove(filepath.Join(h.dir, e.Name())) // or the next run does
	}
}

func (h *History) path(reference string) string {
	return filepath.Join(h.dir, plan.Sum(reference)+recordSuffix)
}

// How records are called, and files that become one.
const (
	recordSuffix = ".json"
	freshPrefix  = ".new-"
)

// replace replaces a file at once.
func replace(path string, text []byte) error {
	to, err := os.CreateTemp(filepath.Dir(path), freshPrefix)
	if err != nil {
		return err
	}
	_, err = to.Write(text)
	if err = errors.Join(err, to.Close()); err == nil {
		err = os.Rename(to.Name(), path)
	}
	if err != nil {
		_ = os.Remove(to.Name())
	}
	return err
}
