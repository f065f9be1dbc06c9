package config

import (
	"maps"
	"slices"
	"strings"
)

// TreeDefaults is what a tree of templates says about itself. It counts where
// nobody says otherwise.
type TreeDefaults struct {
	// Name is the tree as messages call it.
	Name string
	// Options are values by the names of the options. They may refer to others,
	// as in a file.
	Options map[string]string
	// BranchPrefix is what stands before the release in the names of branches, if
	// that is not stable-.
	BranchPrefix string
	// Sources and Users are sections as a file has them. Each, if there are any,
	// takes the place of what is built in: which plugins there are to fetch, and
	// which users base makes, goes with the templates.
	Sources, Users map[string]map[string]string
}

// addTree puts what the tree says below everything else that is given.
func (r *resolver) addTree(c *Config, env Environment) {
	if env.Tree == nil {
		return
	}
	told := len(r.problems)
	r.resolve(c, func(o Option) bool { return o.Name == "base" || o.Name == "docker-dir" })
	r.problems = r.problems[:told] // they are told when all options are resolved
	tree := env.Tree(c.DockerDirs, c.Base)
	if tree == nil {
		return
	}
	c.branchPrefix = tree.BranchPrefix
	options := layer{}
	for name, text := range tree.Options {
		options[name] = []given{{text: text, origin: OriginTree, where: tree.Name}}
	}
	r.layers = slices.Insert(r.layers, 0, options)
	r.forgetBuiltIn(func(section string) bool {
		switch {
		case section == profilesSection:
			return false
		case strings.HasSuffix(section, userSuffix):
			return len(tree.Users) > 0
		}
		return len(tree.Sources) > 0
	})
	for _, sections := range []map[string]map[string]string{tree.Sources, tree.Users} {
		for section, keys := range sections {
			r.addTreeSection(section, keys, tree.Name)
		}
	}
}

// addTreeSection gives a section what the tree says, unless somebody has said
// something else there.
func (r *resolver) addTreeSection(section string, keys map[string]string, where string) {
	for key, text := range keys {
		if !slices.Contains(slices.Concat(sourceKeys, userKeys), key) || r.sections[section][key].origin.isChoice() {
			continue
		}
		r.set(section, key, given{text: text, origin: OriginTree, where: where})
	}
}

// forgetBuiltIn drops what is built in about some sections.
func (r *resolver) forgetBuiltIn(concerned func(section string) bool) {
	for section, keys := range r.sections {
		if !concerned(section) {
			continue
		}
		maps.DeleteFunc(keys, func(_ string, v given) bool { return v.origin == OriginDefault })
		if len(keys) == 0 {
			delete(r.sections, section)
		}
	}
}
