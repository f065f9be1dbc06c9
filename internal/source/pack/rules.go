package pack

import (
	"archive/tar"
	"fmt"
	"path"
	"strings"
)

// What an archive may hold at most. The sources of all OpenStack services
// together stay below a hundredth of each.
const (
	MaxEntries = 1_000_000 // files, links and folders
	MaxSize    = 32 << 30  // bytes, unpacked

	// A small archive that unpacks to something big is a bomb: beyond
	// freeSize bytes it may not be more than maxRatio times what was read.
	// Sources shrink to a fifth or an eighth.
	freeSize = 1 << 30
	maxRatio = 20

	maxName  = 4096      // bytes of one path: PATH_MAX of Linux
	maxNames = 256 << 20 // bytes of all paths: they are kept to be compared
)

// EntryError tells which entry of an archive is refused, and why.
type EntryError struct {
	Entry  string // its name, as the archive has it
	Reason string
}

// Error returns the name in quotes and the reason.
func (e *EntryError) Error() string { return fmt.Sprintf("entry %q %s", e.Entry, e.Reason) }

// kind is what the rules have to know about an entry that went before.
type kind byte

const (
	folder kind = iota + 1
	file
	link
)

// rules decide entry by entry what may be in an archive. They are stricter
// than tar is, so that every program that unpacks the archive makes the same
// of it, and none of them anything outside of its root.
type rules struct {
	// outward allows symbolic links that lead out of the root: in a tree
	// that is the user's own they are his affair.
	outward bool

	maxEntries int

	seen  map[string]kind
	names int   // bytes
	size  int64 // bytes that the entries say they have
}

func newRules(outward bool) *rules {
	return &rules{outward: outward, maxEntries: MaxEntries, seen: map[string]kind{}}
}

// admit returns the clean name of an entry and the target of a hard link. A
// name of "" means that there is nothing to unpack: the entry is metadata, or
// the root itself.
func (r *rules) admit(h *tar.Header) (name, target string, err error) {
	if h.Typeflag == tar.TypeXGlobalHeader {
		return "", "", nil
	}
	refuse := func(format string, args ...any) (string, string, error) {
		return "", "", &EntryError{Entry: h.Name, Reason: fmt.Sprintf(format, args...)}
	}
	name, reason := cleanName(h.Name)
	if reason != "" {
		return refuse("%s", reason)
	}
	if reason := checkMode(h); reason != "" {
		return refuse("%s", reason)
	}
	var is kind
	switch h.Typeflag {
	case tar.TypeReg:
		is = file
		if r.size += h.Size; h.Size < 0 || r.size > MaxSize {
			return refuse("makes it more than %d GiB unpacked", MaxSize>>30)
		}
	case tar.TypeDir:
		is = folder
	case tar.TypeSymlink:
		is = link
		if reason := checkTarget(name, h.Linkname); reason != "" && !r.outward {
			return refuse("%s", reason)
		}
	case tar.TypeLink:
		is = file
		if target, reason = cleanName(h.Linkname); reason != "" {
			return refuse("is a hard link to %q, which %s", h.Linkname, reason)
		}
		if r.seen[target] != file {
			return refuse("is a hard link to %q, which is no file that came before it", h.Linkname)
		}
	case tar.TypeChar, tar.TypeBlock:
		return refuse("is a device")
	case tar.TypeFifo:
		return refuse("is a named pipe")
	default:
		return refuse("is of a type (%q) that sources have no use for", h.Typeflag)
	}
	if name == "." {
		if is != folder {
			return refuse("would replace the folder that it is unpacked into")
		}
		return "", "", nil
	}
	if reason := r.record(name, is); reason != "" {
		return refuse("%s", reason)
	}
	return name, target, nil
}

// record notes an entry, and the folders above it that have no entry of their
// own. Nothing may come twice, except folders; so what has been unpacked stays
// what it is, and nothing is written through a link.
func (r *rules) record(name string, is kind) string {
	if before, twice := r.seen[name]; twice && (before != folder || is != folder) {
		return "is there twice"
	}
	for above := path.Dir(name); above != "."; above = path.Dir(above) {
		switch r.seen[above] {
		case folder: // and so are those above it
			return r.note(name, is)
		case file:
			return fmt.Sprintf("lies below %q, which is a file", above)
		case link:
			return fmt.Sprintf("lies below %q, which is a symbolic link", above)
		}
		if reason := r.note(above, folder); reason != "" {
			return reason
		}
	}
	return r.note(name, is)
}

func (r *rules) note(name string, is kind) string {
	if _, twice := r.seen[name]; twice {
		return ""
	}
	if len(r.seen) >= r.maxEntries {
		return fmt.Sprintf("is one more than %d", r.maxEntries)
	}
	if r.names += len(name); r.names > maxNames {
		return fmt.Sprintf("makes its names more than %d MiB", maxNames>>20)
	}
	r.seen[name] = is
	return ""
}

// cleanName returns a name in its shortest form, or what is wrong with it.
func cleanName(name string) (clean, reason string) {
	switch {
	case name == "":
		return "", "has no name"
	case len(name) > maxName:
		return "", fmt.Sprintf("has a name of more than %d bytes", maxName)
	case strings.HasPrefix(name, "/"):
		return "", "has an absolute name"
	case strings.ContainsRune(name, 0):
		return "", "has a name that ends in the middle"
	}
	for part := range strings.SplitSeq(name, "/") {
		switch {
		case part == "..":
			return "", `has ".." in its name`
		case strings.HasPrefix(part, ".wh."):
			// In a layer such a file removes another.
			return "", `has a name that begins with ".wh.", which deletes files in an image`
		}
	}
	return path.Clean(name), ""
}

// checkMode refuses what would give rights to whoever runs a file.
func checkMode(h *tar.Header) string {
	const setuid, setgid = 0o4000, 0o2000
	if h.Typeflag == tar.TypeReg || h.Typeflag == tar.TypeLink {
		switch {
		case h.Mode&setuid != 0:
			return "is setuid"
		case h.Mode&setgid != 0:
			return "is setgid"
		}
	}
	if _, has := h.PAXRecords["SCHILY.xattr.security.capability"]; has {
		return "has file capabilities"
	}
	return ""
}

// checkTarget tells what is wrong with the target of a symbolic link, seen
// from the link. Since no entry lies below a link, the leading ".." go up real
// folders and can be counted. One that comes later might go up from wherever
// another link leads, so it is refused.
func checkTarget(name, target string) string {
	out := fmt.Sprintf("is a symbolic link to %q, which leads out of the archive", target)
	if target == "" || len(target) > maxName || strings.HasPrefix(target, "/") {
		return out
	}
	depth, down := strings.Count(name, "/"), false
	for part := range strings.SplitSeq(target, "/") {
		switch {
		case part == "" || part == ".":
		case part != "..":
			down = true
		case down:
			return fmt.Sprintf("is a symbolic link to %q, which goes down and up again", target)
		default:
			if depth--; depth < 0 {
				return out
			}
		}
	}
	return ""
}
