package main

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/plan"
)

// TestChanges changes one thing at a time, and wants exactly those images to be built
// anew that it goes into, and all that stand on them; and nothing after that.
func TestChanges(t *testing.T) {
	const (
		all     = "always api base other service"
		service = "always api service"
		nothing = "always"
	)
	conf := func(old, now string) func(*site) {
		return func(s *site) {
			text, err := os.ReadFile(s.path("kolla-build.conf"))
			s.do(err)
			s.write("kolla-build.conf", strings.Replace(string(text), old, now, 1))
		}
	}
	for name, test := range map[string]struct {
		change  func(*site)
		options []string // of the runs after the change
		want    string
	}{
		"nothing":          {want: nothing},
		"times":            {change: func(s *site) { s.write("tree/base/file", "text") }, want: nothing},
		"template of base": {change: func(s *site) { s.add("tree/base/Dockerfile.j2", "RUN true\n") }, want: all},
		"template of leaf": {change: func(s *site) { s.add("tree/api/Dockerfile.j2", "RUN true\n") }, want: "always api"},
		"comment that renders to nothing": {
			change: func(s *site) { s.write("tree/base/Dockerfile.j2", "{# new #}"+siteFiles["tree/base/Dockerfile.j2"]) }, want: nothing,
		},
		"macro":       {change: func(s *site) { s.write("tree/macros.j2", "{% macro greet() %}bye{% endmacro %}\n") }, want: service},
		"file":        {change: func(s *site) { s.write("tree/api/start", "tex7") }, want: "always api"},
		"file below":  {change: func(s *site) { s.write("tree/base/folder/deep", "other") }, want: all},
		"new file":    {change: func(s *site) { s.write("tree/api/new", "text") }, want: "always api"},
		"lost file":   {change: func(s *site) { s.do(os.Remove(s.path("tree/api/inner/more/below.txt"))) }, want: "always api"},
		"mode":        {change: func(s *site) { s.do(os.Chmod(s.path("tree/api/start"), 0o755)) }, want: "always api"},
		"ignore file": {change: func(s *site) { s.write("tree/api/.dockerignore", "x") }, want: "always api"},
		"link": {change: func(s *site) {
			s.do(errors.Join(os.Remove(s.path("tree/other/link")), os.Symlink("two", s.path("tree/other/link"))))
		}, want: "always other"},
		"what a link leads to": {change: func(s *site) { s.write("tree/other/one", "1") }, want: "always other"},
		"template over another": {
			change:  func(s *site) { s.write("over/other/one", "1") },
			options: []string{"-D", "SITE/over"}, want: "always other",
		},
		"source": {change: func(s *site) { s.write("source/setup.py", "other") }, want: service},
		"plugin": {change: func(s *site) { s.write("plugin/setup.py", "other") }, want: service},
		"new plugin": {change: func(s *site) {
			s.add("kolla-build.conf", "[service-plugin-two]\ntype = local\nlocation = "+s.path("more")+"\n")
		}, want: service},
		"lost plugin":       {change: conf("[service-plugin-one]\ntype = local", "[service-plugin-one]\ntype ="), want: service},
		"addition":          {change: func(s *site) { s.write("addition/extra", "other") }, want: "always api"},
		"patch":             {change: func(s *site) { s.write("patches/service/1.patch", "other") }, want: service},
		"series of patches": {change: func(s *site) { s.write("patches/service/series", "# one\n1.patch\n") }, want: service},
		"new patch": {change: func(s *site) {
			s.write("patches/other/1.patch", "text")
			s.write("patches/other/series", "1.patch\n")
		}, want: "always other"},
		"unlisted patch":    {change: func(s *site) { s.write("patches/other/1.patch", "text") }, want: nothing},
		"patch in the tree": {change: func(s *site) { s.write("tree/other/patches/own", "text") }, want: "always other"},
		"user id":           {change: conf("uid = 42000", "uid = 42001"), want: service},
		"user id elsewhere": {change: conf("[nova-user]", "[glance-user]\nuid = 50000\n[nova-user]"), want: nothing},
		"header":            {change: func(s *site) { s.write("header", "LABEL a=c") }, want: all},
		"footer":            {change: func(s *site) { s.write("footer", "LABEL c=e") }, want: "always api"},
		"build argument":    {options: []string{"--build-args", "a:b"}, want: all},
		"proxy":             {options: []string{"--build-args", "http_proxy:http://x.test"}, want: nothing},
		"network":           {options: []string{"--network-mode", "none"}, want: all},
		"private network":   {options: []string{"--network-mode", "private"}, want: all},
		"preferences":       {change: func(s *site) { s.add("kolla-build.conf", "[DEFAULT]\napt_preferences = "+s.path("preferences")+"\n") }, want: all},
		"base image moved":  {change: func(s *site) { s.store.base = "base 2" }, want: all},
		"other base image":  {options: []string{"--base-image", "localhost/other"}, want: all},
		"another version of the program": {change: func(s *site) {
			for id, label := range s.store.labels {
				s.store.labels[id] = "sha256:of another form" + label
			}
		}, want: all},
		"an image of others": {change: func(s *site) {
			id := s.store.names["kolla/debian-binary-other:0.1.0"]
			delete(s.store.labels, id)
		}, want: "always other"},
		"lost name": {change: func(s *site) { delete(s.store.names, "kolla/debian-binary-service:0.1.0") }, want: nothing},
		"lost image": {change: func(s *site) {
			delete(s.store.labels, s.store.names["kolla/debian-binary-service:0.1.0"])
			delete(s.store.names, "kolla/debian-binary-service:0.1.0")
		}, want: service},
		"lost caches": {change: func(s *site) { s.do(os.RemoveAll(s.path("cache"))) }, want: nothing},
		"nocache":     {options: []string{"--nocache"}, want: all},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			if got := s.run(); got != all {
				t.Fatalf("first built %q", got)
			}
			if test.change != nil {
				test.change(s)
			}
			for i, option := range test.options {
				test.options[i] = strings.ReplaceAll(option, "SITE", s.dir)
			}
			if got := s.run(test.options...); got != test.want {
				t.Errorf("built %q, want %q", got, test.want)
			}
			if name == "nocache" {
				return
			}
			if got := s.run(test.options...); got != nothing {
				t.Errorf("then built %q", got)
			}
		})
	}
}

