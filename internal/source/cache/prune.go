package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrInUse means that another process uses the cache.
var ErrInUse = errors.New("another process uses the cache")

// Removed is a file or folder that was removed from a cache, or would be.
type Removed struct {
	Path string
	// Where is where it had come from, if a note tells.
	Where string
	Size  int64 // bytes
}

// Prune removes blobs but for those with the digests, and repositories and broken
// downloads but for those of the keys, with the notes and locks of what is gone. If
// dryRun is set it removes nothing. It is an [ErrInUse] if another process, or another
// Cache, has the folder open.
func (c *Cache) Prune(digests, keys map[string]bool, dryRun bool) (removed []Removed, err error) {
	alone, err := c.user.TryLock()
	if err != nil {
		return nil, fmt.Errorf("failed to lock the cache of sources: %w", err)
	}
	defer func() { err = errors.Join(err, c.user.Unlock(), c.user.RLock()) }()
	if !alone {
		return nil, ErrInUse
	}
	named := map[string]bool{}
	for key := range keys {
		sum := sha256.Sum256([]byte(key))
		named[hex.EncodeToString(sum[:])] = true
	}
	p := pruning{cache: c, dryRun: dryRun}
	origins := p.notes(digests)
	p.folder(blobsDir, digests, origins)
	p.folder(reposDir, named, nil)
	p.folder(partialsDir, named, nil)
	p.silent = true
	named[filepath.Base(userLock)] = true
	p.folder(locksDir, named, nil)
	return p.removed, errors.Join(p.failed...)
}

// pruning is one call of Prune.
type pruning struct {
	cache   *Cache
	dryRun  bool
	silent  bool // what is removed is not worth telling
	removed []Removed
	failed  []error
}

// folder removes what is in a folder and is not kept. A file beside a repository ends
// with what it is for.
func (p *pruning) folder(sub string, keep map[string]bool, origins map[string]string) {
	entries, err := os.ReadDir(filepath.Join(p.cache.dir, sub))
	if err != nil {
		p.failed = append(p.failed, err)
	}
	for _, entry := range entries {
		name, _, _ := strings.Cut(entry.Name(), ".")
		if !keep[name] {
			p.remove(filepath.Join(p.cache.dir, sub, entry.Name()), origins[name])
		}
	}
}

func (p *pruning) remove(path, where string) {
	size := sizeOf(path)
	if !p.dryRun {
		if err := os.RemoveAll(path); err != nil {
			p.failed = append(p.failed, fmt.Errorf("failed to remove from the cache of sources: %w", err))
			return
		}
	}
	if !p.silent {
		p.removed = append(p.removed, Removed{path, where, size})
	}
}

// notes removes the notes that tell of blobs which go, and returns where blobs came
// from, by their digests.
func (p *pruning) notes(keep map[string]bool) map[string]string {
	origins := map[string]string{}
	dir := filepath.Join(p.cache.dir, notesDir)
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		digest, where := noteOf(text)
		if where != "" {
			origins[digest] = where
		}
		if digest != "" && !keep[digest] && !p.dryRun {
			_ = os.Remove(path) // or it stays, and is not believed
		}
	}
	return origins
}

// noteOf returns the digest that a note tells of, and where it is from: one of the two
// forms that notes about blobs have, a digest alone or with more around it.
func noteOf(text []byte) (digest, where string) {
	if json.Unmarshal(text, &digest) == nil && IsDigest(digest) {
		return digest, ""
	}
	var origin struct{ URL, Digest string }
	if json.Unmarshal(text, &origin) == nil && IsDigest(origin.Digest) {
		return origin.Digest, origin.URL
	}
	return "", ""
}

// sizeOf adds up the sizes of the files at a path.
func sizeOf(path string) (total int64) {
	_ = filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil //nolint:nilerr // what cannot be read is not counted
		}
		if info, err := entry.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}
