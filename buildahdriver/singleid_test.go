package buildahdriver

import (
	"archive/tar"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.podman.io/image/v5/copy"
	"go.podman.io/image/v5/oci/layout"
	"go.podman.io/image/v5/signature"
	is "go.podman.io/image/v5/storage"
	"go.podman.io/image/v5/types"
	"go.podman.io/storage"
	"golang.org/x/sys/unix"
)

// singleStore names, in the environment of a test that [withSingleID] has started again, the
// folder of the store to build in.
const singleStore = "_KOLLA_BUILD_TEST_SINGLE_STORE"

// withSingleID runs the calling test again in a namespace with one id, and returns the
// store in which that has built its images. There, it returns nil.
func withSingleID(t *testing.T) *Driver {
	t.Helper()
	if os.Getenv(singleStore) != "" {
		return nil
	}
	dir := t.TempDir()
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), singleStore+"="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{Size: 1}},
		Pdeathsig:   unix.SIGKILL,
	}
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("with a single id: %v\n%s", err, output)
	}
	store, err := storage.GetStore(storage.StoreOptions{GraphRoot: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run"), GraphDriverName: "overlay"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := store.Shutdown(false); err != nil {
			t.Error(err)
		}
	})
	return &Driver{store: store}
}

// openEither opens a driver, in the process with one id with the store that the other
// process looks at.
func openEither(t *testing.T, change ...func(*Options)) *Driver {
	t.Helper()
	return openDriver(t, append(change, func(o *Options) {
		if dir := os.Getenv(singleStore); dir != "" {
			if !SingleID() {
				t.Fatal("there is more than one id")
			}
			o.Root, o.RunRoot = filepath.Join(dir, "root"), filepath.Join(dir, "run")
		}
	})...)
}

