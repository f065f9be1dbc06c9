package tests

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kolla-build/kolla-build/internal/exit"
	"github.com/kolla-build/kolla-build/tests/registry"
)

// TestExitCodes provokes every code that the program can exit with.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	good := tree(t, map[string]string{"root": fromBase})
	failing := tree(t, map[string]string{"root": fromBase + "RUN exit 9\n"})
	broken := tree(t, map[string]string{"root": fromBase + "{% if %}\n"})
	starving := tree(t, map[string]string{"root": fromBase + "ADD root-archive /\n"})
	dir := t.TempDir()
	err := writeFiles(dir, map[string]string{
		"type.conf":   "[DEFAULT]\nthreads = many\n",
		"source.conf": "[root]\ntype = local\nlocation = " + filepath.Join(dir, "nowhere") + "\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	private := registry.Start(t, registry.Options{User: "kolla", Password: "s3cret"})
	refused := buildCommand(t, "-D", good, "--registry", private.Host, "--push")
	refused.Env = append(refused.Environ(), "CONTAINERS_REGISTRIES_CONF="+private.Conf(t))
	bare := buildCommand(t, "-D", good, "--nocache") // or there is nothing to do
	bare.Env = append(bare.Environ(), "PATH="+t.TempDir(), wantMapped)

	scenarios := map[int][]struct {
		name, problem string
		command       *exec.Cmd
	}{
		exit.Done: {
			{"built", "^built 1 image in ", buildCommand(t, "-D", good)},
		},
		exit.Failed: {
			{"instruction", "^root +failed after .*exit status 9$", buildCommand(t, "-D", failing)},
			{"no match", "no image that can be built matches", buildCommand(t, "-D", good, "leaf")},
		},
		exit.Usage: {
			{"argument", "unknown option --bse", exec.Command(program, "--bse", "debian")},
			{"value in the file", `type\.conf:2: .*"many" is not a whole number`, exec.Command(program, "--config-file", filepath.Join(dir, "type.conf"), "--list-images")},
			{"regex", "bad pattern", exec.Command(program, "--list-images", "nova-(")},
		},
		exit.Template: {
			{"syntax", `root/Dockerfile\.j2:2:7: `, buildCommand(t, "-D", broken)},
		},
		exit.Source: {
			{"missing", `failed to fetch source \[root\] .*nowhere`, buildCommand(t, "-D", starving, "--config-file", filepath.Join(dir, "source.conf"))},
		},
		exit.Push: {
			{"refused", "^built 1 image, pushed 0, failed 1 in ", refused},
		},
		exit.Environment: {
			{"helper", "newuidmap is in /.*, which is not in PATH", bare},
		},
	}
	for _, status := range exit.Table() {
		if status.Code == exit.Interrupted {
			continue // TestInterrupt
		}
		if len(scenarios[status.Code]) == 0 {
			t.Errorf("nothing provokes %d, %s", status.Code, status.Name)
		}
		for _, s := range scenarios[status.Code] {
			t.Run(status.Name+" "+s.name, func(t *testing.T) {
				execute(t, s.command).wants(t, status.Code, s.problem)
			})
		}
	}
}
