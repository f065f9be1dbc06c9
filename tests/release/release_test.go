// Package release tries what make release leaves: that the static binary runs on a root
// which holds nothing else, and that the packages can be installed.
//
// It needs root's rights, for roots of its own, so make test leaves it out: make release-test.
package release

import (
	"bytes"
	"debug/elf"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/tests/registry"
)

var dist = flag.String("dist", "", "the folder that make release has filled")

// maxSize bounds a static binary, in bytes. It has 38 MB, nearly all of it buildah's
// libraries. A dependency that comes along unnoticed, such as a client of Kubernetes or a cloud's
// SDK, takes 4 MB or more; updates of those we have take much less.
const maxSize = 42 << 20

// file returns the only file of the release whose name matches a pattern.
func file(t *testing.T, pattern string) string {
	t.Helper()
	if *dist == "" {
		t.Skip("needs root, and what make release leaves: type make release-test")
	}
	found, err := filepath.Glob(filepath.Join(*dist, pattern))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 {
		t.Fatalf("%s: there are %d files %s, want one", *dist, len(found), pattern)
	}
	return found[0]
}

// run returns what a command prints to both standard output and standard error.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"}
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, output)
	}
	return string(output)
}

// architectures are those that the release was made for.
func architectures(t *testing.T) []string {
	t.Helper()
	file(t, "SHA256SUMS")
	found, err := filepath.Glob(filepath.Join(*dist, "kolla-build-linux-*"))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: no binary: %v", *dist, err)
	}
	for i, name := range found {
		found[i] = strings.TrimPrefix(filepath.Base(name), "kolla-build-linux-")
	}
	return found
}

// TestStatic: nothing is loaded when the binary starts, and it has not become larger.
func TestStatic(t *testing.T) {
	machines := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}
	for _, arch := range architectures(t) {
		name := file(t, "kolla-build-linux-"+arch)
		binary, err := elf.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer binary.Close()
		if binary.Machine != machines[arch] {
			t.Errorf("%s is for %v", name, binary.Machine)
		}
		for _, segment := range binary.Progs {
			if segment.Type == elf.PT_INTERP || segment.Type == elf.PT_DYNAMIC {
				t.Errorf("%s has a segment %v: it is not static", name, segment.Type)
			}
		}
		if info, err := os.Stat(name); err != nil || info.Size() > maxSize {
			t.Errorf("%s has %d bytes, want at most %d (%v)", name, info.Size(), maxSize, err)
		}
	}
}

