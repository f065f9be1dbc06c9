package buildahdriver

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestMain(m *testing.M) {
	if Reexec() {
		return
	}
	if err := EnterUserNamespace(IDsAuto); err != nil {
		fmt.Fprintf(os.Stderr, "these tests need a user namespace: %v\n%s\n", err, Remedy(err))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// busyboxPaths are where distros keep a shell and its tools in one static file:
// enough of an image to run commands in.
var busyboxPaths = []string{"/bin/busybox", "/usr/sbin/busybox"}

func readBusybox(t *testing.T) string {
	t.Helper()
	for _, path := range busyboxPaths {
		if data, err := os.ReadFile(path); err == nil {
			return string(data)
		}
	}
	t.Fatalf("none of %v is there\ninstall it: contrib/setup test", busyboxPaths)
	return ""
}

// openDriver opens a driver with a store of its own.
func openDriver(t *testing.T, change ...func(*Options)) *Driver {
	t.Helper()
	dir := t.TempDir()
	options := Options{Root: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run")}
	for _, c := range change {
		c(&options)
	}
	driver, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := driver.Close(); err != nil {
			t.Error(err)
		}
	})
	return driver
}

// writeContext makes a folder of files, by path. A file that begins with #! is executable.
func writeContext(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if bytes.HasPrefix([]byte(content), []byte("#!")) {
			mode = 0o755
		}
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// buildImage builds a Dockerfile, with more files in its context, and returns
// what its instructions printed.
func buildImage(t *testing.T, d *Driver, name, dockerfile string, files map[string]string) (*Image, string) {
	t.Helper()
	image, output, err := tryBuild(t, d, name, dockerfile, files)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return image, output
}

func tryBuild(t *testing.T, d *Driver, name, dockerfile string, files map[string]string) (*Image, string, error) {
	t.Helper()
	all := map[string]string{"Dockerfile": dockerfile}
	for k, v := range files {
		all[k] = v
	}
	var output bytes.Buffer
	image, err := d.Build(context.Background(), BuildOptions{Name: name, ContextDir: writeContext(t, all), Output: &output})
	return image, output.String(), err
}

// buildBase makes the image "base:1" out of busybox.
func buildBase(t *testing.T, d *Driver) {
	t.Helper()
	buildImage(t, d, "base:1", `FROM scratch
COPY --chmod=755 busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
COPY passwd group /etc/
RUN mkdir -p /tmp /root /var/lib && chmod 1777 /tmp
`, map[string]string{
		"busybox": readBusybox(t),
		"passwd":  "root:x:0:0::/root:/bin/sh\nnova:x:42436:42436::/var/lib/nova:/bin/sh\n",
		"group":   "root:x:0:\nnova:x:42436:\nkolla:x:42400:nova\n",
	})
}

// tarWithLink is an archive that holds one symbolic link.
func tarWithLink(t *testing.T, name, target string) string {
	t.Helper()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.String()
}
