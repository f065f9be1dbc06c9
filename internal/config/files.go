package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"
)

const fileName = "kolla-build.conf"

// A file's bounds. The sample file, which has everything, has 30,000 bytes and
// 1,200 lines.
const (
	maxFileSize = 1 << 20 // bytes
	maxLines    = 10_000  // the ini package takes time with their square
)

// places are the folders in which kolla-build.conf is looked for; the first
// that has one counts, and the others are not read. They are those of
// oslo.config, followed by the one which the guide names after /etc/kolla: a
// checkout's, below the current folder. A ~ is the home folder.
//
// In the same places kolla-build.conf.d is looked for: all files *.conf of the
// first one are read too, sorted, and win over the file.
var places = []string{"~/.kolla", "~", "/etc/kolla", "/etc", "etc/kolla"}

// Places returns where the configuration is looked for, as the manual tells it.
func Places() []string {
	var names []string
	for _, place := range places {
		names = append(names, place+"/"+fileName)
	}
	return names
}

// reader reads files through what the environment offers.
type reader struct {
	open     func(name string) (fs.File, error)
	home     string
	problems []Problem
	notices  []string
}

// confFile is a file and its text.
type confFile struct {
	name string
	text []byte
}

// read returns the files that somebody named, or else those in the usual
// places, in order of rising precedence.
func (r *reader) read(files, dirs []string) []confFile {
	switch {
	case r.open == nil:
		return nil
	case len(files)+len(dirs) > 0:
		return r.named(files, dirs)
	}
	return r.search()
}

// named reads what somebody named, all of which has to be there.
func (r *reader) named(files, dirs []string) []confFile {
	names := slices.Clone(files)
	for _, dir := range dirs {
		inside, err := r.list(r.expandHome(dir))
		if err != nil {
			r.problems = append(r.problems, Problem{Text: err.Error()})
		}
		names = append(names, inside...)
	}
	var found []confFile
	for _, name := range names {
		text, err := r.readFile(r.expandHome(name))
		if err != nil {
			r.problems = append(r.problems, Problem{Text: err.Error()})
			continue
		}
		found = append(found, confFile{name, text})
	}
	return found
}

// search looks into the usual places. What must not be read is told and passed
// over: a deployment's /etc/kolla is often root's alone.
func (r *reader) search() []confFile {
	var found []confFile
	passOver := func(err error) {
		switch {
		case err == nil, missing(err):
		case errors.Is(err, fs.ErrPermission):
			r.notices = append(r.notices, err.Error()+"; going on without it")
		default:
			r.problems = append(r.problems, Problem{Text: err.Error()})
		}
	}
	places := r.places()
	for _, place := range places {
		name := path.Join(place, fileName)
		text, err := r.readFile(name)
		if err == nil {
			found = append(found, confFile{name, text})
			break
		}
		passOver(err)
	}
	for _, place := range places {
		names, err := r.list(path.Join(place, fileName+".d"))
		if err != nil {
			passOver(err)
			continue
		}
		for _, name := range names {
			text, err := r.readFile(name)
			if err == nil {
				found = append(found, confFile{name, text})
			}
			passOver(err)
		}
		break
	}
	return found
}

// places returns the folders to search. Without a home there are fewer.
func (r *reader) places() []string {
	var dirs []string
	for _, place := range places {
		if r.home != "" || !strings.HasPrefix(place, "~") {
			dirs = append(dirs, r.expandHome(place))
		}
	}
	return dirs
}

// expandHome replaces ~ by the home folder, as a shell would.
func (r *reader) expandHome(name string) string {
	if name == "~" || strings.HasPrefix(name, "~/") {
		return r.home + name[1:]
	}
	return name
}

func (r *reader) readFile(name string) ([]byte, error) {
	file, err := r.open(name)
	if err != nil {
		return nil, fmt.Errorf("failed to read the configuration: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFileSize+1))
	if err == nil && len(text) > maxFileSize {
		err = fmt.Errorf("%s is larger than %d bytes", name, maxFileSize)
	}
	if err == nil && bytes.Count(text, []byte("\n")) > maxLines {
		err = fmt.Errorf("%s has more than %d lines", name, maxLines)
	}
	if err != nil {
		return nil, fmt.Errorf("failed to read the configuration: %w", err)
	}
	return text, nil
}

// list returns the paths of the files *.conf in a folder, sorted.
func (r *reader) list(dir string) ([]string, error) {
	file, err := r.open(dir)
	if err != nil {
		return nil, fmt.Errorf("failed to read the configuration: %w", err)
	}
	defer file.Close()
	folder, ok := file.(fs.ReadDirFile)
	if !ok {
		return nil, fmt.Errorf("failed to read the configuration: %s is no folder", dir)
	}
	entries, err := folder.ReadDir(-1)
	if err != nil {
		return nil, fmt.Errorf("failed to read the configuration: %w", err)
	}
	var names []string
	for _, entry := range entries {
		if path.Ext(entry.Name()) == ".conf" && !entry.IsDir() {
			names = append(names, path.Join(dir, entry.Name()))
		}
	}
	slices.Sort(names)
	return names, nil
}

// missing tells whether a file is not there, or its folder is none.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
