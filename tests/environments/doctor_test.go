package environments

import (
	"encoding/json"
	"testing"
)

// checkDoctor compares what "kolla-build doctor" has said in a container with what came
// of building there.
func checkDoctor(t *testing.T, all map[string]done) {
	t.Helper()
	said := all["doctor"]
	var report struct {
		Checks []struct{ ID, Verdict, Found, Remedy string }
		Mode   string
		Able   bool
	}
	if err := json.Unmarshal([]byte(said.said), &report); err != nil {
		t.Errorf("doctor: %v", err)
		return
	}
	if want := map[bool]int{true: 0, false: 6}[report.Able]; said.code != want {
		t.Errorf("doctor: exit code %d, and able is %v", said.code, report.Able)
	}
	tree := "run"
	if report.Mode == "plain" {
		tree = "plain" // RUN is beyond that mode
	}
	if built := all[tree+" build"].code == 0; built != report.Able {
		t.Errorf("doctor says that images can be built: %v, in mode %s; but built: %v", report.Able, report.Mode, built)
	}
	failed := false
	for _, c := range report.Checks {
		failed = failed || c.Verdict == "fails"
		if (c.Verdict == "works") != (c.Remedy == "") {
			t.Errorf("doctor: %+v", c)
		}
	}
	if failed == report.Able {
		t.Errorf("doctor: able is %v, and a check fails: %v", report.Able, failed)
	}
}
