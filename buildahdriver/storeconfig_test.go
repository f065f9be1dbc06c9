package buildahdriver

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.podman.io/storage"
	"go.podman.io/storage/pkg/unshare"
	"go.podman.io/storage/types"
)

// shippedStorage are the settings of the storage.conf files that containers-common packages
// ship, less their comments. {dir} is a folder of the test.
var shippedStorage = map[string]string{
	"nothing": "",
	"debian": `[storage]
driver = "overlay"
runroot = "/run/containers/storage"
graphroot = "/var/lib/containers/storage"
[storage.options]
additionalimagestores = []
pull_options = {enable_partial_images = "false", use_hard_links = "false", ostree_repos = ""}
[storage.options.overlay]
mountopt = "nodev"
[storage.options.thinpool]
`,
	"rhel 8": `[storage]
driver = "overlay"
runroot = "/run/containers/storage"
graphroot = "/var/lib/containers/storage"
[storage.options]
additionalimagestores = []
[storage.options.overlay]
mountopt = "nodev,metacopy=on"
[storage.options.thinpool]
`,
	"rhel 9": `[storage]
driver = "overlay"
runroot = "/run/containers/storage"
graphroot = "/var/lib/containers/storage"
[storage.options]
additionalimagestores = []
pull_options = {enable_partial_images = "true", use_hard_links = "false", ostree_repos = "", convert_images = "false"}
[storage.options.overlay]
mountopt = "nodev,metacopy=on"
[storage.options.thinpool]
`,
	"fedora, rhel 10": `[storage]
driver = "overlay"
runroot = "/run/containers/storage"
graphroot = "/var/lib/containers/storage"
[storage.options]
additionalimagestores = ["{dir}/not-there"]
pull_options = {enable_partial_images = "true", use_hard_links = "false", ostree_repos = ""}
[storage.options.overlay]
ignore_chown_errors = "false"
use_composefs = "false"
mountopt = "nodev,metacopy=on"
`,
	"podman's image": `[storage]
driver = "overlay"
runroot = "/run/containers/storage"
graphroot = "/var/lib/containers/storage"
[storage.options]
additionalimagestores = ["{dir}/empty"]
[storage.options.overlay]
mount_program = "{dir}/not-there/fuse-overlayfs"
mountopt = "nodev,fsync=0"
`,
	"an older form": `[storage]
driver = "overlay"
graphroot = "/var/lib/containers/storage"
[storage.options]
mount_program = "{dir}/not-there/fuse-overlayfs"
mountopt = "nodev"
`,
}

// loadStorage reads a storage.conf as the library does.
func loadStorage(t *testing.T, text string) storage.StoreOptions {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "storage.conf")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "{dir}", dir)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CONTAINERS_STORAGE_CONF", file)
	options, err := types.LoadStoreOptions(types.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return options
}