// TestSums: SHA256SUMS covers every file, as sha256sum checks it.
func TestSums(t *testing.T) {
	sums, err := os.ReadFile(file(t, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(*dist)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		// The image is of packages as they are on that day, and no part of the release.
		if entry.Type().IsRegular() && name != "SHA256SUMS" && name != "kolla-build-image.tar" && !bytes.Contains(sums, []byte("  "+name+"\n")) {
			t.Errorf("SHA256SUMS does not have %s", name)
		}
	}
	run(t, "sh", "-c", `cd "$0" && sha256sum --check --strict SHA256SUMS`, *dist)
}

// TestPackageVersion: package managers sort versions as git describe means them, from the
// oldest to the newest.
func TestPackageVersion(t *testing.T) {
	for _, test := range [][2]string{
		{"v1.0.0-rc1", "1.0.0~rc1"},
		{"v1.0.0-rc1-3-gabc", "1.0.0~rc1.3.gabc"},
		{"v1.0.0", "1.0.0"},
		{"v1.0.0-5-gabc", "1.0.0+5.gabc"},
		{"v1.0.0-5-gabc-dirty", "1.0.0+5.gabc.dirty"},
		{"1.1.0-dirty", "1.1.0+dirty"},
	} {
		cmd := exec.Command("../../contrib/release/build", "--version")
		cmd.Env = append(os.Environ(), "TAGS=none", "VERSION="+test[0])
		if out, err := cmd.Output(); err != nil || string(out) != test[1]+"\n" {
			t.Errorf("%s becomes %q (%v), want %s", test[0], out, err, test[1])
		}
	}
}

// TestReproducible: a second run gives the same bytes, with another umask and another folder.
func TestReproducible(t *testing.T) {
	first, err := os.ReadFile(file(t, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "dist")
	cmd := exec.Command("sh", append([]string{"-c", `umask 077; exec ../../contrib/release/build "$@"`, "build"}, architectures(t)...)...)
	cmd.Env = append(os.Environ(), "DIST="+dir, "SYSROOTS="+filepath.Join(*dist, ".work"), "TZ=Pacific/Chatham", "LC_ALL=C")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("contrib/release/build: %v\n%s", err, output)
	}
	t.Logf("%v of CPU time", cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	second, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	if string(first) != string(second) {
		t.Errorf("the first run gave\n%sthe second one\n%s", first, second)
	}
}

// TestArm64 starts the binary for arm64 by qemu's user mode. It cannot try a build there: the
// program executes /proc/self/exe to enter a user namespace, which is qemu.
func TestArm64(t *testing.T) {
	if runtime.GOARCH == "arm64" {
		t.Skip("TestEmptyRoot tries it on this machine")
	}
	file(t, "SHA256SUMS")
	if _, err := os.Stat(filepath.Join(*dist, "kolla-build-linux-arm64")); err != nil {
		t.Skip("this release was made without arm64")
	}
	binary := file(t, "kolla-build-linux-arm64")
	qemu, err := exec.LookPath("qemu-aarch64-static")
	if err != nil {
		if qemu, err = exec.LookPath("qemu-aarch64"); err != nil {
			t.Fatal("qemu-user is not installed: run contrib/setup release")
		}
	}
	arm64 := func(args ...string) string { return run(t, qemu, append([]string{binary}, args...)...) }
	if out := arm64("--version"); !versionLine.MatchString(out) {
		t.Errorf("--version prints %q", out)
	}
	if out := arm64("-b", "debian", "--list-images", "^keystone$"); !strings.Contains(out, "keystone") {
		t.Errorf("--list-images prints\n%s", out)
	}
	work := t.TempDir()
	arm64("-b", "debian", "--template-only", "--work-dir", work, "^memcached$")
	if _, err := os.Stat(filepath.Join(work, "docker/memcached/Dockerfile")); err != nil {
		t.Error(err)
	}
}

var versionLine = regexp.MustCompile(`^(kolla-build )?\S*[0-9]+\.[0-9]+\S*\n$`)

// An emptyRoot is a root file system with nothing in it but the static binary.
type emptyRoot string

func newEmptyRoot(t *testing.T) emptyRoot {
	t.Helper()
	root := t.TempDir()
	if err := copyFile(filepath.Join(root, "kolla-build"), file(t, "kolla-build-linux-"+runtime.GOARCH), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"proc", "dev", "tmp"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return emptyRoot(root)
}

// run runs the program with the root as its own, with no environment at all.
func (r emptyRoot) run(t *testing.T, args ...string) string {
	t.Helper()
	const enter = `mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && mount -t tmpfs tmpfs "$0/tmp" &&
		exec env -i "$(command -v chroot)" "$0" /kolla-build "$@"`
	return run(t, "unshare", append([]string{"--mount", "--propagation", "private", "--", "sh", "-c", enter, string(r)}, args...)...)
}

// TestEmptyRoot: the static binary needs nothing beside itself. It renders, builds (the RUN of
// the image runs the program from the image) and pushes to a registry without TLS; there is no
// bundle of authorities' certificates for one with.
func TestEmptyRoot(t *testing.T) {
	root := newEmptyRoot(t)
	for name, text := range map[string]string{
		"tree/hello/Dockerfile.j2": "FROM scratch\nLABEL of=\"{{ image_name }}\"\nCOPY kolla-build /\nRUN [\"/kolla-build\", \"--version\"]\n",
		"tree/child/Dockerfile.j2": "FROM {{ namespace }}/{{ image_prefix }}hello:{{ tag }}\nCOPY data /data\nUSER 1000\n",
		"tree/child/data":          "of the child\n",
	} {
		path := filepath.Join(string(root), name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := copyFile(filepath.Join(string(root), "tree/hello/kolla-build"), filepath.Join(string(root), "kolla-build"), 0o755); err != nil {
		t.Fatal(err)
	}

	if out := root.run(t, "--version"); !versionLine.MatchString(out) {
		t.Errorf("--version prints %q", out)
	}
	root.run(t, "-b", "debian", "--template-only", "--work-dir", "/work", "^memcached$")

	r := registry.Start(t, registry.Options{})
	common := []string{"--docker-dir", "/tree", "--registry", r.Host, "--tls-verify=false", "--tag", "1"}
	root.run(t, common...)
	// By a second command, which has to find the store as the first has left it.
	root.run(t, append(common, "--push")...)
	if layers := layersAt(t, r, "kolla/centos-binary-child", "1"); layers != 2 {
		t.Errorf("the image at the registry has %d layers, want its own and its parent's", layers)
	}
}

// layersAt returns how many layers an image at a registry has.
func layersAt(t *testing.T, r *registry.Registry, name, tag string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+r.Host+"/v2/"+name+"/manifests/"+tag, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/vnd.oci.image.manifest.v1+json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("the registry answers %s: %s (%v)", response.Status, body, err)
	}
	var manifest struct{ Layers []json.RawMessage }
	if err := json.Unmarshal(body, &manifest); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return len(manifest.Layers)
}

// TestDeb installs the package, with what it depends on, in a root of the smallest Debian.
func TestDeb(t *testing.T) {
	deb := file(t, "kolla-build_*_"+runtime.GOARCH+".deb")
	root := filepath.Join(t.TempDir(), "root")
	run(t, "mmdebstrap", "--quiet", "--variant=apt", "--format=directory", "--include=apparmor,bash-completion,man-db",
		"--customize-hook=copy-in "+deb+" /tmp",
		`--customize-hook=chroot "$1" sh -c 'DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends /tmp/*.deb'`,
		"trixie", root)
	in := func(line string) string {
		const enter = `mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && exec chroot "$0" bash -c "$1"`
		return run(t, "unshare", "--mount", "--propagation", "private", "sh", "-c", enter, root, line)
	}
	if out := in("kolla-build --version"); !versionLine.MatchString(out) {
		t.Errorf("--version prints %q", out)
	}
	in("command -v newuidmap newgidmap")
	if out := in("man kolla-build | cat"); !strings.Contains(out, "--bootstrap") {
		t.Errorf("the manual page is\n%s", out)
	}
	// As bash does when the user presses the tab key.
	out := in(`. /usr/share/bash-completion/bash_completion
		_comp_load kolla-build 2>/dev/null || __load_completion kolla-build
		COMP_WORDS=(kolla-build --boots) COMP_CWORD=1; _kolla_build; echo "${COMPREPLY[@]}"`)
	if !strings.Contains(out, "--bootstrap ") {
		t.Errorf("the completion of --boots is %q", out)
	}
	in("zcat /usr/share/doc/kolla-build/changelog.gz | grep -q .")
	in("kolla-build config --config-file /usr/share/doc/kolla-build/examples/kolla-build.conf")
	// AppArmor of trixie parses the profile; the kernel here need not have it.
	in("apparmor_parser --skip-kernel-load --skip-cache /etc/apparmor.d/kolla-build")
	in("apt-get purge --yes kolla-build")
	for _, gone := range []string{"/usr/bin/kolla-build", "/etc/apparmor.d/kolla-build", "/usr/share/kolla-build"} {
		if _, err := os.Lstat(filepath.Join(root, gone)); !os.IsNotExist(err) {
			t.Errorf("%s is there after a purge (%v)", gone, err)
		}
	}
}

// TestRPM installs the package in an empty root, on which the binary needs nothing. What the
// package depends on can only be read here, as rpm knows no package of this machine's.
func TestRPM(t *testing.T) {
	machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	name := file(t, "kolla-build-*."+machine+".rpm")
	root := t.TempDir()
	run(t, "rpm", "--root", root, "--nodeps", "--install", name)
	if out := run(t, "chroot", root, "/usr/bin/kolla-build", "--version"); !versionLine.MatchString(out) {
		t.Errorf("--version prints %q", out)
	}
	if out := run(t, "rpm", "-qp", "--requires", "--recommends", name); !strings.Contains(out, "/usr/bin/newuidmap\n") || !strings.Contains(out, "mmdebstrap\n") {
		t.Errorf("it depends on\n%s", out)
	}
	want := []string{
		"/usr/bin/kolla-build", "/usr/share/bash-completion/completions/kolla-build",
		"/usr/share/fish/vendor_completions.d/kolla-build.fish", "/usr/share/zsh/site-functions/_kolla-build",
		"/usr/share/licenses/kolla-build/LICENSE", "/usr/share/man/man1/kolla-build.1.gz",
	}
	files := run(t, "rpm", "-qpl", name)
	for _, path := range want {
		if !strings.Contains(files, path+"\n") {
			t.Errorf("it does not have %s:\n%s", path, files)
		}
	}
}

// TestImage builds and pushes in the image that make image leaves, with the rights that
// docs/ci.md names, by podman.
func TestImage(t *testing.T) {
	file(t, "SHA256SUMS")
	archive := filepath.Join(*dist, "kolla-build-image.tar")
	if _, err := os.Stat(archive); err != nil {
		t.Skip("there is no image: type make image")
	}
	dir := t.TempDir()
	podman := func(t *testing.T, args ...string) string {
		t.Helper()
		common := []string{"--root", filepath.Join(dir, "root"), "--runroot", filepath.Join(dir, "run"), "--tmpdir", filepath.Join(dir, "tmp"), "--cgroup-manager", "cgroupfs", "--runtime", "runc"}
		return run(t, "podman", append(common, args...)...)
	}
	image := strings.TrimSpace(podman(t, "pull", "--quiet", "oci-archive:"+archive))
	t.Cleanup(func() { podman(t, "rmi", "--all", "--force") })
	tree := filepath.Join(dir, "tree", "hello")
	if err := os.MkdirAll(tree, 0o755); err != nil {
		t.Fatal(err)
	}
	const dockerfile = "FROM scratch\nCOPY kolla-build /\nRUN [\"/kolla-build\", \"--version\"]\n"
	if err := os.WriteFile(filepath.Join(tree, "Dockerfile.j2"), []byte(dockerfile), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := copyFile(filepath.Join(tree, "kolla-build"), file(t, "kolla-build-linux-"+runtime.GOARCH), 0o755); err != nil {
		t.Fatal(err)
	}
	r := registry.Start(t, registry.Options{})
	for _, job := range []struct {
		name   string
		rights []string
	}{
		{"least", []string{"--cap-drop=all", "--cap-add=setuid", "--cap-add=setgid", "--volume=/var/lib/kolla-build"}},
		{"least-without-volume", []string{"--cap-drop=all", "--cap-add=setuid", "--cap-add=setgid"}},
		{"no-new-privileges", []string{"--cap-drop=all", "--security-opt=no-new-privileges"}},
		{"github", []string{"--user=0", "--volume=/var/lib/containers"}},
	} {
		t.Run(job.name, func(t *testing.T) {
			args := append([]string{
				"run", "--rm", "--network=host", "--security-opt=seccomp=unconfined", "--volume=" + filepath.Dir(tree) + ":/tree:ro",
				"--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024", // podman's own may be more than this machine may set
			}, job.rights...)
			podman(t, append(args, image, "kolla-build", "--docker-dir", "/tree", "--registry", r.Host, "--tls-verify=false", "--tag", job.name, "--push")...)
			if layers := layersAt(t, r, "kolla/centos-binary-hello", job.name); layers != 1 {
				t.Errorf("the image at the registry has %d layers, want one", layers)
			}
		})
	}
}

func copyFile(to, from string, mode os.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return fmt.Errorf("failed to copy %s: %w", from, err)
	}
	return out.Close()
}
