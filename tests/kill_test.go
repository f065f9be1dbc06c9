package tests

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestKilledAtAnyPoint kills a run again and again, each time at some point between its
// beginning and its end, and wants the next run to go on from there and to leave
// nothing of what was unfinished.
func TestKilledAtAnyPoint(t *testing.T) {
	const rounds = 10
	s := newStore(t)
	dir := tree(t, chain(t, 8))
	run := func(tag string) *exec.Cmd {
		cmd := exec.Command(program, append(s.options(), "-D", dir, "--tag", tag, "-T", "2")...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
		return cmd
	}
	begun := time.Now()
	execute(t, run("whole")).wants(t, 0, "^built 8 images in ")
	whole := time.Since(begun)

	for range rounds {
		// A new tag has all to be built; the same one goes on where the last run was.
		tag := fmt.Sprint(rand.IntN(3))
		delay := rand.N(whole)
		cmd := run(tag)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(delay) // no point is the right one
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed, or had just ended
		awaitEnd(t, cmd.Process.Pid)
		t.Logf("killed %s after %v of %v", tag, delay, whole)
	}
	// What finds all unchanged does not open the store, and so does not clean it up.
	execute(t, run("another")).wants(t, 0, "^built 8 images in [^;]*$")
	for tag := range 3 {
		execute(t, run(fmt.Sprint(tag))).wants(t, 0, "^built 8 images in ")
		execute(t, run(fmt.Sprint(tag))).wants(t, 0, "; 8 unchanged$")
	}
	if left := leavings(t, s); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for _, pattern := range []string{"kolla-build/tmp/*", "overlay/staging/*"} {
		if found, err := filepath.Glob(filepath.Join(s.root, pattern)); err != nil || len(found) > 0 {
			t.Errorf("left behind: %v, %v", found, err)
		}
	}
}

// awaitEnd waits until no process of a group is there any more, the last of which the
// kernel may still be ending.
func awaitEnd(t *testing.T, group int) {
	t.Helper()
	for deadline := time.Now().Add(patience); syscall.Kill(-group, 0) == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a killed process has survived")
		}
	}
}

// leavings are the kinds of what a prune finds that killed runs have left.
func leavings(t *testing.T, s store) []string {
	t.Helper()
	o := execute(t, exec.Command(program, append([]string{"prune", "--dry-run", "--format", "json"}, s.options()...)...))
	o.wants(t, 0)
	var report struct{ Removed []struct{ Kind, ID string } }
	if err := json.Unmarshal([]byte(o.stdout), &report); err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, r := range report.Removed {
		if slices.Contains([]string{"container", "layer", "folder"}, r.Kind) {
			left = append(left, r.Kind+" "+r.ID)
		}
	}
	return left
}

// chain is a tree of so many images, each on the one before, with a static shell in the
// first: it needs no distro.
func chain(t *testing.T, length int) map[string]string {
	t.Helper()
	files := map[string]string{
		"image1":         "FROM scratch\nCOPY --chmod=755 busybox /bin/sh\n",
		"image1/busybox": readBusybox(t),
	}
	for i := 2; i <= length; i++ {
		below := strings.ReplaceAll(fromRoot, "root", fmt.Sprintf("image%d", i-1))
		files[fmt.Sprintf("image%d", i)] = below + fmt.Sprintf("RUN echo %d > /%d\nCOPY file /file\n", i, i)
		files[fmt.Sprintf("image%d/file", i)] = strings.Repeat("x", i*10_000)
	}
	return files
}

// readBusybox returns a shell in one static file, where distros keep it.
func readBusybox(t *testing.T) string {
	t.Helper()
	for _, path := range []string{"/bin/busybox", "/usr/sbin/busybox"} {
		if data, err := os.ReadFile(path); err == nil {
			return string(data)
		}
	}
	t.Fatal("there is no busybox\ninstall it: contrib/setup test")
	return ""
}
