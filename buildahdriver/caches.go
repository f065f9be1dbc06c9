package buildahdriver

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"go.podman.io/storage"
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
	return filepath.Join(store.GraphRoot(), ownFolder, "caches")
}

// listCaches lists the caches of a store. What is wrong with one of them does not matter.
func listCaches(store storage.Store) []Removed {
	var caches []Removed
	entries, _ := os.ReadDir(cachesFolder(store))
	for _, entry := range entries {
		folder := filepath.Join(cachesFolder(store), entry.Name())
		cache := Removed{Kind: KindCache, ID: folder, Size: diskUsage(folder)}
		if id, err := os.ReadFile(filepath.Join(folder, cacheID)); err == nil {
			cache.Name = string(id)
		}
		if info, err := os.Stat(filepath.Join(folder, cacheLock)); err == nil {
			cache.LastUse = info.ModTime()
		}
		caches = append(caches, cache)
	}
	return caches
}