// TestParentBuiltAnew wants what stands on an image that was built anew, by a run that
// did not select the former, to follow.
func TestParentBuiltAnew(t *testing.T) {
	s := newSite(t)
	s.run()
	if got := s.run("--nocache", "^service$"); got != "base service" {
		t.Fatalf("built %q", got)
	}
	if got := s.run(); got != "always api other" {
		t.Errorf("then built %q", got)
	}
}

// TestTakenBack wants an image to be found again, when a change is taken back.
func TestTakenBack(t *testing.T) {
	s := newSite(t)
	s.run()
	first := s.store.names["kolla/debian-binary-api:0.1.0"]
	s.write("tree/api/start", "other")
	s.run()
	s.write("tree/api/start", "text")
	if got := s.run(); got != "always" || s.store.names["kolla/debian-binary-api:0.1.0"] != first {
		t.Errorf("built %q", got)
	}
}

// TestExplain wants the plan to say what has changed.
func TestExplain(t *testing.T) {
	s := newSite(t)
	s.run()
	s.write("source/setup.py", "other")
	s.add("tree/other/Dockerfile.j2", "RUN false\n")
	cfg, err := parse(s.arguments(), nil)
	s.do(err)
	tree, err := loadTree(cfg, nil)
	s.do(err)
	defer tree.close()
	w, err := newWorld(cfg, tree, s.store, true, event.Fan())
	s.do(err)
	defer w.start(t.Context())()
	made, err := plan.Make(t.Context(), tree.selection, w, plan.Options{})
	s.do(err)
	var text strings.Builder
	s.do(plan.Text(&text, made, tree.dockerfile))
	for _, want := range []string{"- source service changed\n", "- Dockerfile:3 was added\n", "    RUN false\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
}
