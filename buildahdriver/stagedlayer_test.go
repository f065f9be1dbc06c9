package buildahdriver

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.podman.io/storage"
	drivers "go.podman.io/storage/drivers"
	"go.podman.io/storage/pkg/archive"
	"golang.org/x/sys/unix"
)

// probe is a Differ that looks at what it gets.
type probe func(dest string, options *archive.TarOptions, staging *drivers.DifferOptions) error

func (p probe) Close() error { return nil }
func (p probe) ApplyDiff(dest string, options *archive.TarOptions, staging *drivers.DifferOptions) (drivers.DriverWithDifferOutput, error) {
	return drivers.DriverWithDifferOutput{}, p(dest, options, staging)
}

// TestStoreStagesAsExpected holds what stagedlayer.go relies on of an interface that is
// marked as experimental. If it fails with a new version of containers/storage, read
// that version's PrepareStagedLayer and ApplyStagedLayer before anything else.
func TestStoreStagesAsExpected(t *testing.T) {
	d := openDriver(t)
	if reason := canStage(d.store); reason != "" {
		t.Fatalf("a plain overlay store cannot stage: %s", reason)
	}
	stop := errors.New("enough seen")
	var staging string
	output, err := d.store.PrepareStagedLayer(nil, probe(func(dest string, options *archive.TarOptions, o *drivers.DifferOptions) error {
		staging = o.StagingDirectory
		if filepath.Dir(dest) != staging {
			t.Errorf("%s is not in the staging folder %s", dest, staging)
		}
		if want := filepath.Join(d.GraphRoot(), "overlay", "staging"); filepath.Dir(staging) != want {
			t.Errorf("the staging folder %s is not in %s, where stale ones are looked for", staging, want)
		}
		if _, err := os.Stat(filepath.Join(staging, "staging.lock")); err != nil {
			t.Errorf("the staging folder is not locked as expected: %v", err)
		}
		if o.Format != drivers.DifferOutputFormatDir {
			t.Errorf("the store wants the format %v", o.Format)
		}
		if options.WhiteoutFormat != archive.OverlayWhiteoutFormat {
			t.Errorf("whiteouts are of format %v", options.WhiteoutFormat)
		}
		// As for any other tool, what is in use stays.
		if left := stagingFolders(stagingBase(d.store)); len(left) > 0 {
			t.Errorf("a staging folder in use counts as left behind: %s", left[0].id)
		}
		if _, err := os.Stat(dest); err != nil {
			t.Errorf("a staging folder in use was removed: %v", err)
		}
		return stop
	}))
	if !errors.Is(err, stop) || output == nil || filepath.Dir(output.Target) != staging {
		t.Fatalf("got %+v, %v", output, err)
	}
	if err := d.store.CleanupStagedLayer(output); err != nil {
		t.Error(err)
	}

	parent, err := buildLayer(d.store, "", func(root string) error { return os.WriteFile(filepath.Join(root, "file"), []byte("x"), 0o600) })
	if err != nil {
		t.Fatal(err)
	}
	child, err := buildLayer(d.store, parent.ID, func(root string) error {
		if _, err := os.Stat(filepath.Join(root, "file")); err != nil {
			t.Errorf("the parent's file is not there: %v", err)
		}
		return os.Remove(filepath.Join(root, "file"))
	})
	if err != nil {
		t.Fatal(err)
	}
	layer, err := d.store.Layer(child.ID)
	if err != nil {
		t.Fatal(err)
	}
	if layer.Parent != parent.ID || layer.UncompressedDigest != child.DiffID || layer.UncompressedSize != child.Size || layer.Flags[layerFlag] != true || layer.Flags["incomplete"] != nil {
		t.Errorf("the layer %+v was recorded as %+v", child, layer)
	}
	report, err := d.store.Check(storage.CheckEverything())
	if err != nil || len(report.Layers) > 0 {
		t.Errorf("the store finds fault with the layers: %v, %v", report.Layers, err)
	}
	assertNoStagingLeft(t, d)
}

func assertNoStagingLeft(t *testing.T, d *Driver) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(d.GraphRoot(), "overlay", "staging", "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("staging folders are left: %v", left)
	}
}

