// Package repositories writes the instructions that set up package
// repositories in an image, from Kolla's repos.yaml: what its templates ask for
// with handle_repos.
//
// The package is pure, and its instructions are those of the Python tool to the
// byte. They have changed over the releases; see [Scheme].
package repositories

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Scheme is the form of repos.yaml and of the instructions made from it, which
// belongs to a release of Kolla.
type Scheme int

const (
	// Switches is the scheme up to 2025.1: an RPM repository is a name that is
	// switched on or off, and a Debian one is described. A section for distro
	// and architecture takes the place of the distro's.
	Switches Scheme = iota
	// Files is the scheme of 2025.2 and 2026.1: RPM repositories are described
	// as well, and of the sections for package type, distro and architecture the
	// last one that has a repository counts.
	Files
	// Merged is the scheme since July 2026: the descriptions in these sections
	// are merged key by key, a user's file is laid over the tree's, and the file
	// in which the distro has a repository is removed before its own is written.
	Merged
)

// Repositories are the repositories of one tree.
type Repositories struct {
	Scheme Scheme
	// Tree is the content of the tree's own repos.yaml.
	Tree Sections
	// User is the content of the user's file, nil without one.
	User Sections
}

// Sections are the parts of a repos.yaml by name: a package type, a distro, or
// distro-architecture.
type Sections map[string]repos

// repos are the repositories of a section, in the file's order.
type repos struct {
	names  []string
	byName map[string]any // a string for Switches of RPM, else a repo
}

// repo is what describes a repository.
type repo map[string]any

// Target is the image that repositories are set up in.
type Target struct {
	PackageType string // rpm or deb
	Distro      string
	Arch        string // machine architecture, as uname has it
	Codename    string // of the release of OpenStack; it may stand in a suite
}

// Parse reads a repos.yaml. As in the YAML 1.1 of the Python tool, yes, no, on
// and off are booleans.
func Parse(text []byte) (Sections, error) {
	var raw map[string]yaml.Node
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	sections := Sections{}
	for name, node := range raw {
		section, err := parseSection(&node)
		if err != nil {
			return nil, fmt.Errorf("line %d: section %q: %w", node.Line, name, err)
		}
		sections[name] = section
	}
	return sections, nil
}

func parseSection(node *yaml.Node) (repos, error) {
	section := repos{byName: map[string]any{}}
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node.Kind != yaml.MappingNode {
		return section, errors.New("it is no map of repositories")
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i].Value
		booleans(node.Content[i+1], 0)
		var value any
		if err := node.Content[i+1].Decode(&value); err != nil {
			return section, err
		}
		switch v := value.(type) {
		case map[string]any:
			section.set(name, repo(v))
		case string:
			section.set(name, v)
		default:
			return section, fmt.Errorf("line %d: repository %q is neither a name nor a map", node.Content[i].Line, name)
		}
	}
	return section, nil
}

// booleans marks the words that YAML 1.1 takes for booleans and 1.2 does not.
func booleans(node *yaml.Node, depth int) {
	const plain = 0
	if node.Kind == yaml.ScalarNode && node.Style == plain && node.Tag == "!!str" {
		switch strings.ToLower(node.Value) {
		case "yes", "on":
			node.Tag, node.Value = "!!bool", "true"
		case "no", "off":
			node.Tag, node.Value = "!!bool", "false"
		}
	}
	if node.Kind == yaml.AliasNode || depth > 10 {
		return
	}
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		booleans(child, depth+1)
	}
}

func (s *repos) set(name string, value any) {
	if _, known := s.byName[name]; !known {
		s.names = append(s.names, name)
	}
	s.byName[name] = value
}

// Error says why repositories cannot be set up.
type Error struct {
	// Kind is the exception that the Python tool raises.
	Kind string
	// Message says what is wrong, and after a newline what to do.
	Message string
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

func errorf(kind, format string, args ...any) error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Instructions returns the instruction that enables or disables the named
// repositories, or nothing where there is nothing to do. Mode is enable or
// disable. The error is an [*Error].
func (r Repositories) Instructions(target Target, names []string, mode string) (string, error) {
	var command string
	var err error
	if r.Scheme == Switches {
		command, err = r.switches(target, names, mode)
	} else {
		command, err = r.files(target, names, mode)
	}
	if err != nil || command == "" {
		return "", err
	}
	return "RUN " + command, nil
}

// SchemeOf guesses the scheme of a file that stands alone: descriptions of RPM
// repositories came with the sections rpm and deb, and were grouped by file when
// they began to be merged.
func SchemeOf(sections Sections) Scheme {
	scheme := Switches
	for name, section := range sections {
		if name == "rpm" || name == "deb" {
			scheme = max(scheme, Files)
		}
		for _, value := range section.byName {
			if described, ok := value.(repo); ok {
				if _, grouped := described["file_group"]; grouped {
					scheme = Merged
				}
			}
		}
	}
	return scheme
}
