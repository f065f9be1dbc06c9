package copied

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// MoveChanges moves what has changed since [Copy] into upper, an empty folder on the same
// filesystem, so that it becomes the folder of a layer: what is new or different, the
// folders above that, and a mark for each thing that is gone. What is left in the tree is
// worth nothing any more.
func (t *Tree) MoveChanges(upper string) error {
	changed, err := t.changes()
	if err != nil {
		return fmt.Errorf("failed to look for what has changed: %w", err)
	}
	from, err := openFolder(unix.AT_FDCWD, t.dir)
	if err != nil {
		return err
	}
	defer unix.Close(from)
	to, err := openFolder(unix.AT_FDCWD, upper)
	if err != nil {
		return err
	}
	defer unix.Close(to)
	names := slices.Sorted(maps.Keys(changed))
	for _, name := range names {
		if err := changed[name].move(from, to, name); err != nil {
			return fmt.Errorf("failed to move what has changed: %w", describe(name, err))
		}
	}
	// The innermost first, since what is made in a folder changes its time.
	for _, name := range slices.Backward(names) {
		if change := changed[name]; change.kind == folder {
			if err := change.describe(from, to, name); err != nil {
				return fmt.Errorf("failed to describe a changed folder: %w", describe(name, err))
			}
		}
	}
	return nil
}

// change is what has become of a path.
type change struct {
	kind kind
	time unix.Timespec // of a folder, before anything was moved out of it
}

type kind int

const (
	folder kind = iota // that is different, or has something in it that is
	other              // that is new or different
	gone
)

// changes compares what there is with what there was.
func (t *Tree) changes() (map[string]change, error) {
	found, folders := map[string]change{}, map[string]unix.Timespec{}
	seen := make(map[string]bool, len(t.before))
	add := func(name string, what kind) {
		found[name] = change{what, folders[name]}
		for dir := path.Dir(name); ; dir = path.Dir(dir) {
			if _, known := found[dir]; known {
				return
			}
			found[dir] = change{folder, folders[dir]}
		}
	}
	err := walk(t.dir, func(name string, info *unix.Stat_t) error {
		seen[name] = true
		if strings.HasPrefix(path.Base(name), whiteoutPrefix) {
			return describe(name, errors.New("no layer can hold a file of this name: the prefix .wh. marks files that were deleted"))
		}
		isFolder := info.Mode&unix.S_IFMT == unix.S_IFDIR
		if isFolder {
			folders[name] = info.Mtim
		}
		before, was := t.before[name]
		unchanged := was && before.is(info)
		if was && !unchanged && before.seems(info) {
			// It may have been moved away and back, or got the owner that it had.
			var err error
			if unchanged, err = t.isOriginal(name, info); err != nil {
				return describe(name, err)
			}
		}
		switch {
		case unchanged:
		case isFolder:
			add(name, folder)
		case info.Mode&unix.S_IFMT == unix.S_IFSOCK: // archives have no form for them
		default:
			add(name, other)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for name := range t.before {
		// What a folder had that is gone itself goes with it.
		if _, isFolder := folders[path.Dir(name)]; isFolder && !seen[name] {
			add(name, gone)
		}
	}
	return found, nil
}

// isOriginal compares contents and extended attributes with those in the layer that it came
// from.
func (t *Tree) isOriginal(name string, info *unix.Stat_t) (bool, error) {
	for _, layer := range t.layers {
		original, err := openBelow(layer, name)
		if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) {
			continue // it came from a layer below, or there was no such path in this one
		}
		if err != nil {
			return false, err
		}
		defer unix.Close(original)
		var before unix.Stat_t
		if err := unix.Fstat(original, &before); err != nil {
			return false, err
		}
		if before.Mode != info.Mode {
			return false, nil
		}
		current, err := openBelow(t.dir, name)
		if err != nil {
			return false, err
		}
		defer unix.Close(current)
		return sameFile(original, current, &before)
	}
	return false, nil
}

func (c change) move(from, to int, name string) error {
	switch c.kind {
	case folder:
		if name == "." {
			return nil
		}
		return unix.Mkdirat(to, name, 0o700)
	case other:
		return unix.Renameat(from, name, to, name)
	default:
		dir, base := path.Split(name)
		return unix.Mknodat(to, dir+whiteoutPrefix+base, unix.S_IFREG|0o600, 0)
	}
}

// describe gives a changed folder the attributes that it has in the tree.
func (c change) describe(from, to int, name string) error {
	source, err := openFolder(from, name)
	if err != nil {
		return err
	}
	defer unix.Close(source)
	target, err := openFolder(to, name)
	if err != nil {
		return err
	}
	defer unix.Close(target)
	if err := copyAttributes(source, target); err != nil {
		return err
	}
	return setTime(target, c.time)
}
