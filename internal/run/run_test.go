package run_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/run"
	"github.com/kolla-build/kolla-build/internal/run/runtest"
	"github.com/kolla-build/kolla-build/internal/summary"
)

func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got record
		driver := &runtest.Driver{BuildTime: seconds(3), PushTime: seconds(1)}
		report := run.Run(t.Context(), run.Options{
			Selection: parents{"a": nil, "z": nil}.selection(t, "a"),
			Driver:    driver, Threads: 4, Push: true, Sink: &got,
		})
		got.equal(t,
			"started a",
			"a:building", "a:step 1/1 FROM debian:trixie", `a:output "building a\n"`, "a:built",
			"a:pushing", "a:pushed",
			"finished false",
		)
		if got, want := statuses(report), "a:built z:unmatched"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		a := report.Results[0]
		want := summary.Result{
			Name: "a", Reference: "kolla/a:1", Status: image.Built, Pushed: true, ID: "id-a", Digest: "sha256:pushed-a", Size: 1,
			Started: a.Started, Elapsed: 3 * time.Second, Attempts: 1,
		}
		if a != want {
			t.Errorf("got  %+v\nwant %+v", a, want)
		}
		if report.Elapsed != 4*time.Second {
			t.Errorf("the run took %v", report.Elapsed)
		}
	})
}

func TestJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs := map[string]run.Job{}
		driver := &runtest.Driver{OnBuild: func(job run.Job, _ int) error {
			jobs[job.Name] = job
			return nil
		}}
		run.Run(t.Context(), run.Options{Selection: parents{"a": nil, "b": {"a"}}.selection(t), Driver: driver})
		a, b := jobs["a"], jobs["b"]
		if !a.Root || a.From != "debian:trixie" || a.Reference != "kolla/a:1" {
			t.Errorf("job of the root: %+v", a)
		}
		if b.Root || b.From != a.Reference || b.ContextDir != "/ctx/b" || b.Dockerfile != "/ctx/b/Dockerfile" {
			t.Errorf("job of the child: %+v", b)
		}
	})
}

func TestUrgency(t *testing.T) {
	tests := []struct {
		name string
		tree parents
		want string
	}{
		{"longest way first", parents{"a": nil, "b": nil, "c": {"b"}, "d": {"c"}}, "b c a d"},
		{"then most descendants", parents{"a": nil, "a1": {"a"}, "b": nil, "b1": {"b"}, "b2": {"b"}}, "b a a1 b1 b2"},
		{"then by name", parents{"c": nil, "a": nil, "b": nil}, "a b c"},
		{
			"a descendant counts once",
			parents{"a": nil, "b": {"a"}, "c": {"a"}, "d": {"b", "c"}, "m": nil, "n": {"m"}, "o": {"n"}, "p": {"m"}, "q": {"m"}},
			"m a b c n d o p q",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				driver := &runtest.Driver{BuildTime: seconds(1)}
				run.Run(t.Context(), run.Options{Selection: tt.tree.selection(t), Driver: driver, Threads: 1})
				if got := order(driver.Calls(runtest.Build)); got != tt.want {
					t.Errorf("built %s, want %s", got, tt.want)
				}
			})
		})
	}
}

func TestFailureTakesDescendants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got record
		driver := &runtest.Driver{BuildTime: seconds(1), OnBuild: failing("b")}
		report := run.Run(t.Context(), run.Options{
			Selection: chain.selection(t), Driver: driver, Threads: 1, Retries: 3, Push: true, Sink: &got,
		})
		if got, want := statuses(report), "a:built b:error c:parent_error d:parent_error e:built"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got, want := order(driver.Calls(runtest.Push)), "a e"; got != want {
			t.Errorf("pushed %s, want %s", got, want)
		}
		if failed := report.Failed(); len(failed) != 3 || failed[0].Err.Error() != "b is broken" || failed[2].Err.Error() != "b failed" {
			t.Errorf("failed: %+v", failed)
		}
		if report.Interrupted {
			t.Error("a failure is no interruption")
		}
		for _, want := range []string{"c:parent_error", "d:parent_error", "b:error"} {
			if strings.Count(strings.Join(got, "\n"), want) != 1 {
				t.Errorf("want %s once in %v", want, got)
			}
		}
	})
}

func TestTwoFailuresTakeDescendantOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got record
		driver := &runtest.Driver{OnBuild: failing("a", "b")}
		run.Run(t.Context(), run.Options{
			Selection: parents{"a": nil, "b": nil, "c": {"a", "b"}}.selection(t), Driver: driver, Threads: 1, Sink: &got,
		})
		if n := strings.Count(strings.Join(got, "\n"), "c:parent_error"); n != 1 {
			t.Errorf("c was told %d times: %v", n, got)
		}
	})
}

