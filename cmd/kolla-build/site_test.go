package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/plan"
	"github.com/kolla-build/kolla-build/internal/run"
)

// site is a tree of templates with all that can go into images, and a store.
type site struct {
	t     *testing.T
	dir   string
	store *fakeStore
}

// siteFiles are base <- service <- api, base <- other, and base <- always, of which it
// cannot be known whether it has changed.
var siteFiles = map[string]string{
	"kolla-build.conf": `[service]
type = local
location = SITE/source
[service-plugin-one]
type = local
location = SITE/plugin
[api-additions-two]
type = local
location = SITE/addition
[nova-user]
uid = 42000
gid = 42000
`,
	"tree/macros.j2":                "{% macro greet() %}hello{% endmacro %}\n",
	"tree/base/Dockerfile.j2":       "FROM {{ base_image }}:{{ base_distro_tag }}\n{% block header %}{{ include_header }}{% endblock %}\nCOPY file folder /\n",
	"tree/base/file":                "text",
	"tree/base/folder/deep":         "text",
	"tree/service/Dockerfile.j2":    "{% import 'macros.j2' as macros %}FROM {{ namespace }}/{{ image_prefix }}base:{{ tag }}\nADD service-archive plugins-archive /\nUSER {{ users.nova.uid }}\n{{ macros.greet() }}\n",
	"tree/api/Dockerfile.j2":        "FROM {{ namespace }}/{{ image_prefix }}service:{{ tag }}\nADD additions-archive /\nCOPY start /\n{% block footer %}{{ include_footer }}{% endblock %}\n",
	"tree/api/start":                "text",
	"tree/other/Dockerfile.j2":      "FROM {{ namespace }}/{{ image_prefix }}base:{{ tag }}\nCOPY link /\n",
	"tree/always/Dockerfile.j2":     "FROM {{ namespace }}/{{ image_prefix }}base:{{ tag }}\nADD https://x.test/file /\n",
	"tree/api/inner/more/below.txt": "text",
	"target-one":                    "one",
	"source/setup.py":               "text",
	"plugin/setup.py":               "text",
	"more/setup.cfg":                "text",
	"addition/extra":                "text",
	"patches/service/1.patch":       "text",
	"patches/service/series":        "1.patch\n",
	"preferences":                   "text",
	"header":                        "LABEL a=b",
	"footer":                        "LABEL c=d",
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), store: newFakeStore()}
	t.Setenv("XDG_CACHE_HOME", filepath.Join(s.dir, "cache"))
	for name, text := range siteFiles {
		s.write(name, strings.ReplaceAll(text, "SITE", s.dir))
	}
	s.write("tree/other/one", "one")
	s.write("tree/other/two", "two")
	s.do(os.Symlink("one", s.path("tree/other/link")))
	return s
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

func (s *site) do(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) write(name, text string) {
	s.t.Helper()
	s.do(os.MkdirAll(filepath.Dir(s.path(name)), 0o755))
	s.do(os.WriteFile(s.path(name), []byte(text), 0o644))
}

func (s *site) add(name, text string) {
	s.t.Helper()
	old, err := os.ReadFile(s.path(name))
	s.do(err)
	s.write(name, string(old)+text)
}

// arguments are those of every run.
func (s *site) arguments(more ...string) []string {
	return append([]string{
		"--config-file", s.path("kolla-build.conf"), "-b", "debian", "--naming", "typed", "-D", s.path("tree"),
		"--base-image", "localhost/fake", "--base-tag", "1",
		"-i", s.path("header"), "-I", s.path("footer"),
		"--patches-path", s.path("patches"),
	}, more...)
}

// run makes a plan, and then a run, of which it wants that they agree. It returns the
// images that were built, less "always".
func (s *site) run(more ...string) string {
	s.t.Helper()
	cfg, err := parse(s.arguments(more...), nil)
	s.do(err)
	tree, err := loadTree(cfg, nil)
	s.do(err)
	defer tree.close()

	w, err := newWorld(cfg, tree, s.store, true, event.Fan())
	s.do(err)
	stop := w.start(s.t.Context())
	made, err := plan.Make(s.t.Context(), tree.selection, w, plan.Options{Anew: !cfg.Cache})
	stop()
	s.do(err)
	w.keep()
	var expected []string
	for _, img := range made.Images {
		if img.Action == plan.Build {
			expected = append(expected, img.Name)
		}
	}
	slices.Sort(expected)

	sources, err := newSources(cfg, tree, false, event.Fan())
	s.do(err)
	known, err := openMemory(s.store.Root())
	s.do(err)
	sources.Start(s.t.Context())
	defer sources.Wait()
	report := run.Run(s.t.Context(), run.Options{
		Selection: tree.selection, Threads: 4,
		Driver: &adapter{
			engine:   s.store,
			contexts: contexts{lister: newLister(cfg, tree, sources, known.digests), dir: s.t.TempDir()},
			history:  known.history,
			network:  networkOf(cfg),
			cache:    cfg.Cache,
			former:   func() (catalogue, error) { return s.store, nil },
		},
	})
	known.keep()
	for _, failed := range report.Failed() {
		s.t.Fatalf("%s: %v", failed.Name, failed.Err)
	}
	if n := len(report.With(image.Built)); n != len(tree.selection.Matched()) {
		s.t.Fatalf("%d images of %d are there", n, len(tree.selection.Matched()))
	}
	built := s.store.takeBuilt()
	if planned := strings.Join(expected, " "); planned != built {
		s.t.Errorf("planned %q, built %q", planned, built)
	}
	return built
}
