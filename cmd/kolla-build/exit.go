package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/kolla-build/kolla-build/buildahdriver"
)

// The exit codes. README.md lists them; a code that is not listed means failure.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // 128 and SIGINT, as shells count
)

// Two outcomes that the run has told the user about already.
var (
	errImagesFailed = errors.New("images failed")
	errInterrupted  = errors.New("interrupted")
)

// exitCode tells the user about err on w, unless that has been done, and returns
// what the process exits with.
func exitCode(err error, w io.Writer) int {
	var coded interface{ ExitCode() int }
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.Is(err, errImagesFailed):
		return exitFailed
	}
	report(w, err)
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	return exitFailed
}

// report writes an error: what failed after the program's name, then, indented,
// what else there is to say, such as what to do about it.
func report(w io.Writer, err error) {
	text := err.Error()
	if remedy := buildahdriver.Remedy(err); remedy != "" {
		text += "\n" + remedy
	}
	first, rest, more := strings.Cut(text, "\n")
	fmt.Fprintf(w, "kolla-build: %s\n", first)
	if more {
		fmt.Fprintf(w, "  %s\n", strings.ReplaceAll(rest, "\n", "\n  "))
	}
}
