package buildahdriver

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
	"go.podman.io/storage"
	"go.podman.io/storage/pkg/lockfile"
	"golang.org/x/sys/unix"
)

// stale is something that a process left behind when it was killed.
type stale struct {
	kind   Kind
	id     string // of it in the store, or its path
	layer  string // that goes with it, if there is one
	size   func() int64
	remove func() error
}

// findStale lists what killed processes left, in the order in which it can be removed. The
// caller holds the store's lock alone, so that nothing of it is in use.
func findStale(store storage.Store) []stale {
	folders := temporaryFolders(store.GraphRoot())
	found := staleContainers(store, folders)
	for _, folder := range folders {
		found = append(found, staleTemporary(store, folder))
	}
	found = append(found, stagingFolders(stagingBase(store))...)
	found = append(found, lostThings(store)...)
	found = append(found, unfinishedImages(store)...)
	found = append(found, unfinishedLayers(store)...)
	found = append(found, probeFolders(store)...)
	return append(found, libraryFiles(store)...)
}

// gc removes all of that which can be removed.
func gc(store storage.Store) {
	for _, s := range findStale(store) {
		if err := s.remove(); err != nil {
			logrus.Debugf("failed to remove the %s %s: %v", s.kind, s.id, err)
		}
	}
	if err := forgetUnsynced(store); err != nil {
		logrus.Debugf("failed to remove the notes of images that may not be on the disk: %v", err)
	}
}

// temporaryName is the form of the names that [newScratch] makes.
var temporaryName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]{8}T[0-9]{6}-[0-9]+$`) })

// temporaryFolders lists the folders of processes for their temporary files.
func temporaryFolders(root string) []string {
	tmp := ownPath(root, "tmp")
	names, err := listOwn(tmp, temporaryName().MatchString)
	if err != nil {
		logrus.Debugf("failed to look for temporary files: %v", err)
	}
	for i, name := range names {
		names[i] = filepath.Join(tmp, name)
	}
	return names
}

// staleTemporary is a temporary folder of a killed process. Its name is how containers of that process
// are known, so it stays as long as they do.
func staleTemporary(store storage.Store, path string) stale {
	s := staleFolder(path)
	s.remove = func() error {
		if left := staleContainers(store, []string{path}); len(left) > 0 {
			return errors.New("a container of the same process is still there")
		}
		return os.RemoveAll(path)
	}
	return s
}

func staleFolder(path string) stale {
	return stale{
		kind:   KindFolder,
		id:     path,
		size:   func() int64 { return diskUsage(path) },
		remove: func() error { return os.RemoveAll(path) },
	}
}

// containerName names a working container of the process with a temporary folder.
func containerName(temporary, suffix string) string {
	name := ownFolder + "-" + filepath.Base(temporary)
	if suffix != "" {
		name += "-" + suffix
	}
	return name
}

// staleContainers lists the working containers of the processes that had these temporary folders.
// All others are not ours to judge, whatever they are called.
func staleContainers(store storage.Store, folders []string) []stale {
	if len(folders) == 0 {
		return nil
	}
	var found []stale
	containers, _ := store.Containers()
	for _, container := range containers {
		isOurs := slices.ContainsFunc(container.Names, func(name string) bool {
			return slices.ContainsFunc(folders, func(folder string) bool { return strings.Contains(name, containerName(folder, "")) })
		})
		if !isOurs {
			continue
		}
		found = append(found, stale{
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
				// Layers of containers are listed where a restart of the machine may
				// remove the list.
				_, err := store.Unmount(container.ID, true)
				if errors.Is(err, storage.ErrLayerUnknown) {
					err = nil
				}
				if deleteErr := store.DeleteContainer(container.ID); !errors.Is(deleteErr, storage.ErrNotAContainer) {
					err = errors.Join(err, deleteErr)
				}
				return err
			},
		})
	}
	return found
}

// stagingBase is the folder in which storage has the staging folders.
func stagingBase(store storage.Store) string {
	return filepath.Join(store.GraphRoot(), store.GraphDriverName(), "staging")
}

// stagingName is the form of the names that storage makes.
var stagingName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]+$`) })

