package bootstrap

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// Where apt is told of its archives.
const (
	aptSourcesList   = "etc/apt/sources.list"
	aptSourcesFolder = "etc/apt/sources.list.d"
)

// aptSource is an archive as apt knows it, in one line or in a paragraph of a file
// in the format deb822, see sources.list(5).
type aptSource struct {
	kind       string // deb or deb-src
	uri        string
	suites     []string
	components []string
	signedBy   string // the file with its keys
}

// moveAPTSources moves what mmdebstrap has written to sources.list to where the
// distro's own image has it. Templates that lay their own file there would double
// every archive otherwise, and apt warns of that. A list that is more than plain lines
// stays where it is, and so does one where that file is there already.
func moveAPTSources(root *os.Root, spec Spec) error {
	text, err := root.ReadFile(aptSourcesList)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	sources, plain := parseAPTSources(string(text))
	file := path.Join(aptSourcesFolder, spec.SourcesFile)
	if _, err := root.Lstat(file); err == nil || !plain {
		return nil
	}
	keys := spec.SignedBy
	if _, err := root.Stat(strings.TrimPrefix(keys, "/")); err != nil {
		keys = "" // then apt trusts those of its own
	}
	if err := root.MkdirAll(aptSourcesFolder, 0o755); err != nil {
		return err
	}
	if err := root.WriteFile(file, []byte(formatAPTSources(sources, keys)), 0o644); err != nil {
		return err
	}
	return root.Remove(aptSourcesList)
}

// parseAPTSources reads lines such as "deb URI SUITE COMPONENT ...". Neighbours that
// differ in their suites only become one. It is false for what it does not know.
func parseAPTSources(text string) (sources []aptSource, plain bool) {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		source, plain := parseAPTSource(line)
		if !plain {
			return nil, false
		}
		if last := len(sources) - 1; last >= 0 && sources[last].sameBut(source) {
			sources[last].suites = append(sources[last].suites, source.suites...)
		} else {
			sources = append(sources, source)
		}
	}
	return sources, len(sources) > 0
}

func parseAPTSource(line string) (_ aptSource, plain bool) {
	kind, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	source := aptSource{kind: kind}
	if rest = strings.TrimSpace(rest); strings.HasPrefix(rest, "[") {
		options, behind, closed := strings.Cut(rest[1:], "]")
		name, file, _ := strings.Cut(strings.TrimSpace(options), "=")
		if file = strings.Trim(file, `"`); !closed || name != "signed-by" || strings.ContainsAny(file, "\" \t") {
			return source, false
		}
		source.signedBy, rest = file, behind
	}
	words := strings.Fields(rest)
	if len(words) < 3 || kind != "deb" && kind != "deb-src" {
		return source, false
	}
	source.uri, source.suites, source.components = words[0], []string{words[1]}, words[2:]
	return source, true
}

// sameBut tells whether two sources differ in nothing but their suites.
func (s aptSource) sameBut(other aptSource) bool {
	return s.kind == other.kind && s.uri == other.uri && s.signedBy == other.signedBy &&
		slices.Equal(s.components, other.components)
}

// formatAPTSources writes one paragraph for each source. Keys is the file with those
// of sources that name none; it may be empty.
func formatAPTSources(sources []aptSource, keys string) string {
	var paragraphs []string
	for _, s := range sources {
		paragraph := fmt.Sprintf("Types: %s\nURIs: %s\nSuites: %s\nComponents: %s\n",
			s.kind, s.uri, strings.Join(s.suites, " "), strings.Join(s.components, " "))
		if signedBy := cmp.Or(s.signedBy, keys); signedBy != "" {
			paragraph += "Signed-By: " + signedBy + "\n"
		}
		paragraphs = append(paragraphs, paragraph)
	}
	return strings.Join(paragraphs, "\n")
}
