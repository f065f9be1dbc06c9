package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// row is a case with what became of it.
type row struct {
	Case
	seconds         float64
	failed, skipped []string
}

// judge gives each case the results of its tests. A test that did not run has failed.
func judge(cases []Case, results map[Proof]result) []row {
	var rows []row
	for _, c := range cases {
		r := row{Case: c}
		for _, p := range c.Proofs {
			result, ran := results[p]
			r.seconds += result.seconds
			switch {
			case !ran || !result.passed && !result.skipped:
				r.failed = append(r.failed, p.Test)
			case result.skipped:
				r.skipped = append(r.skipped, p.Test)
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// survived is the verdict: yes, in part, not here, or no.
func (r row) survived() string {
	switch {
	case len(r.failed) > 0:
		return "no"
	case len(r.skipped) == len(r.Proofs):
		return "not here"
	case r.Open != "":
		return "in part"
	}
	return "yes"
}

// remarks tells what the verdict leaves out.
func (r row) remarks() string {
	var all []string
	if len(r.failed) > 0 {
		all = append(all, "failed: "+strings.Join(r.failed, ", "))
	}
	if r.Open != "" {
		all = append(all, "open: "+r.Open)
	}
	if r.NotHere != "" {
		all = append(all, "not tried: "+r.NotHere)
	}
	if len(r.skipped) > 0 {
		all = append(all, "this machine does not allow "+strings.Join(r.skipped, ", "))
	}
	return strings.Join(all, "; ")
}

func text(rows []row) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%2d  %-8s  %6.1f s  %s\n", r.Number, r.survived(), r.seconds, r.Fault)
	}
	return b.String()
}

const preface = `# Reliability

What is done to kolla-build on purpose, and what it survives. ` + "`make faults`" + ` does it all and writes this page
anew; most of it runs in ` + "`make test`" + ` as well. The table in
[tests/reliability/cases.go](../tests/reliability/cases.go) names the tests.

- **yes**: all that is expected is tested, and happens.
- **in part**: what is tested happens, and the last column tells what is open.
- **not here**: the machine did not allow to try it.
- **no**: a test failed.

Two more have commands of their own, since one needs root and the other time: ` + "`make power-cuts`" + ` cuts the power while images
are built, and ` + "`make model DURATION=2h`" + ` does random things to a store, of which ` + "`make test`" + ` does a few.

The seconds are those of the tests on a clock, on a machine that may have had other work.

`

const header = "| case | what is done | expected | survived | seconds | as of | remarks |\n| --: | --- | --- | --- | --: | --- | --- |\n"

// markdown returns the page: the given rows, and in place of other cases what the page had of them.
func markdown(rows []row, old string, date time.Time) string {
	lines := map[int]string{}
	for line := range strings.Lines(old) {
		var number int
		if n, _ := fmt.Sscanf(line, "| %d |", &number); n == 1 {
			lines[number] = line
		}
	}
	for _, r := range rows {
		lines[r.Number] = r.begin() + fmt.Sprintf("%s | %.1f | %s | %s |\n", r.survived(), r.seconds, date.UTC().Format(time.DateOnly), r.remarks())
	}
	page := preface + header
	for _, number := range slices.Sorted(maps.Keys(lines)) {
		page += lines[number]
	}
	return page
}

// begin is what stands in a case's line before what became of it.
func (r row) begin() string {
	return fmt.Sprintf("| %d | %s | %s | ", r.Number, r.Fault, r.Expected)
}
