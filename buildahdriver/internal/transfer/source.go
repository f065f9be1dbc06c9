package transfer

import (
	"archive/tar"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"go.podman.io/image/v5/pkg/compression"
	"go.podman.io/storage/pkg/fileutils"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// source is the build context less what its ignore file excludes.
type source struct {
	context  Tree
	excludes *fileutils.PatternMatcher
	leftOut  *fileutils.PatternMatcher // of each item, by paths relative to it
}

// match is what one pattern of an instruction names.
type match struct {
	pattern string
	items   []item // at least one
}

// item is a file or folder that an instruction names. A link counts as what it leads to.
type item struct {
	path      string
	info      fs.FileInfo
	isArchive bool   // and is to be unpacked
	below     string // its path below the destination, if the folders around it are kept
}

// match looks up the patterns. A name that is not there is an error, and so is it if
// patterns with wildcards match nothing at all: see the Dockerfile reference, COPY.
func (s *source) match(patterns []string, archives, parents bool) ([]match, error) {
	var matches []match
	var missing error
	for _, pattern := range patterns {
		paths, err := s.glob(rootfs.Clean(pattern))
		if err != nil {
			return nil, fmt.Errorf("invalid pattern %q: %w", pattern, err)
		}
		m := match{pattern: pattern}
		pivot := "."
		if before, _, found := strings.Cut(strings.TrimPrefix(pattern, "./"), "/./"); found && parents {
			pivot = rootfs.Clean(before)
		}
		for _, name := range paths {
			info, err := s.context.Stat(name)
			if err != nil {
				return nil, fmt.Errorf("failed to read the build context: %w", err)
			}
			below := ""
			if parents {
				below = strings.TrimPrefix(strings.TrimPrefix(name, strings.TrimPrefix(pivot, ".")), "/")
			}
			m.items = append(m.items, item{name, info, archives && info.Mode().IsRegular() && isArchive(s.context, name), below})
		}
		if len(m.items) > 0 {
			matches = append(matches, m)
			continue
		}
		missing = cmp.Or(missing, fmt.Errorf("there is no %s to copy: %w", pattern, syscall.ENOENT))
		if !hasWildcard(pattern) {
			return nil, missing
		}
	}
	if len(matches) == 0 {
		return nil, missing
	}
	return matches, nil
}

func hasWildcard(pattern string) bool { return strings.ContainsAny(pattern, `*?[\`) }

// glob expands a pattern, in the order of names.
func (s *source) glob(pattern string) ([]string, error) {
	if !hasWildcard(pattern) {
		if _, err := s.context.Lstat(pattern); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return []string{pattern}, nil
	}
	bases := []string{"."}
	head, rest, deep := cutDoubleStar(pattern)
	for deep {
		var below []string
		for _, base := range bases {
			folders, err := s.folders(path.Join(base, head))
			if err != nil {
				return nil, err
			}
			below = append(below, folders...)
		}
		bases = below
		head, rest, deep = cutDoubleStar(rest)
	}
	var all []string
	for _, base := range bases {
		found, err := fs.Glob(s.context.FS(), path.Join(base, head))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// cutDoubleStar cuts a pattern around its first component that is "**".
func cutDoubleStar(pattern string) (before, after string, found bool) {
	parts := strings.Split(pattern, "/")
	i := slices.Index(parts, "**")
	if i < 0 {
		return pattern, "", false
	}
	return path.Join(parts[:i]...), path.Join(parts[i+1:]...), true
}

// folders lists the folders that a pattern names, and all folders below them.
func (s *source) folders(pattern string) ([]string, error) {
	tops, err := fs.Glob(s.context.FS(), path.Clean(pattern))
	if err != nil {
		return nil, err
	}
	var all []string
	for _, top := range tops {
		err := fs.WalkDir(s.context.FS(), top, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				all = append(all, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// skips tells whether the ignore file excludes an item, and all in it.
func (s *source) skips(item item) (bool, error) {
	excluded, err := s.isExcluded(item.path)
	return excluded && !(item.info.IsDir() && mayInclude(s.excludes, item.path)), err
}

func (s *source) isExcluded(name string) (bool, error) {
	if name == "." {
		return false, nil
	}
	return s.excludes.IsMatch(name)
}

// mayInclude tells whether a pattern that begins with ! may apply below a folder that is
// excluded.
func mayInclude(excludes *fileutils.PatternMatcher, folder string) bool {
	if !excludes.Exclusions() {
		return false
	}
	return slices.ContainsFunc(excludes.Patterns(), func(p *fileutils.Pattern) bool {
		return p.Exclusion() && strings.HasPrefix(strings.Trim(p.String(), "/")+"/", strings.Trim(folder, "/"))
	})
}

// isArchive tells whether a file is a tar archive, compressed or not.
func isArchive(context Tree, name string) bool {
	archive, err := openArchive(context, name)
	if err != nil {
		return false
	}
	defer archive.Close()
	_, err = tar.NewReader(archive).Next()
	return err == nil
}

// openArchive opens a file of the context, decompressed.
func openArchive(context Tree, name string) (io.ReadCloser, error) {
	file, err := openFile(context, name)
	if err != nil {
		return nil, err
	}
	plain, _, err := compression.AutoDecompress(file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &archiveFile{plain, file}, nil
}

// archiveFile closes the file together with its decompressor.
type archiveFile struct {
	io.ReadCloser
	file *os.File
}

func (a *archiveFile) Close() error { return errors.Join(a.ReadCloser.Close(), a.file.Close()) }

// openFile does not wait for the other end of a fifo.
func openFile(context Tree, name string) (*os.File, error) {
	return context.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}
