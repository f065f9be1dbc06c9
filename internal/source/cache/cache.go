// Package cache keeps what has been fetched: blobs under the SHA-256 of their
// content, and small notes about where they came from.
//
// A cache is a folder that several processes use at once. Files appear in it by
// renaming, complete or not at all; what takes more than one step is done under
// a lock, which ends with the process that holds it. Everything in it can be
// deleted at any time, and costs another download.
package cache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/kolla-build/kolla-build/internal/statcache"
)

// The folders of a cache.
const (
	blobsDir    = "blobs/sha256" // by the digest of their content
	notesDir    = "notes"        // by the digest of their key, and so are the rest
	partialsDir = "partials"
	locksDir    = "locks"
	reposDir    = "repositories"
	tempDir     = "tmp"
)

// digestsFile has what stat said of blobs when they were verified; userLock is the file
// that a process locks while it uses the cache.
const (
	digestsFile = "digests"
	userLock    = locksDir + "/user"
)

// What processes that were killed have left is removed after a time in which
// nobody has written to it: temporary files are never idle for hours, broken
// downloads are worth to be resumed for some days.
const (
	tempAge    = 24 * time.Hour
	partialAge = 7 * 24 * time.Hour
)

// lockPoll is how often a lock is tried that another process holds.
const lockPoll = 50 * time.Millisecond

// Blob is a file whose content never changes.
type Blob struct {
	Path   string
	Digest string // SHA-256 of the content, in hexadecimal
	Size   int64  // bytes
}

// DigestError tells that content is not what was expected. Digests are SHA-256
// in hexadecimal.
type DigestError struct{ Want, Got string }

// Error returns both digests, each on a line of its own, to be compared.
func (e *DigestError) Error() string {
	return "the content is not what was expected\nexpected sha256 " + e.Want + "\nactual sha256   " + e.Got
}

// Cache is a folder of blobs. It is safe for concurrent use.
type Cache struct {
	dir     string
	digests *statcache.Cache // of blobs
	// user is locked shared as long as the cache is open in this process, to keep
	// another from pruning it.
	user *flock.Flock
}

// Open opens the cache in a folder, which is made if it is missing.
func Open(dir string) (*Cache, error) {
	c := &Cache{
		dir:     dir,
		digests: statcache.Open(filepath.Join(dir, digestsFile)),
		user:    flock.New(filepath.Join(dir, userLock)),
	}
	for _, sub := range []string{blobsDir, notesDir, partialsDir, locksDir, reposDir, tempDir} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("failed to make the cache of sources: %w\nsee what XDG_CACHE_HOME or HOME names", err)
		}
		// What is old in there is removed, and must not be anybody else's.
		for path := filepath.Join(dir, sub); path != filepath.Clean(dir); path = filepath.Dir(path) {
			info, err := os.Lstat(path)
			if err != nil {
				return nil, err
			}
			if !info.IsDir() {
				return nil, fmt.Errorf("in the cache of sources, %s is a symbolic link\nremove it; to have the whole cache elsewhere, set XDG_CACHE_HOME", path)
			}
		}
	}
	if err := c.user.RLock(); err != nil {
		return nil, fmt.Errorf("failed to lock the cache of sources: %w", err)
	}
	c.sweep(tempDir, tempAge)
	c.sweep(partialsDir, partialAge)
	return c, nil
}

// Close lets other processes prune the cache. The end of the process does so too.
func (c *Cache) Close() error { return c.user.Unlock() }

// sweep removes what has not been written to for a while. It is a courtesy, so
// what it fails to remove stays.
func (c *Cache) sweep(sub string, age time.Duration) {
	entries, _ := os.ReadDir(filepath.Join(c.dir, sub))
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > age {
			_ = os.RemoveAll(filepath.Join(c.dir, sub, e.Name()))
		}
	}
}

