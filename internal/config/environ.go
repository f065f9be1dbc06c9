package config

import "strings"

// environ is the environment of the process.
type environ map[string]string

func newEnviron(entries []string) environ {
	e := environ{}
	for _, entry := range entries {
		name, value, _ := strings.Cut(entry, "=")
		e[name] = value
	}
	return e
}

// options returns the options that the environment gives. Variables that look
// like options and are none belong to somebody else: all of OpenStack's
// services read OS_DEFAULT__ variables.
func (e environ) options(table []Option) layer {
	values := layer{}
	for _, o := range table {
		if !o.InFile() {
			continue
		}
		for _, name := range []string{o.EnvironmentName(), o.Variable} {
			if value, ok := e[name]; ok && name != "" {
				// References are oslo.config's; other programs' variables
				// mean what they say.
				literal := name == o.Variable
				values[o.Name] = []given{{text: value, origin: OriginEnvironment, where: name, literal: literal}}
				break
			}
		}
	}
	return values
}

// section returns the values that the environment gives to the keys of a
// section. A shell cannot set variables with dashes in their names, so
// underscores do as well.
func (e environ) section(name string, keys []string) map[string]given {
	values := map[string]given{}
	for _, key := range keys {
		upper := "OS_" + strings.ToUpper(name) + "__" + strings.ToUpper(key)
		for _, variable := range []string{strings.ReplaceAll(upper, "-", "_"), upper} {
			if value, ok := e[variable]; ok {
				values[key] = given{text: value, origin: OriginEnvironment, where: variable}
			}
		}
	}
	return values
}
