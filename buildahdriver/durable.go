package buildahdriver

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/sirupsen/logrus"
	"go.podman.io/storage"
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
var unsyncedName = regexp.MustCompile(`^[0-9]+\.json$`)

// unsynced is a note of images that a library makes.
type unsynced struct {
	// Boot is the id that the kernel had when it was made.
	Boot string `json:"boot"`
	// Names has the ids of the images that had the names before, or nothing.
	Names map[string]string `json:"names"`
	// Known has the ids of the images of before, if the new one gets no name.
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
		return errors.Join(err, os.Remove(note))
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
	if len(names) == 0 {
		ids, err := d.imageIDs()
		if err != nil {
			return "", err
		}
		note.Known = slices.Sorted(maps.Keys(ids))
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
	names, err := listOwn(folder, unsyncedName.MatchString)
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

// unsyncedImages lists the images that a power cut has interrupted.
func unsyncedImages(store storage.Store) []stale {
	notes, _ := findUnsynced(store.GraphRoot())
	var found []stale
	for _, note := range notes {
		for _, image := range note.lostImages(store) {
			found = append(found, staleImage(store, image))
		}
	}
	return found
}

// lostImages returns those of the note's images that may be there without their files. What another
// image is based on has reached the disk with that one.
func (n unsynced) lostImages(store storage.Store) []*storage.Image {
	if !n.isLost() {
		return nil
	}
	layers, err := store.Layers()
	if err != nil {
		logrus.Debugf("failed to look for images that may not be on the disk: %v", err)
		return nil
	}
	hasChildren := map[string]bool{}
	for _, layer := range layers {
		hasChildren[layer.Parent] = true
	}
	var lost []*storage.Image
	if len(n.Names) == 0 && n.Boot != "" {
		images, err := store.Images()
		if err != nil {
			logrus.Debugf("failed to look for images that may not be on the disk: %v", err)
		}
		for _, image := range images {
			isNew := markOf(image.Metadata) == markBuilt && len(image.Names) == 0 && !slices.Contains(n.Known, image.ID)
			if isNew && !hasChildren[image.TopLayer] {
				lost = append(lost, &image)
			}
		}
	}
	for name, was := range n.Names {
		image, err := store.Image(name)
		if err == nil && image.ID != was && !hasChildren[image.TopLayer] {
			lost = append(lost, image)
		}
	}
	return lost
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
		if len(note.lostImages(store)) > 0 {
			continue
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}
