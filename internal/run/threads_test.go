package run_test

import (
	"testing"

	"github.com/kolla-build/kolla-build/internal/run"
)

func TestDefaultThreads(t *testing.T) {
	const gib = 1 << 30
	for _, test := range []struct {
		cores  int
		memory uint64
		want   int
	}{
		{1, 8 * gib, 2},
		{2, 8 * gib, 3},
		{16, 64 * gib, 17},
		{16, 4 * gib, 8},
		{2, 256 << 20, 1},
		{4, 0, 5},
		{0, 8 * gib, 2},
		{1 << 20, 1 << 63, 1<<20 + 1},
	} {
		if got := run.DefaultThreads(test.cores, test.memory); got != test.want {
			t.Errorf("%d cores and %d bytes: %d threads, want %d", test.cores, test.memory, got, test.want)
		}
	}
}
