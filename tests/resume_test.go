package tests

import (
	"strings"
	"syscall"
	"testing"
)

// TestResume kills a run as the machine's owner or its memory does, without a chance to
// end well, and wants the next run to go on where it was: what was built is not built
// again, and the image that was being built is.
func TestResume(t *testing.T) {
	m := newMeeting(t)
	fromFirst := strings.ReplaceAll(fromRoot, "root", "first")
	templates := map[string]string{
		"root":   fromBase + "RUN true\n",
		"first":  fromRoot + "RUN true\n",
		"second": fromFirst + hiding(m, "marker-of-resume"),
	}
	cmd := buildCommand(t, "-D", tree(t, templates), "-T", "1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	err := m.wait(hidingProcesses)
	if killed := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); killed != nil {
		t.Error(killed)
	}
	_ = cmd.Wait() // it was killed
	if err != nil {
		t.Fatal(err)
	}
	if err := m.over(patience); err != nil {
		t.Fatalf("a process has survived: %v", err)
	}

	templates["second"] = fromFirst + "RUN true\n"
	dir := tree(t, templates)
	build(t, "-D", dir).wants(t, 0, "^root +unchanged$", "^first +unchanged$", "^second +built in ")
	build(t, "-D", dir).wants(t, 0, "; 3 unchanged$")
}
