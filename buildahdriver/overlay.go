package buildahdriver

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.podman.io/storage/pkg/unshare"
	"golang.org/x/sys/unix"
)

// overlay is a mounted overlay filesystem.
type overlay struct{ work, merged string }

// mountOverlay mounts an overlay of upper on lowers, the topmost first, with its other
// folders in dir. The options are those of the store's own driver, with one more:
// volatile, since what a crash interrupts is thrown away, and need not be synced
// before; so packages are installed without waiting for the disk.
func mountOverlay(upper, dir string, lowers []string) (_ *overlay, err error) {
	o := &overlay{work: filepath.Join(dir, "work"), merged: filepath.Join(dir, "merged")}
	for _, folder := range []string{o.work, o.merged} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			return nil, err
		}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.remove())
		}
	}()
	if len(lowers) == 0 {
		empty := filepath.Join(dir, "empty") // an overlay wants something below
		if err := os.Mkdir(empty, 0o700); err != nil {
			return nil, err
		}
		lowers = []string{empty}
	}
	options := []string{"userxattr", "volatile"}
	if !unshare.IsRootless() {
		// Some kernels have other defaults, whose upper folders mean something
		// only to overlays. With userxattr they never apply.
		options = []string{"redirect_dir=off", "metacopy=off", "index=off", "volatile"}
	}
	folders, closeFolders, err := folderOptions(upper, o.work, lowers)
	if err != nil {
		return nil, err
	}
	defer closeFolders()
	data := strings.Join(append(options, folders...), ",")
	if len(data) >= os.Getpagesize() {
		return nil, fmt.Errorf("%w: %d layers are more than an overlay takes by file descriptor", errCannotStage, len(lowers))
	}
	if testOnlyRefuseOverlays {
		data = "refused"
	}
	// A kernel may have no overlays for users, and the store another program for them.
	if err := unix.Mount("overlay", o.merged, "overlay", 0, data); err != nil {
		return nil, fmt.Errorf("%w: failed to mount an overlay of %d layers: %w", errCannotStage, len(lowers)+1, err)
	}
	return o, nil
}

// mountReadOnlyOverlay mounts layers, the topmost first, to be read. Its other folders are
// made in dir.
func mountReadOnlyOverlay(dir string, layers []string) (_ *overlay, err error) {
	o := &overlay{work: filepath.Join(dir, "empty"), merged: filepath.Join(dir, "merged")}
	for _, folder := range []string{o.work, o.merged} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			return nil, err
		}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.remove())
		}
	}()
	folders, closeFolders, err := lowerOption(append(layers[:len(layers):len(layers)], o.work)) // at least two are wanted
	if err != nil {
		return nil, err
	}
	defer closeFolders()
	options := []string{folders}
	if unshare.IsRootless() {
		options = append(options, "userxattr") // whiteouts are known by user attributes
	}
	data := strings.Join(options, ",")
	if len(data) >= os.Getpagesize() {
		return nil, fmt.Errorf("%w: %d layers are more than an overlay takes by file descriptor", errCannotStage, len(layers))
	}
	if testOnlyRefuseOverlays {
		data = "refused"
	}
	if err := unix.Mount("overlay", o.merged, "overlay", unix.MS_RDONLY, data); err != nil {
		return nil, fmt.Errorf("%w: failed to mount an overlay of %d layers: %w", errCannotStage, len(layers), err)
	}
	return o, nil
}

// testOnlyRefuseOverlays makes this kernel one that has no overlays for us.
var testOnlyRefuseOverlays bool

// folderOptions names an overlay's folders by file descriptor. The options must fit a
// page of memory, and paths of layers are long: some 25 would fill it, where more than
// 200 file descriptors fit. And no path can hold what means something in an option.
func folderOptions(upper, work string, lowers []string) (options []string, closeAll func(), err error) {
	lower, closeLowers, err := lowerOption(lowers)
	if err != nil {
		return nil, nil, err
	}
	others, closeOthers, err := openFolders(upper, work)
	if err != nil {
		closeLowers()
		return nil, nil, err
	}
	return []string{lower, "upperdir=" + others[0], "workdir=" + others[1]}, func() { closeLowers(); closeOthers() }, nil
}

func lowerOption(lowers []string) (option string, closeAll func(), err error) {
	names, closeAll, err := openFolders(lowers...)
	return "lowerdir=" + strings.Join(names, ":"), closeAll, err
}

// openFolders opens folders, and returns names for them that hold as long as they are open.
func openFolders(folders ...string) (names []string, closeAll func(), err error) {
	var fds []int
	closeAll = func() {
		for _, fd := range fds {
			unix.Close(fd)
		}
	}
	for _, folder := range folders {
		fd, err := unix.Open(folder, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			closeAll()
			return nil, nil, &os.PathError{Op: "open", Path: folder, Err: err}
		}
		fds = append(fds, fd)
		names = append(names, fmt.Sprintf("/proc/self/fd/%d", fd))
	}
	return names, closeAll, nil
}

// close unmounts the overlay and removes all of it but the upper folder.
func (o *overlay) close() error {
	err := unix.Unmount(o.merged, 0)
	if errors.Is(err, unix.EBUSY) {
		// Somebody looks at it from outside. All that writes has ended.
		err = unix.Unmount(o.merged, unix.MNT_DETACH)
	}
	if err != nil {
		return fmt.Errorf("failed to unmount %s: %w", o.merged, err)
	}
	return o.remove()
}

func (o *overlay) remove() error {
	// The kernel makes a folder in work that only its owner may open.
	return errors.Join(os.Remove(o.merged), os.RemoveAll(o.work))
}
