package owners

import (
	"archive/tar"
	"errors"
	"io"
	"path"

	"golang.org/x/sys/unix"
)

// paxXattr begins the names of PAX records that hold extended attributes.
const paxXattr = "SCHILY.xattr."

// opaqueWhiteout is the name of the entry by which a layer hides what lower layers have in a
// directory: see the image specification of OCI.
const opaqueWhiteout = ".wh..wh..opq"

// Restore copies a layer's archive with the owners, and device nodes, that the records
// among its extended attributes tell. The records are left out.
func Restore(to io.Writer, layer io.Reader) error {
	reader, writer := tar.NewReader(layer), tar.NewWriter(to)
	var folder Owner // of the last directory
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return writer.Close()
		}
		if err != nil {
			return err
		}
		// A reader tells attributes twice, and a writer joins the two.
		header.Xattrs = nil //nolint:staticcheck // deprecated, and filled in all the same
		owner := fromHeader(header)
		switch {
		case header.Typeflag == tar.TypeDir:
			folder = owner
		case path.Base(header.Name) == opaqueWhiteout:
			owner = folder // an entry that follows its directory's
		}
		header.Uid, header.Gid = int(owner.UID), int(owner.GID)
		if owner.Device != 0 && header.Typeflag == tar.TypeReg {
			makeDevice(header, owner)
		}
		header.Format = tar.FormatPAX // as the writer of the layer has it: names and ids of any length
		if err := writer.WriteHeader(header); err != nil {
			return err
		}
		if header.Size > 0 {
			if _, err := io.Copy(writer, reader); err != nil {
				return err
			}
		}
	}
}

// fromHeader takes the record out of an entry's extended attributes. What has none
// belongs to root.
func fromHeader(header *tar.Header) Owner {
	mode := modeOf(header)
	// The other entries of a file with hard links have its attributes too.
	if value, ok := header.PAXRecords[paxXattr+Attribute]; ok {
		delete(header.PAXRecords, paxXattr+Attribute)
		owner, _ := parseText(value)
		return owner
	}
	if hasUserAttributes(mode) && header.Typeflag != tar.TypeLink {
		return Root
	}
	owner, ok := parseLink([]byte(header.PAXRecords[paxXattr+LinkAttribute]))
	if ok {
		delete(header.PAXRecords, paxXattr+LinkAttribute)
	}
	return owner
}

func modeOf(header *tar.Header) uint32 {
	switch header.Typeflag {
	case tar.TypeReg, tar.TypeGNUSparse:
		return unix.S_IFREG
	case tar.TypeDir:
		return unix.S_IFDIR
	}
	return unix.S_IFLNK // or anything else that has no attributes of users
}

// makeDevice makes the entry of a regular file that of the device node it stands for.
func makeDevice(header *tar.Header, owner Owner) {
	header.Typeflag = tar.TypeChar
	if owner.Device == unix.S_IFBLK {
		header.Typeflag = tar.TypeBlock
	}
	header.Mode = header.Mode&0o7777 | int64(owner.Device)
	header.Devmajor, header.Devminor = int64(owner.Major), int64(owner.Minor)
	header.Size = 0
}
