// Package layer writes the archive of an image layer from the upper folder of an overlay.
//
// containers/storage has such a writer, archive.TarWithOptions. It is made for folders that
// change while they are read, so it forgives what must not be forgiven in an image:
// tarWithOptionsTo (storage v1.64.0, pkg/archive/archive.go) closes its pipe in a defer
// before TarWithOptions gets to call CloseWithError, so that an error of the archive ends
// the stream like the end of the folder, and whoever reads it takes a part for the whole;
// what cannot be described, such as a path longer than PATH_MAX, is skipped with a line in
// the log. Closing the pipe in TarWithOptions alone, with the error, would mend the first.
//
// Here every error is an error, with the path that it is about. What both can write comes
// out byte for byte the same, which the tests compare.
package layer

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"
	"golang.org/x/sys/unix"
)

// Limits and sizes.
const (
	// chunkSize is how much of a file is read at once.
	chunkSize = 1 << 20
	// openFolders bounds how many folders above the current one stay open, so that a tree
	// of any depth needs a bounded number of file descriptors.
	openFolders = 64
)

// How layers tell of files that are gone, as in the OCI image specification, layer.md.
const (
	whiteoutPrefix = ".wh."
	whiteoutOpaque = whiteoutPrefix + whiteoutPrefix + ".opq"
)

// xattrRecord begins the key of the PAX record that has an extended attribute.
const xattrRecord = "SCHILY.xattr."

// Options say how a folder is read.
type Options struct {
	// Below are the folders of the layers below, the topmost first. A folder that is
	// opaque hides something only if one of them has it.
	Below []string
	// OpaqueXattr is the attribute by which the overlay marks opaque folders:
	// user.overlay.opaque or trusted.overlay.opaque. Without, the folder is no overlay's,
	// and nothing in it means that a file was deleted.
	OpaqueXattr string
	// WhiteoutFiles says that deleted files are marked in the folder as they are in the
	// archive, by files whose names begin with .wh., and not as overlays do it.
	WhiteoutFiles bool
	// Adjust, if set, may change how a file is described before it is written. This is
	// where owners, modes and device numbers come from that the filesystem could not
	// take, such as those in the attribute user.containers.override_stat. It is not
	// called for whiteouts. The contents are written if the type is still a regular
	// file.
	Adjust func(*Entry) error
	// MaxPath, if set, is how long the path of a file with contents may be, in bytes: how
	// long the store can read it back. A longer one is an error.
	MaxPath int
	// Archive receives the archive, if set. Its digest needs no copy of it.
	Archive io.Writer
	// TarSplit receives, if set, all of the archive but the files' contents, in the
	// JSON form of vbatts/tar-split, from which containers/storage makes it again.
	TarSplit io.Writer
}

// Entry is a file, folder or other thing as the archive is going to describe it.
type Entry struct {
	// Header is all of the description but the extended attributes.
	Header *tar.Header
	// Xattrs are the extended attributes that will be written: those of the user
	// namespace but the overlay's own, security.capability and security.ima.
	Xattrs map[string]string
	// Stat is what the filesystem says.
	Stat *unix.Stat_t
}

// Summary is what is known of an archive once it is written.
type Summary struct {
	Digest digest.Digest
	// Size is that of the archive in bytes.
	Size int64
	// UIDs and GIDs are the owners of its files, sorted.
	UIDs, GIDs []uint32
}

