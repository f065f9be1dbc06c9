package tests

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// interruptLimit is how long an interrupted run may go on.
const interruptLimit = 5 * time.Second

// TestInterrupt interrupts a run in the middle of a RUN instruction with background
// processes that hide from signals, and looks for what is left.
func TestInterrupt(t *testing.T) {
	for _, test := range []struct {
		name    string
		send    func(pid int) error
		options []string
	}{
		{"Ctrl-C", terminal(syscall.SIGINT), nil},
		{"SIGTERM", alone(syscall.SIGTERM), nil},
		{"SIGTERM to all", terminal(syscall.SIGTERM), nil},
		// Buildah's own RUN does not obey; the program helps after a while.
		{"Ctrl-C in chroot isolation", terminal(syscall.SIGINT), []string{"--isolation", "chroot"}},
		{"SIGTERM in chroot isolation", alone(syscall.SIGTERM), []string{"--isolation", "chroot"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newMeeting(t)
			marker := fmt.Sprintf("marker-%d-of-a-test", time.Now().UnixNano())
			dir := tree(t, map[string]string{
				"root": fromBase,
				"busy": fromRoot + hiding(m, marker),
				"leaf": strings.ReplaceAll(fromRoot, "root", "busy"),
			})
			logs := t.TempDir()
			cmd := buildCommand(t, append(test.options, "-D", dir, "--logs-dir", logs)...)
			o := interrupt(t, test.send, m, hidingProcesses, shared, marker, cmd)
			o.wants(t, 130, "^interrupted: built 1 image in ", `^not finished: 2 \(busy, leaf\)$`)
			if log := readFile(t, filepath.Join(logs, "busy.log")); !strings.HasSuffix(log, "# interrupted\n") {
				t.Errorf("the log does not tell of the interruption:\n%s", log)
			}
			build(t, "-D", dir, "^root$").wants(t, 0, "^built 1 image in ")
		})
	}
}

// interrupt starts a command, sends it a signal when so many guests have come to the
// meeting, and wants it to end soon and without a trace.
func interrupt(t *testing.T, send func(pid int) error, m *meeting, guests int, s store, marker string, cmd *exec.Cmd) outcome {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := m.wait(guests); err != nil {
		_ = terminal(syscall.SIGTERM)(cmd.Process.Pid)
		_ = cmd.Wait()
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	// All that must be gone afterwards can be seen now.
	if traces := findTraces(t, s, marker); len(traces) != kindsOfTraces {
		t.Errorf("a run in full swing is seen by these traces only: %v", traces)
	}

	begun := time.Now()
	if err := send(cmd.Process.Pid); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	took := time.Since(begun)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	t.Logf("ended after %v", took)
	if took > interruptLimit {
		t.Errorf("it took %v to end", took)
	}
	if err := m.over(time.Second); err != nil {
		t.Errorf("a process has survived: %v", err)
	}
	for kind, traces := range findTraces(t, s, marker) {
		t.Errorf("%s:\n%s", kind, strings.Join(traces, "\n"))
	}
	return outcome{command: cmd.String(), status: cmd.ProcessState.ExitCode(), stderr: stderr.String()}
}

// terminal sends a signal as a terminal does: to the program and all that it
// started in its process group.
func terminal(signal syscall.Signal) func(pid int) error {
	return func(pid int) error { return syscall.Kill(-pid, signal) }
}

// alone sends a signal to one process.
func alone(signal syscall.Signal) func(pid int) error {
	return func(pid int) error { return syscall.Kill(pid, signal) }
}

// hidingProcesses is how many processes come to the meeting from a RUN of hiding.
const hidingProcesses = 4

// hiding is a RUN that does not end, and ignores all signals that can be ignored,
// with processes in the background that have sessions of their own.
func hiding(m *meeting, marker string) string {
	return `SHELL ["/bin/bash", "-c"]
RUN trap '' HUP INT QUIT TERM PIPE; \
    for i in 1 2 3; do \
      setsid bash -c '` + m.arrive() + `; while :; do sleep 60; done' ` + marker + ` & \
    done; \
    ` + m.arrive() + `; wait
`
}

// kindsOfTraces is how many kinds of traces findTraces knows.
const kindsOfTraces = 4

// findTraces looks for what runs with a store leave behind, by kind: processes with
// the marker in their command lines, mounts, temporary files and what is built in:
// staging folders and working containers.
func findTraces(t *testing.T, s store, marker string) map[string][]string {
	t.Helper()
	traces := map[string][]string{}
	for path, text := range processFiles(t, "cmdline") {
		if strings.Contains(text, marker) {
			traces["processes"] = append(traces["processes"], path)
		}
	}
	for path, text := range processFiles(t, "mountinfo") {
		for line := range strings.Lines(text) {
			if strings.Contains(line, s.root) {
				traces["mounts"] = append(traces["mounts"], path+": "+line)
			}
		}
	}
	for pattern, kind := range map[string]string{
		"kolla-build/tmp/*":             "temporary files",
		"overlay/staging/*":             "unfinished images",
		"overlay-containers/*/userdata": "unfinished images",
	} {
		found, err := filepath.Glob(filepath.Join(s.root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			traces[kind] = append(traces[kind], found...)
		}
	}
	return traces
}

// processFiles returns, by its path, the file of this name of every process that
// lets us see it: of ours it does.
func processFiles(t *testing.T, name string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/" + name)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, path := range paths {
		if data, err := os.ReadFile(path); err == nil {
			files[path] = string(data)
		}
	}
	return files
}
