package buildahdriver

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"github.com/kolla-build/kolla-build/internal/preflight"
)

// TestMappingError: the words of newuidmap get the place that the library's have.
func TestMappingError(t *testing.T) {
	var heard complaints
	logger := logrus.New()
	logger.SetOutput(new(strings.Builder))
	logger.AddHook(&heard)
	logger.Warnf("Reading allowed ID mappings: nothing of interest")
	logger.Warnf("running newgidmap: %v: %s", errors.New("exit status 1"), "newgidmap: write to gid_map failed: Operation not permitted\n")
	logger.Warnf("Falling back to single mapping")
	if want := "write to gid_map failed: Operation not permitted"; heard.first != want {
		t.Fatalf("heard %q, want %q", heard.first, want)
	}
	facts := &preflight.Facts{UID: 1000, User: "joe", Helpers: [2]preflight.Helper{{Path: "/bin/newuidmap"}, {Path: "/bin/newgidmap"}}}
	err := mappingError(facts, errors.New(heard.first))
	var environment *EnvironmentError
	if !errors.As(err, &environment) || Remedy(err) == "" {
		t.Errorf("got %v, and the remedy %q", err, Remedy(err))
	}
}

// TestEntered: the tests themselves run in the namespace.
func TestEntered(t *testing.T) {
	if !entered() {
		t.Error("not entered")
	}
	if os.Getenv(enteredVariable) == "" {
		t.Errorf("%s is not set", enteredVariable)
	}
	t.Setenv(enteredVariable, "")
	if entered() {
		t.Error("entered without the variable")
	}
}
