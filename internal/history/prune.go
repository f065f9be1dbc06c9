package history

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Prune removes the records that nobody keeps: keep is asked for the reference of each,
// and the id of its image. It returns how many there are and how many bytes they have.
// If dryRun is set it removes none.
func (h *History) Prune(keep func(reference, id string) bool, dryRun bool) (records int, size int64) {
	return prune(h.dir, func(f file) bool { return keep(f.Reference, f.ID) }, dryRun)
}

// PruneStores does the same, below dir, with the records of stores that are gone.
func PruneStores(dir string, dryRun bool) (records int, size int64) {
	for _, entry := range entriesOf(dir, func(string) bool { return true }) {
		if !entry.IsDir() {
			continue
		}
		n, bytes := prune(filepath.Join(dir, entry.Name()), func(f file) bool { return exists(f.Store) }, dryRun)
		records, size = records+n, size+bytes
		if !dryRun {
			_ = os.Remove(filepath.Join(dir, entry.Name())) // if it is empty now
		}
	}
	return records, size
}

// exists tells whether there is a store, or may be one: a record of an earlier version
// does not tell whose it is, and a folder may not be ours to look at.
func exists(store string) bool {
	if store == "" {
		return true
	}
	_, err := os.Stat(store)
	return !errors.Is(err, fs.ErrNotExist)
}

// entriesOf lists what is in a folder under names that are accepted. A link to a folder has nothing: what
// it leads to is not ours to remove.
func entriesOf(dir string, accept func(name string) bool) []os.DirEntry {
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return nil
	}
	entries, _ := os.ReadDir(dir)
	return slices.DeleteFunc(entries, func(e os.DirEntry) bool { return !accept(e.Name()) })
}

// isRecord tells whether a name is of the form that records have, or files that become one.
func isRecord(name string) bool {
	return strings.HasSuffix(name, recordSuffix) || strings.HasPrefix(name, freshPrefix)
}

func prune(dir string, keep func(file) bool, dryRun bool) (records int, size int64) {
	for _, entry := range entriesOf(dir, isRecord) {
		path := filepath.Join(dir, entry.Name())
		info, err := entry.Info()
		if err != nil {
			continue
		}
		if f, ok := read(path); ok && keep(f) {
			continue
		}
		if dryRun || os.Remove(path) == nil {
			records++
			size += info.Size()
		}
	}
	return records, size
}
