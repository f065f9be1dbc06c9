package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/exit"
	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/source"
	"github.com/kolla-build/kolla-build/internal/summary"
	"github.com/kolla-build/kolla-build/internal/template"
)

// told is an outcome that the user has been told about already.
type told int

func (t told) Error() string {
	status, _ := exit.Lookup(int(t))
	return status.Meaning
}

// The outcomes of a run that is over.
const (
	errImagesFailed  = told(exit.Failed)
	errSourcesFailed = told(exit.Source)
	errPushesFailed  = told(exit.Push)
	errInterrupted   = told(exit.Interrupted)
)

// outcome turns a report into an error, or nil if all is well. Images that are
// allowed to fail do not count.
func outcome(report *summary.Report, allowed []string) error {
	if report.Interrupted {
		return errInterrupted
	}
	var worst error
	for _, result := range report.Failed() {
		var badSource *source.Error
		switch {
		case slices.Contains(allowed, result.Name), result.Status == image.ParentError:
			// Descendants fail with the image they stand on, and for its reason.
		case result.Status == image.PushError:
			if worst == nil {
				worst = errPushesFailed
			}
		case errors.As(result.Err, &badSource):
			if !errors.Is(worst, errImagesFailed) {
				worst = errSourcesFailed
			}
		default:
			worst = errImagesFailed
		}
	}
	return worst
}

// exitCode tells the user about err on w, unless that has been done, and returns
// what the process exits with.
func exitCode(err error, w io.Writer) int {
	var (
		done        told
		coded       interface{ ExitCode() int }
		badTemplate *template.Error
		badPattern  *image.PatternError
		environment *buildahdriver.EnvironmentError
		killed      *buildahdriver.KilledError
	)
	switch {
	case err == nil:
		return exit.Done
	case errors.As(err, &done):
		return int(done)
	case errors.As(err, &killed) && killed.Interrupted():
		// Before it could say so itself.
		return exit.Interrupted
	}
	report(w, err)
	switch {
	case errors.As(err, &coded):
		return coded.ExitCode()
	case errors.As(err, &badTemplate):
		return exit.Template
	case errors.As(err, &badPattern):
		return exit.Usage
	case errors.As(err, &environment):
		return exit.Environment
	}
	return exit.Failed
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
