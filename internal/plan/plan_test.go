package plan

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/image"
)

var update = flag.Bool("update", false, "write the golden files")

// fakeWorld is a store with the images base, service, api and other, all unchanged,
// and what has been changed since.
type fakeWorld struct {
	stored  map[string]Stored // by reference
	inputs  map[string]Inputs // by name
	last    map[string]Record // by reference
	made    map[string]string // id by digest
	bases   map[string]string // id by what the FROM lines of roots say
	failing string            // an image whose inputs cannot be read
}

func (w *fakeWorld) Inputs(_ context.Context, img *image.Image) (Inputs, error) {
	if img.Name == w.failing {
		return Inputs{}, errors.New("no source")
	}
	return w.inputs[img.Name], nil
}

func (w *fakeWorld) Base(img *image.Image) (string, bool) {
	if there, found := w.stored[img.From]; found {
		return there.ID, true
	}
	id, found := w.bases[img.From]
	return id, found
}

func (w *fakeWorld) Stored(reference string) (Stored, bool) {
	s, found := w.stored[reference]
	return s, found
}

func (w *fakeWorld) Former(_, digest string) (string, bool) {
	id, found := w.made[digest]
	return id, found
}

func (w *fakeWorld) Last(reference string) (Record, bool) {
	r, found := w.last[reference]
	return r, found
}

func reference(name string) string { return "kolla/" + name + ":1" }

