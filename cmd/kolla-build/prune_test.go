package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/plan"
)

func TestStorageLimit(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, "1": 1, "500MB": 500 << 20, "20GB": 20 << 30, "20g": 20 << 30, "20GiB": 20 << 30, "1.5k": 1536,
		"0": -1, "-1GB": -1, "many": -1, "20 apples": -1,
	} {
		got, err := storageLimit(text)
		if err != nil {
			got = -1
		}
		if got != want {
			t.Errorf("%q: got %d, %v, want %d", text, got, err, want)
		}
	}
}

// What a plan needs: images that are as they should be, those that only lost their name,
// those that have a name of the plan, and what the tree stands on.
func TestNeedsOf(t *testing.T) {
	store := newFakeStore()
	store.names["localhost/stale:1"] = "stale"
	made := &plan.Plan{Images: []*plan.Image{
		{Reference: "localhost/root:1", From: fakeBase, Action: plan.Keep, ID: "root"},
		{Reference: "localhost/lost:1", From: "localhost/root:1", Action: plan.Tag, ID: "former"},
		{Reference: "localhost/stale:1", From: "localhost/root:1", Action: plan.Build},
		{Reference: "localhost/missing:1", From: "localhost/nowhere:1", Action: plan.Build},
	}}
	needs := needsOf(made, store)
	if got, want := slices.Sorted(maps.Keys(needs.images)), []string{"", "base 1", "former", "root", "stale"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(needs.references) != 4 {
		t.Errorf("got %v", needs.references)
	}
}

func TestPruneReport(t *testing.T) {
	report := pruneReport{DryRun: true}
	report.addImages(&buildahdriver.Pruned{Left: 7, Removed: []buildahdriver.Removed{
		{Kind: buildahdriver.KindImage, ID: "abc", Name: "localhost/a:1", Size: 3, LastUse: time.Unix(0, 0)},
		{Kind: buildahdriver.KindFolder, ID: "/tmp/x", Size: 2},
	}})
	report.add(pruned{Kind: "source", ID: "def", Name: "https://x\x1b[2J", Size: 1})
	for format, want := range map[string]string{
		"text": "image\tabc\t3\tlocalhost/a:1\nfolder\t/tmp/x\t2\t\nsource\tdef\t1\thttps://x",
		"json": `"last_used": "1970-01-01T00:00:00Z"`,
	} {
		var out strings.Builder
		if err := report.write(&out, format); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: got %q, %v", format, out.String(), err)
		}
		if strings.Contains(out.String(), "\x1b") {
			t.Errorf("%s: an escape sequence reaches the terminal", format)
		}
	}
	var out strings.Builder
	if err := new(pruneReport).write(&out, "json"); err != nil || !strings.Contains(out.String(), `"removed": []`) {
		t.Errorf("got %q, %v", out.String(), err)
	}
	if report.Freed != 6 {
		t.Errorf("freed %d", report.Freed)
	}
	out.Reset()
	if err := report.table(&out); err != nil || !strings.Contains(out.String(), "KIND ") || !strings.Contains(out.String(), "years ago") {
		t.Errorf("got %q, %v", out.String(), err)
	}
}
