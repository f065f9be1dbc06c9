package run_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/run"
	"github.com/kolla-build/kolla-build/internal/run/runtest"
	"github.com/kolla-build/kolla-build/internal/summary"
)

// TestRandomTrees runs trees of all shapes, some images of which fail, and
// holds what came of them against the rules of Run.
func TestRandomTrees(t *testing.T) {
	for seed := range uint64(150) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			tree := random(r)
			broken, unpushable := pick(r, tree), pick(r, tree)
			buildTime, pushTime := times(r, tree), times(r, tree)
			threads, pushThreads := 1+r.IntN(6), 1+r.IntN(3)

			synctest.Test(t, func(t *testing.T) {
				driver := &runtest.Driver{
					BuildTime: func(name string) time.Duration { return buildTime[name] },
					PushTime:  func(name string) time.Duration { return pushTime[name] },
					OnBuild:   failing(broken...),
					OnPush:    failing(unpushable...),
				}
				report := run.Run(t.Context(), run.Options{
					Selection: tree.selection(t), Driver: driver,
					Threads: threads, PushThreads: pushThreads, Retries: 2, Push: true,
				})
				checkStatuses(t, tree, report, set(broken), set(unpushable))
				checkOrder(t, tree, report, driver.Calls(runtest.Build), driver.Calls(runtest.Push))
				if n := driver.Peak(runtest.Build); n > threads {
					t.Errorf("%d builds at once, allowed are %d", n, threads)
				}
				if n := driver.Peak(runtest.Push); n > pushThreads {
					t.Errorf("%d pushes at once, allowed are %d", n, pushThreads)
				}
			})
		})
	}
}

func checkStatuses(t *testing.T, tree parents, report *summary.Report, broken, unpushable map[string]bool) {
	t.Helper()
	if len(report.Results) != len(tree) {
		t.Errorf("%d results for %d images", len(report.Results), len(tree))
	}
	for _, result := range report.Results {
		want := image.Built
		switch {
		case intersects(tree.ancestors(result.Name), broken):
			want = image.ParentError
		case broken[result.Name]:
			want = image.Error
		case unpushable[result.Name]:
			want = image.PushError
		}
		if result.Status != want {
			t.Errorf("%s: got %s, want %s", result.Name, result.Status, want)
		}
		if failed := result.Err != nil; failed != want.Failed() {
			t.Errorf("%s: got error %v", result.Name, result.Err)
		}
	}
}

func checkOrder(t *testing.T, tree parents, report *summary.Report, builds, pushes []runtest.Call) {
	t.Helper()
	built, pushed := once(t, builds), once(t, pushes)
	for _, result := range report.Results {
		name := result.Name
		build, wasBuilt := built[name]
		push, wasPushed := pushed[name]
		if wasBuilt != (result.Status != image.ParentError) || wasPushed != (wasBuilt && result.Status != image.Error) {
			t.Errorf("%s is %s; built: %v, pushed: %v", name, result.Status, wasBuilt, wasPushed)
		}
		if wasPushed && push.Start.Before(build.End) {
			t.Errorf("%s was pushed before it was built", name)
		}
		for parent := range tree.ancestors(name) {
			if wasBuilt && build.Start.Before(built[parent].End) {
				t.Errorf("%s was built before its ancestor %s", name, parent)
			}
			if wasPushed && push.Start.Before(pushed[parent].End) {
				t.Errorf("%s was pushed before its ancestor %s", name, parent)
			}
		}
	}
}

// once sorts calls by name; an image must be handled once only.
func once(t *testing.T, calls []runtest.Call) map[string]runtest.Call {
	t.Helper()
	byName := map[string]runtest.Call{}
	for _, c := range calls {
		if _, twice := byName[c.Name]; twice {
			t.Errorf("%s of %s happened twice", c.Kind, c.Name)
		}
		byName[c.Name] = c
	}
	return byName
}

// pick returns one in twelve images of a tree.
func pick(r *rand.Rand, tree parents) []string {
	var picked []string
	for i := range len(tree) {
		if r.IntN(12) == 0 {
			picked = append(picked, fmt.Sprintf("image%d", i))
		}
	}
	return picked
}

func times(r *rand.Rand, tree parents) map[string]time.Duration {
	times := map[string]time.Duration{}
	for i := range len(tree) {
		times[fmt.Sprintf("image%d", i)] = time.Duration(r.IntN(5)) * time.Second
	}
	return times
}

func set(names []string) map[string]bool {
	s := map[string]bool{}
	for _, name := range names {
		s[name] = true
	}
	return s
}

func intersects(a, b map[string]bool) bool {
	for name := range a {
		if b[name] {
			return true
		}
	}
	return false
}
