package buildahdriver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strings"
	"syscall"

	moby "github.com/moby/sys/user"
	"go.podman.io/storage/pkg/idtools"
	"golang.org/x/sys/unix"
)

// wantedIDs is how many subordinate ids an image needs: uids and gids up to
// 65,535 occur in images, and files owned by others cannot be stored.
const wantedIDs = 65536

// checkEnvironment looks for what an ordinary user needs to build: user
// namespaces, the helpers that map ids, and a range of subordinate ids. It takes
// a few milliseconds, so that what is missing is told before any work.
func checkEnvironment() error {
	if err := checkUserNamespaces(); err != nil {
		return err
	}
	if err := checkMappingHelpers(); err != nil {
		return err
	}
	return checkSubordinateIDs()
}

func checkUserNamespaces() error {
	for _, limit := range []struct{ file, forbidden, mend string }{
		{"/proc/sys/user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=28633"},
		{"/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"},
	} {
		if readSetting(limit.file) == limit.forbidden {
			return &EnvironmentError{
				Missing: fmt.Sprintf("this kernel forbids user namespaces: %s is %s", limit.file, limit.forbidden),
				Mend:    "run as root: " + limit.mend,
			}
		}
	}
	// Ubuntu lets an unconfined program make a user namespace that is good for
	// nothing: it has no capability in it.
	const restrict = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
	if readSetting(restrict) == "1" && readSetting("/proc/self/attr/apparmor/current") == "unconfined" {
		return &EnvironmentError{
			Missing: "AppArmor forbids user namespaces to this program: " + restrict + " is 1",
			Mend:    "give the program an AppArmor profile with the rule \"userns,\", or run as root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
		}
	}
	// Settings are not all: a seccomp filter around a CI job says no as well.
	probe := exec.Command("/bin/true")
	probe.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWUSER}
	if err := probe.Run(); errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EINVAL) {
		return &EnvironmentError{
			Missing: fmt.Sprintf("making a user namespace is not permitted here (%v)", err),
			Mend:    "in a container, allow the system calls clone and unshare with CLONE_NEWUSER in its seccomp profile",
		}
	}
	return nil
}

func checkMappingHelpers() error {
	for _, helper := range []string{"newuidmap", "newgidmap"} {
		if _, err := exec.LookPath(helper); err != nil {
			return &EnvironmentError{
				Missing: fmt.Sprintf("%s is not installed: without it subordinate ids cannot be mapped", helper),
				Mend:    "run as root: apt-get install uidmap   (Debian, Ubuntu)\n             or: dnf install shadow-utils    (Fedora, RHEL)",
			}
		}
	}
	return nil
}

func checkSubordinateIDs() error {
	me, err := user.Current()
	if err != nil {
		return fmt.Errorf("failed to find the current user: %w", err)
	}
	var uids, gids int
	// An error here means that there is no range, which is reported below.
	if mappings, err := idtools.NewIDMappings(me.Username, me.Username); err == nil {
		uids, gids = size(mappings.UIDs()), size(mappings.GIDs())
	}
	// With one's own that is all up to 65,534, nobody's: what a container in a user
	// namespace has to give.
	if uids >= wantedIDs-2 && gids >= wantedIDs-2 {
		return nil
	}
	return &EnvironmentError{
		Missing: fmt.Sprintf("user %s has %d subordinate uids in /etc/subuid and %d subordinate gids in /etc/subgid, and needs %d of each", me.Username, uids, gids, wantedIDs),
		Mend:    fmt.Sprintf("run as root: usermod --add-subuids %[1]s --add-subgids %[1]s %[2]s", freeRange("/etc/subuid", "/etc/subgid"), me.Username),
	}
}

// checkMapping looks, in the new user namespace, whether newuidmap has done its work: where it
// may not, the library goes on with a single id.
func checkMapping() error {
	mapped := func(file string) (total int) {
		for line := range strings.Lines(readAll(file)) {
			var inside, outside, count int
			if _, err := fmt.Sscan(line, &inside, &outside, &count); err == nil {
				total += count
			}
		}
		return total
	}
	if mapped("/proc/self/uid_map") >= wantedIDs-1 && mapped("/proc/self/gid_map") >= wantedIDs-1 {
		return nil
	}
	e := &EnvironmentError{
		Missing: "newuidmap or newgidmap could not map the subordinate ids (see above)",
		Mend:    "in a container without CAP_SYS_ADMIN they must have capabilities instead of the setuid bit; as root, in its image:\n             chmod u-s /usr/bin/newuidmap /usr/bin/newgidmap; setcap cap_setuid=ep /usr/bin/newuidmap; setcap cap_setgid=ep /usr/bin/newgidmap",
	}
	if strings.Contains(readAll("/proc/self/status"), "NoNewPrivs:\t1") {
		e.Mend = "this container forbids programs to gain rights (no_new_privs): set allowPrivilegeEscalation to true, or leave out no-new-privileges; or run as root in a user namespace (hostUsers: false)"
	}
	return e
}

func readAll(file string) string {
	data, _ := os.ReadFile(file)
	return string(data)
}

// firstSubordinateID is where useradd begins to give ranges: SUB_UID_MIN of
// login.defs(5).
const firstSubordinateID = 100000

// freeRange returns a range of ids, as usermod takes it, that lies above all
// those in the given files.
func freeRange(files ...string) string {
	first := int64(firstSubordinateID)
	for _, file := range files {
		// A file that is not there, or not readable, gives nothing away.
		given, err := moby.ParseSubIDFile(file)
		if err != nil {
			continue
		}
		for _, r := range given {
			first = max(first, r.SubID+r.Count)
		}
	}
	return fmt.Sprintf("%d-%d", first, first+wantedIDs-1)
}

func size(ranges []idtools.IDMap) int {
	total := 0
	for _, r := range ranges {
		total += r.Size
	}
	return total
}

// readSetting returns the trimmed contents of a file of the kernel's, or nothing
// where this kernel does not have it.
func readSetting(file string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	setting, _, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
	return setting
}
