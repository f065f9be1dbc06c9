package buildahdriver

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opencontainers/go-digest"
	"go.podman.io/storage"
)

// pruneStore is the folder of a store that a test fills, and prunes when the driver is
// closed.
type pruneStore struct {
	Options
	t *testing.T
}

func newPruneStore(t *testing.T) pruneStore {
	t.Helper()
	t.Setenv("TMPDIR", os.TempDir()) // what a driver that is never closed cannot restore
	dir := t.TempDir()
	return pruneStore{Options{Root: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run")}, t}
}

// fill opens the store for a while.
func (s pruneStore) fill(with func(d *Driver)) {
	s.t.Helper()
	d, err := Open(s.Options)
	if err != nil {
		s.t.Fatal(err)
	}
	with(d)
	if err := d.Close(); err != nil {
		s.t.Fatal(err)
	}
}

func (s pruneStore) prune(options PruneOptions) *Pruned {
	s.t.Helper()
	done, err := Prune(context.Background(), s.Options, options)
	if err != nil {
		s.t.Fatal(err)
	}
	return done
}

// foreign makes an image as another tool does it that builds FROM an image of ours: it has our
// labels, and the layers of ours, with one more if it changes more than labels.
func (s pruneStore) foreign(d *Driver, name string, from *Image, withLayer bool) string {
	s.t.Helper()
	stored, err := d.store.Image(from.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	top := stored.TopLayer
	if withLayer {
		layer, err := d.store.CreateLayer("", top, nil, "", false, nil)
		if err != nil {
			s.t.Fatal(err)
		}
		top = layer.ID
	}
	config, err := d.store.ImageBigData(from.ID, "sha256:"+from.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	config = append([]byte(" "), config...)
	var names []string
	if name != "" {
		names = []string{"localhost/" + name}
	}
	sum := digest.FromBytes(config)
	image, err := d.store.CreateImage(sum.Encoded(), names, top, "{}", &storage.ImageOptions{
		BigData: []storage.ImageBigDataOption{{Key: sum.String(), Data: config, Digest: sum}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return image.ID
}

// build builds an image with one file of a size.
func (s pruneStore) build(d *Driver, name, from string, size int) *Image {
	s.t.Helper()
	image, _ := buildImage(s.t, d, name, "FROM "+from+"\nLABEL ours=yes\nCOPY file /"+name+"\n", map[string]string{"file": string(make([]byte, size))})
	return image
}

func ids(removed []Removed) []string {
	var list []string
	for _, r := range removed {
		list = append(list, r.ID)
	}
	return list
}

func TestPruneRemovesUntaggedImages(t *testing.T) {
	s := newPruneStore(t)
	var first, second *Image
	s.fill(func(d *Driver) {
		s.build(d, "base:1", "scratch", 1000)
		first = s.build(d, "x:1", "base:1", 50000)
		second = s.build(d, "x:1", "base:1", 60000)
	})
	dry := s.prune(PruneOptions{DryRun: true})
	done := s.prune(PruneOptions{})
	for _, p := range []*Pruned{dry, done} {
		if len(p.Removed) != 1 || p.Removed[0].ID != first.ID || p.Removed[0].Name != "localhost/x:1" || p.Freed < 50000 || p.Freed > 55000 || p.Left < 61000 || p.Left > 70000 {
			t.Errorf("got %+v", p)
		}
	}
	s.fill(func(d *Driver) {
		if !d.Has("x:1") || !d.Has("base:1") {
			t.Error("an image with a name is gone")
		}
		if _, err := d.store.Image(first.ID); !errors.Is(err, storage.ErrImageUnknown) {
			t.Errorf("the image is still there: %v", err)
		}
		layers, err := d.store.Layers()
		if err != nil || len(layers) != 2 {
			t.Errorf("%d layers are left, want 2: %v", len(layers), err)
		}
		if image, ok := d.Find("x:1", "ours", "yes"); !ok || image.ID != second.ID {
			t.Errorf("the name is %v's", image)
		}
	})
	if again := s.prune(PruneOptions{}); len(again.Removed) > 0 || again.Freed != 0 {
		t.Errorf("a second time: %+v", again)
	}
}

func TestPruneSparesWhatIsNeeded(t *testing.T) {
	s := newPruneStore(t)
	var nameless, below *Image
	s.fill(func(d *Driver) {
		below = s.build(d, "base:1", "scratch", 1)
		s.build(d, "on:1", "base:1", 2)
		s.build(d, "base:1", "scratch", 3) // the other one has lost its name, and carries on:1
		nameless = s.build(d, "x:1", "base:1", 4)
		s.build(d, "x:1", "base:1", 5)
		// Somebody else's container, on an image that has lost its name.
		used := s.build(d, "y:1", "base:1", 6)
		s.build(d, "y:1", "base:1", 7)
		if _, err := d.store.CreateContainer("", []string{"theirs"}, used.ID, "", "", nil); err != nil {
			t.Fatal(err)
		}
	})
	done := s.prune(PruneOptions{Needed: func(id string, names []string) bool {
		if len(names) == 0 && id != nameless.ID && id != below.ID {
			return false
		}
		return id == nameless.ID
	}})
	if len(done.Removed) > 0 {
		t.Errorf("got %+v", done.Removed)
	}
}

func TestPruneNamedImages(t *testing.T) {
	s := newPruneStore(t)
	var base, x, y *Image
	s.fill(func(d *Driver) {
		base = s.build(d, "base:1", "scratch", 1)
		x = s.build(d, "x:1", "base:1", 1)
		y = s.build(d, "y:1", "base:1", 1)
		s.foreign(d, "foreign:1", y, true)
	})
	needed := func(_ string, names []string) bool { return slices.Contains(names, "localhost/needed:1") }
	done := s.prune(PruneOptions{Named: true, Needed: needed})
	if got := ids(done.Removed); !slices.Equal(got, []string{x.ID}) {
		t.Errorf("removed %v, want x alone: %v, %v stay, since something stands on them", got, base.ID, y.ID)
	}
}

// The least recently used goes first, until the store is small enough.
func TestPruneToALimit(t *testing.T) {
	s := newPruneStore(t)
	lastUse := map[string]time.Time{}
	var images []*Image
	s.fill(func(d *Driver) {
		for i, name := range []string{"a:1", "b:1", "c:1", "d:1"} {
			image := s.build(d, name, "scratch", 100_000)
			images = append(images, image)
			lastUse[image.ID] = time.Now().Add(time.Duration([]int{2, 4, 1, 3}[i]) * time.Hour)
		}
	})
	options := PruneOptions{Limit: 250_000, Named: true, LastUse: func(id string, _ []string) time.Time { return lastUse[id] }}
	done := s.prune(options)
	if got, want := ids(done.Removed), []string{images[2].ID, images[0].ID}; !slices.Equal(got, want) || done.Left > 250_000 || done.Left < 200_000 {
		t.Errorf("removed %v and left %d bytes, want %v", got, done.Left, want)
	}
	if again := s.prune(options); len(again.Removed) > 0 {
		t.Errorf("a second time: %+v", again.Removed)
	}
}

// What killed processes leave is told and removed, here as by any run.
func TestPruneRemovesStaleThings(t *testing.T) {
	s := newPruneStore(t)
	d, err := Open(s.Options)
	if err != nil {
		t.Fatal(err)
	}
	base := s.build(d, "base:1", "scratch", 1)
	stored, err := d.store.Image(base.ID)
	if err != nil {
		t.Fatal(err)
	}
	layer, err := d.store.CreateLayer("", stored.TopLayer, nil, "", false, &storage.LayerOptions{Flags: map[string]any{layerFlag: true}})
	if err != nil {
		t.Fatal(err)
	}
	ours, err := d.store.CreateContainer("", []string{containerName(d.scratch.dir, "x")}, base.ID, "", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"theirs", "kolla-build-registry"} {
		if _, err := d.store.CreateContainer("", []string{name}, base.ID, "", "", nil); err != nil {
			t.Fatal(err)
		}
	}
	leaked := filepath.Join(d.GraphRoot(), "overlay-images", ".tmp-images.json123")
	if err := os.WriteFile(leaked, []byte("[]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.TempDir(), "file"), make([]byte, 100_000), 0o600); err != nil {
		t.Fatal(err)
	}
	staging := filepath.Join(stagingBase(d.store), "1234")
	if err := os.MkdirAll(staging, 0o700); err != nil {
		t.Fatal(err)
	}
	d.scratch.lock.Close() // the process is killed, as it were
	want := []string{ours.ID, d.TempDir(), staging, layer.ID, leaked}
	dry := s.prune(PruneOptions{DryRun: true})
	if got := ids(dry.Removed); !slices.Equal(got, want) || dry.Freed < 100_000 {
		t.Errorf("would remove %v, want %v; and free %d", got, want, dry.Freed)
	}
	// The library removes staging folders itself, when it opens the store anew.
	done := s.prune(PruneOptions{})
	if got := ids(done.Removed); !slices.Contains(got, layer.ID) || !slices.Contains(got, ours.ID) || done.Freed < 100_000 {
		t.Errorf("removed %v, want %v; freed %d", got, want, done.Freed)
	}
	if again := s.prune(PruneOptions{}); len(again.Removed) > 0 {
		t.Errorf("a second time: %+v", again.Removed)
	}
	if _, err := os.Stat(leaked); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a temporary file of the library is still there: %v", err)
	}
	s.fill(func(d *Driver) {
		for _, name := range []string{"theirs", "kolla-build-registry"} {
			if _, err := d.store.Container(name); err != nil {
				t.Errorf("somebody else's container %s is gone: %v", name, err)
			}
		}
	})
}

// What others have in the store is not ours to remove, whatever labels and layers it has.
func TestPruneSparesOthers(t *testing.T) {
	s := newPruneStore(t)
	var kept []string
	s.fill(func(d *Driver) {
		base := s.build(d, "base:1", "scratch", 1)
		kept = append(kept, base.ID, s.foreign(d, "app:1", base, false))
		other := s.build(d, "other:1", "scratch", 2)
		kept = append(kept, other.ID, s.foreign(d, "", other, false))
	})
	done := s.prune(PruneOptions{Named: true, Needed: func(id string, _ []string) bool { return id == kept[0] || id == kept[2] }})
	if len(done.Removed) > 0 {
		t.Errorf("removed %+v", done.Removed)
	}
	s.prune(PruneOptions{Named: true})
	s.fill(func(d *Driver) {
		for i, id := range kept {
			_, err := d.store.Image(id)
			if isForeign := i%2 == 1; isForeign != (err == nil) {
				t.Errorf("image %d of %v: %v", i, kept, err)
			}
		}
	})
}

// A dry run is for looking only: it waits for nobody, and takes nobody's files for stale.
func TestDryPruneBesideABuild(t *testing.T) {
	s := newPruneStore(t)
	s.fill(func(d *Driver) {
		s.build(d, "x:1", "scratch", 1)
		untagged := s.build(d, "x:1", "scratch", 2)
		s.build(d, "x:1", "scratch", 3)
		done := s.prune(PruneOptions{DryRun: true, OnWait: func() { t.Error("it waits") }})
		if got := ids(done.Removed); len(got) != 2 || !slices.Contains(got, untagged.ID) {
			t.Errorf("would remove %v", got)
		}
	})
}

// A link in place of a folder of ours leads to somebody's files.
func TestNothingGoesThroughALink(t *testing.T) {
	for _, name := range []string{"tmp", "caches", "unsynced", ""} {
		t.Run("kolla-build/"+name, func(t *testing.T) {
			s := newPruneStore(t)
			s.fill(func(d *Driver) { s.build(d, "x:1", "scratch", 1) })
			precious := t.TempDir()
			folders := []string{"20260102T030405-678", "0123456789abcdef0123456789abcdef", "holiday"}
			for _, folder := range folders {
				if err := os.MkdirAll(filepath.Join(precious, name, folder), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			own := ownPath(s.Root, name)
			if err := errors.Join(os.RemoveAll(own), os.Symlink(filepath.Join(precious, name), own)); err != nil {
				t.Fatal(err)
			}
			_, err := Prune(context.Background(), s.Options, PruneOptions{})
			if remedy := Remedy(err); name != "tmp" && name != "unsynced" && !strings.Contains(remedy, "remove the link") {
				t.Errorf("pruning: %v, %q", err, remedy)
			}
			d, err := Open(s.Options)
			if err == nil {
				err = d.Close()
			}
			if remedy := Remedy(err); (name == "" || name == "tmp") && !strings.Contains(remedy, "remove the link") {
				t.Errorf("opening: %v, %q", err, remedy)
			}
			for _, folder := range folders {
				if _, err := os.Stat(filepath.Join(precious, name, folder)); err != nil {
					t.Errorf("the folder is gone: %v", err)
				}
			}
		})
	}
}

// In folders of ours, only what we make is ours.
func TestOnlyOurNamesAreRemoved(t *testing.T) {
	s := newPruneStore(t)
	s.fill(func(d *Driver) { s.build(d, "x:1", "scratch", 1) })
	keep := []string{ownPath(s.Root, "tmp", "mine"), ownPath(s.Root, "caches", "mine"), filepath.Join(s.Root, "overlay-images", ".tmp-mine")}
	stale := ownPath(s.Root, "tmp", "20260102T030405-678")
	for _, folder := range append(slices.Clone(keep), stale) {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.prune(PruneOptions{})
	s.fill(func(*Driver) {})
	for _, folder := range keep {
		if _, err := os.Stat(folder); err != nil {
			t.Errorf("it is gone: %v", err)
		}
	}
	if _, err := os.Stat(stale); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a temporary folder of ours is still there: %v", err)
	}
}

func TestPruneWaitsForBuilds(t *testing.T) {
	s := newPruneStore(t)
	d, err := Open(s.Options)
	if err != nil {
		t.Fatal(err)
	}
	s.build(d, "x:1", "scratch", 1)
	lost := s.build(d, "x:1", "scratch", 2)
	s.build(d, "x:1", "scratch", 3)

	ctx, cancel := context.WithCancelCause(context.Background())
	enough := errors.New("waited long enough")
	if _, err := Prune(ctx, s.Options, PruneOptions{OnWait: func() { cancel(enough) }}); !errors.Is(err, enough) {
		t.Errorf("it did not wait: %v", err)
	}
	if _, err := d.store.Image(lost.ID); err != nil {
		t.Errorf("what a run may use is gone: %v", err)
	}
	done, err := Prune(context.Background(), s.Options, PruneOptions{OnWait: func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}})
	if err != nil || len(done.Removed) != 2 {
		t.Errorf("removed %+v, %v", done, err)
	}
}

func TestPruneCaches(t *testing.T) {
	s := newPruneStore(t)
	var folder string
	s.fill(func(d *Driver) {
		folder = cacheFolder(d.store, "apt")
		if err := os.MkdirAll(filepath.Join(folder, cacheData), 0o700); err != nil {
			t.Fatal(err)
		}
		for name, content := range map[string]string{cacheID: "apt", cacheLock: "", cacheData + "/file": string(make([]byte, 100_000))} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
	if done := s.prune(PruneOptions{Limit: 1 << 20}); len(done.Removed) > 0 || done.Left < 100_000 {
		t.Errorf("below the limit: %+v", done)
	}
	done := s.prune(PruneOptions{})
	if len(done.Removed) != 1 || done.Removed[0].Name != "apt" || done.Removed[0].LastUse.IsZero() || done.Freed < 100_000 || done.Left != 0 {
		t.Errorf("got %+v", done)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the cache is still there: %v", err)
	}
}
