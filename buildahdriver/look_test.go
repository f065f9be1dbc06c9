package buildahdriver

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestLook compares what is seen of a store from outside with what the library says.
func TestLook(t *testing.T) {
	d := openDriver(t)
	options := d.options
	buildBase(t, d)
	image, err := d.Build(t.Context(), BuildOptions{
		Name:       "kolla/child:1",
		ContextDir: writeContext(t, map[string]string{"Dockerfile": "FROM base:1\nLABEL a=b\nCOPY file /\n", "file": "text"}),
		Labels:     map[string]string{"input": "digest"},
	})
	if err != nil {
		t.Fatal(err)
	}

	c, err := Look(options)
	if err != nil {
		t.Fatal(err)
	}
	if c.Root() != d.GraphRoot() {
		t.Errorf("the store is %s, want %s", c.Root(), d.GraphRoot())
	}
	seen, found := c.Image("kolla/child:1")
	if !found || *seen != *image {
		t.Errorf("see %+v, want %+v", seen, image)
	}
	for key, want := range map[string]string{"a": "b", "input": "digest", "none": ""} {
		if got := c.Label(image.ID, key); got != want {
			t.Errorf("label %s: %q, want %q", key, got, want)
		}
		if there, found := d.Find("kolla/child:1", key, want); !found || *there != *image {
			t.Errorf("label %s: found %+v, want %+v", key, there, image)
		}
		for _, name := range []string{"kolla/child:2", "UPPER", "kolla/child:1"} {
			if there, found := d.Find(name, key, "other"); found {
				t.Errorf("label %s of %s: found %+v", key, name, there)
			}
		}
	}
	stored, err := listStore(d.store)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stored {
		if seen, found := c.Image(s.Name); !found || seen.ID != s.ID || seen.Size != s.Size {
			t.Errorf("see %+v, want %+v", seen, s)
		}
	}
	for _, name := range []string{"kolla/child:2", "child:1", "UPPER", ""} {
		if _, found := c.Image(name); found {
			t.Errorf("there is no %q", name)
		}
	}
}

// TestLookAtNothing looks at what is no store, or one that is broken.
func TestLookAtNothing(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		fails bool
	}{
		"no store":      {nil, false},
		"no images":     {map[string]string{"overlay-images/images.lock": ""}, false},
		"torn":          {map[string]string{"overlay-images/images.json": `[{"id":"1"`}, true},
		"two drivers":   {map[string]string{"overlay-images/images.json": "[]", "vfs-images/images.json": "[]"}, false}, // overlay wins, as in Open
		"lost layer":    {map[string]string{"overlay-images/images.json": `[{"id":"1","names":["localhost/a:1"],"layer":"x"}]`}, false},
		"half a layer":  {lonely(`"flags":{"incomplete":true}`), false},
		"own ancestor":  {lonely(`"parent":"x"`), false},
		"null for all":  {map[string]string{"overlay-images/images.json": "null", "overlay-layers/layers.json": "null"}, false},
		"null for one":  {map[string]string{"overlay-images/images.json": "[null]"}, false},
		"not its label": {map[string]string{"overlay-images/images.json": `[{"id":"1","names":["localhost/b:1"]}]`, "overlay-images/1/" + dataFile("sha256:1"): `{"config":{"Labels":{"a":"b"}}}`}, false},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for file, text := range test.files {
				path := filepath.Join(root, file)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			c, err := Look(Options{Root: root})
			if (err != nil) != test.fails {
				t.Fatalf("got %v", err)
			}
			if err != nil {
				return
			}
			if _, found := c.Image("a:1"); found {
				t.Error("found an image")
			}
			if label := c.Label("1", "a"); label != "" {
				t.Errorf("believed the label %q", label)
			}
		})
	}
}

// TestLookBeside looks at a store that has others beside it, which are only read.
func TestLookBeside(t *testing.T) {
	write := func(images string) string {
		root := t.TempDir()
		if err := os.Mkdir(filepath.Join(root, "overlay-images"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "overlay-images", "images.json"), []byte(images), 0o644); err != nil {
			t.Fatal(err)
		}
		return root
	}
	own := write(`[{"id":"1","names":["localhost/a:1"]}]`)
	other := write(`[{"id":"2","names":["localhost/a:1","localhost/b:1"]},{"id":"1","names":["localhost/c:1"]}]`)
	if got := additionalStores([]string{"overlay.imagestore=/x", "imagestore=/y", "overlay.mountopt=nodev"}); !slices.Equal(got, []string{"/x", "/y"}) {
		t.Errorf("got %v", got)
	}
	c := &Catalogue{byName: map[string]*catalogued{}, former: map[string][]*catalogued{}, byID: map[string]*catalogued{}, layers: map[string]cataloguedLayer{}}
	for _, root := range []string{own, other} {
		if err := c.read(root, "overlay"); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"a:1": "1", "b:1": "2", "c:1": ""} {
		image, found := c.Image(name)
		if found != (want != "") || found && image.ID != want {
			t.Errorf("%s is %+v, want %s", name, image, want)
		}
	}
}

