package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// The types of sources.
const (
	SourceURL   = "url"   // a file that is downloaded
	SourceGit   = "git"   // a commit of a git repository
	SourceLocal = "local" // a folder or a file of this machine
)

// Source is where an image, a plugin or an addition is installed from. Its
// section is called IMAGE, IMAGE-plugin-NAME or IMAGE-additions-NAME.
type Source struct {
	// Type is one of the types above; empty means that there is no source.
	Type string
	// Location is a URL, or a path for SourceLocal.
	Location string
	// Reference is the branch, tag or commit for SourceGit; empty means the
	// repository's own default branch.
	Reference string
	// Enabled tells whether the source is used at all.
	Enabled bool
	// Version stands in Location as $version.
	Version string
	// SHA256 are the digests that what is downloaded must have, in hex, by
	// DebianArch.
	SHA256 map[string]string
	// Default tells that nobody has changed the source.
	Default bool
	// Where is the file and line that has Location, or else some other key; it
	// is for messages. For a default it says so.
	Where string
}

// sourceKeys are the keys of a source's section.
var sourceKeys = []string{"type", "location", "reference", "enabled", "version", "sha256"}

// formerSections are sections that have changed their names since release
// 2.0.3, and what they are called now. A tree of that time still has an image
// of the former name, so the section counts under both.
var formerSections = map[string]string{"keystone": "keystone-base"}

const whereDefault = "the built-in defaults"

// source makes a Source of a section's values.
func (r *resolver) source(section string) Source {
	s := Source{Enabled: true, Default: true, Where: whereDefault}
	at := "" // of the key that Where tells
	valid := r.eachValue(section, sourceKeys, func(key, text string, v given) error {
		if v.origin.isChoice() {
			s.Default = false
			if at == "" || key == "location" {
				s.Where, at = v.where, key
			}
		}
		var err error
		switch key {
		case "type":
			if s.Type = text; text != "" && text != SourceURL && text != SourceGit && text != SourceLocal {
				err = fmt.Errorf("%q is not one of url, git, local", text)
			}
		case "location":
			s.Location = text
		case "reference":
			s.Reference = text
		case "enabled":
			s.Enabled, err = parseBool(text)
		case "version":
			s.Version = text
		case "sha256":
			s.SHA256, err = parseDigests(text)
		}
		return err
	})
	if valid && s.Type != "" && s.Location == "" && s.Enabled {
		r.problems = append(r.problems, Problem{
			Text:   fmt.Sprintf("%s: section [%s] has a type, but no location", s.Where, section),
			Remedy: "add location = ..., or enabled = false",
		})
	}
	return s
}

// parseDigests reads amd64:DIGEST,arm64:DIGEST.
func parseDigests(text string) (map[string]string, error) {
	digests, err := parseDict(text)
	if err != nil {
		return nil, err
	}
	for arch, digest := range digests {
		if sum, err := hex.DecodeString(digest); err != nil || len(sum) != sha256.Size {
			return nil, fmt.Errorf("the digest for %s is not 64 hexadecimal digits", arch)
		}
		digests[arch] = strings.ToLower(digest)
	}
	return digests, nil
}

// forgetDigests drops the default digests of sections whose default location
// somebody has changed: they are of another file.
func (r *resolver) forgetDigests() {
	for _, values := range r.sections {
		if digest, ok := values["sha256"]; !ok || digest.origin.isChoice() {
			continue
		}
		for _, key := range []string{"type", "location", "version"} {
			if v, ok := values[key]; ok && v.origin.isChoice() {
				delete(values, "sha256")
			}
		}
	}
}