// compareStores compares images of two stores by name, layer by layer.
func compareStores(t *testing.T, single, mapped *Driver, started time.Time, names ...string) {
	t.Helper()
	for _, name := range names {
		got, err := single.store.Image("localhost/" + name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := mapped.store.Image("localhost/" + name)
		if err != nil {
			t.Fatal(err)
		}
		a, b := &Image{Name: name, ID: got.ID}, &Image{Name: name, ID: want.ID}
		entries := readLayer(t, single, a)
		maps.DeleteFunc(entries, func(_ string, e layerEntry) bool { // which the kernel refuses with many ids
			return e.Typeflag == tar.TypeChar || e.Typeflag == tar.TypeLink && strings.Contains(e.Linkname, "device")
		})
		compareLayers(t, entries, readLayer(t, mapped, b), started)
		x, y := readConfig(t, single, a), readConfig(t, mapped, b)
		if len(x.RootFS.DiffIDs) != len(y.RootFS.DiffIDs) {
			t.Errorf("%s has %d layers, want %d", name, len(x.RootFS.DiffIDs), len(y.RootFS.DiffIDs))
		}
		// The layers below were compared by themselves, and have other times.
		x.RootFS.DiffIDs, y.RootFS.DiffIDs = x.RootFS.DiffIDs[:1], y.RootFS.DiffIDs[:1]
		compareConfigs(t, x, y, true)
	}
}

// singleIDDockerfile asks for what needs more than one id.
const singleIDDockerfile = `FROM base:1
RUN touch /a /b /c && chown nova:kolla /a && chown 33 /b && chgrp 34 /c && ln -s a /link && chown -h nova /link && mkfifo /fifo && chown 5:6 /fifo
RUN mkdir -p /tree/of/folders && touch /tree/of/file && chown -R nova:kolla /tree && chmod 4755 /tree/of/file && ln /tree/of/file /hard
RUN test "$(stat -c %u:%g:%a /tree/of/file)" = 42436:42400:4755 && test "$(stat -c %u /link)" = 42436 && test "$(stat -c %g /fifo)" = 6
RUN chown root:root /b && touch /s && chmod 6755 /s && chown nova /s && test "$(stat -c %a /s)" = 755
`

func TestSingleIDOwners(t *testing.T) {
	started := time.Now().Add(-time.Minute)
	d := openEither(t)
	buildBase(t, d)
	buildImage(t, d, "owners:1", singleIDDockerfile, nil)
	buildImage(t, d, "child:1", `FROM owners:1
USER nova
RUN id -u && id -G && touch /tree/mine && mkdir /tree/folder && ln -s x /tree/link && test "$(stat -c %u:%g /tree/mine)" = 42436:42436
USER root
RUN mv /a /moved && chmod 600 /c && touch -h -t 200101020304.05 /link && test "$(stat -c %u /link)" = 42436
`, nil)
	if single := withSingleID(t); single != nil {
		compareStores(t, single, d, started, "base:1", "owners:1", "child:1")
	}
}

// TestSingleIDOnCopies: records survive where layers cannot be mounted, as in a pod without
// a volume.
func TestSingleIDOnCopies(t *testing.T) {
	if withSingleID(t) != nil {
		return
	}
	if err := markCopying(filepath.Join(os.Getenv(singleStore), "root")); err != nil {
		t.Fatal(err)
	}
	d := openEither(t)
	if d.opened.copies == "" {
		t.Fatal("images are not built on copies")
	}
	buildBase(t, d)
	buildImage(t, d, "owners:1", singleIDDockerfile, nil)
	image, _ := buildImage(t, d, "child:1", "FROM owners:1\nRUN chown 7:8 /tree/of/file && chown -h 9 /link && mv /a /moved && chmod 640 /fifo\n", nil)
	layer := readLayer(t, d, image)
	for name, want := range map[string][2]int{"tree/of/file": {7, 8}, "link": {9, 0}, "moved": {42436, 42400}, "fifo": {5, 6}} {
		if e := layer[name]; e.Header == nil || e.Uid != want[0] || e.Gid != want[1] {
			t.Errorf("%s: got %+v, want the owner %v", name, e.Header, want)
		}
	}
}

// TestSingleIDTorture builds all that a layer can hold with one id and with many.
func TestSingleIDTorture(t *testing.T) {
	started := time.Now().Add(-time.Minute)
	d := openEither(t)
	buildBase(t, d)
	buildImage(t, d, "below:1", tortureBelow, nil)
	_, err := d.Build(context.Background(), BuildOptions{Name: "torture:1", ContextDir: tortureContext(t)})
	if err != nil {
		t.Fatal(err)
	}
	if single := withSingleID(t); single != nil {
		compareStores(t, single, d, started, "below:1", "torture:1")
	}
}

// TestSingleIDPull has an image built with many ids, as registries have it, and one that
// is based on it and touches its files.
func TestSingleIDPull(t *testing.T) {
	const exchange = "_KOLLA_BUILD_TEST_EXCHANGE"
	started := time.Now().Add(-time.Minute)
	d := openEither(t)
	if os.Getenv(singleStore) == "" {
		buildBase(t, d)
		buildImage(t, d, "below:1", tortureBelow, nil)
		if _, err := d.Build(context.Background(), BuildOptions{Name: "torture:1", ContextDir: tortureContext(t)}); err != nil {
			t.Fatal(err)
		}
		t.Setenv(exchange, t.TempDir())
	}
	inStore, err := is.Transport.ParseStoreReference(d.store, "localhost/torture:1")
	if err != nil {
		t.Fatal(err)
	}
	outside, err := layout.NewReference(os.Getenv(exchange), "torture")
	if err != nil {
		t.Fatal(err)
	}
	var from, to types.ImageReference = inStore, outside
	if os.Getenv(singleStore) != "" {
		from, to = outside, inStore
	}
	policy, err := signature.NewPolicyContext(&signature.Policy{Default: signature.PolicyRequirements{signature.NewPRInsecureAcceptAnything()}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := copy.Image(context.Background(), policy, to, from, &copy.Options{}); err != nil {
		t.Fatal(err)
	}
	// A directory of a layer below cannot be renamed: its files are copied, as they are.
	buildImage(t, d, "moved:1", `FROM torture:1
USER root
RUN mkdir /all && mv /owned /archive /hard /soft /fifo /one /all/ && test "$(stat -c %u /all/archive/soft)" = 5
RUN chmod 700 /group && touch -h /tmp/broken && test "$(stat -c %u:%g /tmp/broken)" = 42436:42436
`, nil)
	// What is found recorded is not looked at again.
	buildImage(t, d, "again:1", "FROM torture:1\nUSER root\nRUN touch /again\n", nil)
	if single := withSingleID(t); single != nil {
		compareStores(t, single, d, started, "moved:1", "again:1")
	}
}
