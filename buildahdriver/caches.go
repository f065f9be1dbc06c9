package buildahdriver

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"go.podman.io/storage"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
)

// A cache of RUN --mount=type=cache is a folder of the store, named by the digest of its
// id, in which are the files
//
//	id    the id, for people
//	lock  locked by who uses the cache; it was last used when this was last touched
//	data  the folder that is mounted
const (
	cacheID   = "id"
	cacheLock = "lock"
	cacheData = "data"
)

// cacheFolder is the folder of the cache with an id.
func cacheFolder(store storage.Store, id string) string {
	return filepath.Join(cachesFolder(store), fmt.Sprintf("%x", sha256.Sum256([]byte(id)))[:32])
}

func cachesFolder(store storage.Store) string {
	return ownPath(store.GraphRoot(), "caches")
}

// cacheUse is a cache that a RUN instruction uses.
type cacheUse struct {
	fd   int // of the folder that is mounted
	lock *os.File
}

func (c *cacheUse) close() error { return errors.Join(unix.Close(c.fd), c.lock.Close()) }

// privateCaches bounds how many caches stand for one that is private.
const privateCaches = 1000

// useCache opens a cache, and makes it if need be. Caches of other owners are others, as
// in buildah. Several may use one that is shared; one that is locked is waited for; and
// of one that is private, everybody who uses it at the same time has another.
// A new one begins with what fill puts into its folder, if fill is not nil.
func useCache(ctx context.Context, store storage.Store, m runMount, fill func(folder string) error) (*cacheUse, error) {
	id := m.id
	if m.uid != 0 || m.gid != 0 {
		id = fmt.Sprintf("%s:%d:%d", m.id, m.uid, m.gid)
	}
	if m.sharing != sharingPrivate {
		how := unix.LOCK_SH
		if m.sharing == sharingLocked {
			how = unix.LOCK_EX
		}
		return openCache(ctx, store, id, m, fill, how, true)
	}
	for i := range privateCaches {
		one := id
		if i > 0 {
			one = fmt.Sprintf("%s#%d", id, i)
		}
		cache, err := openCache(ctx, store, one, m, fill, unix.LOCK_EX, false)
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return cache, err
		}
	}
	return nil, fmt.Errorf("%d others use it", privateCaches)
}

// openCache locks and opens one cache.
func openCache(ctx context.Context, store storage.Store, id string, m runMount, fill func(string) error, how int, wait bool) (_ *cacheUse, err error) {
	folder, err := makeOwn(store.GraphRoot(), "caches", filepath.Base(cacheFolder(store, id)))
	if err != nil {
		return nil, err
	}
	lock, err := openOwnFile(filepath.Join(folder, cacheLock))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			lock.Close()
		}
	}()
	try := func() error { return flock(lock, how|unix.LOCK_NB) }
	if wait {
		err = waitForLock(ctx, try)
	} else {
		err = try()
	}
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if err := os.Chtimes(lock.Name(), now, now); err != nil {
		return nil, err
	}
	data, err := makeCache(folder, id, m, fill)
	if err != nil {
		return nil, err
	}
	fd, err := unix.Open(data, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: data, Err: err}
	}
	return &cacheUse{fd: fd, lock: lock}, nil
}

// makeCache makes the folder that is mounted, with the owner and mode that the first who
// uses it wants.
func makeCache(folder, id string, m runMount, fill func(string) error) (data string, err error) {
	data = filepath.Join(folder, cacheData)
	if _, err := os.Lstat(data); err == nil {
		return data, nil
	}
	if err := os.WriteFile(filepath.Join(folder, cacheID), []byte(id), 0o600); err != nil {
		return "", err
	}
	// It appears complete, since several may do this at once.
	fresh, err := os.MkdirTemp(folder, "new-")
	if err != nil {
		return "", err
	}
	mode := uint32(0o755)
	if m.mode != nil {
		mode = *m.mode
	}
	if fill != nil {
		err = fill(fresh)
	}
	err = errors.Join(err, owners.ChownAt(unix.AT_FDCWD, fresh, m.uid, m.gid), unix.Chmod(fresh, mode))
	if err == nil {
		err = os.Rename(fresh, data)
	}
	if err != nil {
		_ = os.RemoveAll(fresh)
		if _, there := os.Lstat(data); there == nil {
			err = nil // another was first
		}
	}
	return data, err
}

// cacheName is the form of the names of the folders of caches.
var cacheName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{32}$`) })

// listCaches lists the caches of a store. What is wrong with one of them does not matter.
func listCaches(store storage.Store) ([]Removed, error) {
	var caches []Removed
	names, err := listOwn(cachesFolder(store), cacheName().MatchString)
	for _, name := range names {
		folder := filepath.Join(cachesFolder(store), name)
		cache := Removed{Kind: KindCache, ID: folder, Size: diskUsage(folder)}
		if id, err := os.ReadFile(filepath.Join(folder, cacheID)); err == nil {
			cache.Name = string(id)
		}
		if info, err := os.Stat(filepath.Join(folder, cacheLock)); err == nil {
			cache.LastUse = info.ModTime()
		}
		caches = append(caches, cache)
	}
	return caches, err
}
