package buildahdriver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// damagedStore is a store with two images, one on the other, and a cache, that is closed.
type damagedStore struct {
	pruneStore
	parent, child *Image
}

func newDamagedStore(t *testing.T) damagedStore {
	t.Helper()
	s := damagedStore{pruneStore: newPruneStore(t)}
	s.fill(func(d *Driver) {
		s.parent = s.build(d, "parent:1", "scratch", 1000)
		s.child = s.build(d, "child:1", "parent:1", 2000)
		s.build(d, "child:1", "parent:1", 3000) // the other one is dangling
	})
	return s
}

// rebuild does what a run does: takes what is whole, and builds the rest.
func (s damagedStore) rebuild() error {
	d, err := Open(s.Options)
	if err != nil {
		return err
	}
	for _, image := range []struct{ name, from string }{{"parent:1", "scratch"}, {"child:1", "parent:1"}} {
		if _, found := d.Find(image.name, "ours", "yes"); found && err == nil {
			continue
		}
		_, _, buildErr := tryBuild(s.t, d, image.name, "FROM "+image.from+"\nLABEL ours=yes\nCOPY file /"+image.name+"\n", map[string]string{"file": "x"})
		err = errors.Join(err, buildErr)
	}
	return errors.Join(err, d.Close())
}

func (s damagedStore) list(name string) string {
	return filepath.Join(s.Root, "overlay-"+name, name+".json")
}

