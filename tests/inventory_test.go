package tests

import (
	"archive/tar"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// inventory is what is in the file system of an image, by path.
type inventory map[string]*file

// file is a file of any kind. Hard links are names of the same file.
type file struct {
	header tar.Header
	digest [sha256.Size]byte
}

// capability is how archives spell the extended attribute with a file's
// capabilities.
const capability = "SCHILY.xattr.security.capability"

// add takes the entries of an archive into the inventory. Those of a layer may be
// whiteouts, which delete what lower layers have brought.
func (inv inventory) add(archive io.Reader) error {
	type entry struct {
		name string
		file *file
	}
	var entries []entry
	reader := tar.NewReader(archive)
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, reader); err != nil {
			return err
		}
		name := path.Join("/", header.Name)
		if !belongsToImage(name) {
			continue
		}
		if inv.whiteout(name) {
			continue
		}
		entries = append(entries, entry{name, &file{*header, [sha256.Size]byte(sum.Sum(nil))}})
	}
	for _, e := range entries {
		if e.file.header.Typeflag == tar.TypeLink {
			target := path.Join("/", e.file.header.Linkname)
			if e.file = inv[target]; e.file == nil {
				return fmt.Errorf("%s is a link to %s, which there is not", e.name, target)
			}
		} else if e.file.header.Typeflag != tar.TypeDir {
			// A file in the place of a folder.
			inv.remove(e.name)
		}
		inv[e.name] = e.file
	}
	return nil
}

// belongsToImage tells the files of an image from those that are laid over it
// while a command runs.
func belongsToImage(name string) bool {
	for _, dir := range []string{"/dev", "/proc", "/sys", "/run"} {
		if name == dir || strings.HasPrefix(name, dir+"/") {
			return false
		}
	}
	return !slices.Contains([]string{"/", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf"}, name)
}

// whiteout does what the entry asks for if it is a whiteout.
func (inv inventory) whiteout(name string) bool {
	dir, base := path.Split(name)
	deleted, ok := strings.CutPrefix(base, ".wh.")
	switch {
	case !ok:
		return false
	case base == ".wh..wh..opq":
		inv.empty(path.Clean(dir))
	default:
		inv.remove(dir + deleted)
	}
	return true
}

func (inv inventory) remove(name string) {
	inv.empty(name)
	delete(inv, name)
}

func (inv inventory) empty(dir string) {
	for name := range inv {
		if strings.HasPrefix(name, dir+"/") {
			delete(inv, name)
		}
	}
}

// lines describes the files, one a line, by path.
func (inv inventory) lines() map[string]string {
	names := map[*file][]string{}
	for name, f := range inv {
		names[f] = append(names[f], name)
	}
	lines := map[string]string{}
	for name, f := range inv {
		h := f.header
		line := fmt.Sprintf("%v %d:%d", h.FileInfo().Mode(), h.Uid, h.Gid)
		switch h.Typeflag {
		case tar.TypeReg:
			line += fmt.Sprintf(" %d bytes %.12x", h.Size, f.digest)
		case tar.TypeSymlink:
			line += " -> " + h.Linkname
		case tar.TypeBlock, tar.TypeChar:
			line += fmt.Sprintf(" %d,%d", h.Devmajor, h.Devminor)
		}
		if value := h.PAXRecords[capability]; value != "" {
			line += fmt.Sprintf(" capability %x", value)
		}
		if len(names[f]) > 1 {
			slices.Sort(names[f])
			line += fmt.Sprintf(" one of %v", names[f])
		}
		lines[name] = line
	}
	return lines
}

// difference returns the lines that differ, at most so many that they can be read.
func difference(got, want map[string]string) []string {
	var differ []string
	for name, line := range want {
		if got[name] != line {
			differ = append(differ, fmt.Sprintf("%s: got %q, want %q", name, got[name], line))
		}
	}
	for name, line := range got {
		if _, both := want[name]; !both {
			differ = append(differ, fmt.Sprintf("%s: got %q, want none", name, line))
		}
	}
	slices.Sort(differ)
	return differ[:min(len(differ), 50)]
}
