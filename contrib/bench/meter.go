package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// cost is what something has cost.
type cost struct {
	cpu  float64 // seconds, of user and system, of everything that was started
	wall float64 // seconds
	peak float64 // megabytes of anonymous memory, of all processes at the same time
}

// sampling is how often memory is looked at.
const sampling = 20 * time.Millisecond

// measure measures what our children cost while do runs, less the process with the id
// except and its own children. What is still there afterwards is waited for.
func measure(except int, do func() error) (cost, error) {
	before, err := childrenCPU()
	if err != nil {
		return cost{}, err
	}
	stop, peak := make(chan struct{}), make(chan float64)
	go func() {
		most := 0.0
		ticker := time.NewTicker(sampling)
		defer ticker.Stop()
		for {
			most = max(most, anonymous(os.Getpid(), except))
			select {
			case <-stop:
				peak <- most
				return
			case <-ticker.C:
			}
		}
	}()
	begun := time.Now()
	err = do()
	c := cost{wall: time.Since(begun).Seconds()}
	close(stop)
	c.peak = <-peak
	if err != nil {
		return cost{}, err
	}
	if err := reap(except); err != nil {
		return cost{}, err
	}
	after, err := childrenCPU()
	c.cpu = after - before
	return c, err
}

// childrenCPU returns the CPU seconds of all children that have ended and been waited
// for, and of theirs.
func childrenCPU() (float64, error) {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_CHILDREN, &usage); err != nil {
		return 0, err
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds(), nil
}

// reap waits for processes that have become our children because who started them has
// ended.
func reap(except int) error {
	for _, pid := range children(os.Getpid()) {
		if pid == except {
			continue
		}
		if _, err := unix.Wait4(pid, nil, 0, nil); err != nil && !errors.Is(err, unix.ECHILD) {
			return fmt.Errorf("failed to wait for process %d: %w", pid, err)
		}
	}
	return nil
}

// anonymous returns the megabytes of anonymous memory of the descendants of a process,
// without those of one of them.
func anonymous(pid, except int) float64 {
	total := 0.0
	for _, child := range children(pid) {
		if child != except {
			total += residentAnonymous(child) + anonymous(child, except)
		}
	}
	return total
}

func children(pid int) []int {
	var found []int
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		text, _ := os.ReadFile(list) // it may have ended
		for field := range strings.FieldsSeq(string(text)) {
			if child, err := strconv.Atoi(field); err == nil {
				found = append(found, child)
			}
		}
	}
	return found
}

func residentAnonymous(pid int) float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // it may have ended
	_, rest, _ := strings.Cut(string(text), "RssAnon:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseFloat(fields[0], 64)
	return kib / 1024
}

// ticks is how many clock ticks /proc counts a second: USER_HZ, the same on all
// architectures that there are.
const ticks = 100

// processCPU returns the CPU seconds of a process that runs, and of its children that
// have ended.
func processCPU(pid int) float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)) // it may have ended
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	const first, last = 11, 14 // utime, stime, cutime, cstime: see proc(5)
	if len(fields) <= last {
		return 0
	}
	total := 0.0
	for _, field := range fields[first : last+1] {
		number, _ := strconv.ParseFloat(field, 64)
		total += number
	}
	return total / ticks
}
