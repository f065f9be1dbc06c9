package main

import (
	"io"
	"os"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/exit"
	"github.com/kolla-build/kolla-build/internal/preflight"
)

// doctorCommand reports whether this machine can build images, and what would have to
// change: see docs/doctor.md.
func doctorCommand(args []string, stdout io.Writer) error {
	own, rest, err := config.LookupCommand("doctor").Cut(args)
	if err != nil {
		return err
	}
	cfg, err := parse(rest, stdout)
	if err != nil || cfg == nil {
		return err
	}
	report, err := buildahdriver.Diagnose(storeOptions(cfg))
	if err != nil {
		return err
	}
	if own["format"] == "json" {
		err = preflight.WriteJSON(stdout, report)
	} else {
		file, isFile := stdout.(*os.File)
		err = preflight.WriteText(stdout, report, isFile && wantsColor(file))
	}
	if err == nil && !report.Able {
		err = told(exit.Environment)
	}
	return err
}
