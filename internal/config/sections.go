package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	defaultSection  = "DEFAULT"
	formerDefault   = "kolla-build" // what DEFAULT was called before release 2.0.3
	profilesSection = "profiles"
)

// maxNotices bounds what is told about names that nobody knows: a file of
// another program has nothing else.
const maxNotices = 50

// addFile takes over what a file says: the options into the layer, the rest
// into the sections. It returns notices about what it does not know.
func (r *resolver) addFile(file string, doc document, options layer) []string {
	keys := map[string][]string{}
	for _, s := range doc.statements {
		keys[s.section] = append(keys[s.section], s.key)
	}
	var notices []string
	ignore := func(line int, what, near string) {
		text := fmt.Sprintf("%s:%d: %s is ignored", file, line, what)
		if near != "" {
			text += "; " + near
		}
		notices = append(notices, text)
	}
	for _, h := range doc.headers {
		switch {
		case h.section == formerDefault:
			notices = append(notices, fmt.Sprintf("%s:%d: section [%s] is now called [%s]", file, h.line, formerDefault, defaultSection))
		case h.section != defaultSection && keysOf(h.section, r.sections, keys[h.section]) == nil:
			near := ""
			if len(notices) < maxNotices {
				near = didYouMean(h.section, r.sectionNames())
			}
			ignore(h.line, fmt.Sprintf("unknown section [%s]", h.section), near)
		case formerSections[h.section] != "":
			notices = append(notices, fmt.Sprintf("%s:%d: section [%s] counts for [%s] too", file, h.line, h.section, formerSections[h.section]))
		}
	}
	former := layer{}
	for _, s := range doc.statements {
		v := given{text: s.value, origin: OriginFile, where: fmt.Sprintf("%s:%d", file, s.line)}
		switch s.section {
		case defaultSection, formerDefault:
			into := options
			if s.section == formerDefault {
				into = former
			}
			if !r.addOption(into, s.key, v) {
				near := ""
				if len(notices) < maxNotices {
					near = r.options.near(s.key, Option.InFile, Option.Key)
				}
				ignore(s.line, fmt.Sprintf("unknown option %q", s.key), near)
			}
			continue
		}
		known := keysOf(s.section, r.sections, keys[s.section])
		key := strings.ReplaceAll(s.key, "-", "_")
		switch {
		case known == nil: // told with the header
		case s.section == profilesSection:
			r.set(s.section, s.key, v)
		case !slices.Contains(known, key):
			ignore(s.line, fmt.Sprintf("unknown key %q", s.key), didYouMean(key, known))
		default:
			r.set(s.section, key, v)
		}
	}
	for name, values := range former {
		if options[name] == nil {
			options[name] = values
		}
	}
	return notices
}

// addOption adds a value to an option of the file, if there is such an option.
func (r *resolver) addOption(options layer, key string, v given) bool {
	o, negated, known := r.options.find(key)
	if !known || !o.InFile() {
		return false
	}
	if negated {
		if is, err := parseBool(v.text); err == nil {
			v.text = fmt.Sprint(!is)
		}
	}
	options[o.Name] = append(options[o.Name], v)
	return true
}

// set gives a key of a section its value, over the one that it has.
func (r *resolver) set(section, key string, v given) {
	if r.sections[section] == nil {
		r.sections[section] = map[string]given{}
	}
	r.sections[section][key] = v
}

// keysOf returns the keys that a section can have, or nil if nothing is known
// of it. A section is an image's source if it is known as one, is named like
// a plugin or an addition, or has a key of one: the images of somebody's own
// templates are not known here.
func keysOf(section string, known map[string]map[string]given, keys []string) []string {
	switch {
	case section == profilesSection:
		return []string{}
	case strings.HasSuffix(section, userSuffix):
		return userKeys
	case known[section] != nil, strings.Contains(section, "-plugin-"), strings.Contains(section, "-additions-"):
		return sourceKeys
	}
	for _, key := range keys {
		if slices.Contains(sourceKeys, key) {
			return sourceKeys
		}
	}
	return nil
}

// sectionNames returns the names that a section is known to have.
func (r *resolver) sectionNames() []string {
	return append(slices.Sorted(maps.Keys(r.sections)), defaultSection)
}

// addEnvironment lays what the environment gives to keys of sections over what
// they have. A section has to be known already.
func (r *resolver) addEnvironment(env environ) {
	for section, values := range r.sections {
		keys := keysOf(section, r.sections, nil)
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
	isGiven := func(v given) bool { return v.origin != OriginDefault }
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
		r.settings = append(r.settings, SectionSetting{section, key, redact(text), v.origin, v.where})
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
