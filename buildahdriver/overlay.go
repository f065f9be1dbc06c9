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
// volatile, so that packages are installed without waiting for the disk at every file. What
// a crash interrupts is thrown away, and what is finished is synced before anything names it:
// see durable.go.
func mountOverlay(upper, dir string, lowers []string) (*overlay, error) {
	o := &overlay{work: filepath.Join(dir, "work"), merged: filepath.Join(dir, "merged")}
	options := []string{"userxattr", "volatile"}
	if !unshare.IsRootless() {
		// Some kernels have other defaults, whose upper folders mean something
		// only to overlays. With userxattr they never apply.
		options = []string{"redirect_dir=off", "metacopy=off", "index=off", "volatile"}
	}
	if len(lowers) == 0 {
		empty := filepath.Join(dir, "empty") // an overlay wants something below
		if err := os.Mkdir(empty, 0o700); err != nil {
			return nil, err
		}
		lowers = []string{empty}
	}
	return o, o.mount(0, options, len(lowers)+1, func() ([]string, func(), error) {
		return folderOptions(upper, o.work, lowers)
	})
}

// mountReadOnlyOverlay mounts layers, the topmost first, to be read. Its other folders are
// made in dir.
func mountReadOnlyOverlay(dir string, layers []string) (*overlay, error) {
	// At least two folders are wanted, so an empty one is below all.
	o := &overlay{work: filepath.Join(dir, "empty"), merged: filepath.Join(dir, "merged")}
	var options []string
	if unshare.IsRootless() {
		options = []string{"userxattr"} // whiteouts are known by user attributes
	}
	return o, o.mount(unix.MS_RDONLY, options, len(layers), func() ([]string, func(), error) {
		lower, closeAll, err := lowerOption(append(layers[:len(layers):len(layers)], o.work))
		return []string{lower}, closeAll, err
	})
}

// mount makes the overlay's own folders and mounts it with options, and with those that name
// its folders, which are opened for that. What was made goes if it fails.
func (o *overlay) mount(flags uintptr, options []string, layers int, folders func() (options []string, closeAll func(), err error)) (err error) {
	for _, folder := range []string{o.work, o.merged} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			return err
		}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.remove())
		}
	}()
	named, closeAll, err := folders()
	if err != nil {
		return err
	}
	defer closeAll()
	data := strings.Join(append(options, named...), ",")
	if len(data) >= os.Getpagesize() {
		return fmt.Errorf("%w: %d layers are more than an overlay takes by file descriptor", errCannotStage, layers)
	}
	if testOnlyRefuseOverlays {
		data = "refused"
	}
	// A kernel may have no overlays for users, and the store another program for them.
	if err := unix.Mount("overlay", o.merged, "overlay", flags, data); err != nil {
		return fmt.Errorf("%w: failed to mount an overlay of %d layers: %w", errCannotStage, layers, err)
	}
	return nil
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
