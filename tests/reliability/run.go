package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"
)

// runner runs tests.
type runner struct{ goTool, exec string }

// result is what became of a test.
type result struct {
	passed, skipped bool
	seconds         float64
	output          string // of a test that did not pass
}

// patience bounds how long the tests of one package may take.
const patience = time.Hour

// run runs the tests of cases, each once, a package after the other.
func (r runner) run(ctx context.Context, cases []Case) (map[Proof]result, error) {
	tests := map[string][]string{}
	for _, c := range cases {
		for _, p := range c.Proofs {
			if !slices.Contains(tests[p.Package], p.Test) {
				tests[p.Package] = append(tests[p.Package], p.Test)
			}
		}
	}
	results := map[Proof]result{}
	for _, pkg := range slices.Sorted(maps.Keys(tests)) {
		for _, pattern := range patterns(tests[pkg]) {
			fmt.Fprintf(os.Stderr, "== %s %s\n", pkg, pattern)
			if err := r.test(ctx, pkg, pattern, results); err != nil {
				return nil, err
			}
		}
	}
	return results, nil
}

// patterns returns what to give -run for tests: whole ones and scripts need one each, since a slash in it
// stands for all.
func patterns(tests []string) []string {
	var plain, scripts, all []string
	for _, test := range tests {
		if name, script, isScript := strings.Cut(test, "/"); isScript {
			scripts = append(scripts, regexp.QuoteMeta(script))
		} else {
			plain = append(plain, name)
		}
	}
	if len(plain) > 0 {
		all = append(all, "^("+strings.Join(plain, "|")+")$")
	}
	if len(scripts) > 0 {
		all = append(all, "^TestScript$/^("+strings.Join(scripts, "|")+")$")
	}
	return all
}

func (r runner) test(ctx context.Context, pkg, pattern string, results map[Proof]result) error {
	args := []string{"test", "-json", "-count=1", "-timeout", patience.String(), "-run", pattern}
	if r.exec != "" {
		args = append(args, "-exec", r.exec)
	}
	cmd := exec.CommandContext(ctx, r.goTool, append(args, pkg)...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	read := readEvents(stdout, pkg, results)
	err = cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && ctx.Err() == nil {
		err = nil // tests that failed; the results have them, or have them not
	}
	return errors.Join(read, err)
}

// readEvents reads what go test -json prints: https://pkg.go.dev/cmd/test2json.
func readEvents(stream io.Reader, pkg string, results map[Proof]result) error {
	output := map[string]*strings.Builder{}
	lines := bufio.NewReader(stream)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		var event struct {
			Action, Test, Output string
			Elapsed              float64
		}
		if json.Unmarshal(line, &event) != nil {
			fmt.Fprintf(os.Stderr, "%s", line) // of the compiler
			continue
		}
		name, _, _ := strings.Cut(event.Test, "/")
		if name == "TestScript" {
			name = event.Test
		}
		switch event.Action {
		case "output":
			if output[name] == nil {
				output[name] = &strings.Builder{}
			}
			output[name].WriteString(event.Output)
		case "pass", "fail", "skip":
			if event.Test != name {
				continue // a part of it
			}
			r := result{passed: event.Action == "pass", skipped: event.Action == "skip", seconds: event.Elapsed}
			if !r.passed && output[name] != nil {
				r.output = output[name].String()
				fmt.Fprint(os.Stderr, r.output)
			}
			results[Proof{pkg, name}] = r
		}
	}
}