// Write writes the archive of what is in a folder, in the order of names. The folder itself
// is no part of it, and nothing may change it meanwhile. Sockets are left out, as in every
// builder: archives have no form for them.
func Write(folder string, options Options) (_ *Summary, err error) {
	root, err := openRoot(folder)
	if err != nil {
		return nil, err
	}
	defer func() { root.close() }()
	var split *bufio.Writer
	if options.TarSplit != nil {
		split = bufio.NewWriterSize(options.TarSplit, 1<<16)
	}
	out := newRecorder(options.Archive, split)
	w := &writer{
		options: options,
		out:     out,
		tar:     tar.NewWriter(out),
		links:   map[uint64]string{},
		uids:    map[uint32]bool{},
		gids:    map[uint32]bool{},
	}
	defer w.below.close()
	if err := w.folder(root, "", 0); err != nil {
		return nil, err
	}
	if err := errors.Join(w.tar.Close(), out.finish()); err != nil {
		return nil, fmt.Errorf("failed to end the archive: %w", err)
	}
	return &Summary{
		Digest: digest.NewDigest(digest.SHA256, out.hash),
		Size:   out.size,
		UIDs:   slices.Sorted(maps.Keys(w.uids)),
		GIDs:   slices.Sorted(maps.Keys(w.gids)),
	}, nil
}

// Reader returns the archive that [Write] would write, as a stream. What goes wrong is an error of
// the stream, which never ends early without one. Close ends the writing, too.
func Reader(folder string, options Options) io.ReadCloser {
	reader, writer := io.Pipe()
	options.Archive = writer
	go func() {
		_, err := Write(folder, options)
		writer.CloseWithError(err)
	}()
	return reader
}

// CheckForLibrary fails if there is something in a folder that the writer of containers/storage would
// leave out, or stop at. Contents are not read.
func CheckForLibrary(folder string, options Options) error {
	root, err := openRoot(folder)
	if err != nil {
		return err
	}
	defer func() { root.close() }()
	w := &writer{options: options, links: map[uint64]string{}, prefix: len(folder) + 1}
	defer w.below.close()
	return w.folder(root, "", 0)
}

// checkForLibrary is write for CheckForLibrary.
func (w *writer) checkForLibrary(e *entry) error {
	if w.prefix+len(e.name) >= unix.PathMax {
		return errors.New("its path is too long")
	}
	for key := range e.Xattrs {
		if strings.Contains(key, "=") {
			return fmt.Errorf("the name of its extended attribute %s has a =", key)
		}
	}
	return nil
}

// writer is one call of Write.
type writer struct {
	options Options
	out     *recorder
	tar     *tar.Writer
	links   map[uint64]string // where a file with several names is in the archive, by inode
	uids    map[uint32]bool
	gids    map[uint32]bool
	below   lowers
	chunk   []byte
	prefix  int // for CheckForLibrary, how long the path of the folder is
}

// folder writes what is in a folder that is called name, or nothing for the outermost.
// Folders are opened relative to the one above, so paths may be longer than PATH_MAX.
func (w *writer) folder(dir *dir, name string, depth int) error {
	children, err := dir.names()
	if err != nil {
		return describe(name, err)
	}
	for _, child := range children {
		if err := w.thing(dir, child, path.Join(name, child), depth); err != nil {
			return err
		}
	}
	return nil
}

// thing writes one thing, called base in dir and name in the archive, and what is in it.
func (w *writer) thing(dir *dir, base, name string, depth int) (err error) {
	var stat unix.Stat_t
	if err := retry(func() error { return unix.Fstatat(dir.fd, base, &stat, unix.AT_SYMLINK_NOFOLLOW) }); err != nil {
		return describe(name, err)
	}
	kind := stat.Mode & unix.S_IFMT
	if kind == unix.S_IFSOCK {
		return nil
	}
	isWhiteout := w.options.OpaqueXattr != "" && kind == unix.S_IFCHR && stat.Rdev == 0
	if strings.HasPrefix(base, whiteoutPrefix) && !isWhiteout && !w.options.WhiteoutFiles {
		return describe(name, errors.New("no layer can hold a file of this name: the prefix .wh. marks files that were deleted"))
	}
	e := &entry{name: name, base: base, dir: dir}
	e.Stat, e.Header = &stat, header(name, &stat)
	if w.options.WhiteoutFiles && strings.HasPrefix(base, whiteoutPrefix) {
		e.Header.Mode, e.Header.Uid, e.Header.Gid = 0, 0, 0
	}
	if kind == unix.S_IFDIR {
		if e.folder, err = dir.open(base); err != nil {
			return describe(name, err)
		}
		defer func() { e.folder.close() }()
	}
	if err := w.describe(e, isWhiteout); err != nil {
		return describe(name, err)
	}
	if err := w.write(e); err != nil {
		return describe(name, err)
	}
	if e.folder == nil {
		return nil
	}
	if depth >= openFolders {
		dir.close()
		defer func() {
			if err == nil {
				err = describe(name, dir.reopen(e.folder))
			}
		}()
	}
	return w.folder(e.folder, name, depth+1)
}

