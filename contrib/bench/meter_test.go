package main

import (
	"errors"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

// TestMeasure wants what a child and its children have taken to be counted, also of one
// that outlives the process that has started it.
func TestMeasure(t *testing.T) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	const work = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"
	for name, script := range map[string]string{
		"child":      work,
		"grandchild": "sh -c '" + work + "'; true",
		"orphan":     "(" + work + ") &",
	} {
		spent, err := measure(0, func() error { return exec.Command("sh", "-c", script).Run() })
		if err != nil {
			t.Fatal(err)
		}
		if spent.cpu <= 0.01 {
			t.Errorf("%s: %v CPU seconds for 100000 rounds of a shell", name, spent.cpu)
		}
	}
	broken := errors.New("broken")
	if _, err := measure(0, func() error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
