package buildahdriver

import (
	"errors"
	"os"
	"os/user"
	"strconv"

	"golang.org/x/sys/unix"
)

// defaultPath is where programs are looked for if PATH does not say.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// PrepareEnvironment mends what the libraries stumble over in the process environment, where
// cron, sudo, su and containers leave out variables or pass on those of somebody else. It
// belongs right behind [Reexec]:
//
//   - without PATH, programs are looked for in the usual places;
//   - without HOME, or with that of a user who lets nobody in, it is taken from the passwd
//     entry; for a uid that has none it is /, as in containers, and for root /root;
//   - XDG_RUNTIME_DIR and TMPDIR are unset if they name no folder that this user may write to.
func PrepareEnvironment() error {
	if os.Getenv("PATH") == "" {
		if err := os.Setenv("PATH", defaultPath); err != nil {
			return err
		}
	}
	if home := os.Getenv("HOME"); home == "" || errors.Is(unix.Access(home, unix.X_OK), unix.EACCES) {
		if err := os.Setenv("HOME", passwdHome()); err != nil {
			return err
		}
	}
	for _, name := range []string{"XDG_RUNTIME_DIR", "TMPDIR"} {
		if folder, set := os.LookupEnv(name); set && !isWritableFolder(folder) {
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
	}
	return nil
}

func passwdHome() string {
	// Not user.Current, which looks at HOME first in some builds.
	me, err := user.LookupId(strconv.Itoa(os.Getuid()))
	switch {
	case err == nil && me.HomeDir != "":
		return me.HomeDir
	case os.Getuid() == 0:
		return "/root"
	}
	return "/"
}

func isWritableFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir() && unix.Access(path, unix.W_OK|unix.X_OK) == nil
}