// entry is an [Entry] and where it is.
type entry struct {
	Entry
	name   string
	dir    *dir // that it is in
	base   string
	folder *dir        // itself, if it is one
	opaque *tar.Header // an entry to follow, which says that it hides what is below
}

// header describes a file as the filesystem does.
func header(name string, stat *unix.Stat_t) *tar.Header {
	h := &tar.Header{
		Name:    name,
		Mode:    int64(stat.Mode & 0o7777),
		Uid:     int(stat.Uid),
		Gid:     int(stat.Gid),
		ModTime: time.Unix(stat.Mtim.Unix()).Truncate(time.Second),
	}
	switch stat.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		h.Typeflag, h.Size = tar.TypeReg, stat.Size
	case unix.S_IFDIR:
		h.Typeflag = tar.TypeDir
		h.Name += "/"
	case unix.S_IFLNK:
		h.Typeflag = tar.TypeSymlink
	case unix.S_IFIFO:
		h.Typeflag = tar.TypeFifo
	case unix.S_IFCHR, unix.S_IFBLK:
		h.Typeflag = tar.TypeChar
		if stat.Mode&unix.S_IFMT == unix.S_IFBLK {
			h.Typeflag = tar.TypeBlock
		}
		device := uint64(stat.Rdev) //nolint:unconvert // its type differs between architectures
		h.Devmajor, h.Devminor = int64(unix.Major(device)), int64(unix.Minor(device))
	}
	return h
}

// describe completes the description of a thing.
func (w *writer) describe(e *entry, isWhiteout bool) error {
	h := e.Header
	if h.Typeflag == tar.TypeSymlink {
		target, err := e.dir.readlink(e.base)
		if err != nil {
			return err
		}
		h.Linkname = target
	}
	all, err := e.xattrs(w.options.OpaqueXattr)
	if err != nil {
		return err
	}
	isOpaque := e.folder != nil && all[w.options.OpaqueXattr] == "y"
	e.Xattrs = all
	maps.DeleteFunc(e.Xattrs, func(key, _ string) bool { return !isArchived(key) })
	if w.options.Adjust != nil && !isWhiteout {
		if err := w.options.Adjust(&e.Entry); err != nil {
			return err
		}
	}
	if len(e.Xattrs) > 0 {
		h.PAXRecords = make(map[string]string, len(e.Xattrs))
		for key, value := range e.Xattrs {
			h.PAXRecords[xattrRecord+recordKey(key)] = value
		}
	}
	if e.folder == nil && e.Stat.Nlink > 1 {
		if first, seen := w.links[e.Stat.Ino]; seen {
			h.Typeflag, h.Linkname, h.Size = tar.TypeLink, first, 0
		}
	}
	switch {
	case isWhiteout:
		// Overlays make their whiteouts links of one another, so there may be a
		// Linkname. Nobody reads it in a regular file, and it stays for the sake
		// of a digest that is everybody's.
		h.Name = path.Join(path.Dir(e.name), whiteoutPrefix+e.base)
		h.Typeflag, h.Mode, h.Size = tar.TypeReg, 0, 0
	case isOpaque:
		hides, err := w.hides(e.name)
		if err != nil {
			return err
		}
		if hides {
			e.opaque = &tar.Header{
				Typeflag: tar.TypeReg,
				Name:     path.Join(e.name, whiteoutOpaque),
				Mode:     h.Mode & 0o777,
				Uid:      h.Uid,
				Gid:      h.Gid,
			}
		}
	}
	return nil
}

