package buildahdriver

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/sirupsen/logrus"
	"go.podman.io/storage"
	"golang.org/x/sys/unix"
)

// leaving is something that a process left behind when it was killed.
type leaving struct {
	kind   Kind
	id     string // of it in the store, or its path
	layer  string // that goes with it, if there is one
	size   func() int64
	remove func() error
}

// findLeavings lists what killed processes left. The caller holds the store's lock
// alone, so that nothing of it is in use.
func findLeavings(store storage.Store) []leaving {
	found := temporaryFolders(filepath.Join(store.GraphRoot(), ownFolder, "tmp"))
	found = append(found, workingContainers(store)...)
	found = append(found, stagingFolders(stagingBase(store))...)
	found = append(found, unfinishedImages(store)...)
	return append(found, unfinishedLayers(store)...)
}

// removeLeavings removes all of that which can be removed.
func removeLeavings(store storage.Store) {
	for _, left := range findLeavings(store) {
		if err := left.remove(); err != nil {
			logrus.Debugf("failed to remove the %s %s: %v", left.kind, left.id, err)
		}
	}
}

func temporaryFolders(tmp string) []leaving {
	var found []leaving
	entries, _ := os.ReadDir(tmp)
	for _, entry := range entries {
		found = append(found, folderLeaving(filepath.Join(tmp, entry.Name())))
	}
	return found
}

func folderLeaving(path string) leaving {
	return leaving{
		kind:   KindFolder,
		id:     path,
		size:   func() int64 { return diskUsage(path) },
		remove: func() error { return os.RemoveAll(path) },
	}
}

// workingContainers lists those that are ours by their names; others are not ours to
// judge.
func workingContainers(store storage.Store) []leaving {
	var found []leaving
	containers, _ := store.Containers()
	for _, container := range containers {
		if len(container.Names) == 0 || !strings.HasPrefix(container.Names[0], workingContainerPrefix) {
			continue
		}
		found = append(found, leaving{
			kind:  KindContainer,
			id:    container.ID,
			layer: container.LayerID,
			size: func() int64 {
				size, err := store.ContainerSize(container.ID)
				if err != nil {
					return 0
				}
				return size
			},
			remove: func() error {
				_, err := store.Unmount(container.ID, true)
				return errors.Join(err, store.DeleteContainer(container.ID))
			},
		})
	}
	return found
}

// stagingBase is the folder in which storage has the staging folders.
func stagingBase(store storage.Store) string {
	return filepath.Join(store.GraphRoot(), store.GraphDriverName(), "staging")
}

// stagingFolders spares those that another tool is at work in.
func stagingFolders(base string) []leaving {
	var found []leaving
	entries, _ := os.ReadDir(base)
	for _, entry := range entries {
		left := folderLeaving(filepath.Join(base, entry.Name()))
		lock, idle := lockStaging(left.id)
		lock.Close() // nil is an error that does not matter
		if !idle {
			continue
		}
		left.remove = func() error {
			lock, idle := lockStaging(left.id)
			defer lock.Close()
			if !idle {
				return errors.New("it is in use")
			}
			return os.RemoveAll(left.id)
		}
		found = append(found, left)
	}
	return found
}

// lockStaging tells whether nobody works in a staging folder. Who does so holds a lock
// on the file staging.lock, of the kind that conflicts with this one. Without the file,
// nobody has it locked.
func lockStaging(folder string) (lock *os.File, idle bool) {
	lock, err := os.OpenFile(filepath.Join(folder, "staging.lock"), os.O_RDWR, 0)
	if err == nil {
		err = unix.FcntlFlock(lock.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK})
	}
	return lock, err == nil || errors.Is(err, os.ErrNotExist)
}

// unfinishedImages lists images of ours that have not got all of their data.
func unfinishedImages(store storage.Store) []leaving {
	var found []leaving
	images, err := store.Images()
	if err != nil {
		logrus.Debugf("failed to look for unfinished images: %v", err)
		return nil
	}
	for _, image := range images {
		if !isUnfinished(store, &image) {
			continue
		}
		found = append(found, leaving{
			kind:  KindImage,
			id:    image.ID,
			layer: image.TopLayer,
			size:  func() int64 { return layerSize(store, image.TopLayer) },
			remove: func() error {
				_, err := store.DeleteImage(image.ID, true)
				return err
			},
		})
	}
	return found
}

// layerSize is what the files of a layer hold, as recorded when it was made.
func layerSize(store storage.Store, id string) int64 {
	layer, err := store.Layer(id)
	if err != nil {
		return 0
	}
	return max(layer.UncompressedSize, 0)
}

// unfinishedLayers lists the layers of ours that never got their image.
func unfinishedLayers(store storage.Store) []leaving {
	layers, err := store.Layers()
	if err != nil {
		logrus.Debugf("failed to look for unfinished layers: %v", err)
		return nil
	}
	used := map[string]bool{}
	var ours []storage.Layer
	for _, layer := range layers {
		used[layer.Parent] = true
		if layer.Flags[layerFlag] != nil {
			ours = append(ours, layer)
		}
	}
	if len(ours) == 0 {
		return nil
	}
	images, err := store.Images()
	if err != nil {
		logrus.Debugf("failed to look for unfinished layers: %v", err)
		return nil
	}
	for _, image := range images {
		used[image.TopLayer] = true
		for _, layer := range image.MappedTopLayers {
			used[layer] = true
		}
	}
	var found []leaving
	for _, layer := range ours {
		if used[layer.ID] {
			continue
		}
		found = append(found, leaving{
			kind:  KindLayer,
			id:    layer.ID,
			layer: layer.ID,
			size:  func() int64 { return max(layer.UncompressedSize, 0) },
			// A container's layer is refused, as it should be.
			remove: func() error { return store.DeleteLayer(layer.ID) },
		})
	}
	return found
}

// diskUsage returns how many bytes of the disk a folder takes. What cannot be read is
// not counted.
func diskUsage(root string) int64 {
	type inode struct{ device, number uint64 }
	seen := map[inode]bool{}
	var total int64
	_ = filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		var info unix.Stat_t
		if err != nil || unix.Lstat(path, &info) != nil {
			return nil //nolint:nilerr // as said above
		}
		key := inode{uint64(info.Dev), info.Ino} //nolint:unconvert // its type differs between architectures
		if !seen[key] {
			total += info.Blocks * 512 // the unit of st_blocks, see stat(2)
		}
		seen[key] = info.Nlink > 1
		return nil
	})
	return total
}
