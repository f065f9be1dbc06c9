package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const sampleHead = `# The configuration of kolla-build: all that can stand in it, with the defaults.
# "kolla-build genconfig" writes this file, "kolla-build config" tells which
# values count.
#
# It is read from the first of these places that has it, or from wherever
# --config-file says:
%s#
# A line is KEY = VALUE or KEY: VALUE; one that is indented goes on with the
# value before it. A key may have dashes for underscores. An empty value stands
# for the default. $name or ${name} is another option, or another key of the same
# section; $$ is a dollar sign. The command line wins over the environment
# (OS_DEFAULT__BASE=debian), and that over this file.
`

const sampleSources = `
#
# Sources, for type = source
#
# A section is named after its image. To change one, take the # away.
#
#   type       url, git or local
#   location   what is downloaded, a git repository, or a folder or tarball here
#   reference  a branch, tag or commit, for git
#   enabled    false leaves the source out
#   version    what $version in the location stands for
#   sha256     the digest of the download, as amd64:DIGEST,arm64:DIGEST
#
# Plugins and additions of an image have sections of their own, any number:
#
#   [neutron-server-plugin-networking-cisco]
#   type = git
#   location = https://opendev.org/x/networking-cisco
#   reference = master
#
#   [horizon-additions-theme]
#   type = local
#   location = $locals_base/theme
`

const sampleUsers = `
#
# Users
#
# The ids that services run with, and the names of their groups. Files in the
# volumes of a running cloud belong to these numbers.
`

const sampleProfiles = `
#
# Profiles
#
# Lists of regexes for --profile. Any name will do for one of your own.

[profiles]
`

const sampleWidth = 78 // columns of a comment's text

// Sample returns the text of a kolla-build.conf with every option and section,
// all commented out. It does not depend on the machine.
func Sample(env Environment) string {
	var b strings.Builder
	var names strings.Builder
	for _, place := range Places() {
		fmt.Fprintf(&names, "#   %s\n", place)
	}
	fmt.Fprintf(&b, sampleHead, names.String())
	b.WriteString("\n[DEFAULT]\n")
	var category Category
	for _, o := range Options(env) {
		if !o.InFile() {
			continue
		}
		if o.Category != category {
			category = o.Category
			fmt.Fprintf(&b, "\n#\n# %s\n#\n", category)
		}
		sampleOption(&b, o)
	}
	sampleSections(&b, defaultSections(env.Users))
	return b.String()
}

func sampleOption(b *strings.Builder, o Option) {
	b.WriteByte('\n')
	text := o.Description()
	if o.Kind() == KindList && o.Scope != ScopePositional {
		text += " One line for each."
	}
	for _, line := range wrap(text, sampleWidth) {
		fmt.Fprintf(b, "# %s\n", line)
	}
	value := o.Default
	if o.DefaultNote != "" {
		value = "" // it is not the same everywhere
	} else if o.Kind() == KindBool {
		value = cmp.Or(value, "false")
	}
	sampleValue(b, o.Key(), value)
}

func sampleValue(b *strings.Builder, key, value string) {
	fmt.Fprintf(b, "#%s\n", strings.TrimRight(key+" = "+value, " "))
}

func sampleSections(b *strings.Builder, sections map[string]map[string]given) {
	var users, sources []string
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		switch {
		case name == profilesSection:
		case strings.HasSuffix(name, userSuffix):
			users = append(users, name)
		default:
			sources = append(sources, name)
		}
	}
	b.WriteString(sampleProfiles)
	profiles := sections[profilesSection]
	for _, name := range slices.Sorted(maps.Keys(profiles)) {
		sampleValue(b, name, profiles[name].text)
	}
	write := func(names, keys []string) {
		for _, name := range names {
			fmt.Fprintf(b, "\n[%s]\n", name)
			for _, key := range keys {
				if v, ok := sections[name][key]; ok {
					sampleValue(b, key, v.text)
				}
			}
		}
	}
	b.WriteString(sampleSources)
	write(sources, sourceKeys)
	b.WriteString(sampleUsers)
	write(users, userKeys)
}
