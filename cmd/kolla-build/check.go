package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/exit"
)

// checkCommand looks for damage in the store: see docs/check.md. Each fault is a line: kind, id, names
// and what is wrong, with tabs between them.
func checkCommand(args []string, stdout io.Writer) error {
	own, rest, err := config.LookupCommand("check").Cut(args)
	if err != nil {
		return err
	}
	cfg, err := parse(rest, stdout)
	if err != nil || cfg == nil {
		return err
	}
	if err := buildahdriver.EnterUserNamespace(buildahdriver.IDs(cfg.IDs)); err != nil {
		return err
	}
	ctx, stop := interruptible(func() {})
	defer stop()
	say := func(format string, args ...any) {
		if !cfg.Quiet {
			fmt.Fprintf(os.Stderr, format+"\n", args...)
		}
	}
	isRepair := own["repair"] != ""
	faults, err := buildahdriver.Check(ctx, storeOptions(cfg), buildahdriver.CheckOptions{
		Repair: isRepair,
		OnWait: func() { say("waiting until nobody builds in the store") },
	})
	for _, fault := range faults {
		names := cmp.Or(strings.Join(fault.Names, ", "), "-")
		if _, printErr := fmt.Fprintf(stdout, "%s\t%s\t%s\t%s\n", fault.Kind, fault.ID, names, strings.Join(fault.Reasons, "; ")); printErr != nil {
			return errors.Join(err, fmt.Errorf("failed to write the report: %w", printErr))
		}
	}
	switch {
	case ctx.Err() != nil:
		return errInterrupted
	case err != nil:
		return err
	case len(faults) == 0:
		say("the store is sound")
	case isRepair:
		say("repaired; what is missing now is built or pulled again when it is needed")
	default:
		say("to remove what is damaged: kolla-build check --repair")
		return told(exit.Failed)
	}
	return nil
}
