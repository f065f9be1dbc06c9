package run_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/run"
	"github.com/kolla-build/kolla-build/internal/run/runtest"
)

// TestOrderByTime wants the longest remaining way first, by what images took last
// time.
func TestOrderByTime(t *testing.T) {
	tests := []struct {
		name string
		tree parents
		last map[string]int // seconds
		want string
	}{
		{"one slow image before a long way of quick ones", parents{"a": nil, "b": nil, "c": {"b"}, "d": {"c"}}, map[string]int{"a": 100, "b": 1, "c": 1, "d": 1}, "a b c d"},
		{"a way is its sum", parents{"a": nil, "b": nil, "c": {"b"}}, map[string]int{"a": 10, "b": 6, "c": 6}, "b a c"},
		{"what is not known is as the median", parents{"a": nil, "b": nil, "c": nil}, map[string]int{"a": 1, "c": 9}, "b c a"},
		{"nothing is known", parents{"a": nil, "b": nil, "c": {"b"}}, nil, "b a c"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				driver := &runtest.Driver{BuildTime: seconds(1)}
				run.Run(t.Context(), run.Options{
					Selection: tt.tree.selection(t), Driver: driver, Threads: 1,
					Expected: func(img *image.Image) time.Duration { return time.Duration(tt.last[img.Name]) * time.Second },
				})
				if got := order(driver.Calls(runtest.Build)); got != tt.want {
					t.Errorf("built %s, want %s", got, tt.want)
				}
			})
		})
	}
}
