package tests

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSignalBeforeTheRun sends signals while the program reads its configuration, which
// it does twice: as the user typed it, and again in its user namespace. Nothing is there
// yet that would have to be ended in order.
func TestSignalBeforeTheRun(t *testing.T) {
	const config = "[DEFAULT]\nbase = debian\n"
	for _, test := range []struct {
		name    string
		send    func(pid int) error
		readers int // how often the configuration is read before the signal
	}{
		{"SIGINT at first", alone(syscall.SIGINT), 0},
		{"SIGTERM at first", alone(syscall.SIGTERM), 0},
		{"SIGHUP at first", alone(syscall.SIGHUP), 0},
		{"SIGINT in the namespace", alone(syscall.SIGINT), 1},
		{"SIGTERM in the namespace", alone(syscall.SIGTERM), 1},
		{"Ctrl-C in the namespace", terminal(syscall.SIGINT), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStore(t)
			fifo := filepath.Join(t.TempDir(), "kolla-build.conf")
			if err := syscall.Mkfifo(fifo, 0o600); err != nil {
				t.Fatal(err)
			}
			dir := tree(t, chain(t, 1))
			var stderr bytes.Buffer
			cmd := exec.Command(program, append(s.options(), "-D", dir, "--config-file", fifo)...)
			cmd.Stderr = &stderr
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for range test.readers {
				if err := os.WriteFile(fifo, []byte(config), 0o600); err != nil {
					t.Fatal(err)
				}
				awaitChild(t, cmd.Process.Pid)
			}
			// That it can be opened for writing tells that somebody waits to read.
			writer, err := os.OpenFile(fifo, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer writer.Close()
			if err := test.send(cmd.Process.Pid); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if status := cmd.ProcessState.ExitCode(); status != 130 || strings.Contains(stderr.String(), "determine exit status") {
				t.Errorf("it ends with %d (%v), and says:\n%s", status, cmd.ProcessState, stderr.String())
			}
			awaitEnd(t, cmd.Process.Pid)
		})
	}
}

// waitingTree is an image whose RUN waits for a meeting to be dismissed.
func waitingTree(t *testing.T, m *meeting) string {
	t.Helper()
	port := strings.TrimPrefix(m.arrive()[strings.LastIndex(m.arrive(), "/"):], "/")
	busybox := readBusybox(t)
	return tree(t, map[string]string{
		"waiting":         "FROM scratch\nCOPY --chmod=755 busybox /bin/sh\nCOPY --chmod=755 busybox /bin/busybox\nRUN /bin/busybox nc 127.0.0.1 " + port + "\n",
		"waiting/busybox": busybox,
	})
}

// TestHangup: a run that was started with nohup does not notice that the terminal has gone.
func TestHangup(t *testing.T) {
	for _, test := range []struct {
		name, trap string
		status     int
	}{
		{"nohup", "trap '' HUP; ", 0},
		{"not", "", 130},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, m := newStore(t), newMeeting(t)
			args := append([]string{"-c", test.trap + `exec "$0" "$@"`, program}, append(s.options(), "-D", waitingTree(t, m))...)
			var stderr bytes.Buffer
			cmd := exec.Command("/bin/sh", args...)
			cmd.Stderr = &stderr
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if err := m.wait(1); err != nil {
				t.Fatalf("%v\n%s", err, stderr.String())
			}
			if err := terminal(syscall.SIGHUP)(cmd.Process.Pid); err != nil {
				t.Fatal(err)
			}
			if test.status == 0 {
				time.Sleep(200 * time.Millisecond) // without nohup it ends within a few
				m.close()
			}
			_ = cmd.Wait()
			if status := cmd.ProcessState.ExitCode(); status != test.status {
				t.Errorf("it ends with %d, want %d:\n%s", status, test.status, stderr.String())
			}
		})
	}
}

// TestKilledChild kills the process that does the work, as the kernel does when memory is
// short, and wants the one that waits for it to say so.
func TestKilledChild(t *testing.T) {
	s, m := newStore(t), newMeeting(t)
	var stderr bytes.Buffer
	cmd := exec.Command(program, append(s.options(), "-D", waitingTree(t, m))...)
	cmd.Stderr = &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := m.wait(1); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	if err := syscall.Kill(childOf(t, cmd.Process.Pid), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	outcome{command: cmd.String(), status: cmd.ProcessState.ExitCode(), stderr: stderr.String()}.wants(t, 1,
		"^kolla-build: the process that builds was killed by SIGKILL$", "^  if memory was short, .* --threads")
	awaitEnd(t, cmd.Process.Pid)
}

// childOf returns the only child of a process, or 0 if it has none.
func childOf(t *testing.T, pid int) int {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		data, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		if child, err := strconv.Atoi(strings.TrimSpace(string(data))); err == nil {
			return child
		}
	}
	return 0
}

// awaitChild waits until a process has started another.
func awaitChild(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(patience); childOf(t, pid) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it starts nothing")
		}
	}
}
