package buildahdriver

import (
	"errors"

	"github.com/kolla-build/kolla-build/internal/preflight"
)

// Diagnose runs all checks that tell whether this machine can build, those of the
// start of a build and those that only cost speed, for the store that the options
// describe. It is called outside of the user namespace, and changes nothing.
func Diagnose(options Options) (preflight.Report, error) {
	want := preflight.Want{Thorough: true, StorageDriver: options.StorageDriver}
	if store, err := storeOptions(options); err != nil {
		want.StoreUnknown = err.Error()
	} else {
		want.Store = store.GraphRoot
	}
	facts, err := preflight.Gather(want)
	if err != nil {
		return preflight.Report{}, err
	}
	if options.Network == NetworkPrivate {
		facts.Connector = preflight.GatherConnector()
	}
	facts.WantMapped, facts.WantSingle = options.IDs == IDsMapped, options.IDs == IDsSingle
	// Only where all else is well, or the helpers' complaints would come second.
	if report := preflight.Examine(facts); report.Mode == preflight.ModeMapped {
		facts.Mapping = &preflight.Mapping{}
		if err := tryMapping(facts); err != nil {
			facts.Mapping.Failure = err.Error()
		}
	}
	return preflight.Examine(facts), nil
}

// CheckSpace reports as an [*EnvironmentError] that the store's filesystem is full, or so
// nearly full that no image would fit.
func (d *Driver) CheckSpace() error {
	if check := preflight.CheckSpace(d.GraphRoot()); check.Verdict == preflight.Fails {
		return environmentError(&check)
	}
	return nil
}

// environmentError is the failure of a check, as an error.
func environmentError(c *preflight.Check) error {
	return &EnvironmentError{Missing: c.Found, Mend: c.Remedy}
}

// mappingError is about ids that could not be mapped although all checks passed.
func mappingError(facts *preflight.Facts, cause error) error {
	facts.Mapping = &preflight.Mapping{Failure: cause.Error()}
	if check := preflight.Examine(facts).Check("id-mapping"); check != nil {
		return environmentError(check)
	}
	return cause
}

// errTried ends the trial of a mapping that worked.
var errTried = errors.New("the mapping works")
