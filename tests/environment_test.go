package tests

import (
	"os/exec"
	"testing"
	"time"
)

// TestMissingHelper: what the machine lacks is told in the first second, with the
// command that mends it.
func TestMissingHelper(t *testing.T) {
	cmd := exec.Command(program, "-b", "debian", "--bootstrap")
	cmd.Env = append(cmd.Environ(), "PATH="+t.TempDir())
	begun := time.Now()
	o := execute(t, cmd)
	if took := time.Since(begun); took > time.Second {
		t.Errorf("it took %v to tell", took)
	}
	o.wants(t, 6, `\Akolla-build: newuidmap is in /\S+, which is not in PATH$`, `^  export PATH="\$PATH:/`)
}
