package rootfs

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/moby/sys/user"
	"golang.org/x/sys/unix"
)

// maxUserFile bounds what is read of a root's passwd or group file, in bytes.
const maxUserFile = 8 << 20

// maxGroups is how many supplementary groups a process can have: NGROUPS_MAX of limits.h.
const maxGroups = 65536

// Identity is who a command runs as.
type Identity struct {
	UID, GID int
	Groups   []int // supplementary
	Home     string
}

// LookupUser resolves "user[:group]", by name or number, against the root's own passwd
// and group files, which need not exist for numbers. Empty means 0:0.
func (r *Root) LookupUser(spec string) (Identity, error) {
	defaults := &user.ExecUser{Home: "/root"}
	if spec != "" {
		defaults.Home = "/"
	}
	passwd, err := r.readSmall("etc/passwd")
	if err != nil {
		return Identity{}, err
	}
	group, err := r.readSmall("etc/group")
	if err != nil {
		return Identity{}, err
	}
	found, err := user.GetExecUser(spec, defaults, strings.NewReader(passwd), strings.NewReader(group))
	if err != nil {
		return Identity{}, fmt.Errorf("failed to find user %q in the image: %w", spec, err)
	}
	if len(found.Sgids) > maxGroups {
		return Identity{}, fmt.Errorf("user %q of the image is in %d groups, and a process can be in %d", spec, len(found.Sgids), maxGroups)
	}
	return Identity{UID: found.Uid, GID: found.Gid, Groups: found.Sgids, Home: found.Home}, nil
}

// LookupOwner resolves what --chown takes. It differs from a user in that one number
// alone is both the user's and the group's, as in docker and buildah.
func (r *Root) LookupOwner(spec string) (uid, gid int, err error) {
	name, group, ok := strings.Cut(spec, ":")
	if name == "" {
		return 0, 0, fmt.Errorf("%q names no user", spec)
	}
	if id, err := strconv.ParseUint(name, 10, 31); err == nil && (!ok || group == "") {
		return int(id), int(id), nil
	}
	owner, err := r.LookupUser(spec)
	return owner.UID, owner.GID, err
}

// readSmall returns the contents of a regular file, and nothing if there is none.
func (r *Root) readSmall(name string) (string, error) {
	// A fifo must not keep us waiting.
	fd, err := r.OpenIn(name, unix.O_RDONLY|unix.O_NONBLOCK)
	if errors.Is(err, unix.ENOENT) {
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
