package config

import (
	"fmt"
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

// sectionKind tells what a section is about.
type sectionKind int

const (
	unknownKind sectionKind = iota
	optionsKind
	profilesKind
	userKind
	sourceKind
)

// kindOf tells what a section with these keys is about. It is an image's source
// if it is known as one, is named like a plugin or an addition, or has a key
// of one: the images of somebody's own templates are not known here.
func (r *resolver) kindOf(section string, keys []string) sectionKind {
	isSourceKey := func(key string) bool { return slices.Contains(sourceKeys, key) }
	switch {
	case section == defaultSection, section == formerDefault:
		return optionsKind
	case section == profilesSection:
		return profilesKind
	case strings.HasSuffix(section, userSuffix):
		return userKind
	case r.sections[section] != nil,
		strings.Contains(section, "-plugin-"), strings.Contains(section, "-additions-"),
		slices.ContainsFunc(keys, isSourceKey):
		return sourceKind
	}
	return unknownKind
}

// keys returns the keys of a user or of a source.
func (k sectionKind) keys() []string {
	if k == userKind {
		return userKeys
	}
	return sourceKeys
}

// addFile takes over what a file says: the options into the layer, the rest
// into the sections. It returns notices about what is strange, in the order
// of the file.
func (r *resolver) addFile(file string, doc document, options layer) []string {
	n := notices{file: file}
	keys := map[string][]string{}
	for _, s := range doc.statements {
		keys[s.section] = append(keys[s.section], s.key)
	}
	for _, h := range doc.headers {
		switch {
		case h.section == formerDefault:
			n.add(h.line, fmt.Sprintf("section [%s] is now called [%s]", formerDefault, defaultSection))
		case formerSections[h.section] != "":
			n.add(h.line, fmt.Sprintf("section [%s] counts for [%s] too", h.section, formerSections[h.section]))
		case r.kindOf(h.section, keys[h.section]) == unknownKind:
			n.ignored(h.line, fmt.Sprintf("unknown section [%s]", h.section), func() string {
				return didYouMean(h.section, r.sectionNames())
			})
		}
	}
	former := layer{}
	for _, s := range doc.statements {
		v := given{text: s.value, origin: OriginFile, where: fmt.Sprintf("%s:%d", file, s.line)}
		key := strings.ReplaceAll(s.key, "-", "_")
		switch kind := r.kindOf(s.section, keys[s.section]); kind {
		case unknownKind: // told with the header
		case optionsKind:
			into := options
			if s.section == formerDefault {
				into = former
			}
			if !r.addOption(into, s.key, v) {
				n.ignored(s.line, fmt.Sprintf("unknown option %q", s.key), func() string {
					return r.options.near(key, Option.InFile, Option.Key)
				})
			}
		case profilesKind:
			r.set(s.section, s.key, v)
		default:
			if !slices.Contains(kind.keys(), key) {
				n.ignored(s.line, fmt.Sprintf("unknown key %q", s.key), func() string { return didYouMean(key, kind.keys()) })
				continue
			}
			r.set(s.section, key, v)
		}
	}
	for name, values := range former {
		if options[name] == nil {
			options[name] = values
		}
	}
	return n.sorted()
}

// notices are about the lines of one file.
type notices struct {
	file string
	list []notice
}

type notice struct {
	line int
	text string
}

func (n *notices) add(line int, text string) { n.list = append(n.list, notice{line, text}) }

// ignored adds a notice with the name that was probably meant, as long as
// there are few of them: to find it takes time.
func (n *notices) ignored(line int, what string, near func() string) {
	text := what + " is ignored"
	if len(n.list) < maxNotices {
		if name := near(); name != "" {
			text += "; " + name
		}
	}
	n.add(line, text)
}

func (n *notices) sorted() []string {
	slices.SortStableFunc(n.list, func(a, b notice) int { return a.line - b.line })
	var texts []string
	for _, entry := range n.list {
		texts = append(texts, fmt.Sprintf("%s:%d: %s", n.file, entry.line, entry.text))
	}
	return texts
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
