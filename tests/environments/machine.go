package environments

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sys/unix"
)

// packages are what the containers' root has beside Debian's smallest: the helpers that
// map ids, and what gives those file capabilities.
const packages = "uidmap,ca-certificates,libcap2-bin,libseccomp2"

// known are the capabilities that this process has, and so can give away.
var known = ownCapabilities()

func ownCapabilities() map[string]bool {
	names := map[string]bool{}
	for number, name := range capabilityNames {
		if has, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, uintptr(number), 0, 0, 0); err == nil && has == 1 {
			names[name] = true
		}
	}
	return names
}

// capabilityNames are those of capabilities(7), by number.
var capabilityNames = []string{
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
	"CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK",
	"CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN",
	"CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE",
	"CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
}

// machine makes containers.
type machine struct {
	dir     string // for all that is made
	program string // to be tried
	image   string // an OCI archive that has the program; without it, Debian is the root
}

// user is the name of uid 1000 in a container.
func (m *machine) user() string {
	if m.image != "" {
		return "kolla-build" // see templates/kolla-build
	}
	return "user"
}

// cachedRoot is an archive of the containers' root, made once and kept.
func cachedRoot(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	file := filepath.Join(cache, "kolla-build-tests", "environments-bookworm.tar")
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	partial := file + ".partial"
	err = command(ctx, "mmdebstrap", "--mode=root", "--format=tar", "--variant=minbase", "--include="+packages,
		"--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/locale/*",
		"bookworm", partial)
	if err != nil {
		return "", err
	}
	return file, os.Rename(partial, file)
}

// root unpacks the containers' root when it is first needed; for containers in a user
// namespace there is another, whose ids are shifted.
func (m *machine) root(ctx context.Context, userNamespace bool) (string, error) {
	root := filepath.Join(m.dir, map[bool]string{false: "root", true: "shifted"}[userNamespace])
	if _, err := os.Stat(root); err == nil {
		return root, nil
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return "", err
	}
	if err := m.unpack(ctx, root); err != nil {
		return "", err
	}
	if err := m.furnish(root); err != nil {
		return "", err
	}
	if userNamespace {
		if err := shift(root); err != nil {
			return "", fmt.Errorf("failed to shift the owners of the root: %w", err)
		}
	}
	return root, nil
}

// unpack fills the containers' root.
func (m *machine) unpack(ctx context.Context, root string) error {
	if m.image != "" {
		return unpackImage(ctx, m.image, root)
	}
	archive, err := cachedRoot(ctx)
	if err != nil {
		return err
	}
	return unpackTar(ctx, archive, root)
}

