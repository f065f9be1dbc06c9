package statcache

import (
	"errors"
	"io/fs"
	"os"
)

// Prune forgets the digests of files that are gone, and returns how many there were. If
// dryRun is set it forgets none. [Cache.Save] makes it last.
func (c *Cache) Prune(dryRun bool) (gone int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for path := range c.entries {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		gone++
		if !dryRun {
			delete(c.entries, path)
			c.changed = true
		}
	}
	return gone
}
