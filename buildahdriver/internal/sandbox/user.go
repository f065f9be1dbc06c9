package sandbox

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unsafe"

	"github.com/moby/sys/capability"
	"github.com/moby/sys/user"
	"golang.org/x/sys/unix"
)

// maxUserFile bounds what is read of a root's passwd or group file, in bytes:
// an image is foreign, and its files may be of any size.
const maxUserFile = 8 << 20

// identity is who a command runs as.
type identity struct {
	uid, gid int
	groups   []int
	home     string
}

// lookupUser resolves spec against the passwd and group files below root,
// which need not exist for numeric users.
func lookupUser(root, spec string) (identity, error) {
	defaults := &user.ExecUser{Home: "/root"}
	if spec != "" {
		defaults.Home = "/"
	}
	rootFD, err := openRoot(root)
	if err != nil {
		return identity{}, err
	}
	defer unix.Close(rootFD)
	passwd, err := readIn(rootFD, "etc/passwd")
	if err != nil {
		return identity{}, err
	}
	group, err := readIn(rootFD, "etc/group")
	if err != nil {
		return identity{}, err
	}
	found, err := user.GetExecUser(spec, defaults, strings.NewReader(passwd), strings.NewReader(group))
	if err != nil {
		return identity{}, fmt.Errorf("failed to find user %q in the image: %w", spec, err)
	}
	return identity{uid: found.Uid, gid: found.Gid, groups: found.Sgids, home: found.Home}, nil
}

// readIn returns the contents of a regular file below rootFD, and nothing if
// there is none.
func readIn(rootFD int, name string) (string, error) {
	fd, err := openIn(rootFD, name, unix.O_RDONLY|unix.O_NONBLOCK)
	if err == unix.ENOENT {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("failed to open /%s of the image: %w", name, err)
	}
	file := os.NewFile(uintptr(fd), name)
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(file, maxUserFile))
	return string(data), err
}

// become gives up every capability the command may not hold and takes on the
// identity, for the calling thread only.
func (u identity) become() error {
	caps, err := capability.NewPid2(0)
	if err != nil {
		return err
	}
	caps.Set(capability.BOUNDING, capabilities...)
	if err := caps.Apply(capability.BOUNDS); err != nil {
		return fmt.Errorf("failed to drop capabilities from the bounding set: %w", err)
	}
	if err := setgroups(u.groups); err != nil {
		return fmt.Errorf("failed to set supplementary groups %v: %w", u.groups, err)
	}
	gid, uid := uintptr(u.gid), uintptr(u.uid)
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESGID, gid, gid, gid); errno != 0 {
		return fmt.Errorf("failed to become group %d: %w", u.gid, errno)
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, uid, uid, uid); errno != 0 {
		return fmt.Errorf("failed to become user %d: %w%s", u.uid, errno, rangeRemedy(errno, u.uid))
	}
	caps, err = capability.NewPid2(0)
	if err != nil {
		return err
	}
	if u.uid == 0 {
		caps.Set(capability.PERMITTED|capability.EFFECTIVE, capabilities...)
	}
	if err := caps.Apply(capability.CAPS); err != nil {
		return fmt.Errorf("failed to drop capabilities: %w", err)
	}
	return capability.ResetAmbient()
}

func rangeRemedy(errno error, id int) string {
	if errno != unix.EINVAL {
		return ""
	}
	return fmt.Sprintf("\nid %d is outside the ranges that /etc/subuid and /etc/subgid give this user", id)
}

// setgroups sets the supplementary groups of the calling thread only.
func setgroups(groups []int) error {
	ids := make([]uint32, len(groups))
	for i, g := range groups {
		ids[i] = uint32(g)
	}
	var first unsafe.Pointer
	if len(ids) > 0 {
		first = unsafe.Pointer(&ids[0])
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(ids)), uintptr(first), 0); errno != 0 {
		return errno
	}
	return nil
}
