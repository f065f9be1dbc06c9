// Command reliability does to the program all that is known to have gone wrong with such programs, or that
// somebody might try on purpose, and writes down what it survives: docs/reliability.md.
//
//	make faults                      # all cases
//	make faults ARGS='-case 9,23'    # these, and their lines of the page
//
// The cases are tests of this repository, and most of them run in make test as well; the table in cases.go tells
// which belong to which case.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var r runner
	var only, page string
	flag.StringVar(&only, "case", "", "the `numbers` of cases to run, with commas between them; all by default")
	flag.StringVar(&page, "table", "", "the `file` with the page, in which the lines of the cases are written anew")
	flag.StringVar(&r.goTool, "go", "go", "the `program` that runs tests")
	flag.StringVar(&r.exec, "exec", "", "the `program` that runs the tests' binaries, as for go test")
	flag.Parse()
	err := func() error {
		cases, err := choose(Cases(), only)
		if err != nil {
			return err
		}
		results, err := r.run(ctx, cases)
		if err != nil {
			return err
		}
		rows := judge(cases, results)
		fmt.Print(text(rows))
		if page != "" {
			old, err := os.ReadFile(page)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			if err := os.WriteFile(page, []byte(markdown(rows, string(old), time.Now())), 0o644); err != nil { //nolint:gosec // a page for everybody
				return err
			}
		}
		return failures(rows)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "reliability:", err)
		os.Exit(1)
	}
}

// choose returns the cases with the numbers, or all.
func choose(cases []Case, numbers string) ([]Case, error) {
	if numbers == "" {
		return cases, nil
	}
	var chosen []Case
	for number := range strings.SplitSeq(numbers, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(number))
		at := slices.IndexFunc(cases, func(c Case) bool { return c.Number == n })
		if err != nil || at < 0 {
			return nil, fmt.Errorf("there is no case %q", number)
		}
		chosen = append(chosen, cases[at])
	}
	return chosen, nil
}

func failures(rows []row) error {
	var errs []error
	for _, row := range rows {
		for _, failed := range row.failed {
			errs = append(errs, fmt.Errorf("case %d is not survived: %s", row.Number, failed))
		}
	}
	return errors.Join(errs...)
}