// change writes a file anew.
func change(t *testing.T, path string, with func([]byte) []byte) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, with(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func half(text []byte) []byte  { return text[:len(text)/2] }
func empty([]byte) []byte      { return nil }
func null([]byte) []byte       { return []byte("null") }
func zeros(text []byte) []byte { return make([]byte, len(text)) }

// flip changes one digit of the first id.
func flip(text []byte) []byte {
	at := bytes.Index(text, []byte(`"id":"`)) + len(`"id":"`)
	text[at] = map[bool]byte{true: 'a', false: 'b'}[text[at] == 'b']
	return text
}

// Whatever is damaged: a run heals it or says what to type; a prune does not fail for ever; and
// after a repair all is well.
func TestDamagedStore(t *testing.T) {
	data := func(s damagedStore, key string) string {
		if key != "manifest" {
			key = dataFile("sha256:" + s.parent.ID)
		}
		return filepath.Join(s.Root, "overlay-images", s.parent.ID, key)
	}
	layerOf := func(s damagedStore, t *testing.T) (folder string) {
		t.Helper()
		catalogue, err := Look(s.Options)
		if err != nil {
			t.Fatal(err)
		}
		return filepath.Join(s.Root, "overlay", catalogue.byID[s.parent.ID].Layer)
	}
	file := func(name string, with func([]byte) []byte) func(*testing.T, damagedStore) {
		return func(t *testing.T, s damagedStore) { change(t, s.list(name), with) }
	}
	remove := func(what func(damagedStore) string) func(*testing.T, damagedStore) {
		return func(t *testing.T, s damagedStore) {
			if err := os.RemoveAll(what(s)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, test := range []struct {
		name   string
		damage func(t *testing.T, s damagedStore)
		heals  bool // a run does, by itself
	}{
		{"layers truncated", file("layers", half), false},
		{"layers emptied", file("layers", empty), true},
		{"layers null", file("layers", null), true},
		{"layers zeroed", file("layers", zeros), false},
		{"layers flipped", file("layers", flip), true},
		{"layers lost", remove(func(s damagedStore) string { return s.list("layers") }), true},
		{"all of layers lost", remove(func(s damagedStore) string { return filepath.Dir(s.list("layers")) }), true},
		{"images truncated", file("images", half), false},
		{"images emptied", file("images", empty), true},
		{"images zeroed", file("images", zeros), false},
		{"images flipped", file("images", flip), true},
		{"images lost", remove(func(s damagedStore) string { return s.list("images") }), true},
		{"all of images lost", remove(func(s damagedStore) string { return filepath.Dir(s.list("images")) }), true},
		{"both truncated", func(t *testing.T, s damagedStore) {
			change(t, s.list("images"), half)
			change(t, s.list("layers"), half)
		}, false},
		{"manifest lost", remove(func(s damagedStore) string { return data(s, "manifest") }), true},
		{"manifest emptied", func(t *testing.T, s damagedStore) { change(t, data(s, "manifest"), empty) }, true},
		{"configuration flipped", func(t *testing.T, s damagedStore) {
			change(t, data(s, "configuration"), func(text []byte) []byte { return bytes.Replace(text, []byte("ours"), []byte("ourt"), 1) })
		}, true},
		{"configuration lost", remove(func(s damagedStore) string { return data(s, "configuration") }), true},
		{"a layer's files lost", func(t *testing.T, s damagedStore) {
			if err := os.RemoveAll(layerOf(s, t)); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"a layer's file changed", func(t *testing.T, s damagedStore) {
			change(t, filepath.Join(layerOf(s, t), "diff", "parent:1"), func([]byte) []byte { return []byte("y") })
		}, true},
		{"the lock is a folder", func(t *testing.T, s damagedStore) {
			lock := ownPath(s.Root, "lock")
			if err := errors.Join(os.Remove(lock), os.Mkdir(lock, 0o700)); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"tmp is a file", func(t *testing.T, s damagedStore) {
			tmp := ownPath(s.Root, "tmp")
			if err := errors.Join(os.RemoveAll(tmp), os.WriteFile(tmp, nil, 0o600)); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"all of ours lost", remove(func(s damagedStore) string { return ownPath(s.Root) }), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newDamagedStore(t)
			test.damage(t, s)
			err := s.rebuild()
			switch {
			case test.heals && err != nil:
				t.Errorf("a run does not heal it: %v", err)
			case !test.heals && err == nil:
				t.Error("a run finds nothing wrong")
			case !test.heals && Remedy(err) == "":
				t.Errorf("nothing is said of what to do about: %v", err)
			}
			if !test.heals && !strings.Contains(Remedy(err), "check --repair") {
				if !strings.Contains(Remedy(err), "move it away") {
					t.Errorf("the remedy is %q", Remedy(err))
				}
				return // by hand
			}
			ctx := context.Background()
			if test.heals {
				if _, err := Prune(ctx, s.Options, PruneOptions{Named: true}); err != nil {
					t.Errorf("pruning: %v", err)
				}
			}
			if _, err := Check(ctx, s.Options, CheckOptions{Repair: true}); err != nil {
				t.Errorf("repairing: %v", err)
			}
			if faults, err := Check(ctx, s.Options, CheckOptions{}); err != nil || len(faults) > 0 {
				t.Errorf("after the repair: %+v, %v", faults, err)
			}
			if err := s.rebuild(); err != nil {
				t.Errorf("building after the repair: %v", err)
			}
			if _, err := Prune(ctx, s.Options, PruneOptions{Named: true}); err != nil {
				t.Errorf("pruning after the repair: %v", err)
			}
			layers, err := os.ReadDir(filepath.Join(s.Root, "overlay"))
			if err != nil {
				t.Fatal(err)
			}
			for _, layer := range layers {
				if len(layer.Name()) == 64 {
					t.Errorf("the files of a layer are left that nothing knows: %s", layer.Name())
				}
			}
		})
	}
}

// A check alone tells of damage and changes nothing.
func TestCheckChangesNothing(t *testing.T) {
	s := newDamagedStore(t)
	ctx := context.Background()
	if faults, err := Check(ctx, s.Options, CheckOptions{}); err != nil || len(faults) > 0 {
		t.Errorf("a sound store: %+v, %v", faults, err)
	}
	if faults, err := Check(ctx, Options{Root: filepath.Join(s.Root, "nowhere")}, CheckOptions{}); err != nil || len(faults) > 0 {
		t.Errorf("no store: %+v, %v", faults, err)
	}
	if _, err := os.Stat(filepath.Join(s.Root, "nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a check makes a store")
	}
	manifest := filepath.Join(s.Root, "overlay-images", s.parent.ID, "manifest")
	change(t, manifest, func(text []byte) []byte { return bytes.ToUpper(text) })
	change(t, s.list("images"), func(text []byte) []byte { return append([]byte(" "), text...) })
	faults, err := Check(ctx, s.Options, CheckOptions{})
	if err != nil || len(faults) != 1 || faults[0].ID != s.parent.ID || faults[0].Names[0] != "localhost/parent:1" || len(faults[0].Reasons) != 1 {
		t.Errorf("a changed manifest: %+v, %v", faults, err)
	}
	change(t, s.list("images"), half)
	faults, err = Check(ctx, s.Options, CheckOptions{})
	if err != nil || len(faults) != 1 || faults[0].Kind != "list" || faults[0].ID != s.list("images") {
		t.Errorf("a truncated list: %+v, %v", faults, err)
	}
	if _, err := os.Stat(s.list("images") + ".damaged"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a check changes lists")
	}
}

// Where nothing can be mounted, a layer that cannot be is not damaged, and a repair removes nothing.
func TestCheckWithoutMounts(t *testing.T) {
	s := newDamagedStore(t)
	testOnlyRefuseOverlays = true
	t.Cleanup(func() { testOnlyRefuseOverlays = false })
	s.fill(func(d *Driver) {
		if mountable, err := canMountLayers(d.store); err != nil || mountable {
			t.Errorf("layers can be mounted: %v, %v", mountable, err)
		}
	})
	if faults, err := Check(context.Background(), s.Options, CheckOptions{Repair: true}); err != nil || len(faults) > 0 {
		t.Errorf("got %+v, %v", faults, err)
	}
}

func TestSalvage(t *testing.T) {
	whole := `[{"id":"a","x":[1]},{"id":"b"},{"id":"c"}]`
	for cut := range len(whole) + 1 {
		got, err := json.Marshal(salvage([]byte(whole[:cut])))
		if err != nil {
			t.Fatal(err)
		}
		want := "[]"
		for _, end := range []int{20, 31, 42} {
			if cut >= end-1 {
				want = strings.TrimRight(whole[:end-1], ",") + "]"
			}
		}
		if string(got) != want {
			t.Errorf("%s: got %s, want %s", whole[:cut], got, want)
		}
	}
	for text, want := range map[string]string{"": "[]", "{}": "[]", `[{"id":"a"},{"id":7},{"id":"b"}]`: `[{"id":"a"}]`, "\x00\x00": "[]"} {
		if got, _ := json.Marshal(salvage([]byte(text))); string(got) != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
