package tests

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/kolla-build/kolla-build/tests/registry"
)

// TestCredsAreHidden looks for the password of a registry in what the system shows of the
// processes of a run, which then has to push with it.
func TestCredsAreHidden(t *testing.T) {
	const password = "s3:cret@of/a=test"
	r := registry.Start(t, registry.Options{TLS: true, User: "kolla", Password: password})
	for name, args := range map[string][]string{
		"attached":       {"--creds=kolla:" + password},
		"apart":          {"--creds", "kolla:" + password},
		"standard input": {"--creds-stdin"},
	} {
		t.Run(name, func(t *testing.T) {
			s, m := newStore(t), newMeeting(t)
			cmd := exec.Command(program, append(append(s.options(), "-D", waitingTree(t, m), "--registry", r.Host, "--cert-dir", r.CertDir, "--push"), args...)...)
			cmd.Stdin = strings.NewReader("kolla:" + password + "\n")
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if err := m.wait(1); err != nil {
				t.Fatalf("%v\n%s", err, stderr.String())
			}
			seen := 0
			for _, pattern := range []string{"/proc/[0-9]*/cmdline", "/proc/[0-9]*/environ"} {
				files, err := filepath.Glob(pattern)
				if err != nil {
					t.Fatal(err)
				}
				for _, file := range files {
					text, err := os.ReadFile(file)
					if err != nil {
						continue // another user's, or gone
					}
					if strings.Contains(string(text), s.root) {
						seen++
					}
					if strings.Contains(string(text), password) {
						t.Errorf("%s has the password: %q", file, text)
					}
				}
			}
			if seen < 2 {
				t.Errorf("of %d processes the arguments were seen, want two or more", seen)
			}
			m.close()
			_ = cmd.Wait()
			outcome{command: "kolla-build --push", status: cmd.ProcessState.ExitCode(), stderr: stderr.String()}.wants(t, 0, "^built 1 image, pushed 1")
			if strings.Contains(stderr.String(), password) {
				t.Errorf("the password is shown:\n%s", stderr.String())
			}
		})
	}
}

func TestCredsFromStandardInput(t *testing.T) {
	dir := tree(t, chain(t, 1))
	for _, text := range []string{"", "kolla", "kolla:", ":x", "kolla:x\nmore\n"} {
		cmd := buildCommand(t, "-D", dir, "--creds-stdin")
		cmd.Stdin = strings.NewReader(text)
		execute(t, cmd).wants(t, 2, "standard input is not USER:PASSWORD")
	}
	execute(t, exec.Command(program, "-D", dir, "--creds-stdin", "--creds", "a:b")).wants(t, 2, "options --creds and --creds-stdin contradict each other")
	execute(t, exec.Command(program, "-D", dir, "--allow-realm", "https://x/y")).wants(t, 2, `"https://x/y" is not HOST\[:PORT\]`)
}
