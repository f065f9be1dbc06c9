package config

import (
	"fmt"
	"slices"
	"strings"
)

// Origin tells where an option's effective value came from. Later ones win
// over earlier ones.
type Origin int

// The places a value can come from, in order of rising precedence.
const (
	OriginDefault Origin = iota
	OriginTree           // the templates' own tree, see TreeDefaults
	OriginFile
	OriginEnvironment
	OriginFlag
)

// String returns the origin as users call it.
func (o Origin) String() string {
	switch o {
	case OriginDefault:
		return "default"
	case OriginTree:
		return "tree"
	case OriginFile:
		return "file"
	case OriginEnvironment:
		return "environment"
	case OriginFlag:
		return "flag"
	}
	return fmt.Sprintf("origin %d", int(o))
}

// isChoice tells whether it is somebody's choice, rather than a default.
func (o Origin) isChoice() bool { return o > OriginTree }

// provenance is where a value came from: which kind of place, and which place,
// as Setting.Where has it.
type provenance struct {
	origin Origin
	where  string
}

// Origin tells where the value of the option called name (without dashes)
// came from. A name that is not in the table has its default by definition.
func (c *Config) Origin(name string) Origin { return c.origins[name].origin }

// Setting is one option with its effective value, for showing.
type Setting struct {
	Option Option
	Value  string // as text; what is secret is masked
	Origin Origin
	Where  string // file:line, the variable, the flag, or the tree; empty for a default
}

// SectionSetting is one value of a section of the file, for showing.
type SectionSetting struct {
	Section, Key string
	Value        string // as text; what is secret is masked
	Origin       Origin
	Where        string // file:line or the variable; empty for a default
}

// Settings lists all options with their effective values, in the table's
// order.
func (c *Config) Settings() []Setting {
	settings := make([]Setting, 0, len(c.options))
	for _, o := range c.options {
		from := c.origins[o.Name]
		settings = append(settings, Setting{o, o.text(), from.origin, from.where})
	}
	return settings
}

// Sections lists all values of profiles, sources and users, by section and key.
func (c *Config) Sections() []SectionSetting { return slices.Clone(c.sections) }

// String tells what differs from the defaults, one option per line, secrets
// masked.
func (c *Config) String() string {
	var b strings.Builder
	for _, s := range c.Settings() {
		if s.Origin.isChoice() {
			fmt.Fprintf(&b, "%s = %s (%s)\n", s.Option.Name, s.Value, s.Origin)
		}
	}
	return b.String()
}