// TestShippedStorageConf: what packages ship is no choice of the user's.
func TestShippedStorageConf(t *testing.T) {
	own, err := ownGraphRoot()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range shippedStorage {
		t.Run(name, func(t *testing.T) {
			options, err := Options{}.choose(loadStorage(t, text))
			if err != nil {
				t.Fatal(err)
			}
			if options.GraphRoot != own || !strings.HasPrefix(filepath.Base(options.RunRoot), "kolla-build-") || options.GraphDriverName != "overlay" {
				t.Errorf("the store is %s in %s and %s", options.GraphDriverName, options.GraphRoot, options.RunRoot)
			}
			options.GraphRoot, options.RunRoot = t.TempDir(), t.TempDir()
			store, err := openStore(options)
			if err != nil {
				t.Fatal(err)
			}
			defer store.close()
			if reason := canStage(store); reason != "" {
				t.Errorf("images go the slow way because %s", reason)
			}
			layer, err := buildLayer(store, "", func(root string) error { return os.WriteFile(filepath.Join(root, "file"), nil, 0o600) })
			if err != nil {
				t.Fatal(err)
			}
			// The library's own mounts, which buildah needs, work with the options as well.
			child, err := store.CreateLayer("", layer.ID, nil, "", true, nil)
			if err != nil {
				t.Fatal(err)
			}
			path, err := store.Mount(child.ID, "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(path, "file")); err != nil {
				t.Error(err)
			}
			if _, err := store.Unmount(child.ID, true); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestChosenStore: what somebody has chosen counts.
func TestChosenStore(t *testing.T) {
	const conf = "[storage]\ndriver = \"overlay\"\n"
	dir := t.TempDir()
	besideRoots := fmt.Sprintf("/srv/%d/images", unshare.GetRootlessUID())
	if !ownStorePerUser() {
		besideRoots = "/var/lib/containers/kolla-build" // it is not for root
	}
	for name, test := range map[string]struct {
		text                   string
		options                Options
		graph, run, driverName string
	}{
		"another graphroot": {conf + `graphroot = "/srv/images"`, Options{}, "/srv/images", "", "overlay"},
		"both":              {conf + `graphroot = "/srv/images"` + "\nrunroot = \"/srv/run\"", Options{}, "/srv/images", "/srv/run", "overlay"},
		"beside root's": {conf + `graphroot = "/var/lib/containers/storage"` + "\nrootless_storage_path = \"/srv/$UID/images\"",
			Options{}, besideRoots, "", "overlay"},
		"--root":                                 {conf + `graphroot = "/var/lib/containers/storage"`, Options{Root: dir, RunRoot: dir + "/run"}, dir, dir + "/run", "overlay"},
		"a driver":                               {"[storage]\ndriver = \"vfs\"\n", Options{Root: dir}, dir, "", "vfs"},
		"--storage-driver":                       {conf, Options{Root: dir, StorageDriver: "vfs"}, dir, "", "vfs"},
		"a relative --root":                      {"", Options{Root: "images", RunRoot: "run"}, mustAbs(t, "images"), mustAbs(t, "run"), "overlay"},
		"the runroot is shared by no two stores": {conf + "runroot = \"/srv/run\"", Options{Root: dir}, dir, "", "overlay"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := test.options.choose(loadStorage(t, test.text))
			if err != nil {
				t.Fatal(err)
			}
			if got.GraphRoot != test.graph || got.GraphDriverName != test.driverName || test.run != "" && got.RunRoot != test.run ||
				test.run == "" && !strings.Contains(got.RunRoot, "kolla-build-") && got.RunRoot != "/srv/run" {
				t.Errorf("got %s in %s and %s", got.GraphDriverName, got.GraphRoot, got.RunRoot)
			}
		})
	}
}

func mustAbs(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

func TestUsableDriverOptions(t *testing.T) {
	there := t.TempDir()
	if err := os.WriteFile(filepath.Join(there, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		driver, option, kept string
		native, slow         bool
	}{
		{"overlay", "overlay.mountopt=nodev", "overlay.mountopt=nodev", true, false},
		{"overlay", "overlay.mountopt=nodev,metacopy=on", "overlay.mountopt=nodev", true, false},
		{"overlay", ".mountopt=metacopy=on,redirect_dir=on", "", true, false},
		{"overlay", "mountopt=nosuid,volatile,nodev", "mountopt=nosuid,nodev", true, false},
		{"overlay", "overlay.mount_program=/usr/bin/fuse-overlayfs", "", true, false},
		{"overlay", "overlay.mount_program=/usr/bin/fuse-overlayfs", "overlay.mount_program=/usr/bin/fuse-overlayfs", false, true},
		{"overlay", "mount_program=/usr/bin/fuse-overlayfs", "mount_program=/usr/bin/fuse-overlayfs", false, true},
		{"overlay", "overlay.ignore_chown_errors=true", "overlay.ignore_chown_errors=true", true, false},
		{"overlay", "overlay.use_composefs=false", "overlay.use_composefs=false", true, false},
		{"overlay", "overlay.use_composefs=true", "overlay.use_composefs=true", true, true},
		{"overlay", "overlay.use_composefs=perhaps", "overlay.use_composefs=perhaps", true, true},
		{"overlay", "overlay.force_mask=shared", "overlay.force_mask=shared", true, true},
		{"overlay", "overlay.skip_mount_home=true", "overlay.skip_mount_home=true", true, false},
		{"overlay", "overlay.size=10G", "overlay.size=10G", true, false},
		{"overlay", "overlay.sync=filesystem", "overlay.sync=filesystem", true, false},
		{"overlay", "vfs.ignore_chown_errors=true", "", true, false},
		{"overlay", "zfs.mountopt=nodev", "", true, false},
		{"overlay", "imagestore=" + there, "imagestore=" + there, true, false},
		{"overlay", "imagestore=/not/there," + there, "imagestore=" + there, true, false},
		{"overlay", "imagestore=/not/there", "", true, false},
		{"overlay", "additionallayerstore=" + there + ":ref", "additionallayerstore=" + there + ":ref", true, true},
		{"overlay", "additionallayerstore=/not/there:ref", "", true, false},
		{"vfs", "overlay.mountopt=nodev", "", true, false},
		{"vfs", "mountopt=nodev", "", true, false},
		{"vfs", "mount_program=/usr/bin/fuse-overlayfs", "", true, false},
		{"vfs", "size=10G", "", true, false},
		{"vfs", "ignore_chown_errors=true", "ignore_chown_errors=true", true, false},
		{"vfs", "imagestore=" + there, "imagestore=" + there, true, false},
	} {
		kept, dropped := usableDriverOptions(test.driver, []string{test.option}, func() bool { return test.native })
		if got := strings.Join(kept, " "); got != test.kept {
			t.Errorf("%s: %s became %q, want %q", test.driver, test.option, got, test.kept)
		}
		if changed := test.kept != test.option; changed != (len(dropped) == 1) {
			t.Errorf("%s: of %s it is said: %q", test.driver, test.option, dropped)
		}
		if slow := slowOption(kept) != ""; slow != test.slow {
			t.Errorf("%s: %s is slow: %v", test.driver, test.option, slow)
		}
	}
}

func TestChooseDriver(t *testing.T) {
	store := func(drivers ...string) string {
		root := t.TempDir()
		for _, driver := range drivers {
			if err := os.Mkdir(filepath.Join(root, driver), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		return root
	}
	for name, test := range map[string]struct{ root, want string }{
		"a new store":                    {store(), "overlay"},
		"a folder that is not there":     {filepath.Join(store(), "not", "there"), "overlay"},
		"made by overlay":                {store("overlay", "overlay-layers"), "overlay"},
		"made by vfs":                    {store("vfs", "vfs-layers"), "vfs"},
		"left by an overlay that failed": {store("overlay", "vfs", "vfs-layers"), "vfs"},
		"made by both":                   {store("overlay-layers", "vfs-layers"), "overlay"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := chooseDriver(test.root); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestMountProgramInUse: a store in which a mount program was used keeps what it needs it for.
func TestMountProgramInUse(t *testing.T) {
	options := storage.StoreOptions{GraphRoot: t.TempDir(), RunRoot: t.TempDir(), GraphDriverName: "overlay",
		GraphDriverOptions: []string{"overlay.mount_program=/usr/bin/true"}}
	if got := usableOptions(options); len(got.GraphDriverOptions) != 0 {
		t.Errorf("a new store: %v is kept", got.GraphDriverOptions)
	}
	if err := os.MkdirAll(filepath.Join(options.GraphRoot, "overlay"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(options.GraphRoot, "overlay", ".has-mount-program"), []byte("true"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := usableOptions(options); !slices.Equal(got.GraphDriverOptions, options.GraphDriverOptions) {
		t.Errorf("a store of fuse-overlayfs: %v is kept", got.GraphDriverOptions)
	}
}

// TestAdditionalStore builds on an image of a store that is only read, in its place.
func TestAdditionalStore(t *testing.T) {
	made := openDriver(t)
	buildBase(t, made)
	dir := t.TempDir()
	// A copy, since a process does not open the locks of a store in two ways.
	shared := filepath.Join(dir, "shared")
	if out, err := exec.Command("cp", "-ax", made.GraphRoot(), shared).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	options := storage.StoreOptions{GraphRoot: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run"), GraphDriverName: "overlay",
		GraphDriverOptions: []string{"imagestore=" + shared}}
	d, err := open(Options{}, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	image, output := buildImage(t, d, "x:1", "FROM base:1\nCOPY file /file\nRUN cat /file; ls /bin/busybox\n", map[string]string{"file": "new\n"})
	if want := "new\n/bin/busybox\n"; output != want {
		t.Errorf("the output is %q, want %q", output, want)
	}
	if found := readLayer(t, d, image); found["file"].Header == nil || found["bin"].Header != nil {
		t.Errorf("the layer holds %d entries", len(found))
	}
	_, output = buildImage(t, d, "y:1", "FROM x:1\nRUN cat /file && rm /file\n", nil)
	if output != "new\n" {
		t.Errorf("the output is %q", output)
	}
}

// TestStrangeRoots: a path may hold what means something to an overlay, and be long.
func TestStrangeRoots(t *testing.T) {
	for _, name := range []string{"a,b", "a:b", `a\b`, `a"b`, "a b", "a%b'c", "[a]*?", "\u00fc\n", strings.Repeat("long-name-", 22)} {
		t.Run(fmt.Sprintf("%.12q", name), func(t *testing.T) {
			dir, err := os.MkdirTemp("", "root-")
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(dir)
			root := filepath.Join(dir, name, "store")
			for _, commit := range []bool{false, true} {
				d, err := Open(Options{Root: root, RunRoot: filepath.Join(dir, "run"), BuildahCommit: commit})
				if err != nil {
					t.Fatal(err)
				}
				if d.GraphRoot() != root {
					t.Errorf("the store is in %s", d.GraphRoot())
				}
				if !commit {
					buildBase(t, d)
				}
				_, output := buildImage(t, d, "x:1", "FROM base:1\nCOPY file /\nRUN cat /file\n", map[string]string{"file": "x\n"})
				if !strings.HasSuffix(output, "x\n") || strings.Contains(output, "#") != commit {
					t.Errorf("the output is %q", output)
				}
				if catalogue, err := Look(Options{Root: root}); err != nil {
					t.Error(err)
				} else if _, found := catalogue.Image("x:1"); !found {
					t.Error("the image is not seen from outside")
				}
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
			if _, err := Prune(context.Background(), Options{Root: root, RunRoot: filepath.Join(dir, "run")}, PruneOptions{Needed: func(string, []string) bool { return true }}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSlowWayIsExplained: the output of an image that is not built in its place says why, once.
func TestSlowWayIsExplained(t *testing.T) {
	for name, test := range map[string]struct {
		change     func(*Options)
		dockerfile string
		want       string
	}{
		"vfs":     {func(o *Options) { o.StorageDriver = "vfs" }, "FROM scratch\nCOPY Dockerfile /\n", "# slow path, in a working container of buildah's: the storage driver is vfs\n"},
		"commit":  {func(o *Options) { o.BuildahCommit = true }, "FROM scratch\nCOPY Dockerfile /\n", "# slow path, in a working container of buildah's: buildah's commit was asked for\n"},
		"nothing": {func(*Options) {}, "FROM scratch\nCOPY Dockerfile /\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDriver(t, test.change)
			_, output := buildImage(t, d, "x:1", test.dockerfile, nil)
			if output != test.want {
				t.Errorf("the output is %q, want %q", output, test.want)
			}
		})
	}
}