// isArchived tells whether an extended attribute is a part of the image. SELinux labels are
// the machine's, and overlays have attributes of their own.
func isArchived(key string) bool {
	switch {
	case key == "security.capability", key == "security.ima":
		return true
	case strings.HasPrefix(key, "user.overlay."):
		return false
	}
	return strings.HasPrefix(key, "user.")
}

// recordKey returns the name of an attribute as it stands in a PAX record, where the first
// "=" ends it. A name that has one is written as GNU tar does it, so that it reads such
// archives; tools of containers, which know no such name, get %3D for it.
func recordKey(xattr string) string {
	if !strings.Contains(xattr, "=") {
		return xattr
	}
	return strings.NewReplacer("%", "%25", "=", "%3D").Replace(xattr)
}

// hides tells whether a folder that is opaque stands over anything of the layers below.
func (w *writer) hides(name string) (bool, error) {
	if err := w.below.open(w.options.Below); err != nil {
		return false, err
	}
	for i := range w.below {
		found, isWhiteout, err := w.below[i].lookup(name)
		switch {
		case err != nil:
			return false, fmt.Errorf("failed to look it up in %s: %w", w.options.Below[i], err)
		case isWhiteout:
			return false, nil
		case found:
			return true, nil
		}
	}
	return false, nil
}

// write writes a thing: its description, and the contents of a file.
func (w *writer) write(e *entry) error {
	if w.tar == nil {
		return w.checkForLibrary(e)
	}
	h := e.Header
	w.uids[uint32(h.Uid)], w.gids[uint32(h.Gid)] = true, true
	if err := w.tar.WriteHeader(h); err != nil {
		return err
	}
	hasContents := h.Typeflag == tar.TypeReg && h.Size > 0
	if hasContents && w.options.MaxPath > 0 && len(e.name) > w.options.MaxPath {
		return fmt.Errorf("its path has %d bytes, and the store can read back no more than %d", len(e.name), w.options.MaxPath)
	}
	if hasContents {
		if err := w.contents(e); err != nil {
			return err
		}
	}
	if err := w.out.endFile(h.Name, h.Size, hasContents); err != nil {
		return err
	}
	if e.folder == nil && e.Stat.Nlink > 1 {
		if _, seen := w.links[e.Stat.Ino]; !seen {
			w.links[e.Stat.Ino] = h.Name
		}
	}
	if e.opaque == nil {
		return nil
	}
	if err := w.tar.WriteHeader(e.opaque); err != nil {
		return err
	}
	return w.out.endFile(e.opaque.Name, 0, false)
}

// contents writes what is in a file, all of it and no more.
func (w *writer) contents(e *entry) error {
	fd, err := e.dir.openat(e.base, unix.O_RDONLY|unix.O_NONBLOCK)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if w.chunk == nil {
		w.chunk = make([]byte, chunkSize)
	}
	w.out.beginFile()
	for left := e.Header.Size; left > 0; {
		var n int
		err := retry(func() (err error) {
			n, err = unix.Read(fd, w.chunk[:min(left, chunkSize)])
			return err
		})
		if err == nil && n == 0 {
			err = errors.New("it became shorter while it was read")
		}
		if err != nil {
			return err
		}
		if _, err := w.tar.Write(w.chunk[:n]); err != nil {
			return err
		}
		left -= int64(n)
	}
	return nil
}

// describe says which file of the image an error is about.
func describe(name string, err error) error {
	if err == nil {
		return nil
	}
	const shown = 200
	if len(name) > shown {
		name = name[:shown] + fmt.Sprintf("... (%d bytes)", len(name))
	}
	return fmt.Errorf("%q: %w", "/"+name, err)
}

// retry does a system call again that a signal has interrupted.
func retry(call func() error) error {
	for {
		if err := call(); err != unix.EINTR { //nolint:errorlint // system calls return it as it is
			return err
		}
	}
}

func openRoot(folder string) (*dir, error) {
	fd, err := unix.Open(folder, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: folder, Err: err}
	}
	return newDir(fd)
}
