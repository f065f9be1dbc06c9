package owners

import (
	"archive/tar"

	"golang.org/x/sys/unix"
)

// Adjust gives an archive's entry the owner that is recorded of a file with this mode
// among its extended attributes, and makes the entry of a device node of a file that
// stands for one. The record is taken out of the attributes.
func Adjust(header *tar.Header, xattrs map[string]string, mode uint32) {
	name := attributeFor(mode)
	value, found := xattrs[name]
	if !found {
		return
	}
	owner, ok := parse([]byte(value), mode)
	if ok || name == Attribute {
		delete(xattrs, name)
	}
	header.Uid, header.Gid = int(owner.UID), int(owner.GID)
	if owner.Device == 0 || mode&unix.S_IFMT != unix.S_IFREG {
		return
	}
	header.Typeflag, header.Size = tar.TypeChar, 0
	if owner.Device == unix.S_IFBLK {
		header.Typeflag = tar.TypeBlock
	}
	header.Devmajor, header.Devminor = int64(owner.Major), int64(owner.Minor)
}
