package main

import (
	"os"
	"strconv"
	"time"

	"github.com/kolla-build/kolla-build/internal/config"
)

// labels are those that an image gets beside what its Dockerfile says.
type labels struct {
	// of returns an image's labels that go into its input digest.
	of func(image string) map[string]string
	// dates tell when the run began. They go into no digest: an image that nothing
	// else has changed for keeps those that it has.
	dates map[string]string
}

// newLabels returns the labels that the Python tool of the templates' release sets.
func newLabels(cfg *config.Config, t *tree) labels {
	if t.kolla == nil {
		return labels{of: func(string) map[string]string { return nil }}
	}
	return labels{
		of:    t.kolla.Labels(t.naming.Tag, cfg.Maintainer),
		dates: t.kolla.Dates(runDate()),
	}
}

// runDate is the time that images tell, or what SOURCE_DATE_EPOCH says
// (https://reproducible-builds.org/specs/source-date-epoch).
func runDate() time.Time {
	if epoch, found := sourceDate(); found {
		return epoch
	}
	return time.Now()
}

func sourceDate() (_ time.Time, found bool) {
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	return time.Unix(seconds, 0).UTC(), err == nil
}