// lonely is a store with one image and its layer, with more to say of the latter.
func lonely(layer string) map[string]string {
	return map[string]string{
		"overlay-images/images.json": `[{"id":"1","names":["localhost/a:1"],"layer":"x"}]`,
		"overlay-layers/layers.json": `[{"id":"x",` + layer + `}]`,
	}
}

func TestExamine(t *testing.T) {
	for dockerfile, want := range map[string]Needs{
		"FROM a:1\nCOPY x /\nRUN true\n":           {From: "a:1"},
		"ARG A=1\nFROM a:${A}\n":                   {From: "a:1"},
		"ARG B\nFROM a:${B}\n":                     {From: "a:given"},
		"FROM scratch\nADD https://x/y /\n":        {Unknowable: "ADD of a URL"},
		"FROM a\nRUN --mount=type=secret,id=x y\n": {Unknowable: "a secret"},
		"FROM a AS b\nFROM b\n":                    {Unknowable: "several stages"},
	} {
		got, err := Examine(dockerfile, map[string]string{"B": "given"})
		if err != nil || got != want {
			t.Errorf("%q needs %+v, %v, want %+v", dockerfile, got, err, want)
		}
	}
	if _, err := Examine("", nil); err == nil {
		t.Error("an empty Dockerfile passes")
	}
}

// TestLookForBase looks for what a FROM line may name.
func TestLookForBase(t *testing.T) {
	names := map[string]string{
		"localhost/own:1":               "1",
		"10.0.0.1:5000/kolla/other:1":   "2",
		"docker.io/library/debian:12":   "3",
		"docker.io/library/fedora:1":    "4",
		"localhost/fedora:1":            "5",
		"docker.io/library/many:latest": "6",
	}
	text := ""
	for name, id := range names {
		text += `,{"id":"` + id + `","names":["` + name + `"]}`
	}
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "overlay-images"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "overlay-images", "images.json"), []byte("["+text[1:]+"]"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CONTAINERS_REGISTRIES_CONF", "/dev/null")
	c, err := Look(Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]struct {
		id     string
		remote bool
	}{
		"scratch":                     {"scratch", false},
		"own:1":                       {"1", false},
		"localhost/own:1":             {"1", false},
		"10.0.0.1:5000/kolla/other:1": {"2", true},
		"debian:12":                   {"3", true},
		"fedora:1":                    {"5", false},
		"many":                        {"6", true},
		"missing:1":                   {"", true},
		"10.0.0.1:5000/missing:1":     {"", true},
		"not a name":                  {"", false},
	} {
		id, remote, found := c.Base(from)
		if id != want.id || remote != want.remote || found != (want.id != "") {
			t.Errorf("%s: %q, remote %v, found %v, want %+v", from, id, remote, found, want)
		}
	}
}

// TestRename finds an image that has lost its name by its label, and gives it the name
// again.
func TestRename(t *testing.T) {
	d := openDriver(t)
	var ids []string
	for _, text := range []string{"first", "second"} {
		image, err := d.Build(t.Context(), BuildOptions{
			Name:       "a:1",
			ContextDir: writeContext(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY file /\n", "file": text}),
			Labels:     map[string]string{"input": text},
		})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, image.ID)
	}
	c, err := d.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for i, label := range []string{"first", "second"} {
		if id, found := c.Former("a:1", "input", label); !found || id != ids[i] {
			t.Errorf("found %s, want %s", id, ids[i])
		}
	}
	for _, name := range []string{"a:2", "UPPER"} {
		if id, found := c.Former(name, "input", "first"); found {
			t.Errorf("%s has been called %s", id, name)
		}
	}
	if id, found := c.Former("a:1", "input", "third"); found {
		t.Errorf("%s has the label", id)
	}
	image, err := d.Rename(t.Context(), ids[0], "a:1")
	if err != nil || image.ID != ids[0] || image.Digest == "" {
		t.Fatalf("got %+v, %v", image, err)
	}
	if c, err = d.Catalogue(); err != nil {
		t.Fatal(err)
	}
	if seen, found := c.Image("a:1"); !found || *seen != *image {
		t.Errorf("see %+v, want %+v", seen, image)
	}
	if _, err := d.Rename(t.Context(), "no such id", "a:1"); err == nil {
		t.Error("an image that is not there was named")
	}
}
