package template

import (
	"errors"
	"maps"
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
	"github.com/kolla-build/kolla-build/internal/repositories"
)

// addKolla adds the filter that the Python tool gives its templates, and functions.
func addKolla(environment *jinja.Environment, functions map[string]function) {
	environment.AddFilter("customizable", customizable)
	for name, do := range functions {
		environment.AddGlobal(name, &jinja.Function{Name: name, Do: do})
	}
}

// functions are those that templates may call, by name.
func (v Variables) functions() map[string]function {
	found := map[string]function{
		"debian_package_install": debianPackageInstall,
		"handle_repos":           handleRepos(v.Repositories),
		"raise_error":            raiseError,
	}
	maps.DeleteFunc(found, func(name string, _ function) bool { return !v.Kolla.knows(name) })
	return found
}

// function is what a template calls by its name.
type function = func(*jinja.State, value.Arguments) (value.Value, error)

// raiseError is the function by which a template refuses to be rendered.
func raiseError(_ *jinja.State, args value.Arguments) (value.Value, error) {
	bound, err := args.Bind("raise_error", value.Parameter{Name: "msg", Required: true})
	if err != nil {
		return nil, err
	}
	message, err := value.Str(bound[0])
	if err != nil {
		return nil, err
	}
	return nil, value.Errorf("Exception", "%s", message)
}

// debianPackageInstall returns the shell commands that install Debian packages:
// names from the distro's repositories, and URLs of packages.
func debianPackageInstall(_ *jinja.State, args value.Arguments) (value.Value, error) {
	bound, err := args.Bind("debian_package_install",
		value.Parameter{Name: "packages", Required: true}, value.Parameter{Name: "clean_package_cache", Default: true})
	if err != nil {
		return nil, err
	}
	packages, err := texts(bound[0])
	if err != nil {
		return nil, err
	}
	clean, err := value.Truth(bound[1])
	if err != nil {
		return nil, err
	}
	var names, commands, downloads []string
	for _, item := range packages {
		if !strings.HasPrefix(item, "http") {
			names = append(names, item)
			continue
		}
		file := item[strings.LastIndex(item, "/")+1:]
		downloads = append(downloads, "curl --location "+item+" -o "+file, "dpkg -i "+file, "rm -rf "+file)
	}
	if len(names) > 0 {
		commands = append(commands, "apt-get --error-on=any update",
			"apt-get -y install --no-install-recommends "+strings.Join(names, " "))
		if clean {
			commands = append(commands, "apt-get clean", "rm -rf /var/lib/apt/lists/*")
		}
	}
	return strings.Join(append(commands, downloads...), " && "), nil
}

// handleRepos returns the function that sets up package repositories. It takes
// their names, and enable or disable.
func handleRepos(repos repositories.Repositories) function {
	return func(state *jinja.State, args value.Arguments) (value.Value, error) {
		bound, err := args.Bind("handle_repos",
			value.Parameter{Name: "reponames", Required: true}, value.Parameter{Name: "mode", Required: true})
		if err != nil {
			return nil, err
		}
		if _, ok := bound[0].(*value.List); !ok {
			return nil, value.Errorf("TypeError", "handle_repos wants a list of repositories, not %s", value.TypeName(bound[0]))
		}
		names, err := texts(bound[0])
		if err != nil {
			return nil, err
		}
		mode, err := value.Str(bound[1])
		if err != nil {
			return nil, err
		}
		if repos.Tree == nil && repos.User == nil {
			return nil, value.Errorf("FileNotFoundError", "there is no repos.yaml beside these templates\ngive one: --repos-yaml")
		}
		text, err := repos.Instructions(repositories.Target{
			PackageType: contextText(state, "base_package_type"),
			Distro:      contextText(state, "base_distro"),
			Arch:        contextText(state, "base_arch"),
			Codename:    contextText(state, "openstack_release_codename"),
		}, names, mode)
		var wrong *repositories.Error
		if errors.As(err, &wrong) {
			return nil, value.Errorf(wrong.Kind, "%s", wrong.Message)
		}
		return text, err
	}
}

// texts returns the items of a list, which have to be strings.
func texts(list value.Value) ([]string, error) {
	items, err := value.Iterate(list)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, item := range items {
		text, ok := item.(string)
		if !ok {
			return nil, value.Errorf("TypeError", "want a list of strings, not of %s", value.TypeName(item))
		}
		all = append(all, text)
	}
	return all, nil
}

// contextText returns a variable that holds a text, or nothing.
func contextText(state *jinja.State, name string) string {
	found, _ := state.Lookup(name)
	text, _ := found.(string)
	return text
}
