package buildahdriver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/opencontainers/go-digest"
	"github.com/sirupsen/logrus"
	"go.podman.io/storage"
	"go.podman.io/storage/pkg/archive"
	"golang.org/x/sys/unix"
)

// After a power cut, an image that the store lists must have its files. The store syncs its
// lists and not what they list; the files of a layer would be there, and empty.
//
// An image that we make gets its record only after the filesystem was synced ([Driver.createImage]).
// Images that a library makes (pulled ones, buildah's commit) have theirs before that, so a
// note tells of them meanwhile. Who finds a note that was made before the machine was last
// started takes what it names for lost.
//
// The libraries offer the option "sync" of a storage driver. It syncs while the lock of the store is
// held, and twice for each of our layers, the first time in vain.

// diskSync makes durable what was written to a filesystem. Those who want it at the same time share
// one call.
type diskSync struct {
	folder *os.File // anywhere on the filesystem; remembers which errors were told
	turn   sync.Mutex
	mu     sync.Mutex
	next   *syncRound // that has not begun
}

type syncRound struct {
	done chan struct{}
	err  error
}

func openDiskSync(folder string) (*diskSync, error) {
	file, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	return &diskSync{folder: file}, nil
}

func (s *diskSync) close() error { return s.folder.Close() }

// sync returns when everything that was written before the call is on the disk.
func (s *diskSync) sync() error {
	s.mu.Lock()
	round := s.next
	isFirst := round == nil
	if isFirst {
		round = &syncRound{done: make(chan struct{})}
		s.next = round
	}
	s.mu.Unlock()
	if isFirst {
		s.turn.Lock()
		s.mu.Lock()
		s.next = nil // whoever comes now may have written after we begin
		s.mu.Unlock()
		round.err = s.call()
		s.turn.Unlock()
		close(round.done)
	}
	<-round.done
	return round.err
}

func (s *diskSync) call() error {
	for {
		err := unix.Syncfs(int(s.folder.Fd()))
		if err == unix.EINTR { //nolint:errorlint // system calls return it as it is
			continue
		}
		if err != nil {
			return fmt.Errorf("failed to write to the disk: %w", &os.PathError{Op: "syncfs", Path: s.folder.Name(), Err: err})
		}
		return nil
	}
}

