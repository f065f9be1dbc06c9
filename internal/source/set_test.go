package source

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func localSpec(section, location string) Spec {
	return Spec{Section: section, Type: Local, Location: location, Where: "kolla-build.conf:3"}
}

func TestLocalFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "horizon")
	writeFile(t, "a", dir, "setup.py")
	writeFile(t, "b", dir, ".git", "HEAD")
	os.Symlink("/usr/bin/python3", filepath.Join(dir, "python"))
	r := newRig(t)
	one := r.must(t, localSpec("horizon-base", dir))
	if got := names(t, one.Path); !slices.Equal(got, []string{"horizon/", "horizon/python -> /usr/bin/python3", "horizon/setup.py"}) {
		t.Errorf("got %v", got)
	}
	now := time.Now().Add(time.Hour)
	os.Chtimes(filepath.Join(dir, "setup.py"), now, now)
	writeFile(t, "c", dir, ".git", "HEAD")
	if same := r.again(t).must(t, localSpec("horizon-base", dir)); same.Digest != one.Digest {
		t.Error("times make a difference")
	}
	writeFile(t, "c", dir, "setup.py")
	if changed := r.again(t).must(t, localSpec("horizon-base", dir)); changed.Digest == one.Digest {
		t.Error("content makes none")
	}
	writeFile(t, strings.Repeat("x", 10_000), dir, "big")
	newRig(t, func(o *Options) { o.MaxSize = 9000 }).fails(t, localSpec("horizon-base", dir), "failed to pack "+dir, "it is bigger than")
}

func TestLocalTarball(t *testing.T) {
	body := tarball(t, nil)
	file := filepath.Join(t.TempDir(), "x.tar.gz")
	writeFile(t, string(body), file)
	r := newRig(t)
	expect(t, r.must(t, localSpec("horizon", file)), body)
	expect(t, r.must(t, Spec{Section: "horizon", Type: URL, Location: "file://" + file}), body)
	wrong := localSpec("horizon", file)
	wrong.SHA256 = strings.Repeat("0", 64)
	r.fails(t, wrong, "\nexpected sha256 0000")
	newRig(t, func(o *Options) { o.MaxSize = 9000 }).fails(t, localSpec("horizon", file), "it is bigger than")
}

func TestLocalRefuses(t *testing.T) {
	r := newRig(t)
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(t.TempDir(), "text")
	writeFile(t, "hello", text)
	for location, words := range map[string][]string{
		filepath.Join(dir, "none"): {"[x] (kolla-build.conf:3): there is nothing at " + dir, "\ncheck the location"},
		pipe:                       {"neither a folder nor a file"},
		dir:                        {"pipe", "neither a file nor a folder nor a link"},
		text:                       {"looks like text/plain"},
	} {
		r.fails(t, localSpec("x", location), words...)
	}
}

