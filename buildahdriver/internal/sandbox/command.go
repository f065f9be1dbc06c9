package sandbox

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// hostname is what every command sees: a fixed name, so that no layer depends
// on the machine it was built on, and one that /etc/hosts resolves.
const hostname = "localhost"

// defaultPath is the PATH of a command whose environment has none, as in every
// other builder.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// command is what a [Spec] comes down to in its root.
type command struct {
	executable string
	env        []string
	user       rootfs.Identity
}

// resolve looks up what the spec names below root, before any mount hides it.
func resolve(root *rootfs.Root, spec Spec) (command, error) {
	user, err := root.LookupUser(spec.User)
	if err != nil {
		return command{}, err
	}
	env := withDefaults(spec.Env, user)
	executable, err := lookPath(root, spec.Args[0], env)
	return command{executable: executable, env: env, user: user}, err
}

// withDefaults adds the variables that a shell cannot do without.
func withDefaults(env []string, u rootfs.Identity) []string {
	env = append([]string(nil), env...)
	for _, d := range [][2]string{{"PATH", defaultPath}, {"HOME", u.Home}, {"HOSTNAME", hostname}} {
		if _, ok := lookupEnv(env, d[0]); !ok {
			env = append(env, d[0]+"="+d[1])
		}
	}
	return env
}

// lookPath finds name as execvp would: in the PATH of env unless it has a
// slash.
func lookPath(root *rootfs.Root, name string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	dirs, _ := lookupEnv(env, "PATH")
	for dir := range strings.SplitSeq(dirs, ":") {
		candidate := path.Join("/", dir, name)
		if executableIn(root, candidate) {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("failed to find %q in PATH %s: %w", name, dirs, fs.ErrNotExist)
}

func executableIn(root *rootfs.Root, name string) bool {
	fd, err := root.OpenIn(name, unix.O_PATH)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	var info unix.Stat_t
	return unix.Fstat(fd, &info) == nil && info.Mode&unix.S_IFMT == unix.S_IFREG && info.Mode&0o111 != 0
}
