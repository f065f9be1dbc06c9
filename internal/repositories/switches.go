package repositories

import (
	"fmt"
	"strings"
)

// switches is the scheme up to 2025.1. A repository that the distro does not
// have is passed over.
func (r Repositories) switches(target Target, names []string, mode string) (string, error) {
	if mode != "enable" && mode != "disable" {
		return "", errorf("KeyError", "handle_repos knows enable and disable, not %q", mode)
	}
	sections := r.Tree
	if r.User != nil {
		sections = r.User
	}
	known, ok := sections[target.Distro+"-"+target.Arch]
	if !ok {
		if known, ok = sections[target.Distro]; !ok {
			return "", noSection(target)
		}
	}
	var command strings.Builder
	for _, name := range names {
		switch target.PackageType {
		case "rpm":
			if value, ok := known.byName[name]; ok {
				fmt.Fprintf(&command, " --%s %s", mode, str(value))
			}
		case "deb":
			if mode != "enable" {
				continue
			}
			switch described := known.byName[name].(type) {
			case repo:
				command.WriteString(aptLines(name, described))
			case string:
				return "", errorf("TypeError", "repository %q is only a name, which apt cannot do with\ngive it a map with url, suite, component and gpg_key", name)
			}
		}
	}
	switch {
	case target.PackageType == "rpm" && command.Len() > 0:
		return "dnf config-manager " + command.String() + " || true", nil
	case target.PackageType == "deb":
		return strings.TrimSuffix(command.String(), " && "), nil
	}
	return command.String(), nil
}

func noSection(target Target) error {
	return errorf("KeyError", "repos.yaml has no section %q\nadd it, or give a file that has it: --repos-yaml", target.Distro)
}

// aptLines writes what Switches has for a Debian repository. A description that
// lacks a key is passed over from there on, as in the Python tool.
func aptLines(name string, described repo) string {
	for _, key := range []string{"url", "component", "suite", "gpg_key"} {
		if _, ok := described[key]; !ok {
			return ""
		}
	}
	file := "/etc/apt/sources.list.d/" + name + ".sources"
	lines := fmt.Sprintf("echo 'Uris: %s' >%[2]s && echo 'Components: %[3]s' >>%[2]s && echo 'Types: deb' >>%[2]s"+
		" && echo 'Suites: %[4]s' >>%[2]s && echo 'Signed-By: /etc/kolla/apt-keys/%[5]s' >>%[2]s && ",
		str(described["url"]), file, str(described["component"]), str(described["suite"]), str(described["gpg_key"]))
	if arch := described["arch"]; truth(arch) {
		lines += fmt.Sprintf("echo 'Architectures: %s' >>%s && ", str(arch), file)
	}
	return lines
}