func TestPushOrder(t *testing.T) {
	slow := func(name string) time.Duration {
		if name == "a" {
			return time.Minute
		}
		return time.Second
	}
	tests := []struct {
		name     string
		onPush   func(run.Job, int) error
		statuses string
	}{
		{"all well", nil, "a:built b:built c:built d:built e:built"},
		{"failed push of a parent", failing("a"), "a:push_error b:built c:built d:built e:built"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				driver := &runtest.Driver{BuildTime: seconds(1), PushTime: slow, OnPush: tt.onPush}
				report := run.Run(t.Context(), run.Options{
					Selection: chain.selection(t), Driver: driver, Threads: 2, PushThreads: 2, Push: true,
				})
				pushes := driver.Calls(runtest.Push)
				// All are built long before the push of a ends. Then b and e
				// may go, b first since others wait for it.
				if got := order(pushes); got != "a b e c d" && got != "a e b c d" {
					t.Errorf("pushed %s", got)
				}
				if builds := driver.Calls(runtest.Build); !builds[len(builds)-1].End.Before(pushes[0].End) {
					t.Error("builds waited for a push")
				}
				if got := statuses(report); got != tt.statuses {
					t.Errorf("got %s, want %s", got, tt.statuses)
				}
			})
		})
	}
}

func TestNoPushUnlessAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		driver := &runtest.Driver{}
		report := run.Run(t.Context(), run.Options{Selection: chain.selection(t), Driver: driver})
		if pushes := driver.Calls(runtest.Push); len(pushes) != 0 || report.Results[0].Pushed {
			t.Errorf("pushed %s", order(pushes))
		}
		if report.Results[0].Digest != "sha256:built-a" {
			t.Errorf("got digest %s", report.Results[0].Digest)
		}
	})
}

func TestNothingStartsOnceCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var got record
		driver := &runtest.Driver{}
		report := run.Run(ctx, run.Options{Selection: parents{"a": nil, "b": {"a"}}.selection(t), Driver: driver, Sink: &got})
		if !report.Interrupted || len(driver.Calls(runtest.Build)) != 0 {
			t.Errorf("got %+v", report)
		}
		got.equal(t, "started a,b", "a:unprocessed", "b:unprocessed", "finished true")
	})
}

func TestCancelInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// a is built within 10 s; b and e are being built, and a is being
		// pushed, when the time is up.
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		driver := &runtest.Driver{BuildTime: seconds(10), PushTime: seconds(10)}
		report := run.Run(ctx, run.Options{
			Selection: chain.selection(t), Driver: driver, Threads: 8, Push: true, Retries: 3,
		})
		if got, want := statuses(report), "a:built b:unprocessed c:unprocessed d:unprocessed e:unprocessed"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if !report.Interrupted || report.Results[0].Pushed || len(report.Failed()) != 0 {
			t.Errorf("got %+v", report)
		}
		if b, c := report.Results[1], report.Results[2]; b.Attempts != 1 || c.Attempts != 0 {
			t.Errorf("attempts: b %d, c %d", b.Attempts, c.Attempts)
		}
		if report.Elapsed != 15*time.Second {
			t.Errorf("the run took %v", report.Elapsed)
		}
	})
}

func TestCancelAfterTheLastIsNoInterruption(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		driver := &runtest.Driver{OnBuild: func(run.Job, int) error {
			cancel()
			return nil
		}}
		if report := run.Run(ctx, run.Options{Selection: parents{"a": nil}.selection(t), Driver: driver}); report.Interrupted {
			t.Errorf("got %+v", report)
		}
	})
}

func TestDriverThatEndsItsGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		driver := &runtest.Driver{OnBuild: func(run.Job, int) error {
			runtime.Goexit()
			return nil
		}}
		defer func() {
			if text := fmt.Sprint(recover()); text != `driver ended its goroutine on image "a"` {
				t.Errorf("recovered %s", text)
			}
		}()
		run.Run(t.Context(), run.Options{Selection: parents{"a": nil}.selection(t), Driver: driver})
		t.Error("Run returned")
	})
}

func TestPanicIsCarriedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		driver := &runtest.Driver{
			BuildTime: func(name string) time.Duration {
				if name == "a" {
					return time.Second
				}
				return time.Hour
			},
			OnBuild: func(run.Job, int) error { panic("out of cheese") },
		}
		defer func() {
			text := fmt.Sprint(recover())
			if !strings.Contains(text, `driver panicked on image "a": out of cheese`) || !strings.Contains(text, "run_test.go") {
				t.Errorf("recovered %s", text)
			}
			// The other build was cancelled, and waited for.
			if calls := driver.Calls(runtest.Build); len(calls) != 1 || !errors.Is(calls[0].Err, context.Canceled) {
				t.Errorf("calls: %+v", calls)
			}
		}()
		run.Run(t.Context(), run.Options{Selection: parents{"a": nil, "b": nil}.selection(t), Driver: driver, Threads: 2})
		t.Error("Run returned")
	})
}
