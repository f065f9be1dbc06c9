package image_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/image"
)

func TestSelect(t *testing.T) {
	const all = "barbican-keystone-listener base cron keystone keystone-base keystone-ssh openstack-base"
	tests := []struct {
		name        string
		patterns    []string
		unbuildable map[string]string
		want        string
		idle        []string
	}{
		{name: "everything", want: all},
		{name: "root only", patterns: []string{"^base$"}, want: "base"},
		{name: "leaf brings ancestors", patterns: []string{"^keystone$"}, want: "base keystone keystone-base openstack-base"},
		{name: "parent brings no children", patterns: []string{"keystone-base"}, want: "base keystone-base openstack-base"},
		{name: "searched anywhere", patterns: []string{"keystone-l"}, want: "barbican-keystone-listener base openstack-base"},
		{name: "union", patterns: []string{"cron", "ssh"}, want: "base cron keystone-base keystone-ssh openstack-base"},
		{name: "alternatives", patterns: []string{"cron|ssh$"}, want: "base cron keystone-base keystone-ssh openstack-base"},
		{name: "idle pattern", patterns: []string{"cron", "nvoa"}, want: "base cron", idle: []string{"nvoa"}},
		{
			name: "unbuildable leaf", patterns: []string{"keystone"}, unbuildable: map[string]string{"keystone": "no package"},
			want: "barbican-keystone-listener base keystone-base keystone-ssh openstack-base",
		},
		{
			name: "unbuildable parent", unbuildable: map[string]string{"keystone-base": "no package", "elsewhere": ""},
			want: "barbican-keystone-listener base cron openstack-base",
		},
		{
			name: "unbuildable is not idle", patterns: []string{"cron", "ssh"}, unbuildable: map[string]string{"keystone-ssh": "no package"},
			want: "base cron",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := sample(t).Select(image.Request{Patterns: tt.patterns, Unbuildable: tt.unbuildable})
			if err != nil {
				t.Fatal(err)
			}
			if got := names(s.Matched()); got != tt.want {
				t.Errorf("matched\n%s, want\n%s", got, tt.want)
			}
			if !slices.Equal(s.Idle(), tt.idle) {
				t.Errorf("idle patterns are %q, want %q", s.Idle(), tt.idle)
			}
		})
	}
}

func TestUnbuildableReasons(t *testing.T) {
	s, err := sample(t).Select(image.Request{Unbuildable: map[string]string{"openstack-base": "no python", "keystone": "no package"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"base":           "",
		"openstack-base": "no python",
		"keystone-base":  "its parent openstack-base cannot be built: no python",
		"keystone-ssh":   "its parent openstack-base cannot be built: no python",
		"keystone":       "no package",
	} {
		img := s.Tree().Lookup(name)
		if got := s.Reason(img); got != want {
			t.Errorf("%s: got reason %q, want %q", name, got, want)
		}
		if unbuildable := s.Status(img) == image.Unbuildable; unbuildable != (want != "") {
			t.Errorf("%s has status %s", name, s.Status(img))
		}
	}
}

func TestSelectNothing(t *testing.T) {
	tests := []struct {
		name        string
		patterns    []string
		unbuildable map[string]string
		want        string
	}{
		{"typing error", []string{"^kystone$"}, nil, "no image that can be built matches \"^kystone$\"\ndid you mean keystone?"},
		{"nothing like it", []string{"qq", "zz"}, nil, "no image that can be built matches \"qq\" or \"zz\"\nsee the names with --list-images"},
		{"unbuildable", []string{"cron"}, map[string]string{"cron": "no package"}, "no image that can be built matches \"cron\"\ncron: no package"},
		{
			"all unbuildable", nil, map[string]string{"base": "no mirror"},
			"there is no image that can be built\nbarbican-keystone-listener: its parent base cannot be built: no mirror\nbase: no mirror\n" +
				"cron: its parent base cannot be built: no mirror\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := sample(t).Select(image.Request{Patterns: tt.patterns, Unbuildable: tt.unbuildable})
			var noMatch *image.NoMatchError
			if !errors.As(err, &noMatch) {
				t.Fatalf("got error %v", err)
			}
			if !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got\n%v\nwant\n%s", err, tt.want)
			}
		})
	}
}