// TestDeepStack: kernels take a page of mount options, which the paths of some 25
// layers fill.
func TestDeepStack(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	const depth = 60
	from := "base:1"
	for i := range depth {
		name := fmt.Sprintf("deep%d:1", i)
		buildImage(t, d, name, fmt.Sprintf("FROM %s\nCOPY file /%d\n", from, i), map[string]string{"file": "x"})
		from = name
	}
	_, output := buildImage(t, d, "top:1", "FROM "+from+"\nRUN ls / | grep -c '^[0-9]'\n", nil)
	if want := fmt.Sprintln(depth); output != want {
		t.Errorf("RUN sees files of %q layers, want %q", output, want)
	}
}

func TestFailedBuildLeavesNoLayer(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	before, err := d.store.Layers()
	if err != nil {
		t.Fatal(err)
	}
	for _, dockerfile := range []string{"FROM base:1\nRUN false\n", "FROM base:1\nCOPY missing /\n", "FROM scratch\nCOPY missing /\n", "FROM base:1\nUSER ghost\nRUN true\n"} {
		if _, _, err := tryBuild(t, d, "x:1", dockerfile, nil); err == nil {
			t.Errorf("%q: no error", dockerfile)
		}
	}
	after, err := d.store.Layers()
	if err != nil {
		t.Fatal(err)
	}
	if len(after) != len(before) {
		t.Errorf("%d layers became %d", len(before), len(after))
	}
	assertNoStagingLeft(t, d)
	assertNothingLeft(t, d)
}

// TestNoErrorIsLost: what fails behind a step that has failed is told as well.
func TestNoErrorIsLost(t *testing.T) {
	d := openDriver(t)
	failing := errors.New("disk on fire")
	_, err := buildLayer(d.store, "", func(root string) error {
		if err := syscall.Unmount(root, 0); err != nil {
			t.Error(err)
		}
		return failing
	})
	if !errors.Is(err, failing) || !strings.Contains(err.Error(), "failed to unmount") {
		t.Errorf("got %v", err)
	}
}