// unsyncedName is the form of the names of the notes, in our folder unsynced.
var unsyncedName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]+\.json$`) })

// unsynced is a note of images that a library makes.
type unsynced struct {
	// Boot is the id that the kernel had when it was made.
	Boot string `json:"boot"`
	// Names has the ids of the images that had the names before, or nothing.
	Names map[string]string `json:"names"`
	// Known has the ids of the images and layers of before.
	Known []string `json:"known,omitempty"`
}

// bootID returns what the kernel calls the time since it was started.
var bootID = sync.OnceValues(func() (string, error) {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id)), err
})

// whileUnsynced lets a library make an image under one of the names, or under none, and returns
// when it is on the disk.
func (d *Driver) whileUnsynced(names []string, make func() error) (err error) {
	note, err := d.noteUnsynced(names)
	if err != nil {
		return fmt.Errorf("failed to note what is about to be made: %w", err)
	}
	if err := make(); err != nil {
		if left := os.Remove(note); left != nil {
			err = errors.Join(err, left)
		}
		return err
	}
	if err := d.disk.sync(); err != nil {
		return err // the note stays
	}
	return os.Remove(note)
}

// noteUnsynced writes a note, which is on the disk when it returns.
func (d *Driver) noteUnsynced(names []string) (path string, err error) {
	boot, err := bootID()
	if err != nil {
		return "", err
	}
	note := unsynced{Boot: boot, Names: map[string]string{}}
	for _, name := range names {
		note.Names[name] = ""
		if image, err := d.store.Image(name); err == nil {
			note.Names[name] = image.ID
		}
	}
	ids, err := d.imageIDs()
	if err != nil {
		return "", err
	}
	note.Known = slices.Sorted(maps.Keys(ids))
	layers, err := d.store.Layers()
	if err != nil {
		return "", fmt.Errorf("failed to list the store's layers: %w", err)
	}
	for _, layer := range layers {
		note.Known = append(note.Known, layer.ID)
	}
	text, err := json.Marshal(note)
	if err != nil {
		return "", err
	}
	folder, err := makeOwn(d.store.GraphRoot(), "unsynced")
	if err != nil {
		return "", err
	}
	file, err := os.CreateTemp(folder, "*.json")
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close(), syncFolder(folder), syncFolder(filepath.Dir(folder))); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// findUnsynced lists the notes in a store, and tells whether the machine was started since
// for one of them. One that cannot be read is of that kind, and names nothing.
func findUnsynced(root string) (notes map[string]unsynced, lost bool) {
	folder := ownPath(root, "unsynced")
	names, err := listOwn(folder, unsyncedName().MatchString)
	if err != nil {
		logrus.Debugf("failed to look for notes of images that may not be on the disk: %v", err)
	}
	notes = map[string]unsynced{}
	for _, name := range names {
		var note unsynced
		path := filepath.Join(folder, name)
		if text, err := os.ReadFile(path); err != nil || json.Unmarshal(text, &note) != nil {
			note = unsynced{}
		}
		notes[path] = note
		lost = lost || note.isLost()
	}
	return notes, lost
}

// isLost tells whether what the note names may not have reached the disk.
func (n unsynced) isLost() bool {
	boot, err := bootID()
	return err != nil || n.Boot != boot
}

// lostThings lists what a power cut has interrupted: images and layers that may be there without
// their files.
func lostThings(store storage.Store) []stale {
	notes, lost := findUnsynced(store.GraphRoot())
	if !lost {
		return nil
	}
	var found []stale
	for _, note := range notes {
		found = append(found, note.lost(store)...)
	}
	return found
}

// lost lists what is lost of that which the note tells of. What another image is based on has reached
// the disk with that one.
func (n unsynced) lost(store storage.Store) []stale {
	if !n.isLost() || n.Boot == "" {
		return nil
	}
	layers, layersErr := store.Layers()
	images, imagesErr := store.Images()
	containers, containersErr := store.Containers()
	if err := errors.Join(layersErr, imagesErr, containersErr); err != nil {
		logrus.Debugf("failed to look for what may not be on the disk: %v", err)
		return nil
	}
	children, isUsed := map[string]int{}, map[string]bool{}
	for _, layer := range layers {
		children[layer.Parent]++
	}
	for _, container := range containers {
		isUsed[container.LayerID] = true
	}
	var found []stale
	for _, image := range images {
		isUsed[image.TopLayer] = true
		if slices.Contains(n.Known, image.ID) || children[image.TopLayer] > 0 || image.ReadOnly {
			continue
		}
		isNamed := slices.ContainsFunc(image.Names, func(name string) bool {
			was, noted := n.Names[name]
			return noted && was != image.ID
		})
		// The library names an image when all else is done; one without a name may be
		// somebody else's.
		if isNamed || len(image.Names) == 0 && !layerIsWhole(store, image.TopLayer) {
			found = append(found, staleImage(store, &image))
		}
	}
	// The library would take a layer that is left for what it is about to unpack.
	isOrphan := func(layer storage.Layer) bool {
		return !isUsed[layer.ID] && children[layer.ID] == 0 && !layer.ReadOnly && !slices.Contains(n.Known, layer.ID)
	}
	for {
		next := slices.IndexFunc(layers, isOrphan)
		if next < 0 {
			return found
		}
		found = append(found, staleLayer(store, &layers[next]))
		isUsed[layers[next].ID] = true // it is listed once
		children[layers[next].Parent]--
	}
}

// layerIsWhole reads a layer and compares it with its digest.
func layerIsWhole(store storage.Store, id string) bool {
	layer, err := store.Layer(id)
	if err != nil {
		return false
	}
	plain := archive.Uncompressed
	diff, err := store.Diff("", id, &storage.DiffOptions{Compression: &plain})
	if err != nil {
		return false
	}
	defer diff.Close()
	digester := digest.Canonical.Digester()
	_, err = io.Copy(digester.Hash(), diff)
	return err == nil && digester.Digest() == layer.UncompressedDigest
}

// forgetUnsynced removes the notes, once the images that they tell of are on the disk or
// gone. The caller holds the store's lock alone.
func forgetUnsynced(store storage.Store) error {
	notes, _ := findUnsynced(store.GraphRoot())
	if len(notes) == 0 {
		return nil
	}
	disk, err := openDiskSync(store.GraphRoot())
	if err != nil {
		return err
	}
	if err := errors.Join(disk.sync(), disk.close()); err != nil {
		return err
	}
	for path, note := range notes {
		if len(note.lost(store)) > 0 {
			continue
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}