// tree is base <- service <- api, base <- other.
func tree(t *testing.T) *image.Tree {
	t.Helper()
	var rendered []image.Rendered
	for name, parent := range map[string]string{"base": "debian:12", "service": reference("base"), "api": reference("service"), "other": reference("base")} {
		rendered = append(rendered, image.Rendered{Name: name, Reference: reference(name), ContextDir: name, Dockerfile: "FROM " + parent + "\n"})
	}
	tree, err := image.NewTree(rendered)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func selection(t *testing.T, request image.Request) *image.Selection {
	t.Helper()
	s, err := tree(t).Select(request)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// built is the world after everything has been built.
func built(t *testing.T) *fakeWorld {
	t.Helper()
	w := &fakeWorld{
		stored: map[string]Stored{}, inputs: map[string]Inputs{}, last: map[string]Record{},
		made: map[string]string{}, bases: map[string]string{"debian:12": "id-debian"},
	}
	for i, img := range parentsFirst(tree(t).Images()) {
		var in Inputs
		in.AddDockerfile("FROM " + img.From + "\nRUN true\n")
		w.inputs[img.Name] = in
		base, _ := w.Base(img)
		in = in.On(img.From, base)
		id := "id-" + img.Name
		w.stored[img.Reference] = Stored{ID: id, Input: in.Digest()}
		w.last[img.Reference] = Record{ID: id, Digest: in.Digest(), Seconds: float64(i + 1), Inputs: in}
		w.made[in.Digest()] = id
	}
	return w
}

func (w *fakeWorld) changeFile(name string) {
	in := w.inputs[name]
	in.AddFile(File, "new", 0o644, "digest")
	w.inputs[name] = in
}

func actions(p *Plan) string {
	var texts []string
	for _, img := range p.Images {
		text := img.Name + ":" + string(img.Action)
		if img.Reason != "" {
			text += "(" + string(img.Reason) + ")"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " ")
}

func TestMake(t *testing.T) {
	for name, test := range map[string]struct {
		change  func(*fakeWorld)
		request image.Request
		options Options
		want    string
	}{
		"nothing": {want: "base:keep other:keep service:keep api:keep"},
		"nothing is there": {
			change: func(w *fakeWorld) { clear(w.stored); clear(w.made) },
			want:   "base:build(missing) other:build(missing) service:build(missing) api:build(missing)",
		},
		"a leaf": {
			change: func(w *fakeWorld) { w.changeFile("api") },
			want:   "base:keep other:keep service:keep api:build(changed)",
		},
		"in the middle": {
			change: func(w *fakeWorld) { w.changeFile("service") },
			want:   "base:keep other:keep service:build(changed) api:build(parent_built)",
		},
		"the root": {
			change: func(w *fakeWorld) { w.changeFile("base") },
			want:   "base:build(changed) other:build(parent_built) service:build(parent_built) api:build(parent_built)",
		},
		"the base image": {
			change: func(w *fakeWorld) { w.bases["debian:12"] = "id-newer" },
			want:   "base:build(changed) other:build(parent_built) service:build(parent_built) api:build(parent_built)",
		},
		"a parent that was built anew": {
			change: func(w *fakeWorld) {
				w.stored[reference("service")] = Stored{ID: "id-anew", Input: w.stored[reference("service")].Input}
			},
			want: "base:keep other:keep service:keep api:build(changed)",
		},
		"the base image is not there": {
			change: func(w *fakeWorld) { clear(w.bases) },
			want:   "base:build(no_parent) other:build(parent_built) service:build(parent_built) api:build(parent_built)",
		},
		"a name is lost": {
			change: func(w *fakeWorld) { delete(w.stored, reference("service")) },
			want:   "base:keep other:keep service:tag api:keep",
		},
		"a change is taken back": {
			change: func(w *fakeWorld) { w.stored[reference("api")] = Stored{ID: "id-x", Input: "sha256:x"} },
			want:   "base:keep other:keep service:keep api:tag",
		},
		"an image of others": {
			change: func(w *fakeWorld) {
				clear(w.made)
				w.stored[reference("api")] = Stored{ID: "id-x"}
			},
			want: "base:keep other:keep service:keep api:build(changed)",
		},
		"what cannot be known": {
			change: func(w *fakeWorld) {
				in := w.inputs["service"]
				in.Unknowable = "ADD of a URL"
				w.inputs["service"] = in
				w.stored[reference("service")] = Stored{ID: "id-service"} // and no digest
			},
			want: "base:keep other:keep service:build(unknowable) api:build(parent_built)",
		},
		"nocache": {
			options: Options{Anew: true},
			want:    "base:build(nocache) other:build(nocache) service:build(nocache) api:build(nocache)",
		},
		"a part": {
			request: image.Request{Patterns: []string{"service"}},
			want:    "base:keep service:keep",
		},
		"skipped parents": {
			request: image.Request{SkipParents: true},
			want:    "base:skip(skipped) other:keep service:skip(skipped) api:keep",
		},
		"skipped parents that are not there": {
			change: func(w *fakeWorld) {
				delete(w.stored, reference("service"))
			},
			request: image.Request{SkipParents: true, Patterns: []string{"api"}},
			want:    "base:skip(skipped) service:skip(skipped) api:build(no_parent)",
		},
		"unbuildable": {
			request: image.Request{Unbuildable: map[string]string{"service": "no package"}},
			want:    "base:keep other:keep service:skip(unbuildable) api:skip(unbuildable)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := built(t)
			if test.change != nil {
				test.change(w)
			}
			p, err := Make(t.Context(), selection(t, test.request), w, test.options)
			if err != nil {
				t.Fatal(err)
			}
			if got := actions(p); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			for _, img := range p.Images {
				if img.Action == Keep && img.ID != w.stored[img.Reference].ID || img.Action == Tag && img.ID != w.made[img.Digest] {
					t.Errorf("%s is taken to be %s", img.Name, img.ID)
				}
				if img.Reason == ParentBuilt && img.Digest != "" {
					t.Errorf("%s has a digest before its parent is known", img.Name)
				}
			}
		})
	}
}

func TestMakeFails(t *testing.T) {
	w := built(t)
	w.failing = "service"
	if _, err := Make(t.Context(), selection(t, image.Request{}), w, Options{}); err == nil {
		t.Error("a plan was made without the inputs")
	}
}

// TestForms compares plans with those in testdata.
func TestForms(t *testing.T) {
	w := built(t)
	w.changeFile("service")
	in := Inputs{}
	in.AddDockerfile("FROM " + reference("base") + "\nRUN false\nCOPY x /\n")
	w.inputs["other"] = in
	delete(w.stored, reference("base"))
	p, err := Make(t.Context(), selection(t, image.Request{Unbuildable: map[string]string{"api": "no package"}}), w, Options{Push: true})
	if err != nil {
		t.Fatal(err)
	}
	dockerfile := func(name string) string {
		if name != "other" {
			return ""
		}
		return "FROM x\nRUN false\nCOPY x /\n"
	}
	forms := map[string]func(*bytes.Buffer) error{
		"plan.txt":      func(b *bytes.Buffer) error { return Text(b, p, nil) },
		"explain.txt":   func(b *bytes.Buffer) error { return Text(b, p, dockerfile) },
		"plan.json":     func(b *bytes.Buffer) error { return JSON(b, p, false) },
		"explain.json":  func(b *bytes.Buffer) error { return JSON(b, p, true) },
		"plan.dot":      func(b *bytes.Buffer) error { return Dot(b, p) },
		"nothing.json":  func(b *bytes.Buffer) error { return JSON(b, &Plan{}, true) },
		"unchanged.txt": func(b *bytes.Buffer) error { return unchanged(t, b) },
	}
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := forms[name](&got); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got.String(), want)
			}
		})
	}
}

func unchanged(t *testing.T, b *bytes.Buffer) error {
	t.Helper()
	p, err := Make(t.Context(), selection(t, image.Request{}), built(t), Options{})
	if err != nil {
		return err
	}
	return Text(b, p, nil)
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestFormsTellErrors(t *testing.T) {
	p := &Plan{Images: []*Image{{Name: "a", Action: Keep}}}
	for i, err := range []error{Text(brokenWriter{}, p, nil), JSON(brokenWriter{}, p, false), Dot(brokenWriter{}, p)} {
		if err == nil {
			t.Error(fmt.Sprint(i), "writes nothing, and tells nobody")
		}
	}
}
