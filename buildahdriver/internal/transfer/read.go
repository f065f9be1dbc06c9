package transfer

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

const (
	permissionBits = 0o7777
	setIDBits      = unix.S_ISUID | unix.S_ISGID
)

// copyFolder copies what is in a folder, not the folder itself, to the folder below of the
// destination.
func (c *Copy) copyFolder(source *source, top, below string, sink *sink) error {
	links := map[inode]string{}
	return fs.WalkDir(c.Context.FS(), top, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == top || entry.Type() == fs.ModeSocket {
			return err
		}
		excluded, err := source.isExcluded(name)
		switch {
		case err != nil:
			return err
		case excluded && entry.IsDir() && !mayInclude(source.excludes, name):
			return fs.SkipDir
		case excluded:
			return nil
		}
		relative := name
		if top != "." {
			relative = strings.TrimPrefix(name, top+"/")
		}
		if leftOut, err := source.leftOut.IsMatch(relative); err != nil || leftOut {
			if err == nil && entry.IsDir() && !mayInclude(source.leftOut, relative) {
				err = fs.SkipDir
			}
			return err
		}
		info, err := c.Context.Lstat(name)
		if err != nil {
			return err
		}
		relative = path.Join(below, relative)
		if header := hardLink(info, relative, links); header != nil {
			return sink.put(header, nil)
		}
		return c.copyFile(source, name, info, relative, sink)
	})
}

// copyParents copies a folder, which is to be at below in the destination, and those above
// it there, without what is in them.
func (c *Copy) copyParents(source *source, folder, below string, sink *sink) error {
	if below == "." || below == "" {
		return nil
	}
	if err := c.copyParents(source, path.Dir(folder), path.Dir(below), sink); err != nil {
		return err
	}
	info, err := c.Context.Stat(folder)
	if err != nil {
		return err
	}
	return c.copyFile(source, folder, info, below, sink)
}

type inode struct{ device, number uint64 }

// hardLink describes a further name of a file that was copied already, and remembers
// the first one.
func hardLink(info fs.FileInfo, name string, links map[inode]string) *tar.Header {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.Mode().IsRegular() || stat.Nlink < 2 {
		return nil
	}
	key := inode{uint64(stat.Dev), stat.Ino} //nolint:unconvert // smaller on other machines
	if first, ok := links[key]; ok {
		return &tar.Header{Typeflag: tar.TypeLink, Name: name, Linkname: first}
	}
	links[key] = name
	return nil
}

// copyFile copies anything but what is in a folder.
func (c *Copy) copyFile(source *source, from string, info fs.FileInfo, to string, sink *sink) error {
	header := &tar.Header{
		Name: to, Uid: c.UID, Gid: c.GID, Size: info.Size(),
		// Whole seconds, as they would be after a way through a tar.
		ModTime: info.ModTime().Round(time.Second),
		Mode:    int64(modeOf(info)),
	}
	if !c.KeepSetID {
		header.Mode &^= setIDBits // what runs as somebody else must be made so in the image
	}
	stat, known := info.Sys().(*syscall.Stat_t)
	if c.KeepOwners && known {
		header.Uid, header.Gid = int(stat.Uid), int(stat.Gid)
	}
	if c.Mode != nil {
		header.Mode = int64(*c.Mode & permissionBits)
	}
	switch info.Mode().Type() {
	case 0:
		file, err := openFile(source.context, from)
		if err != nil {
			return err
		}
		defer file.Close()
		header.Typeflag = tar.TypeReg
		if header.PAXRecords, err = readXattrs(file); err != nil {
			return err
		}
		return sink.put(header, file)
	case fs.ModeDir:
		folder, err := source.context.Open(from)
		if err != nil {
			return err
		}
		defer folder.Close()
		header.Typeflag = tar.TypeDir
		if header.PAXRecords, err = readXattrs(folder); err != nil {
			return err
		}
		return sink.put(header, nil)
	case fs.ModeSymlink:
		target, err := source.context.Readlink(from)
		if err != nil {
			return err
		}
		header.Typeflag, header.Linkname = tar.TypeSymlink, target
		return sink.put(header, nil)
	case fs.ModeNamedPipe:
		header.Typeflag = tar.TypeFifo
		return sink.put(header, nil)
	case fs.ModeDevice, fs.ModeDevice | fs.ModeCharDevice:
		if !known {
			break
		}
		header.Typeflag = tar.TypeBlock
		if info.Mode()&fs.ModeCharDevice != 0 {
			header.Typeflag = tar.TypeChar
		}
		header.Devmajor, header.Devminor = int64(unix.Major(stat.Rdev)), int64(unix.Minor(stat.Rdev))
		return sink.put(header, nil)
	}
	return fmt.Errorf("a file of type %s cannot be copied", info.Mode().Type())
}

// modeOf returns permissions with the set-id and sticky bits where the kernel has them.
func modeOf(info fs.FileInfo) uint32 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return stat.Mode & permissionBits
	}
	return uint32(info.Mode().Perm())
}

// extract unpacks an archive. Owners, modes and times are those that it has.
func extract(context Tree, name string, sink *sink) error {
	archive, err := openArchive(context, name)
	if err != nil {
		return err
	}
	defer archive.Close()
	return putAll(archive, sink)
}

// Unpack unpacks the archive of a layer into a root: nothing is written outside. Files that
// mark others as gone are files there, too.
func Unpack(archive io.Reader, root *rootfs.Root) error {
	sink := newSink(root, 0, 0)
	return errors.Join(putAll(archive, sink), sink.close())
}

func putAll(archive io.Reader, sink *sink) error {
	for reader := tar.NewReader(archive); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if header.Typeflag == tar.TypeXGlobalHeader || header.Name == "" {
			continue
		}
		if err := sink.put(header, reader); err != nil {
			return fmt.Errorf("%s: %w", path.Clean("/" + header.Name)[1:], err)
		}
	}
}
