package buildahdriver

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sirupsen/logrus"
	"go.podman.io/storage"
	overlaydriver "go.podman.io/storage/drivers/overlay"
	"go.podman.io/storage/pkg/configfile"
	"go.podman.io/storage/pkg/homedir"
	"go.podman.io/storage/pkg/unshare"
	"go.podman.io/storage/types"
)

// Where root's store and its transient state are, unless storage.conf says otherwise. The
// storage.conf that every containers-common package ships says the same.
const (
	systemGraphRoot = "/var/lib/containers/storage"
	systemRunRoot   = "/run/containers/storage"
)

// storeOptions joins what the user asked for, what storage.conf says, and our
// own defaults, in that order. It changes nothing on disk.
func storeOptions(options Options) (storage.StoreOptions, error) {
	if _, err := unshare.HomeDir(); err != nil {
		return storage.StoreOptions{}, remediedError{
			fmt.Errorf("failed to find the home directory of user %d: neither HOME nor an entry of /etc/passwd names it", unshare.GetRootlessUID()),
			"set HOME to a folder that you may write to",
		}
	}
	configured, err := storage.DefaultStoreOptions()
	if err != nil {
		return configured, fmt.Errorf("failed to read storage.conf: %w", err)
	}
	return options.choose(configured)
}

// choose does the work of storeOptions.
func (o Options) choose(result storage.StoreOptions) (storage.StoreOptions, error) {
	library, err := libraryRoots()
	if err != nil {
		return result, err
	}
	if ownStorePerUser() {
		// The library applies the paths of /etc and /usr/share to every user, and those
		// that are shipped are root's.
		if result.GraphRoot == systemGraphRoot {
			if result.GraphRoot, err = rootlessStoragePath(); err != nil {
				return result, fmt.Errorf("failed to read storage.conf: %w", err)
			}
			result.GraphRoot = cmp.Or(result.GraphRoot, library.graph)
		}
		if result.RunRoot == systemRunRoot {
			result.RunRoot = library.run
		}
	}
	configuredRoot, configuredRunRoot := result.GraphRoot, result.RunRoot
	switch {
	case o.Root != "":
		result.GraphRoot = o.Root
	case configuredRoot == library.graph:
		// Nobody chose that store: it is podman's. In one of our own, a prune or
		// a lock of podman's cannot meet a running build.
		if result.GraphRoot, err = ownGraphRoot(); err != nil {
			return result, err
		}
	}
	if result.GraphRoot, err = filepath.Abs(result.GraphRoot); err != nil {
		return result, err
	}
	switch {
	case o.RunRoot != "":
		if result.RunRoot, err = filepath.Abs(o.RunRoot); err != nil {
			return result, err
		}
	case result.GraphRoot != configuredRoot || configuredRunRoot == library.run:
		// Two stores must not share transient state.
		if result.RunRoot, err = ownRunRoot(result.GraphRoot); err != nil {
			return result, err
		}
	}
	switch {
	case o.StorageDriver != "":
		result.GraphDriverName = o.StorageDriver
	case result.GraphDriverName == "", result.GraphDriverName == "overlay":
		// What is shipped says overlay, even in images of containers, where it cannot work.
		result.GraphDriverName = chooseDriver(result.GraphRoot)
	}
	if SingleID() {
		// The owners of what is pulled are recorded afterwards.
		result.GraphDriverOptions = append(result.GraphDriverOptions, result.GraphDriverName+".ignore_chown_errors=true")
	}
	return result, nil
}

// rootlessStoragePath returns where storage.conf puts the stores of ordinary users, or
// nothing. The library lets root's path win.
func rootlessStoragePath() (string, error) {
	var config types.TomlConfig
	uid := unshare.GetRootlessUID()
	err := configfile.ParseTOML(&config, &configfile.File{Name: "storage", Extension: "conf", EnvironmentName: "CONTAINERS_STORAGE_CONF", UserId: uid})
	path := strings.ReplaceAll(config.Storage.RootlessStoragePath, "$UID", strconv.Itoa(uid))
	return os.ExpandEnv(path), err
}

// chooseDriver returns the storage driver that has made the store at root, and overlay for a
// new one. The library would try all that it knows, log an error for each that fails, and
// leave the folder of one that failed behind, which the next process takes for the one in use.
func chooseDriver(root string) string {
	made := func(driver string) bool {
		_, err := os.Stat(filepath.Join(root, driver+"-layers"))
		return err == nil
	}
	if made("vfs") && !made("overlay") {
		return "vfs"
	}
	return "overlay"
}

// usableOptions leaves out what storage.conf asks of the storage driver and a store of ours
// has no use for, or which would keep the library from opening it. It writes to the store's
// folders, in our user namespace, to see what the kernel can do.
func usableOptions(options storage.StoreOptions) storage.StoreOptions {
	native := func() bool {
		works, err := overlaydriver.SupportsNativeOverlay(filepath.Join(options.GraphRoot, "overlay"), filepath.Join(options.RunRoot, "overlay"))
		return works && err == nil
	}
	var dropped []string
	options.GraphDriverOptions, dropped = usableDriverOptions(options.GraphDriverName, options.GraphDriverOptions, native)
	for _, d := range dropped {
		logrus.Debugf("storage.conf: ignored %s", d)
	}
	return options
}

