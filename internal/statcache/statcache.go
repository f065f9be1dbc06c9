// Package statcache knows the digests of files without reading them again.
//
// It keeps, for every path, what stat said when the file was read: device, inode,
// size, and the times of the last change of its content and of its inode. While all
// of that is the same, so is the content. The kernel sets the latter time itself, and
// no program can set it back.
//
// One case is left: a file that is written twice within one tick of the clock looks
// the same before and after the second time. So a digest is only kept of a file that
// had not been touched for a while when it was read, as git's index does it.
package statcache

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// racy is how old a file's last change must be for its digest to be kept: more
	// than a tick of any clock or filesystem.
	racy = 2 * time.Second
	// maxEntries bounds a cache. When there are more, those that the process has not
	// used go.
	maxEntries = 50000
	// maxFile bounds what is read of a cache's file, in bytes.
	maxFile = 64 << 20
)

// Cache knows the digests of files. It is safe for concurrent use.
type Cache struct {
	path string

	mu      sync.Mutex
	entries map[string]entry
	used    map[string]bool
	changed bool
}

// entry is what is known of one file.
type entry struct {
	stat   stat
	digest string // SHA-256, in hexadecimal
}

// stat is all that tells one state of a file from another.
type stat struct {
	device, inode uint64
	size          int64
	mtime, ctime  int64 // nanoseconds
}

// Open reads the cache that is kept at path. A file that is missing, or that cannot
// be understood, is an empty cache.
func Open(path string) *Cache {
	c := &Cache{path: path, entries: map[string]entry{}, used: map[string]bool{}}
	file, err := os.Open(path)
	if err != nil {
		return c
	}
	defer file.Close()
	if text, err := io.ReadAll(io.LimitReader(file, maxFile)); err == nil {
		c.entries = parse(text)
	}
	return c
}

// Digest returns the SHA-256 of a file's content, in hexadecimal, and its
// permissions. A symbolic link stands for what it leads to.
func (c *Cache) Digest(path string) (digest string, mode fs.FileMode, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return "", 0, err
	}
	now := time.Now()
	info, err := os.Stat(path)
	if err != nil {
		return "", 0, err
	}
	if digest, known := c.look(path, info); known {
		return digest, info.Mode().Perm(), nil
	}
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	// What is remembered is the file that is read, even if another has taken its
	// place since.
	if info, err = file.Stat(); err != nil {
		return "", 0, err
	}
	if !info.Mode().IsRegular() {
		return "", 0, fmt.Errorf("%s is no file", path)
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", 0, err
	}
	digest = hex.EncodeToString(hash.Sum(nil))
	c.remember(path, info, digest, now)
	return digest, info.Mode().Perm(), nil
}

// look returns the digest of a file, if it is as it was.
func (c *Cache) look(path string, info fs.FileInfo) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, found := c.entries[path]
	if !found || !info.Mode().IsRegular() || known.stat != statOf(info) {
		return "", false
	}
	c.used[path] = true
	return known.digest, true
}

// remember keeps the digest of a file, which was read after began, unless the file
// was touched shortly before. A clock that was set back is taken for that too.
func (c *Cache) remember(path string, info fs.FileInfo, digest string, began time.Time) {
	s := statOf(info)
	if began.UnixNano()-max(s.mtime, s.ctime) < int64(racy) || strings.ContainsAny(path, "\n") {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[path] = entry{s, digest}
	c.used[path] = true
	c.changed = true
}

func statOf(info fs.FileInfo) stat {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return stat{size: -1} // like no other
	}
	return stat{
		device: uint64(s.Dev), //nolint:unconvert // its type differs between architectures
		inode:  s.Ino,
		size:   s.Size,
		mtime:  s.Mtim.Nano(),
		ctime:  s.Ctim.Nano(),
	}
}

// Save writes the cache to its file if there is something new in it. Of several
// processes that do so, the last wins; what the others knew is read again some day.
func (c *Cache) Save() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.changed {
		return nil
	}
	if len(c.entries) > maxEntries {
		for path := range c.entries {
			if !c.used[path] {
				delete(c.entries, path)
			}
		}
	}
	if err := writeFile(c.path, format(c.entries)); err != nil {
		return fmt.Errorf("failed to keep the digests of files: %w", err)
	}
	c.changed = false
	return nil
}

// writeFile replaces a file at once.
func writeFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}
