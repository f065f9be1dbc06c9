package main

import (
	"fmt"
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

func markdown(rows []row, date time.Time) string {
	var b strings.Builder
	b.WriteString(preface)
	fmt.Fprintf(&b, "As of %s:\n\n", date.UTC().Format(time.DateOnly))
	b.WriteString("| case | what is done | expected | survived | seconds | remarks |\n| --: | --- | --- | --- | --: | --- |\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %.1f | %s |\n", r.Number, r.Fault, r.Expected, r.survived(), r.seconds, r.remarks())
	}
	return b.String()
}
