package rpm

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	continuation = regexp.MustCompile(`\\\n\s*`)
	installation = regexp.MustCompile(`\bdnf install((?:[ \t]+[^\s&;|]+)+)`)
	pipInstall   = regexp.MustCompile(`\bkolla_pip_install((?:[ \t]+[^\s&;|]+)+)`)
)

// Dockerfiles returns the text of all Dockerfiles below dir, by the names of their folders.
func Dockerfiles(dir string) (map[string]string, error) {
	texts := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != "Dockerfile" {
			return err
		}
		text, err := os.ReadFile(path)
		texts[filepath.Base(filepath.Dir(path))] = string(text)
		return err
	})
	return texts, err
}

// Installed returns the names of all packages that a Dockerfile installs with dnf,
// sorted. A file such as /usr/bin/curl is none of them: it is for its package to have.
func Installed(dockerfile string) []string {
	return slices.DeleteFunc(arguments(installation, dockerfile), func(name string) bool {
		return strings.HasPrefix(name, "/")
	})
}

// PipInstalled returns the names of all projects that a Dockerfile installs from an
// index, sorted and without their extras.
func PipInstalled(dockerfile string) []string {
	names := map[string]bool{}
	for _, requirement := range arguments(pipInstall, dockerfile) {
		name, _, _ := strings.Cut(requirement, "[")
		if !strings.HasPrefix(name, "/") {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// arguments returns the words that stand behind a command and are no options, each once
// and sorted.
func arguments(command *regexp.Regexp, dockerfile string) []string {
	words := map[string]bool{}
	for _, match := range command.FindAllStringSubmatch(continuation.ReplaceAllString(dockerfile, " "), -1) {
		for _, word := range strings.Fields(match[1]) {
			if !strings.HasPrefix(word, "-") {
				words[word] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(words))
}
