package buildahdriver

import (
	"encoding/csv"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// runMount is what a flag --mount of RUN asks for. The options are those that BuildKit
// and buildah both have: see the Dockerfile reference, "RUN --mount".
type runMount struct {
	kind     string // one of the mount kinds
	target   string // absolute; a secret may have none
	source   string // in the build context
	id       string // of a secret or cache
	env      string // the variable that holds a secret, if one is to
	required bool
	readOnly bool
	sharing  string // of a cache
	size     string // of a tmpfs
	mode     *uint32
	uid, gid int
}

// The kinds of mounts.
const (
	mountBind   = "bind"
	mountCache  = "cache"
	mountSecret = "secret"
	mountTmpfs  = "tmpfs"
)

// The ways in which several RUN instructions share a cache.
const (
	sharingShared  = "shared"
	sharingPrivate = "private"
	sharingLocked  = "locked"
)

// parseMount reads the value of a flag --mount. Its target is relative to workDir. What
// we do not know, rightly or not, is a [beyondError].
func parseMount(text, workDir string) (runMount, error) {
	m := runMount{kind: mountBind, sharing: sharingShared}
	fields, err := csv.NewReader(strings.NewReader(text)).Read()
	if err != nil {
		return m, beyondError{"a mount that is no list of options"}
	}
	for _, field := range fields {
		if key, value, _ := strings.Cut(field, "="); key == "type" {
			m.kind = value
		}
	}
	m.readOnly = m.kind == mountBind
	if mountOptions[m.kind] == nil {
		return m, beyondError{"a mount of type " + m.kind}
	}
	for _, field := range fields {
		key, value, given := strings.Cut(field, "=")
		if key == "type" {
			continue
		}
		if !slices.Contains(mountOptions[m.kind], key) {
			return m, beyondError{fmt.Sprintf("a mount of type %s with %s", m.kind, key)}
		}
		if err := m.set(key, value, given); err != nil {
			return m, fmt.Errorf("--mount=%s: %w", text, err)
		}
	}
	return m, m.complete(workDir)
}

// mountOptions are the options that each kind of mount may have.
var mountOptions = map[string][]string{
	mountBind:   {"target", "dst", "destination", "source", "src", "ro", "readonly"},
	mountCache:  {"target", "dst", "destination", "id", "ro", "readonly", "rw", "readwrite", "sharing", "mode", "uid", "gid"},
	mountSecret: {"target", "dst", "destination", "id", "env", "required", "mode", "uid", "gid"},
	mountTmpfs:  {"target", "dst", "destination", "size", "tmpfs-size", "tmpfs-mode", "ro", "readonly"},
}

// set takes one option.
func (m *runMount) set(key, value string, given bool) (err error) {
	switch key {
	case "target", "dst", "destination":
		m.target = value
	case "source", "src":
		m.source = value
	case "id":
		m.id = value
	case "env":
		m.env = value
	case "sharing":
		m.sharing = value
	case "size", "tmpfs-size":
		m.size = value
	case "required":
		m.required, err = flagValue(value, given)
	case "ro", "readonly":
		m.readOnly, err = flagValue(value, given)
	case "rw", "readwrite":
		m.readOnly, err = flagValue(value, given)
		m.readOnly = !m.readOnly
	case "mode", "tmpfs-mode":
		m.mode, err = parseMode(value)
	case "uid":
		m.uid, err = parseID(value)
	case "gid":
		m.gid, err = parseID(value)
	}
	if err != nil {
		return fmt.Errorf("invalid %s: %w", key, err)
	}
	if given && value == "" && key != "source" && key != "src" {
		return fmt.Errorf("%s has no value", key)
	}
	return nil
}

// flagValue reads an option that may stand alone.
func flagValue(value string, given bool) (bool, error) {
	if !given {
		return true, nil
	}
	return strconv.ParseBool(value)
}

func parseID(text string) (int, error) {
	id, err := strconv.ParseUint(text, 10, 31)
	return int(id), err
}

// tmpfsSize is what the kernel takes for a size: see tmpfs(5).
var tmpfsSize = regexp.MustCompile(`^[0-9]+[kKmMgG%]?$`)

// complete fills in defaults, and checks what depends on several options.
func (m *runMount) complete(workDir string) error {
	if m.kind == mountSecret {
		switch {
		case m.id == "" && m.target == "":
			return errors.New("a secret needs an id")
		case m.id == "":
			m.id = path.Base(m.target)
		case m.target == "" && m.env == "":
			m.target = "/run/secrets/" + m.id
		}
	} else if m.target == "" {
		return fmt.Errorf("a mount of type %s needs a target", m.kind)
	}
	switch {
	case !slices.Contains([]string{sharingShared, sharingPrivate, sharingLocked}, m.sharing):
		return fmt.Errorf("a cache cannot be shared in the way %q: one of shared, private, locked", m.sharing)
	case m.size != "" && !tmpfsSize.MatchString(m.size):
		return fmt.Errorf("invalid size %q of a tmpfs", m.size)
	case m.kind == mountBind && !m.readOnly:
		return beyondError{"a bind mount that can be written to"}
	}
	if m.target != "" && !path.IsAbs(m.target) {
		m.target = path.Join("/", workDir, m.target)
	}
	if m.id == "" && m.kind == mountCache {
		m.id = path.Clean(m.target)
	}
	return nil
}