// usableDriverOptions does the work of usableOptions. Native tells whether the kernel's own
// overlays work for the store. Each entry of dropped is an option and the reason.
func usableDriverOptions(driver string, options []string, native func() bool) (kept, dropped []string) {
	for _, option := range options {
		kept1, reason := usableDriverOption(driver, option, native)
		if kept1 != "" {
			kept = append(kept, kept1)
		}
		if reason != "" {
			dropped = append(dropped, option+": "+reason)
		}
	}
	return kept, dropped
}

// usableDriverOption returns what is left of an option, and the reason if that is less.
func usableDriverOption(driver, option string, native func() bool) (kept, reason string) {
	key, value, _ := strings.Cut(option, "=")
	prefix, name := "", key
	if dot := strings.LastIndexByte(key, '.'); dot >= 0 {
		prefix, name = key[:dot], key[dot+1:]
	}
	if prefix != "" && prefix != driver {
		return "", "it is for another storage driver"
	}
	switch name {
	case "imagestore", "additionalimagestore", "additionallayerstore":
		return usableStores(key, value)
	case "mountopt":
		return usableMountOptions(driver, key, value)
	case "mount_program":
		// A store in which it has been used keeps deleted files in another way, which
		// the library knows, and then says that it needs the program.
		if driver == "overlay" && native() {
			return "", "the kernel can do it, and is faster"
		}
	}
	if driver == "vfs" && name != "ignore_chown_errors" && name != "sync" {
		return "", "vfs has no such option" // and the library refuses to open the store
	}
	return option, ""
}

// usableStores leaves out additional stores that are not there: packages name folders that
// other packages make.
func usableStores(key, value string) (kept, reason string) {
	var usable, missing []string
	for _, store := range strings.Split(value, ",") {
		folder, _, _ := strings.Cut(store, ":") // what follows is the layer store's own option
		if entries, err := os.ReadDir(folder); err != nil {
			missing = append(missing, err.Error())
		} else if len(entries) == 0 {
			missing = append(missing, folder+" is empty")
		} else {
			usable = append(usable, store)
		}
	}
	if len(usable) > 0 {
		kept = key + "=" + strings.Join(usable, ",")
	}
	return kept, strings.Join(missing, "; ")
}

// usableMountOptions keeps the options that every filesystem has. Others shape the
// writable folders of containers, which are not ours: metacopy=on makes buildah commit
// more slowly, and the kernel refuses it in a user namespace; fsync=0 is known to
// fuse-overlayfs only.
func usableMountOptions(driver, key, value string) (kept, reason string) {
	if driver == "vfs" {
		return "", "vfs mounts nothing"
	}
	var generic, others []string
	for option := range strings.SplitSeq(value, ",") {
		switch option {
		case "":
		case "nodev", "nosuid", "noexec":
			generic = append(generic, option)
		default:
			others = append(others, option)
		}
	}
	if len(generic) > 0 {
		kept = key + "=" + strings.Join(generic, ",")
	}
	if len(others) > 0 {
		reason = strings.Join(others, ",") + " does not matter to layers"
	}
	return kept, reason
}

// slowOption returns the first option with which a layer cannot be built in its place in
// the store, since it changes how layers lie on disk or are mounted.
func slowOption(options []string) string {
	for _, option := range options {
		key, value, _ := strings.Cut(option, "=")
		switch key[strings.LastIndexByte(key, '.')+1:] {
		case "mount_program", "force_mask", "additionallayerstore":
			return option
		case "use_composefs":
			if on, err := strconv.ParseBool(value); err != nil || on {
				return option
			}
		}
	}
	return ""
}

type roots struct{ graph, run string }

// libraryRoots returns where containers/storage keeps things when storage.conf
// says nothing.
func libraryRoots() (roots, error) {
	if !ownStorePerUser() {
		return roots{systemGraphRoot, systemRunRoot}, nil
	}
	data, err := homedir.GetDataHome()
	if err != nil {
		return roots{}, err
	}
	runtime, err := homedir.GetRuntimeDir()
	if err != nil {
		return roots{}, err
	}
	return roots{filepath.Join(data, "containers", "storage"), filepath.Join(runtime, "containers")}, nil
}

// ownStorePerUser tells whether the library takes a store in the user's home for the
// default. It does not for root of a container, who may have few rights and yet be root.
func ownStorePerUser() bool { return unshare.IsRootless() && unshare.GetRootlessUID() != 0 }

func ownGraphRoot() (string, error) {
	if !ownStorePerUser() {
		return "/var/lib/containers/kolla-build", nil
	}
	data, err := homedir.GetDataHome()
	if err != nil {
		return "", fmt.Errorf("failed to find the user's data directory: %w", err)
	}
	return filepath.Join(data, "kolla-build", "storage"), nil
}

// ownRunRoot returns the folder for the transient state of the store at root.
func ownRunRoot(root string) (string, error) {
	library, err := libraryRoots()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(root))
	return filepath.Join(filepath.Dir(library.run), fmt.Sprintf("kolla-build-%x", sum[:4])), nil
}
