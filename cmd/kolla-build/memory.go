package main

import (
	"path/filepath"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/kolla-build/kolla-build/internal/history"
	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/statcache"
)

// memory is what one run leaves for the next in the user's caches: digests of files, and
// what went into images.
type memory struct {
	digests *statcache.Cache
	history *history.History
}

// historyFolder is the folder with what went into images, among the caches of plans.
const historyFolder = "history"

// openMemory opens that of the store in the folder root.
func openMemory(root string) (memory, error) {
	dir, err := cacheFolder("plan")
	if err != nil {
		return memory{}, err
	}
	return memory{
		digests: statcache.Open(filepath.Join(dir, "digests")),
		history: history.Open(filepath.Join(dir, historyFolder), root),
	}, nil
}

// expected tells how long an image took to build last time.
func (m memory) expected(img *image.Image) time.Duration {
	last, _ := m.history.Last(img.Reference)
	return time.Duration(last.Seconds * float64(time.Second))
}

// keep saves it. Without, the next run takes longer, and that is all.
func (m memory) keep() {
	if err := m.digests.Save(); err != nil {
		logrus.Debug(err)
	}
	m.history.Trim()
}