func TestPlace(t *testing.T) {
	body := tarball(t, nil)
	server := serve(t, content(body))
	plugin := filepath.Join(t.TempDir(), "networking-x")
	writeFile(t, "a", plugin, "setup.py")
	u := newUpstream(t)
	u.commit("setup.cfg", "b")
	git := u.spec("master")
	git.Section = "neutron-server-plugin-y"
	patches := t.TempDir()
	writeFile(t, "# comes first\n\none.patch -p0\n", patches, "neutron-server", "series")
	writeFile(t, "1", patches, "neutron-server", "one.patch")
	writeFile(t, "2", patches, "neutron-server", "two.patch")
	writeFile(t, "3", patches, "neutron-server", "README")

	base := server.spec()
	r := newRig(t)
	set := NewSet(r.Fetcher, patches, []Want{
		{Image: "keystone-base", Sources: []Spec{base}},
		{Image: "neutron-server", Sources: []Spec{base}, Plugins: []Spec{localSpec("neutron-server-plugin-x", plugin), git}},
	})
	set.Start(t.Context())
	defer set.Wait()
	dirs := map[string]string{}
	for _, image := range []string{"keystone-base", "neutron-server", "memcached", "neutron-server"} {
		if dirs[image] == "" {
			dirs[image] = t.TempDir()
		}
		// What a template's folder has of that name, or an earlier attempt.
		writeFile(t, "old", dirs[image], "plugins-archive")
		if err := set.Place(t.Context(), image, dirs[image]); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(server.requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
	archive := filepath.Join(dirs["keystone-base"], "keystone-base-archive")
	expect(t, Archive{archive, digestOf(body), int64(len(body)), false}, body)
	info, err := os.Stat(archive)
	if err != nil || info.Mode().Perm() != 0o644 || !info.ModTime().Equal(epoch) {
		t.Errorf("got %v %v, %v", info.Mode(), info.ModTime(), err)
	}
	list := func(image string) string {
		var all []string
		entries, _ := os.ReadDir(dirs[image])
		for _, e := range entries {
			all = append(all, e.Name())
		}
		entries, _ = os.ReadDir(filepath.Join(dirs[image], "patches"))
		for _, e := range entries {
			all = append(all, "patches/"+e.Name())
		}
		return strings.Join(all, " ")
	}
	for image, want := range map[string]string{
		"keystone-base":  "additions-archive keystone-base-archive patches plugins-archive",
		"neutron-server": "additions-archive keystone-base-archive patches plugins-archive patches/one.patch patches/series",
		"memcached":      "additions-archive patches plugins-archive",
	} {
		if got := list(image); got != want {
			t.Errorf("%s: got %s", image, got)
		}
	}
	top := "plugins/neutron-server-plugin-y-archive-master/"
	want := []string{"plugins/", "plugins/networking-x/", "plugins/networking-x/setup.py", top, top + "setup.cfg"}
	if got := names(t, filepath.Join(dirs["neutron-server"], "plugins-archive")); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := names(t, filepath.Join(dirs["memcached"], "plugins-archive")); !slices.Equal(got, []string{"plugins/"}) {
		t.Errorf("got %v", got)
	}
	if got := names(t, filepath.Join(dirs["memcached"], "additions-archive")); !slices.Equal(got, []string{"additions/"}) {
		t.Errorf("got %v", got)
	}
	r.clean(t)
}

func TestPlaceFails(t *testing.T) {
	server := serve(t, status(404))
	spec := server.spec()
	plugin := filepath.Join(t.TempDir(), "x.tar")
	writeFile(t, "", plugin, "x/.wh.etc")
	r := newRig(t)
	set := NewSet(r.Fetcher, "", []Want{
		{Image: "a", Sources: []Spec{spec}},
		{Image: "b", Sources: []Spec{spec}},
		{Image: "c", Plugins: []Spec{localSpec("c-plugin-x", filepath.Join(plugin, "x"))}},
	})
	set.Start(t.Context())
	defer set.Wait()
	for image, word := range map[string]string{"a": "404", "b": "404", "c": "[c-plugin-x]"} {
		var e *Error
		if err := set.Place(t.Context(), image, t.TempDir()); !errors.As(err, &e) || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: got %v", image, err)
		}
	}
	if n := len(server.requests()); n != 1 {
		t.Errorf("%d requests: what failed was tried again", n)
	}
}

func TestPluginsThatCollide(t *testing.T) {
	var specs []Spec
	for _, parent := range []string{"a", "b"} {
		dir := filepath.Join(t.TempDir(), "same")
		writeFile(t, parent, dir, "setup.py")
		specs = append(specs, localSpec("plugin-"+parent, dir))
	}
	r := newRig(t)
	set := NewSet(r.Fetcher, "", []Want{{Image: "i", Plugins: specs}})
	set.Start(t.Context())
	defer set.Wait()
	err := set.Place(t.Context(), "i", t.TempDir())
	var e *Error
	if !errors.As(err, &e) || e.Section != "plugin-b" || !strings.Contains(err.Error(), `entry "plugins/same/setup.py" is there twice`) {
		t.Errorf("got %v", err)
	}
	r.clean(t)
}

func TestSetEndsWithItsContext(t *testing.T) {
	release := make(chan struct{})
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(release) })
	r := newRig(t)
	set := NewSet(r.Fetcher, "", []Want{{Image: "i", Sources: []Spec{server.spec()}}})
	ctx, cancel := context.WithCancel(t.Context())
	set.Start(ctx)
	cancel()
	if err := set.Place(ctx, "i", t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	set.Wait()
	r.clean(t)
}

func TestPatchesThatLeadOut(t *testing.T) {
	for series, word := range map[string]string{
		"../../secret.patch\n": "series:1 lists",
		"/etc/passwd":          "is not below its folder",
		"\nlink.patch":         "escapes",
		"none.patch":           `series:1 lists "none.patch"`,
	} {
		patches := t.TempDir()
		writeFile(t, "x", patches, "secret.patch")
		writeFile(t, series, patches, "base", "i", "series")
		os.Symlink("../../secret.patch", filepath.Join(patches, "base", "i", "link.patch"))
		err := PlacePatches(filepath.Join(patches, "base"), "i", t.TempDir())
		if err == nil || !strings.Contains(err.Error(), "failed to copy the patches of i") || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: got %v", series, err)
		}
	}
}

func TestContextThatLeadsOut(t *testing.T) {
	outside, contextDir := t.TempDir(), t.TempDir()
	writeFile(t, "mine", outside, "file")
	os.Symlink(filepath.Join(outside, "file"), filepath.Join(contextDir, "plugins-archive"))
	os.Symlink(outside, filepath.Join(contextDir, "patches"))
	set := NewSet(newRig(t).Fetcher, "", nil)
	set.Start(t.Context())
	if err := set.Place(t.Context(), "i", contextDir); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(outside, "file")); err != nil || string(text) != "mine" {
		t.Errorf("the file outside: %q, %v", text, err)
	}
}