// Blob returns the blob with a digest if the cache has it. Its content is verified, and
// removed if a hand has changed it: it is read unless stat says that it is as it was when
// it was read last.
func (c *Cache) Blob(digest string) (Blob, bool) {
	if !IsDigest(digest) {
		return Blob{}, false
	}
	path := c.blobPath(digest)
	actual, _, err := c.digests.Digest(path)
	if err != nil {
		return Blob{}, false
	}
	if actual != digest {
		_ = os.Remove(path)
		return Blob{}, false
	}
	info, err := os.Stat(path)
	if err != nil {
		return Blob{}, false
	}
	return Blob{path, digest, info.Size()}, true
}

// Save keeps for the next process which blobs need not be read again.
func (c *Cache) Save() error { return c.digests.Save() }

// Remove removes a blob that turns out to be of no use. Notes about it do no
// harm.
func (c *Cache) Remove(b Blob) { _ = os.Remove(b.Path) } // or it stays, unused

func (c *Cache) blobPath(digest string) string { return filepath.Join(c.dir, blobsDir, digest) }

// Write makes a blob of what fill writes. If fill fails, or want is not empty and
// not the digest of what was written, nothing is kept.
func (c *Cache) Write(want string, fill func(io.Writer) error) (_ Blob, err error) {
	f, err := os.CreateTemp(filepath.Join(c.dir, tempDir), "blob-")
	if err != nil {
		return Blob{}, err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // may be gone
		}
	}()
	hash := sha256.New()
	err = fill(io.MultiWriter(f, hash))
	info, statErr := f.Stat()
	if err = errors.Join(err, statErr, f.Close()); err != nil {
		return Blob{}, err
	}
	b := Blob{Digest: hex.EncodeToString(hash.Sum(nil)), Size: info.Size()}
	return c.publish(f.Name(), want, b)
}

// Adopt makes a blob of a file in the cache, such as a partial that has been
// completed. The file moves. It is removed if want is neither empty nor the
// digest of its content.
func (c *Cache) Adopt(path, want string) (Blob, error) {
	digest, size, err := hashFile(path)
	if err != nil {
		return Blob{}, err
	}
	return c.publish(path, want, Blob{Digest: digest, Size: size})
}

// publish moves a complete file to its place. A blob of that digest that is
// there already has the same content.
func (c *Cache) publish(path, want string, b Blob) (Blob, error) {
	if want != "" && want != b.Digest {
		return Blob{}, errors.Join(&DigestError{want, b.Digest}, os.Remove(path))
	}
	b.Path = c.blobPath(b.Digest)
	if err := os.Chmod(path, 0o444); err != nil { //nolint:gosec // sources are no secret to who may read the folder
		return Blob{}, err
	}
	return b, os.Rename(path, b.Path)
}

// Note reads the note of a key into value, and tells whether there is one. One
// that cannot be read is as good as none.
func (c *Cache) Note(key string, value any) bool {
	text, err := os.ReadFile(c.path(notesDir, key))
	return err == nil && json.Unmarshal(text, value) == nil
}

// SetNote replaces the note of a key.
func (c *Cache) SetNote(key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Join(c.dir, tempDir), "note-")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), c.path(notesDir, key))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// Lock waits for the lock of a key, which keeps other processes and goroutines
// from the partial and the repository of that key.
func (c *Cache) Lock(ctx context.Context, key string) (unlock func(), err error) {
	lock := flock.New(c.path(locksDir, key))
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		return nil, err
	}
	return func() { _ = lock.Unlock() }, nil // closing the file is all it does
}

// Partial returns the path at which a download of key can be written piece by
// piece. It outlives the process, so that the download can be resumed.
func (c *Cache) Partial(key string) string { return c.path(partialsDir, key) }

// Repository returns the path at which a clone of key can be kept.
func (c *Cache) Repository(key string) string { return c.path(reposDir, key) }

func (c *Cache) path(sub, key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(c.dir, sub, hex.EncodeToString(sum[:]))
}

// IsDigest tells whether text is a SHA-256 in lower-case hexadecimal.
func IsDigest(text string) bool {
	if len(text) != hex.EncodedLen(sha256.Size) {
		return false
	}
	for _, r := range text {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') {
			return false
		}
	}
	return true
}

func hashFile(path string) (digest string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	hash := sha256.New()
	if size, err = io.Copy(hash, f); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(hash.Sum(nil)), size, nil
}
