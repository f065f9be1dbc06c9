package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strings"
	"unsafe"

	"github.com/moby/sys/capability"
	"golang.org/x/sys/unix"
)

// capabilities is what a command may hold, the default of containers.conf: see
// containers-common, pkg/config.DefaultCapabilities.
var capabilities = []capability.Cap{
	capability.CAP_CHOWN,
	capability.CAP_DAC_OVERRIDE,
	capability.CAP_FOWNER,
	capability.CAP_FSETID,
	capability.CAP_KILL,
	capability.CAP_NET_BIND_SERVICE,
	capability.CAP_SETFCAP,
	capability.CAP_SETGID,
	capability.CAP_SETPCAP,
	capability.CAP_SETUID,
	capability.CAP_SYS_CHROOT,
}

// hostname is what every command sees: a fixed name, so that no layer depends
// on the machine it was built on, and one that /etc/hosts resolves.
const hostname = "localhost"

// defaultPath is the PATH of a command whose environment has none, as in every
// other builder.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// initMain is the first process of a sandbox: it sets everything up and becomes
// the command.
func initMain() {
	// Credentials, filter and death signal belong to a thread; the one that
	// calls exec keeps its own.
	runtime.LockOSThread()
	unix.CloseOnExec(statusFD)
	err := enter()
	fmt.Fprint(os.NewFile(statusFD, "status"), err)
	os.Exit(1)
}

// enter returns only if it fails.
func enter() error {
	spec, err := readSpec()
	if err != nil {
		return fmt.Errorf("failed to read the sandbox's description: %w", err)
	}
	// Open the root's passwd and group before its mounts hide anything.
	user, err := lookupUser(spec.Root, spec.User)
	if err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("failed to detach mounts from the host: %w", err)
	}
	if err := mountAll(spec.Root); err != nil {
		return err
	}
	if err := pivot(spec.Root); err != nil {
		return fmt.Errorf("failed to change the root to %s: %w", spec.Root, err)
	}
	if err := maskPaths(); err != nil {
		return err
	}
	if err := unix.Sethostname([]byte(hostname)); err != nil {
		return fmt.Errorf("failed to set the host name: %w", err)
	}
	unix.Umask(0o022)
	if err := os.Chdir(path.Join("/", spec.Dir)); err != nil {
		return fmt.Errorf("failed to enter the working directory: %w", err)
	}
	env := withDefaults(spec.Env, user)
	executable, err := lookPath(spec.Args[0], env)
	if err != nil {
		return err
	}
	if err := devNullAsStdin(); err != nil {
		return fmt.Errorf("failed to open /dev/null: %w", err)
	}
	// Without no_new_privs, which would break sudo and setuid programs of the
	// image, the filter must be installed while we still hold CAP_SYS_ADMIN.
	if err := installFilter(spec.Seccomp); err != nil {
		return fmt.Errorf("failed to install the seccomp filter: %w", err)
	}
	if err := user.become(); err != nil {
		return err
	}
	// A change of credentials clears the death signal.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return fmt.Errorf("failed to set the death signal: %w", err)
	}
	// Nothing of ours but the standard streams may reach the command.
	if err := unix.CloseRange(specFD, ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("failed to close file descriptors: %w", err)
	}
	return fmt.Errorf("failed to execute %s: %w", executable, unix.Exec(executable, spec.Args, env))
}

func readSpec() (Spec, error) {
	var spec Spec
	file := os.NewFile(specFD, "spec")
	defer file.Close()
	err := json.NewDecoder(file).Decode(&spec)
	if err == nil && len(spec.Args) == 0 {
		err = errors.New("no command")
	}
	return spec, err
}

// pivot makes dir, a mount point, the root of the mount namespace and lets go
// of the old one. See pivot_root(2), "pivot_root(".", ".")".
func pivot(dir string) error {
	if err := unix.Chdir(dir); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return err
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return err
	}
	return unix.Chdir("/")
}

func devNullAsStdin() error {
	null, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	return unix.Dup3(null, 0, 0)
}

// installFilter installs the compiled filter for this thread.
func installFilter(filter []byte) error {
	const instructionSize = int(unsafe.Sizeof(unix.SockFilter{}))
	if len(filter) == 0 || len(filter)%instructionSize != 0 {
		return fmt.Errorf("filter of %d bytes is not a whole number of instructions", len(filter))
	}
	program := unix.SockFprog{
		Len:    uint16(len(filter) / instructionSize),
		Filter: (*unix.SockFilter)(unsafe.Pointer(&filter[0])),
	}
	_, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	if errno != 0 {
		return errno
	}
	return nil
}

// withDefaults adds the variables that a shell cannot do without.
func withDefaults(env []string, u identity) []string {
	env = append([]string(nil), env...)
	for _, d := range [][2]string{{"PATH", defaultPath}, {"HOME", u.home}, {"HOSTNAME", hostname}} {
		if _, ok := lookupEnv(env, d[0]); !ok {
			env = append(env, d[0]+"="+d[1])
		}
	}
	return env
}

// lookPath finds name as execvp would: in the PATH of env unless it has a
// slash.
func lookPath(name string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	dirs, _ := lookupEnv(env, "PATH")
	for _, dir := range strings.Split(dirs, ":") {
		candidate := path.Join("/", dir, name)
		if info, err := os.Stat(candidate); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("failed to find %q in PATH %s: %w", name, dirs, fs.ErrNotExist)
}