func TestSelectFromEmptyTree(t *testing.T) {
	_, err := tree(t).Select(image.Request{})
	if err == nil || err.Error() != "there is no image that can be built" {
		t.Errorf("got %v", err)
	}
}

func TestBadPatterns(t *testing.T) {
	_, err := sample(t).Select(image.Request{Patterns: []string{"(", "*api", "base"}})
	var bad *image.PatternError
	if !errors.As(err, &bad) || bad.Pattern != "(" {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{`bad pattern "("`, "bad pattern \"*api\"", "leave out the leading *"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in:\n%v", want, err)
		}
	}
}

// TestPythonPatterns: what Python's re module knows and Go's regexp does not.
func TestPythonPatterns(t *testing.T) {
	for pattern, want := range map[string]string{
		`^keystone(?!-)`:              "base keystone keystone-base openstack-base",
		`(?<=keystone)-ssh`:           "base keystone-base keystone-ssh openstack-base",
		`^(?P<twice>.)r(?P=twice)?on`: "base cron",
		`^(c)(r)on$`:                  "base cron",
		`(?i)CRON`:                    "base cron",
	} {
		s, err := sample(t).Select(image.Request{Patterns: []string{pattern}})
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		if got := names(s.Matched()); got != want {
			t.Errorf("%s: got %s, want %s", pattern, got, want)
		}
	}
}

func TestEndlessPatternIsAnError(t *testing.T) {
	long := strings.Repeat("a", 100)
	tree, err := image.NewTree([]image.Rendered{rendered(long, "debian:trixie")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = tree.Select(image.Request{Patterns: []string{"^(a|aa)+$b"}})
	var slow *image.PatternError
	if !errors.As(err, &slow) {
		t.Errorf("got %v, want a PatternError", err)
	}
}

func TestSkip(t *testing.T) {
	existing := func(names ...string) func(string) bool {
		return func(reference string) bool {
			return slices.ContainsFunc(names, func(name string) bool { return strings.Contains(reference, name+":") })
		}
	}
	for _, tt := range []struct {
		name          string
		request       image.Request
		matched, skip string
	}{
		{"parents", image.Request{Patterns: []string{"^keystone$"}, SkipParents: true}, "keystone", "base keystone-base openstack-base"},
		{"existing", image.Request{Patterns: []string{"^keystone$"}, Existing: existing("keystone-base")}, "base keystone openstack-base", "keystone-base"},
		{"existing wins", image.Request{Patterns: []string{"^keystone$"}, Existing: existing("none"), SkipParents: true}, "base keystone keystone-base openstack-base", ""},
		{"all there", image.Request{Patterns: []string{"cron"}, Existing: func(string) bool { return true }}, "", "base cron"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := sample(t).Select(tt.request)
			if err != nil {
				t.Fatal(err)
			}
			var skipped []*image.Image
			for _, img := range s.Tree().Images() {
				if s.Status(img) == image.Skipped {
					skipped = append(skipped, img)
				}
			}
			if got := names(s.Matched()); got != tt.matched {
				t.Errorf("matched %s, want %s", got, tt.matched)
			}
			if got := names(skipped); got != tt.skip {
				t.Errorf("skipped %s, want %s", got, tt.skip)
			}
		})
	}
}

func FuzzSelect(f *testing.F) {
	f.Add("^key", "stone$")
	f.Add("(?!x)", "")
	tree, err := image.NewTree([]image.Rendered{rendered("base", "debian:trixie"), rendered("cron", "base")})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		s, err := tree.Select(image.Request{Patterns: []string{a, b}})
		if err == nil && len(s.Matched()) == 0 {
			t.Error("nothing selected, and no error")
		}
	})
}
