package tests

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScript runs the scripts of testdata/script. Beside testscript's own commands
// they have:
//
//	kolla-build [ARGUMENT ...]  runs the program
//	build [ARGUMENT ...]        runs it on debian, in the store that all tests share
//	plan [ARGUMENT ...]         prints the plan for the same
//	status N                    wants the last run to have exited with N
//
// The program's path is in $PROGRAM, the store in $ROOT and $RUNROOT.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Values[lastStatus{}] = new(int)
			env.Setenv("PROGRAM", program)
			env.Setenv("ROOT", shared.root)
			env.Setenv("RUNROOT", shared.runRoot)
			// What the machine is configured with: without it, testscript's
			// environment has no home, and no place for a store.
			for _, name := range []string{"HOME", "USER", "XDG_RUNTIME_DIR"} {
				env.Setenv(name, os.Getenv(name))
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"kolla-build": runProgram,
			"build":       runBuild,
			"plan":        runPlan,
			"status":      checkStatus,
		},
		RequireUniqueNames: true,
	})
}

// lastStatus is the key under which a script has the exit status of its last run.
type lastStatus struct{}

func runProgram(script *testscript.TestScript, negated bool, args []string) {
	err := script.Exec(program, args...)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		script.Check(err)
	}
	status := 0
	if exit != nil {
		status = exit.ExitCode()
	}
	*script.Value(lastStatus{}).(*int) = status
	if failed := status != 0; failed != negated {
		script.Fatalf("exit status %d", status)
	}
}

func runBuild(script *testscript.TestScript, negated bool, args []string) {
	runOnDebian(script, negated, nil, args)
}

func runPlan(script *testscript.TestScript, negated bool, args []string) {
	runOnDebian(script, negated, []string{"plan"}, args)
}

func runOnDebian(script *testscript.TestScript, negated bool, command, args []string) {
	options, err := onDebian()
	script.Check(err)
	runProgram(script, negated, slices.Concat(command, options, []string{"--namespace", namespace(script.Name())}, args))
}

func checkStatus(script *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 1 {
		script.Fatalf("usage: status N")
	}
	want, err := strconv.Atoi(args[0])
	script.Check(err)
	if got := *script.Value(lastStatus{}).(*int); got != want {
		script.Fatalf("exit status %d, want %d", got, want)
	}
}
