package rpm

import (
	"bytes"
	"fmt"
	"os/exec"
)

// run runs a command of the machine, whose output is of interest only if it fails.
func run(name string, args ...string) error {
	_, err := output(name, args...)
	return err
}

// output returns what a command writes to its standard output.
func output(name string, args ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("failed to run %s: %w\n%s%s", name, err, &stdout, &stderr)
	}
	return stdout.String(), nil
}
