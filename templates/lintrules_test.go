package templates_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/openshift/imagebuilder/dockerfile/command"
)

// rules each look at one image, among all of its tree, and return what is wrong.
var rules = []func(image *dockerfile, all map[string]*dockerfile) []string{
	instructionsInUse, labels, packageManager, installs, secrets, addresses, asRootUntilUser, userOfService, blanks,
}

// instructionsInUse keeps to what every builder does in the same way.
func instructionsInUse(image *dockerfile, _ map[string]*dockerfile) []string {
	known := []string{
		command.From, command.Label, command.Env, command.Copy, command.Add,
		command.Run, command.User, command.Workdir, command.Entrypoint, command.Cmd,
	}
	var problems []string
	for i, one := range image.instructions {
		if !slices.Contains(known, one.name) || (one.name == command.From) != (i == 0) {
			problems = append(problems, "it may not have here: "+one.text)
		}
	}
	return problems
}

var timeLabel = regexp.MustCompile(`(?i)date|created`)

// labels are there at once, and say which image it is.
func labels(image *dockerfile, _ map[string]*dockerfile) []string {
	if len(image.instructions) < 2 || image.instructions[1].name != command.Label {
		return []string{"LABEL does not follow FROM"}
	}
	var problems []string
	for _, want := range []string{"name=", "org.opencontainers.image.title="} {
		if !strings.Contains(image.instructions[1].text, fmt.Sprintf("%s%q", want, image.name)) {
			problems = append(problems, fmt.Sprintf("it has no label %s%q", want, image.name))
		}
	}
	for _, one := range image.instructions {
		if one.name == command.Label && timeLabel.MatchString(one.text) {
			problems = append(problems, "a label with a time makes it another image each time: "+one.text)
		}
	}
	return problems
}

var foreignManager = map[string]*regexp.Regexp{
	"deb": regexp.MustCompile(`\b(dnf|yum|microdnf|rpm)\b`),
	"rpm": regexp.MustCompile(`\b(apt|apt-get|dpkg|add-apt-repository)\b`),
}

func packageManager(image *dockerfile, _ map[string]*dockerfile) []string {
	var problems []string
	for _, one := range image.instructions {
		if found := foreignManager[image.distro.PackageType].FindString(one.text); found != "" && one.name == command.Run {
			problems = append(problems, "it calls "+found)
		}
	}
	return problems
}

// installs looks at every installation of packages: sorted, each once, and cleaned up
// by the same instruction, since a later one cannot make a layer smaller.
func installs(image *dockerfile, _ map[string]*dockerfile) []string {
	var problems []string
	for _, one := range image.instructions {
		for _, install := range [][2]string{{"apt-get install", "apt-get clean"}, {"dnf install", "dnf clean all"}} {
			before, rest, found := strings.Cut(one.text, install[0]+" ")
			if !found {
				continue
			}
			if !strings.Contains(rest, install[1]) || !strings.Contains(rest, "find /var/log") {
				problems = append(problems, "it installs and does not clean up: "+one.text)
			}
			if install[0] == "apt-get install" && !strings.Contains(before, "apt-get update") {
				problems = append(problems, "it installs without apt-get update: "+one.text)
			}
			if !strings.Contains(rest, "--no-install-recommends") && !strings.Contains(rest, "install_weak_deps=False") {
				problems = append(problems, "it installs what is only recommended: "+one.text)
			}
			for _, mount := range image.distro.RunMounts {
				if !slices.Contains(one.flags, "--mount="+mount) {
					problems = append(problems, "it installs without the mount "+mount)
				}
			}
			packages := listed(rest)
			if len(packages) == 0 || !slices.IsSorted(packages) || len(slices.Compact(slices.Clone(packages))) != len(packages) {
				problems = append(problems, fmt.Sprintf("packages not sorted, or not once each: %q", packages))
			}
		}
	}
	return problems
}

// listed returns the packages that follow the options of an installation, one a line.
func listed(rest string) []string {
	var packages []string
	for _, line := range strings.Split(rest, "\n")[1:] {
		line = strings.TrimSuffix(strings.TrimSpace(line), " \\")
		if strings.HasPrefix(line, "&&") || strings.HasPrefix(line, ";") || strings.HasPrefix(line, "fi") {
			break
		}
		packages = append(packages, strings.TrimSuffix(line, ";"))
	}
	return packages
}

var secret = regexp.MustCompile(`(?i)(^|_)(pass(word|wd)?|secret|token|credentials?|(api|access|private)_?key)(_|$)`)

// secrets would be everybody's who has the image.
func secrets(image *dockerfile, _ map[string]*dockerfile) []string {
	var problems []string
	for _, one := range image.instructions {
		if one.name != command.Env && one.name != command.Arg && one.name != command.Label {
			continue
		}
		for i := 0; i < len(one.args); i += 2 {
			if secret.MatchString(one.args[i]) {
				problems = append(problems, "a secret by its name: "+one.args[i])
			}
		}
	}
	return problems
}

var address = regexp.MustCompile(`\b(https?|ftp|git)://[^ '"]*`)

// addresses are the business of distros, sources and configuration.
func addresses(image *dockerfile, _ map[string]*dockerfile) []string {
	var problems []string
	for _, one := range image.instructions {
		for _, found := range address.FindAllString(one.text, -1) {
			if !strings.Contains(found, "://127.0.0.1") && !strings.Contains(found, "://localhost") {
				problems = append(problems, "it has an address: "+found)
			}
		}
	}
	return problems
}

// asRootUntilUser finds what would run as the user of the image below.
func asRootUntilUser(image *dockerfile, all map[string]*dockerfile) []string {
	user := "root"
	if parent := all[image.parent]; parent != nil {
		user = lastUser(parent)
	}
	var problems []string
	for _, one := range image.instructions {
		switch one.name {
		case command.User:
			user = one.args[0]
		case command.Run, command.Copy, command.Add:
			if user != "root" {
				problems = append(problems, "it runs as "+user+": "+one.text)
			}
		}
	}
	return problems
}

// lastUser returns the user that an image leaves to those that stand on it.
func lastUser(image *dockerfile) string {
	user := "root"
	for _, one := range image.instructions {
		if one.name == command.User {
			user = one.args[0]
		}
	}
	return user
}

// userOfService wants a service to run as a user that its image, or one below, has
// configured; and an image that is no service to leave root to others.
func userOfService(image *dockerfile, all map[string]*dockerfile) []string {
	user := lastUser(image)
	service := true
	for _, other := range all {
		if other.parent == image.name && other != image {
			service = false
		}
	}
	_, excepted := runsAsRoot[image.name]
	switch {
	case service && user == "root" && !excepted:
		return []string{"its service runs as root: give it a user, or a reason in runsAsRoot"}
	case user != "root" && excepted:
		return []string{"it has a user, and does not belong into runsAsRoot"}
	case user != "root" && !configuresUser(image, all, user):
		return []string{"nothing configures its user " + user}
	}
	return nil
}

func configuresUser(image *dockerfile, all map[string]*dockerfile, user string) bool {
	configured := regexp.MustCompile(`usermod .* ` + regexp.QuoteMeta(user) + ` \\\n`)
	for ; image != nil; image = all[image.parent] {
		if configured.MatchString(image.text) {
			return true
		}
	}
	return false
}

func blanks(image *dockerfile, _ map[string]*dockerfile) []string {
	var problems []string
	for line := range strings.Lines(image.text) {
		if line = strings.TrimSuffix(line, "\n"); strings.TrimRight(line, " \t") != line {
			problems = append(problems, fmt.Sprintf("blanks at the end of a line: %q", line))
		}
	}
	return problems
}