func unpackTar(ctx context.Context, archive, root string) error {
	return command(ctx, "tar", "--extract", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--exclude=./dev/*", "--exclude=dev/*", "--directory", root, "--file", archive)
}

// unpackImage unpacks the layers of an OCI archive.
func unpackImage(ctx context.Context, archive, root string) error {
	dir, err := os.MkdirTemp(filepath.Dir(root), "image-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := command(ctx, "skopeo", "--insecure-policy", "copy", "oci-archive:"+archive, "dir:"+dir); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return err
	}
	var manifest v1.Manifest
	if err := json.Unmarshal(text, &manifest); err != nil {
		return err
	}
	for _, layer := range manifest.Layers {
		if err := unpackTar(ctx, filepath.Join(dir, layer.Digest.Encoded()), root); err != nil {
			return err
		}
		if err := applyWhiteouts(root); err != nil {
			return err
		}
	}
	return nil
}

// applyWhiteouts removes what a layer says that it removes: see the OCI image specification,
// "Whiteouts".
func applyWhiteouts(root string) error {
	var whiteouts []string
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(filepath.Base(path), ".wh.") {
			whiteouts = append(whiteouts, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, path := range whiteouts {
		name := strings.TrimPrefix(filepath.Base(path), ".wh.")
		if name == ".wh..opq" {
			return fmt.Errorf("%s: opaque folders are not unpacked here", path)
		}
		if err := errors.Join(os.RemoveAll(filepath.Join(filepath.Dir(path), name)), os.Remove(path)); err != nil {
			return err
		}
	}
	return nil
}

// furnish adds what the tests need.
func (m *machine) furnish(root string) error {
	for path, owner := range map[string]int{"home/user": 1000, "kb": 0, "volume": 0, "var/lib/containers": 0} {
		if err := os.MkdirAll(filepath.Join(root, path), 0o755); err != nil {
			return err
		}
		if err := os.Chown(filepath.Join(root, path), owner, owner); err != nil {
			return err
		}
	}
	if m.image != "" {
		return nil // it has its user, with subordinate ids, and the program
	}
	if err := appendTo(filepath.Join(root, "etc/passwd"), "user:x:1000:1000::/home/user:/bin/sh\n"); err != nil {
		return err
	}
	if err := appendTo(filepath.Join(root, "etc/group"), "user:x:1000:\n"); err != nil {
		return err
	}
	for _, name := range []string{"etc/subuid", "etc/subgid"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte("user:100000:65536\n"), 0o644); err != nil {
			return err
		}
	}
	return copyFile(m.program, filepath.Join(root, "usr/local/bin/kolla-build"))
}

func appendTo(path, line string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(line)
	return errors.Join(err, file.Close())
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}

// shift makes all files below root belong to the ids that a container in a user
// namespace sees as theirs.
func shift(root string) error {
	return filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		owner := info.Sys().(*syscall.Stat_t)
		if err := os.Lchown(path, firstID+int(owner.Uid), firstID+int(owner.Gid)); err != nil {
			return err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return nil
		}
		return os.Chmod(path, info.Mode()) // chown has taken setuid bits away
	})
}

// result is what came of a command in a container.
type result struct {
	code    int
	output  string
	seconds float64
}

// enter makes the row's container, with the trees below /trees, and runs a script in it
// as the row's user.
func (m *machine) enter(ctx context.Context, r row, trees, script string) (_ result, err error) {
	dir, err := os.MkdirTemp(m.dir, r.name+"-")
	if err != nil {
		return result{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	root := filepath.Join(dir, "merged")
	for _, name := range []string{"merged", "upper", "work", "volume"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			return result{}, err
		}
	}
	shifted := 0
	if r.userNamespace {
		shifted = firstID
	}
	if err := errors.Join(
		os.Chown(filepath.Join(dir, "upper"), shifted, shifted),
		os.Chown(filepath.Join(dir, "volume"), shifted+r.uid, shifted+r.uid),
		os.Chmod(dir, 0o755),
	); err != nil {
		return result{}, err
	}
	lower, err := m.root(ctx, r.userNamespace)
	if err != nil {
		return result{}, err
	}
	layers := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", lower, filepath.Join(dir, "upper"), filepath.Join(dir, "work"))
	if err := unix.Mount("overlay", root, "overlay", 0, layers); err != nil {
		return result{}, fmt.Errorf("failed to mount the container's root: %w", err)
	}
	defer func() { err = errors.Join(err, unix.Unmount(root, unix.MNT_DETACH)) }()
	if err := r.change(ctx, root, m.user()); err != nil {
		return result{}, err
	}
	binds := map[string]string{"/trees": trees}
	if err := os.MkdirAll(filepath.Join(root, "trees"), 0o755); err != nil {
		return result{}, err
	}
	home := "/root"
	if r.uid != 0 {
		home = "/home/user"
	}
	if r.volume {
		store := "/var/lib/containers"
		if r.uid != 0 {
			store = home
		}
		if r.readOnly {
			store, home = "/volume", "/volume"
		}
		binds[store] = filepath.Join(dir, "volume")
	}
	env := []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + home, "LANG=C.UTF-8"}
	spec, err := r.specification(root, binds, []string{"/bin/sh", "-c", script}, env)
	if err != nil {
		return result{}, err
	}
	data, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		return result{}, err
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), data, 0o644); err != nil {
		return result{}, err
	}
	return run(ctx, dir, fmt.Sprintf("kolla-build-%s-%d", r.name, os.Getpid()))
}

// run runs a bundle to its end.
func run(ctx context.Context, bundle, id string) (result, error) {
	runtime, err := exec.LookPath("runc")
	if err != nil {
		if runtime, err = exec.LookPath("/usr/sbin/runc"); err != nil {
			return result{}, errors.New("runc is not installed\ninstall it: contrib/setup test")
		}
	}
	state := filepath.Join(bundle, "runc")
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, runtime, "--root", state, "run", "--bundle", bundle, id)
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.Cancel = func() error {
		return exec.Command(runtime, "--root", state, "kill", id, "KILL").Run()
	}
	begun := time.Now()
	err = cmd.Run()
	res := result{code: cmd.ProcessState.ExitCode(), output: output.String(), seconds: time.Since(begun).Seconds()}
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		err = nil
	}
	return res, err
}

// change makes the row's root what its platform's images are.
func (r row) change(ctx context.Context, root, user string) error {
	if r.subIDs != "" {
		var text strings.Builder
		for _, span := range strings.Fields(r.subIDs) {
			fmt.Fprintf(&text, "%s:%s\n", user, span)
		}
		for _, name := range []string{"etc/subuid", "etc/subgid"} {
			if err := os.WriteFile(filepath.Join(root, name), []byte(text.String()), 0o644); err != nil {
				return err
			}
		}
	}
	if !r.fileCapabilities {
		return nil
	}
	for helper, capability := range map[string]string{"newuidmap": "cap_setuid", "newgidmap": "cap_setgid"} {
		path := filepath.Join(root, "usr/bin", helper)
		var args []string
		if r.userNamespace {
			args = append(args, "-n", strconv.Itoa(firstID))
		}
		if err := os.Chmod(path, 0o755); err != nil {
			return err
		}
		if err := command(ctx, "setcap", append(args, capability+"=ep", path)...); err != nil {
			return err
		}
	}
	return nil
}

// command runs a command of this machine.
func command(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}
