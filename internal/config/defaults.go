package config

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed sources.toml
var sourcesTOML string

//go:embed profiles.toml
var profilesTOML string

// defaultSources is what sources.toml holds.
type defaultSources struct {
	// Location is that of a project's tarball; PROJECT stands for its name.
	Location string `toml:"location"`
	// Projects are sections whose source is a project of OpenStack.
	Projects map[string]string `toml:"projects"`
	// Sections are the others, with the keys that they have in the file.
	Sections map[string]map[string]string `toml:"sections"`
}

// defaultSections returns the sections as they are where nobody says
// otherwise.
func defaultSections(users map[string]User) map[string]map[string]given {
	var sources defaultSources
	decode(sourcesTOML, &sources)
	var profiles map[string][]string
	decode(profilesTOML, &profiles)

	r := resolver{sections: map[string]map[string]given{}}
	for section, project := range sources.Projects {
		r.set(section, "type", given{text: SourceURL})
		r.set(section, "location", given{text: strings.ReplaceAll(sources.Location, "PROJECT", project)})
	}
	for section, keys := range sources.Sections {
		for key, text := range keys {
			r.set(section, key, given{text: text})
		}
	}
	for name, regexes := range profiles {
		r.set(profilesSection, name, given{text: strings.Join(regexes, ",")})
	}
	for name, user := range users {
		r.set(name+userSuffix, "uid", given{text: fmt.Sprint(user.UID)})
		r.set(name+userSuffix, "gid", given{text: fmt.Sprint(user.GID)})
		r.set(name+userSuffix, "group", given{text: user.Group})
	}
	return r.sections
}

// decode reads one of our own files, which a test has read before.
func decode(text string, into any) {
	if _, err := toml.Decode(text, into); err != nil {
		panic(err)
	}
}
