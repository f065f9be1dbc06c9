package source

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestContents changes what an image is made of, and wants what Place lays to change
// with what Contents says, and only then.
func TestContents(t *testing.T) {
	dir := t.TempDir()
	own, plugin := filepath.Join(dir, "own"), filepath.Join(dir, "plugin")
	file := filepath.Join(dir, "own.tar.gz")
	body := tarball(t, nil)
	writeFile(t, "1", own, "setup.py")
	writeFile(t, "1", plugin, "setup.py")
	writeFile(t, string(body), file)

	look := func(want Want) (contents []Content, laid map[string]string) {
		t.Helper()
		r := newRig(t)
		want.Image = "nova"
		set := NewSet(r.Fetcher, "", []Want{want})
		set.Start(t.Context())
		defer set.Wait()
		contents, err := set.Contents(t.Context(), "nova")
		if err != nil {
			t.Fatal(err)
		}
		context := t.TempDir()
		if err := set.Place(t.Context(), "nova", context); err != nil {
			t.Fatal(err)
		}
		laid = map[string]string{}
		for _, name := range []string{"nova-archive", "plugins-archive", "additions-archive"} {
			if data, err := os.ReadFile(filepath.Join(context, name)); err == nil {
				laid[name] = digestOf(data)
			}
		}
		return contents, laid
	}
	base := Want{Sources: []Spec{localSpec("nova", own)}, Plugins: []Spec{localSpec("nova-plugin-x", plugin)}}
	contents, laid := look(base)
	if len(contents) != 2 || contents[0].Section != "nova" || contents[1].Section != "nova-plugin-x" {
		t.Errorf("got %v", contents)
	}
	for name, change := range map[string]func() Want{
		"nothing":  func() Want { return base },
		"own":      func() Want { writeFile(t, "2", own, "setup.py"); return base },
		"plugin":   func() Want { writeFile(t, "2", plugin, "setup.py"); return base },
		"no more":  func() Want { return Want{Sources: base.Sources} },
		"addition": func() Want { w := base; w.Additions = []Spec{localSpec("nova-additions-x", plugin)}; return w },
		"moved":    func() Want { return Want{Sources: base.Sources, Additions: base.Plugins} },
		"tarball":  func() Want { w := base; w.Sources = []Spec{localSpec("nova", file)}; return w },
	} {
		writeFile(t, "1", own, "setup.py")
		writeFile(t, "1", plugin, "setup.py")
		nowContents, nowLaid := look(change())
		said, is := !slices.Equal(nowContents, contents), !maps.Equal(nowLaid, laid)
		if is && !said {
			t.Errorf("%s: contexts change, and nobody says so", name)
		}
		if said != (name != "nothing") {
			t.Errorf("%s: said %v", name, said)
		}
	}
}

func TestContentsOfABrokenSource(t *testing.T) {
	r := newRig(t)
	set := NewSet(r.Fetcher, "", []Want{{Image: "nova", Sources: []Spec{localSpec("nova", "/nowhere")}}})
	set.Start(t.Context())
	defer set.Wait()
	if _, err := set.Contents(t.Context(), "nova"); err == nil || !strings.Contains(err.Error(), "[nova]") {
		t.Errorf("got %v", err)
	}
	if contents, err := set.Contents(t.Context(), "other"); err != nil || len(contents) > 0 {
		t.Errorf("got %v, %v", contents, err)
	}
}

func TestEmpty(t *testing.T) {
	r := newRig(t)
	if set := NewSet(r.Fetcher, "", []Want{{Image: "a"}}); !set.Empty() || set.Lays("a", "a") {
		t.Error("a set of nothing")
	}
	set := NewSet(r.Fetcher, "", []Want{{Image: "a", Sources: []Spec{localSpec("b", "/")}}})
	if set.Empty() || !set.Lays("a", "b") || set.Lays("a", "a") || set.Lays("b", "b") {
		t.Error("a set of one")
	}
}

// TestPatchesAreThosePlaced compares the two.
func TestPatchesAreThosePlaced(t *testing.T) {
	patches := t.TempDir()
	for _, name := range []string{"one.patch", "two.patch", "deep/three", "README"} {
		writeFile(t, name, patches, "nova", filepath.FromSlash(name))
	}
	writeFile(t, "one.patch\ndeep/three -p0\n", patches, "nova", "series")
	found, err := Patches(patches, "nova")
	if err != nil {
		t.Fatal(err)
	}
	context := t.TempDir()
	if err := PlacePatches(patches, "nova", context); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(slices.Sorted(maps.Keys(found)), " "); got != "deep/three one.patch series" {
		t.Errorf("got %s", got)
	}
	for name, path := range found {
		want, err := os.ReadFile(path)
		got, err2 := os.ReadFile(filepath.Join(context, "patches", name))
		if err != nil || err2 != nil || string(got) != string(want) {
			t.Errorf("%s: %q, %v, want %q, %v", name, got, err2, want, err)
		}
	}
	if _, err := os.Lstat(filepath.Join(context, "patches", "two.patch")); err == nil {
		t.Error("a patch that the series does not list is there")
	}
	for _, dir := range []string{"", patches} {
		if found, err := Patches(dir, "glance"); err != nil || len(found) > 0 {
			t.Errorf("got %v, %v", found, err)
		}
	}
	writeFile(t, "../../x\n", patches, "nova", "series")
	if _, err := Patches(patches, "nova"); err == nil {
		t.Error("a series that leads out passes")
	}
}

// TestCached wants what the cache has to be taken as it is, and the rest to be fetched.
func TestCached(t *testing.T) {
	cached := func(o *Options) { o.Cached = true }
	one, two := tarball(t, nil), tarball(t, nil)
	server := serve(t, content(one), content(two))
	r := newRig(t, cached)
	expect(t, r.must(t, server.spec()), one)
	expect(t, r.again(t).must(t, server.spec()), one)
	if n := len(server.requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
	expect(t, r.again(t, func(o *Options) { o.Cached = false }).must(t, server.spec()), two)

	u := newUpstream(t)
	u.commit("a", "1")
	was := r.must(t, u.spec("master"))
	u.commit("a", "2")
	if now := r.again(t).must(t, u.spec("master")); now.Digest != was.Digest {
		t.Error("git was asked")
	}
	if now := r.again(t, func(o *Options) { o.Cached = false }).must(t, u.spec("master")); now.Digest == was.Digest {
		t.Error("git was not asked")
	}
}
