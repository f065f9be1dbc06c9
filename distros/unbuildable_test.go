package distros

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestUnbuildableFor(t *testing.T) {
	d := Distro{
		Unbuildable: map[string]Reasons{
			"always":            {"a": "no package", "b": "for all"},
			"binary":            {"b": "source only"},
			"old":               {"b": "too old", "c": "too old"},
			"binary+old":        {"b": "too old for binary"},
			"aarch64":           {"d": "other machines only"},
			"source+old+x86_64": {"e": "all of these"},
		},
		Bootstrap: Bootstrap{Releases: map[string]string{"1": "old", "2": "new"}},
	}
	for _, test := range []struct {
		target Target
		want   Reasons
	}{
		{Target{"source", "2", "x86_64"}, Reasons{"a": "no package", "b": "for all"}},
		{Target{"binary", "2", "x86_64"}, Reasons{"a": "no package", "b": "source only"}},
		{Target{"binary", "1", "x86_64"}, Reasons{"a": "no package", "b": "too old for binary", "c": "too old"}},
		{Target{"source", "1", "x86_64"}, Reasons{"a": "no package", "b": "too old", "c": "too old", "e": "all of these"}},
		{Target{"source", "old", "aarch64"}, Reasons{"a": "no package", "b": "too old", "c": "too old", "d": "other machines only"}},
	} {
		t.Run(fmt.Sprint(test.target), func(t *testing.T) {
			if got := d.UnbuildableFor(test.target); !maps.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	if got := (Distro{}).UnbuildableFor(Target{}); got == nil {
		t.Error("nil for a distro that can build all")
	}
	if d.Unbuildable["always"]["b"] != "for all" {
		t.Error("the distro was changed")
	}
}

// A condition that never holds would let an image through that cannot be built.
func TestConditions(t *testing.T) {
	for _, name := range Names() {
		d, err := Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		known := append(slices.Collect(maps.Values(d.Bootstrap.Releases)), always, "binary", "source", "x86_64", "aarch64")
		for condition, reasons := range d.Unbuildable {
			for word := range strings.SplitSeq(condition, "+") {
				if !slices.Contains(known, word) {
					t.Errorf("%s: %q in the condition %q is no type, release or architecture", name, word, condition)
				}
			}
			for image, reason := range reasons {
				if len(strings.Fields(reason)) < 3 || strings.HasSuffix(reason, ".") {
					t.Errorf("%s: %s: %q is no reason, as a sentence without a full stop", name, image, reason)
				}
			}
		}
	}
}