// stagingFolders spares those that another tool is at work in.
func stagingFolders(base string) []stale {
	var found []stale
	names, _ := listOwn(base, stagingName().MatchString)
	for _, name := range names {
		s := staleFolder(filepath.Join(base, name))
		lock, idle := lockStaging(s.id)
		lock.Close() // nil is an error that does not matter
		if !idle {
			continue
		}
		s.remove = func() error {
			lock, idle := lockStaging(s.id)
			defer lock.Close()
			if !idle {
				return errors.New("it is in use")
			}
			return os.RemoveAll(s.id)
		}
		found = append(found, s)
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
func unfinishedImages(store storage.Store) []stale {
	var found []stale
	images, err := store.Images()
	if err != nil {
		logrus.Debugf("failed to look for unfinished images: %v", err)
		return nil
	}
	for _, image := range images {
		if isUnfinished(&image) {
			found = append(found, staleImage(store, &image))
		}
	}
	return found
}

func staleImage(store storage.Store, image *storage.Image) stale {
	return stale{
		kind:   KindImage,
		id:     image.ID,
		layer:  image.TopLayer,
		size:   func() int64 { return layerSize(store, image.TopLayer) },
		remove: func() error { return deleteImage(store, image.ID) },
	}
}

// deleteImage deletes an image, unless somebody else has.
func deleteImage(store storage.Store, id string) error {
	_, err := store.DeleteImage(id, true)
	switch {
	case errors.Is(err, storage.ErrImageUnknown), errors.Is(err, storage.ErrNotAnImage):
		return nil
	case errors.Is(err, storage.ErrLayerUnknown):
		// The store has lost a layer. The image's record goes first, so it is gone.
		if _, err := store.Image(id); errors.Is(err, storage.ErrImageUnknown) {
			return nil
		}
	}
	return err
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
func unfinishedLayers(store storage.Store) []stale {
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
	var found []stale
	for _, layer := range ours {
		if !used[layer.ID] {
			found = append(found, staleLayer(store, &layer))
		}
	}
	return found
}

func staleLayer(store storage.Store, layer *storage.Layer) stale {
	return stale{
		kind:  KindLayer,
		id:    layer.ID,
		layer: layer.ID,
		size:  func() int64 { return max(layer.UncompressedSize, 0) },
		remove: func() error {
			// A container's layer is refused, as it should be.
			if err := store.DeleteLayer(layer.ID); !errors.Is(err, storage.ErrLayerUnknown) && !errors.Is(err, storage.ErrNotALayer) {
				return err
			}
			return nil
		},
	}
}

// probeName is the form of the names of the folders beside layers in which storage tries what
// the kernel can do, and which it leaves behind when it is killed.
var probeName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(opaque-bug-check|metacopy-check|volatile-check|compat)[0-9]+$`)
})

// probeAge is how old such a folder is that nobody uses any more. Nothing tells who does.
const probeAge = time.Hour

// probeFolders lists those folders.
func probeFolders(store storage.Store) []stale {
	base := filepath.Dir(stagingBase(store))
	var found []stale
	names, _ := listOwn(base, probeName().MatchString)
	for _, name := range names {
		s := staleFolder(filepath.Join(base, name))
		if info, err := os.Lstat(s.id); err == nil && time.Since(info.ModTime()).Abs() > probeAge {
			found = append(found, s)
		}
	}
	return found
}

// libraryFile is the form of the names of the temporary files from which storage makes its
// lists, and which it leaves behind when it is killed.
var libraryFile = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\.tmp-[a-z-]+\.json[0-9]+$`) })

// libraryFiles lists those files. They are written under the lock of their list, so with that lock
// nobody is at it.
func libraryFiles(store storage.Store) []stale {
	var found []stale
	for list, lockName := range map[string]string{"images": "images.lock", "layers": "layers.lock", "containers": "containers.lock"} {
		folder := filepath.Join(store.GraphRoot(), store.GraphDriverName()+"-"+list)
		names, err := listOwn(folder, libraryFile().MatchString)
		if err != nil || len(names) == 0 {
			continue
		}
		lock, err := lockfile.GetLockFile(filepath.Join(folder, lockName))
		if err != nil {
			logrus.Debugf("failed to look for temporary files of the store: %v", err)
			continue
		}
		lock.Lock()
		// Those of a moment ago may have been in use, and their names may come back.
		names, _ = listOwn(folder, libraryFile().MatchString)
		lock.Unlock()
		for _, name := range names {
			s := staleFolder(filepath.Join(folder, name))
			s.kind = KindFile
			s.remove = func() error {
				lock.Lock()
				defer lock.Unlock()
				if err := os.Remove(s.id); !errors.Is(err, os.ErrNotExist) {
					return err
				}
				return nil
			}
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b stale) int { return strings.Compare(a.id, b.id) })
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