// TestCrashLeavesNothingForLong kills a build, as it were, at each of its stages: its
// process's lock is gone, and nothing is undone.
func TestCrashLeavesNothingForLong(t *testing.T) {
	t.Setenv("TMPDIR", os.TempDir()) // what a killed process cannot restore
	dir := t.TempDir()
	options := Options{Root: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run")}
	first, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	base, _ := buildImage(t, first, "base:1", "FROM scratch\nCOPY file /\n", map[string]string{"file": "x"})
	stored, err := first.store.Image(base.ID)
	if err != nil {
		t.Fatal(err)
	}
	// Before the commit: a layer's record, and a staging folder without its lock.
	begun, err := first.store.CreateLayer("", stored.TopLayer, nil, "", false, &storage.LayerOptions{Flags: map[string]any{layerFlag: true}})
	if err != nil {
		t.Fatal(err)
	}
	staging := filepath.Join(first.GraphRoot(), "overlay", "staging", "1234", "dir", "etc")
	if err := os.MkdirAll(staging, 0o700); err != nil {
		t.Fatal(err)
	}
	// Between the layer and its image.
	applied, err := buildLayer(first.store, stored.TopLayer, func(string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	// Between the image's record and its configuration.
	nearly, err := buildLayer(first.store, stored.TopLayer, func(string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	image := strings.Repeat("ab", 32)
	_, err = first.store.CreateImage(image, []string{"localhost/nearly:1"}, nearly.ID, `{"kolla-build":"built"}`, &storage.ImageOptions{
		BigData: []storage.ImageBigDataOption{{Key: storage.ImageDigestBigDataKey, Data: []byte("{}")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if catalogue, err := first.Catalogue(); err != nil || first.Has("nearly:1") {
		t.Errorf("an image without a configuration counts: %v", err)
	} else if _, found := catalogue.Image("nearly:1"); found {
		t.Error("an image without a configuration is in the catalogue")
	}
	// Somebody else's layer is not ours to judge.
	foreign, err := first.store.CreateLayer("", stored.TopLayer, nil, "", false, nil)
	if err != nil {
		t.Fatal(err)
	}
	first.scratch.lock.Close()

	second, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, err := second.store.Image(image); !errors.Is(err, storage.ErrImageUnknown) {
		t.Errorf("the unfinished image is still there: %v", err)
	}
	for _, id := range []string{begun.ID, applied.ID, nearly.ID} {
		if _, err := second.store.Layer(id); !errors.Is(err, storage.ErrLayerUnknown) {
			t.Errorf("the unfinished layer is still there: %v", err)
		}
	}
	for _, id := range []string{stored.TopLayer, foreign.ID} {
		if _, err := second.store.Layer(id); err != nil {
			t.Errorf("a layer that is in use, or not ours, is gone: %v", err)
		}
	}
	assertNoStagingLeft(t, second)
	buildImage(t, second, "x:1", "FROM base:1\nCOPY file /other\n", map[string]string{"file": "x"})
}

// TestParentIsProtected removes the base image while an instruction runs, as "podman
// rmi" would.
func TestParentIsProtected(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	base, err := d.store.Image("localhost/base:1")
	if err != nil {
		t.Fatal(err)
	}
	removed := false
	dir := writeContext(t, map[string]string{"Dockerfile": "FROM base:1\nRUN echo ready; cat; ls /bin/busybox && touch /done\n"})
	image, err := d.Build(context.Background(), BuildOptions{Name: "x:1", ContextDir: dir, Output: writerFunc(func(p []byte) (int, error) {
		if strings.Contains(string(p), "ready") {
			if _, err := d.store.DeleteImage(base.ID, true); err != nil {
				t.Errorf("the image cannot be removed: %v", err)
			}
			removed = true
		}
		return len(p), nil
	})})
	if err != nil || !removed {
		t.Fatalf("removed: %v, %v", removed, err)
	}
	if _, err := d.store.Layer(base.TopLayer); err != nil {
		t.Errorf("the base's layer is gone: %v", err)
	}
	if found := entries(t, d, image); found["done"] == nil {
		t.Error("the image is not what was built")
	}
	buildImage(t, d, "y:1", "FROM x:1\nRUN test -f /done\n", nil)
}

func TestNameMovesToTheNewImage(t *testing.T) {
	for _, commit := range []bool{false, true} {
		d := openDriver(t, func(o *Options) { o.BuildahCommit = commit })
		first, _ := buildImage(t, d, "x:1", "FROM scratch\nLABEL n=1\n", nil)
		second, _ := buildImage(t, d, "x:1", "FROM scratch\nLABEL n=2\n", nil)
		if first.ID == second.ID {
			t.Error("two images are one")
		}
		stored, err := d.store.Image("localhost/x:1")
		if err != nil || stored.ID != second.ID {
			t.Errorf("the name is %+v's, %v", stored, err)
		}
		if image, ok := d.Find("x:1", "n", "2"); !ok || *image != *second {
			t.Errorf("found %+v, want %+v", image, second)
		}
	}
}

func TestVFSBuildsInContainers(t *testing.T) {
	d := openDriver(t, func(o *Options) { o.StorageDriver = "vfs" })
	buildBase(t, d)
	_, output := buildImage(t, d, "x:1", "FROM base:1\nCOPY file /file\nRUN cat /file\n", map[string]string{"file": "vfs"})
	if output != "# slow path, in a working container of buildah's: the storage driver is vfs\nvfs" {
		t.Errorf("output %q", output)
	}
	assertNothingLeft(t, d)
}

func TestKernelWithoutOverlaysForUs(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	testOnlyRefuseOverlays = true
	t.Cleanup(func() { testOnlyRefuseOverlays = false })
	_, output := buildImage(t, d, "x:1", "FROM base:1\nONBUILD RUN echo trigger\nRUN echo once\n", nil)
	if !strings.HasSuffix(output, "\nonce\n") {
		t.Errorf("output %q", output)
	}
	_, output = buildImage(t, d, "y:1", "FROM x:1\n", nil)
	if strings.Contains(output, "trigger") { // the OCI format has no place for triggers
		t.Errorf("output %q", output)
	}
	assertNoStagingLeft(t, d)
	assertNothingLeft(t, d)
}

// TestNoRunNoProcess: a quarter of all images have no RUN.
func TestNoRunNoProcess(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	var before, after syscall.Rusage
	usage := func(r *syscall.Rusage) {
		if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, r); err != nil {
			t.Fatal(err)
		}
	}
	usage(&before)
	buildImage(t, d, "x:1", "FROM base:1\nUSER nova\nWORKDIR /work\nCOPY --chown=nova file /file\nADD archive.tar /\n",
		map[string]string{"file": "x", "archive.tar": tarWithLink(t, "link", "file")})
	usage(&after)
	if before != after {
		t.Errorf("a process was started, and used %+v", after)
	}
	buildImage(t, d, "x:1", "FROM base:1\nRUN true\n", nil)
	usage(&after)
	if before == after {
		t.Error("the process of a RUN goes unseen")
	}
}

// TestOddThingsReachTheLayer: what the library's writer of archives cannot describe must
// neither be missing nor take along what follows it.
func TestOddThingsReachTheLayer(t *testing.T) {
	d := openDriver(t)
	depth := 0
	layer, err := buildLayer(d.store, "", func(root string) error {
		for _, name := range []string{"a", "b", "c"} {
			if err := os.WriteFile(filepath.Join(root, name), []byte(name), 0o600); err != nil {
				return err
			}
		}
		// Folders until their path in the staging folder is too long for a system call.
		fd, err := unix.Open(root, unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		for ; err == nil && depth < 20; depth++ {
			base := strings.Repeat("d", 200)
			var next int
			err = unix.Mkdirat(fd, base, 0o700)
			if err == nil {
				next, err = unix.Openat(fd, base, unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
			}
			unix.Close(fd)
			fd = next
		}
		unix.Close(fd)
		return errors.Join(err, unix.Setxattr(filepath.Join(root, "b"), "user.a=b", []byte("odd"), 0))
	})
	if err != nil {
		t.Fatal(err)
	}
	plain := archive.Uncompressed
	diff, err := d.store.Diff("", layer.ID, &storage.DiffOptions{Compression: &plain})
	if err != nil {
		t.Fatal(err)
	}
	defer diff.Close()
	count := 0
	for reader := tar.NewReader(diff); ; count++ {
		if _, err := reader.Next(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if count != 3+depth {
		t.Errorf("the layer holds %d things of %d", count, 3+depth)
	}
}

// TestLongestPath: a file is built in only if the library can read it back for a push.
func TestLongestPath(t *testing.T) {
	d := openDriver(t)
	limit := maxPath(filepath.Join(d.store.GraphRoot(), "overlay"))
	build := func(length int) error {
		layer, err := buildLayer(d.store, "", func(root string) error {
			fd, err := unix.Open(root, unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
			for ; err == nil && length > 200; length -= 101 {
				base := strings.Repeat("d", 100)
				next := -1
				if err = unix.Mkdirat(fd, base, 0o700); err == nil {
					next, err = unix.Openat(fd, base, unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
				}
				unix.Close(fd)
				fd = next
			}
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			file, err := unix.Openat(fd, strings.Repeat("f", length), unix.O_CREAT|unix.O_WRONLY|unix.O_CLOEXEC, 0o600)
			if err != nil {
				return err
			}
			_, err = unix.Write(file, []byte("x"))
			return errors.Join(err, unix.Close(file))
		})
		if err != nil {
			return err
		}
		plain := archive.Uncompressed
		diff, err := d.store.Diff("", layer.ID, &storage.DiffOptions{Compression: &plain})
		if err != nil {
			t.Fatal(err)
		}
		defer diff.Close()
		if _, err := io.Copy(io.Discard, diff); err != nil {
			t.Errorf("the library cannot read it back: %v", err)
		}
		return nil
	}
	if err := build(limit); err != nil {
		t.Errorf("at the limit of %d: %v", limit, err)
	}
	if err := build(limit + 1); err == nil || !strings.Contains(err.Error(), "read back no more than") {
		t.Errorf("above the limit of %d: %v", limit, err)
	}
}
