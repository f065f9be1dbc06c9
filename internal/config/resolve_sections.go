package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kolla-build/kolla-build/internal/redact"
)

// sectionNames returns the names that a section is known to have.
func (r *resolver) sectionNames() []string {
	return append(slices.Sorted(maps.Keys(r.sections)), defaultSection)
}

// addEnvironment lays what the environment gives to keys of sections over what
// they have. A section has to be known already.
func (r *resolver) addEnvironment(env environ) {
	for section, values := range r.sections {
		keys := r.kindOf(section, nil).keys()
		if section == profilesSection {
			keys = slices.Collect(maps.Keys(values))
		}
		for key, v := range env.section(section, keys) {
			r.set(section, key, v)
		}
	}
}

// copyFormer lets what somebody has given to a section under its former name
// count under its present one, unless that has something itself.
func (r *resolver) copyFormer() {
	isGiven := func(v given) bool { return v.origin.isChoice() }
	for former, present := range formerSections {
		if slices.ContainsFunc(slices.Collect(maps.Values(r.sections[present])), isGiven) {
			continue
		}
		for key, v := range r.sections[former] {
			r.set(present, key, v)
		}
	}
}

// resolveSections makes the typed values of all sections.
func (r *resolver) resolveSections(c *Config) {
	r.copyFormer()
	r.forgetDigests()
	c.Sources, c.Users, c.Profiles = map[string]Source{}, map[string]User{}, map[string][]string{}
	for _, section := range slices.Sorted(maps.Keys(r.sections)) {
		switch {
		case section == profilesSection:
			names := slices.Sorted(maps.Keys(r.sections[section]))
			r.eachValue(section, names, func(name, text string, _ given) error {
				c.Profiles[name] = splitList(text)
				return nil
			})
		case strings.HasSuffix(section, userSuffix):
			c.Users[strings.TrimSuffix(section, userSuffix)] = r.user(section)
		default:
			c.Sources[section] = r.source(section)
		}
	}
	c.sections = r.settings
}

// eachValue calls take for the keys that have values, with their references
// replaced. It tells whether all of them are good.
func (r *resolver) eachValue(section string, keys []string, take func(key, text string, v given) error) bool {
	valid := true
	for _, key := range keys {
		v, ok := r.sections[section][key]
		if !ok {
			continue
		}
		text, err := r.expanded(section, key, v)
		if err == nil {
			err = take(key, text, v)
		}
		if err != nil {
			valid = false
			r.problems = append(r.problems, Problem{
				Text:   fmt.Sprintf("%s: %s in section [%s]: %v", whereOf(v), key, section, err),
				Remedy: dollarRemedy(err),
			})
		}
		r.settings = append(r.settings, SectionSetting{section, key, redact.URLs(text), v.origin, v.where})
	}
	return valid
}

// whereOf tells where a value stands, in a message.
func whereOf(v given) string {
	if v.where == "" {
		return whereDefault
	}
	return v.where
}

// checkProfiles tells which of the chosen profiles are not there, or empty.
func (c *Config) checkProfiles() []Problem {
	var problems []Problem
	from := c.origins["profile"]
	for _, name := range c.Profile {
		regexes, known := c.Profiles[name]
		switch {
		case !known:
			names := slices.Sorted(maps.Keys(c.Profiles))
			remedy := didYouMean(name, names)
			if remedy == "" {
				remedy = "known are " + strings.Join(names, ", ") + "; section [profiles] of the file can have more"
			}
			problems = append(problems, Problem{fmt.Sprintf("%s: there is no profile %q", profileSubject(from), name), remedy})
		case len(regexes) == 0:
			problems = append(problems, Problem{fmt.Sprintf("%s: profile %q is empty", profileSubject(from), name), "name its images in section [profiles] of the file"})
		}
	}
	return problems
}

func profileSubject(from provenance) string { return subject(Option{Name: "profile"}, from) }
