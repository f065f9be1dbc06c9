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
	"sync"
)

// runMount is what a flag --mount of RUN asks for. The options are those of the Dockerfile
// reference, "RUN --mount".
type runMount struct {
	kind     string // one of the mount kinds
	target   string // absolute; a secret may have none
	from     string // a stage or image; empty for the build context
	source   string // in what from names
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
	mountSSH    = "ssh"
)

// The ways in which several RUN instructions share a cache.
const (
	sharingShared  = "shared"
	sharingPrivate = "private"
	sharingLocked  = "locked"
)

// parseMount reads the value of a flag --mount. Its target is relative to workDir.
func parseMount(text, workDir string) (runMount, error) {
	m := runMount{kind: mountBind, sharing: sharingShared}
	fields, err := csv.NewReader(strings.NewReader(text)).Read()
	if err != nil {
		return m, fmt.Errorf("--mount=%s is no list of options: %w", text, err)
	}
	for _, field := range fields {
		if key, value, _ := strings.Cut(field, "="); key == "type" {
			m.kind = value
		}
	}
	m.readOnly = m.kind == mountBind
	if mountOptions[m.kind] == nil {
		return m, fmt.Errorf("--mount=%s: unknown type %q: one of bind, cache, secret, ssh, tmpfs", text, m.kind)
	}
	for _, field := range fields {
		key, value, given := strings.Cut(field, "=")
		if key == "type" {
			continue
		}
		if !slices.Contains(mountOptions[m.kind], key) {
			return m, fmt.Errorf("--mount=%s: a mount of type %s has no option %q", text, m.kind, key)
		}
		if err := m.set(key, value, given); err != nil {
			return m, fmt.Errorf("--mount=%s: %w", text, err)
		}
	}
	return m, m.complete(workDir)
}

// mountOptions are the options that each kind of mount may have.
var mountOptions = map[string][]string{
	mountBind:   {"target", "dst", "destination", "from", "source", "src", "ro", "readonly", "rw", "readwrite", "z", "Z"},
	mountCache:  {"target", "dst", "destination", "id", "ro", "readonly", "rw", "readwrite", "sharing", "from", "source", "src", "mode", "uid", "gid", "z", "Z"},
	mountSecret: {"target", "dst", "destination", "id", "env", "required", "mode", "uid", "gid"},
	mountSSH:    {"target", "dst", "destination", "id", "required", "mode", "uid", "gid"},
	mountTmpfs:  {"target", "dst", "destination", "size", "tmpfs-size", "tmpfs-mode", "ro", "readonly", "rw", "readwrite"},
}

// set takes one option.
func (m *runMount) set(key, value string, given bool) (err error) {
	switch key {
	case "target", "dst", "destination":
		m.target = value
	case "from":
		m.from = value
	case "source", "src":
		m.source = value
	case "z", "Z": // buildah's, about SELinux: a RUN of ours needs no label
		return nil
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
var tmpfsSize = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]+[kKmMgG%]?$`) })

// complete fills in defaults, and checks what depends on several options.
func (m *runMount) complete(workDir string) error {
	switch m.kind {
	case mountSSH:
		return nil
	case mountSecret:
		switch {
		case m.id == "" && m.target == "":
			return errors.New("a secret needs an id")
		case m.id == "":
			m.id = path.Base(m.target)
		case m.target == "" && m.env == "":
			m.target = "/run/secrets/" + m.id
		}
	default:
		if m.target == "" {
			return fmt.Errorf("a mount of type %s needs a target", m.kind)
		}
	}
	switch {
	case !slices.Contains([]string{sharingShared, sharingPrivate, sharingLocked}, m.sharing):
		return fmt.Errorf("a cache cannot be shared in the way %q: one of shared, private, locked", m.sharing)
	case m.size != "" && !tmpfsSize().MatchString(m.size):
		return fmt.Errorf("invalid size %q of a tmpfs", m.size)
	case m.kind == mountCache && m.source != "" && m.from == "":
		return errors.New("a cache has a source only with from=")
	}
	if m.target != "" && !path.IsAbs(m.target) {
		m.target = path.Join("/", workDir, m.target)
	}
	if m.id == "" && m.kind == mountCache {
		m.id = path.Clean(m.target)
	}
	return nil
}
