package template

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// RPMSetup returns the instructions that set up RPM repositories as the option
// rpm_setup_config asks for, in its order. Each entry is a URL or a file, of a
// package (.rpm) or of a description of repositories (.repo). A file is expected
// in the context of base under its base name, see [RPMSetupFile]. Empty entries
// mean nothing. The error names every entry that will not do.
func RPMSetup(config []string) ([]string, error) {
	var instructions []string
	var problems []error
	from := map[string]string{} // the entry of each base name
	for _, entry := range config {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		name, err := rpmSetupName(entry)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if other, taken := from[name]; taken && other != entry {
			problems = append(problems, fmt.Errorf("rpm_setup_config: %q and %q have the same name\nrename one of them", other, entry))
			continue
		}
		from[name] = entry
		instructions = append(instructions, rpmSetupInstructions(entry, name)...)
	}
	return instructions, errors.Join(problems...)
}

// RPMSetupFile returns the base name of an entry of rpm_setup_config that is a
// file on disk, and "" for a URL or an empty entry.
func RPMSetupFile(entry string) string {
	entry = strings.TrimSpace(entry)
	if entry == "" || isURL(entry) {
		return ""
	}
	return path.Base(entry)
}

func rpmSetupInstructions(entry, name string) []string {
	repo := strings.HasSuffix(name, ".repo")
	switch {
	case repo && isURL(entry):
		return []string{fmt.Sprintf("RUN curl --fail --location --output /etc/yum.repos.d/%s '%s'", name, entry)}
	case repo:
		return []string{fmt.Sprintf("COPY %s /etc/yum.repos.d/", name)}
	case isURL(entry):
		return []string{fmt.Sprintf("RUN dnf install --assumeyes '%s' && dnf clean all", entry)}
	default:
		return []string{
			fmt.Sprintf("COPY %s /", name),
			fmt.Sprintf("RUN dnf install --assumeyes /%s && dnf clean all && rm /%[1]s", name),
		}
	}
}

// plain are names that mean themselves to a Dockerfile and to a shell.
var plain = regexp.MustCompile(`^[\w+][\w+.~-]*\.(repo|rpm)$`)

// rpmSetupName returns the base name of an entry, or says why it will not do.
func rpmSetupName(entry string) (string, error) {
	name := path.Base(entry)
	if isURL(entry) {
		parsed, err := url.Parse(entry)
		// The shell gets the URL in single quotes.
		if err != nil || parsed.Host == "" || strings.ContainsAny(entry, "' \t\r\n\\") {
			return "", fmt.Errorf("rpm_setup_config: %q is no proper URL", entry)
		}
		_, name = path.Split(parsed.Path)
	}
	if !plain.MatchString(name) {
		return "", fmt.Errorf("rpm_setup_config: %q is neither a .repo nor a .rpm\ngive the URL or the path of one; its name may have letters, digits and any of _ + . ~ -", entry)
	}
	return name, nil
}

func isURL(entry string) bool {
	return strings.HasPrefix(entry, "http://") || strings.HasPrefix(entry, "https://")
}

// KollaRPMSetup is [RPMSetup] for Kolla's own templates: the instructions are
// those of the Python tool, to the byte. Packager is the command that installs
// packages: dnf, or yum in the guide's time, when an empty entry meant nothing
// and redirections were not followed.
func KollaRPMSetup(config []string, packager string) ([]string, error) {
	var instructions []string
	var problems []error
	for _, entry := range config {
		switch {
		case strings.HasSuffix(entry, ".rpm"):
			instructions = append(instructions, fmt.Sprintf("RUN %s -y install %s", packager, entry))
		case strings.HasSuffix(entry, ".repo") && strings.HasPrefix(entry, "http"):
			follow := "-L "
			if packager == "yum" {
				follow = ""
			}
			instructions = append(instructions, fmt.Sprintf("RUN curl %s%s -o /etc/yum.repos.d/%s", follow, entry, path.Base(entry)))
		case strings.HasSuffix(entry, ".repo"):
			instructions = append(instructions, fmt.Sprintf("COPY %s /etc/yum.repos.d/", entry))
		case entry != "":
			problems = append(problems, fmt.Errorf("rpm_setup_config: %q is neither a .repo nor a .rpm\ngive the URL or the path of one", entry))
		case packager != "yum":
			instructions = append(instructions, "")
		}
	}
	return instructions, errors.Join(problems...)
}
