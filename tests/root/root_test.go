// Package root tests what the program does for root alone: a store below /var/lib, a mount
// namespace in place of a user namespace, real owners and real devices. It writes where root's
// images are, so it runs on a machine that is thrown away:
//
//	contrib/bare-machine trixie root 'make test-root'
//
// Everything else is tested as an ordinary user, by the packages above.
package root

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// machineVariable is set by contrib/bare-machine.
const machineVariable = "KOLLA_BARE_MACHINE"

// storeRoot is where README says that root's images are.
const storeRoot = "/var/lib/containers/kolla-build"

var program string

func TestMain(m *testing.M) {
	if err := prepare(); err != nil {
		fmt.Fprintln(os.Stderr, "tests/root:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func prepare() (err error) {
	if os.Geteuid() != 0 || os.Getenv(machineVariable) == "" {
		return errors.New("these tests are for root, on a machine that is thrown away\ntype: contrib/bare-machine trixie root 'make test-root'")
	}
	program = os.Getenv("KOLLA_BUILD_BINARY")
	if program == "" {
		program = "../../bin/kolla-build"
	}
	program, err = filepath.Abs(program)
	return err
}

// run runs the program to its end, and fails the test unless it exits with the status.
func run(t *testing.T, status int, args ...string) (stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != status {
		t.Fatalf("%s: %v, want status %d\n%s%s", cmd, err, status, &out, &talk)
	}
	return out.String(), talk.String()
}

// templates makes a folder of templates with these files.
func templates(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// inLayer returns the one file of that path that a layer of the store has.
func inLayer(t *testing.T, path string) *syscall.Stat_t {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(storeRoot, "overlay", "*", "diff", path))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s is in the layers %v, want one (%v)", path, found, err)
	}
	info, err := os.Lstat(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t)
}

// TestRoot builds on a base image that root bootstraps, and looks at what came of it from
// outside, where ids and devices are what they are in the image.
func TestRoot(t *testing.T) {
	mounts := watchMounts(t)
	dir := templates(t, map[string]string{
		"base/Dockerfile.j2": `FROM {{ base_image }}:{{ base_distro_tag }}
ADD things.tar /things/
COPY --chown=123:70000 file /copied
# More than a user's range of subordinate ids has.
RUN touch /made && chown 100000:200000 /made && chmod 4755 /made
RUN test "$(stat -c '%F %t:%T' /things/null)" = "character special file 1:3"
# The sandbox's own devices, its identity, and its lack of root's powers over the machine.
RUN echo lost >/dev/null && test "$(head -c 3 /dev/zero | tr '\0' 0)" = 000 && test "$(id -u)" = 0
RUN ! mknod /forbidden c 1 3 && ! mount -t tmpfs tmpfs /mnt
`,
		"base/file": "text\n",
		"base/things.tar": archive(t,
			tar.Header{Typeflag: tar.TypeChar, Name: "null", Mode: 0o666, Devmajor: 1, Devminor: 3},
			tar.Header{Typeflag: tar.TypeBlock, Name: "disk", Mode: 0o640, Devmajor: 7, Devminor: 200, Gid: 6},
			tar.Header{Typeflag: tar.TypeFifo, Name: "fifo", Mode: 0o600, Uid: 99},
			tar.Header{Typeflag: tar.TypeReg, Name: "tool", Mode: 0o6755, Uid: 4000000, Gid: 5000000},
		),
		"leaf/Dockerfile.j2": "FROM {{ namespace }}/{{ image_prefix }}base:{{ tag }}\nRUN test \"$(stat -c %u:%g:%a /things/tool)\" = 4000000:5000000:6755 && test -p /things/fifo\n",
	})
	args := []string{"-b", "debian", "--bootstrap", "--docker-dir", dir}
	run(t, 0, args...)
	if out, _ := run(t, 0, "images"); !strings.Contains(out, "kolla/debian-binary-leaf") {
		t.Errorf("images lists\n%s", out)
	}

	for path, want := range map[string]struct {
		mode     uint32
		uid, gid uint32
		device   uint64
	}{
		"things/null": {unix.S_IFCHR | 0o666, 0, 0, unix.Mkdev(1, 3)},
		"things/disk": {unix.S_IFBLK | 0o640, 0, 6, unix.Mkdev(7, 200)},
		"things/fifo": {unix.S_IFIFO | 0o600, 99, 0, 0},
		"things/tool": {unix.S_IFREG | 0o6755, 4000000, 5000000, 0},
		"copied":      {unix.S_IFREG | 0o644, 123, 70000, 0},
		"made":        {unix.S_IFREG | 0o4755, 100000, 200000, 0},
	} {
		if got := inLayer(t, path); got.Mode != want.mode || got.Uid != want.uid || got.Gid != want.gid || got.Rdev != want.device {
			t.Errorf("%s has mode %o, owner %d:%d and device %#x, want %o, %d:%d, %#x",
				path, got.Mode, got.Uid, got.Gid, got.Rdev, want.mode, want.uid, want.gid, want.device)
		}
	}
	if _, err := os.Lstat("/root/.local/share/kolla-build"); err == nil {
		t.Error("root has a store in its home")
	}
	mounts.none(t)

	// Nothing has changed, devices and owners included.
	if _, talk := run(t, 0, args...); !strings.Contains(talk, "2 unchanged") {
		t.Errorf("the second run says\n%s", talk)
	}
}

// archive returns a tar archive of these entries, without contents.
func archive(t *testing.T, headers ...tar.Header) string {
	t.Helper()
	var data strings.Builder
	w := tar.NewWriter(&data)
	for _, header := range headers {
		header.ModTime = time.Unix(1, 0)
		if err := w.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return data.String()
}

// mountWatch looks for mounts of the program's that reach this mount namespace.
type mountWatch struct {
	before []string
	stop   chan struct{}
	done   sync.WaitGroup
	seen   map[string]bool
}

// watchMounts looks again and again until none is called. On a machine with systemd all
// mounts are shared, so that what is mounted in a copy of the namespace comes back here;
// that is so on a bare machine as well, or else there would be nothing to test.
func watchMounts(t *testing.T) *mountWatch {
	t.Helper()
	w := &mountWatch{before: mountPoints(t), stop: make(chan struct{}), seen: map[string]bool{}}
	if info, err := os.ReadFile("/proc/self/mountinfo"); err != nil || !regexp.MustCompile(`(?m)^\S+ \S+ \S+ \S+ / .* shared:`).Match(info) {
		t.Fatalf("mounts are not shared on this machine (%v):\n%s", err, info)
	}
	w.done.Go(func() {
		for {
			for _, point := range mountPoints(t) {
				if !slices.Contains(w.before, point) {
					w.seen[point] = true
				}
			}
			select {
			case <-w.stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	return w
}

func (w *mountWatch) none(t *testing.T) {
	t.Helper()
	close(w.stop)
	w.done.Wait()
	for point := range w.seen {
		t.Errorf("%s was mounted where every process sees it", point)
	}
}

func mountPoints(t *testing.T) []string {
	info, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Error(err)
	}
	var points []string
	for line := range strings.Lines(string(info)) {
		if fields := strings.Fields(line); len(fields) > 4 {
			points = append(points, fields[4])
		}
	}
	return points
}

// TestRootUnshare: root needs no user namespace to see its store's files.
func TestRootUnshare(t *testing.T) {
	if out, _ := run(t, 0, "unshare", "sh", "-c", "id -u; cat /proc/self/uid_map"); strings.Join(strings.Fields(out), " ") != "0 0 0 4294967295" {
		t.Errorf("got %q", out)
	}
}
