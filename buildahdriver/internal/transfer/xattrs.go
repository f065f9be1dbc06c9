package transfer

import (
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// paxXattr begins the names of PAX records that hold extended attributes.
const paxXattr = "SCHILY.xattr."

// keepsXattr tells whether an extended attribute goes into images: file capabilities
// and what users set, less what an overlay sets for itself. As in buildah. The record of an
// owner is no part of a file, and the owner is copied by itself.
func keepsXattr(name string) bool {
	if name == owners.Attribute && owners.Recorded() {
		return false
	}
	return name == "security.capability" ||
		strings.HasPrefix(name, "user.") && !strings.HasPrefix(name, "user.overlay.")
}

// readXattrs returns a file's extended attributes as PAX records.
func readXattrs(file *os.File) (map[string]string, error) {
	names, err := rootfs.ReadSized(func(buffer []byte) (int, error) { return unix.Flistxattr(int(file.Fd()), buffer) })
	if err != nil || len(names) == 0 {
		return nil, ignoreUnsupported(err)
	}
	records := map[string]string{}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		if !keepsXattr(name) {
			continue
		}
		value, err := rootfs.ReadSized(func(buffer []byte) (int, error) { return unix.Fgetxattr(int(file.Fd()), name, buffer) })
		if err != nil {
			return nil, &os.PathError{Op: "read attribute " + name + " of", Path: file.Name(), Err: err}
		}
		records[paxXattr+name] = string(value)
	}
	return records, nil
}

func ignoreUnsupported(err error) error {
	if errors.Is(err, unix.ENOTSUP) {
		return nil
	}
	return err
}

// writeXattrs sets what PAX records hold of extended attributes.
func writeXattrs(fd int, records map[string]string) error {
	for key, value := range records {
		name, ok := strings.CutPrefix(key, paxXattr)
		if !ok || !keepsXattr(name) {
			continue
		}
		err := unix.Fsetxattr(fd, name, []byte(value), 0)
		if !owners.MaySetCapability(name, err) {
			err = owners.RememberCapability(fd, value)
		}
		if err != nil {
			return os.NewSyscallError("setting attribute "+name, err)
		}
	}
	return nil
}
