package buildahdriver

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

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
func openEither(t *testing.T) *Driver {
	t.Helper()
	return openDriver(t, func(o *Options) {
		if dir := os.Getenv(singleStore); dir != "" {
			if !SingleID() {
				t.Fatal("there is more than one id")
			}
			o.Root, o.RunRoot = filepath.Join(dir, "root"), filepath.Join(dir, "run")
		}
	})
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
		compareLayers(t, readLayer(t, single, a), readLayer(t, mapped, b), started)
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
