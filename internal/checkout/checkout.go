// Package checkout reads what a checkout of Kolla says about the templates in
// it: the release that they are for, the base images they expect, their package
// repositories, and which images cannot be built.
//
// All of that stands in the Python tool's own modules, as plain data. It is
// read as data: nothing of a checkout is ever run.
package checkout

import (
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxModule bounds the size of a module in bytes. The largest of Kolla's has
// 40 KiB.
const maxModule = 4 << 20

// Checkout is a checkout of Kolla, or what an archive of one was unpacked to.
type Checkout struct {
	// Root is the folder that holds all of it.
	Root string

	constants map[string]any    // of all modules
	modules   map[string]string // their text, by path
}

// The modules of the Python tool that are read. Which there are differs from
// release to release.
const (
	moduleConfig  = "kolla/common/config.py"
	moduleMethods = "kolla/template/methods.py"
	moduleTasks   = "kolla/image/tasks.py"
)

// workers are the modules that gave templates their context, over the years.
var workers = []string{"kolla/image/kolla_worker.py", "kolla/image/build.py", "kolla/cmd/build.py"}

var modules = append([]string{
	moduleConfig,
	moduleMethods,
	moduleTasks,
	"kolla/common/sources.py",
	"kolla/common/users.py",
	"kolla/image/unbuildable.py",
}, workers...)

// Find returns the checkout that a folder of templates belongs to, or nil where
// it belongs to none. The templates are in docker, or since July 2026 in
// kolla/docker.
func Find(templates string) *Checkout {
	templates, err := filepath.Abs(templates)
	if err != nil {
		return nil
	}
	parent := filepath.Dir(templates)
	for _, root := range []string{parent, filepath.Dir(parent)} {
		if c := read(root); c.modules[moduleConfig] != "" {
			return c
		}
	}
	return nil
}

func read(root string) *Checkout {
	c := &Checkout{Root: root, constants: map[string]any{}, modules: map[string]string{}}
	opened, err := os.OpenRoot(root)
	if err != nil {
		return c
	}
	defer opened.Close()
	for _, module := range modules {
		file, err := opened.Open(module)
		if err != nil {
			continue
		}
		text, err := io.ReadAll(io.LimitReader(file, maxModule))
		if errors.Join(err, file.Close()) == nil {
			c.modules[module] = string(text)
			maps.Copy(c.constants, constants(string(text)))
		}
	}
	return c
}

// Release returns the release of OpenStack that the templates are for, such as
// 2026.1 or master. It is empty before release 2023.1, when they did not say.
func (c *Checkout) Release() string { return text(c.constants["OPENSTACK_RELEASE"]) }

// Codename returns the release's other name; before 2025.2 it is empty.
func (c *Checkout) Codename() string { return text(c.constants["OPENSTACK_RELEASE_CODENAME"]) }

// BranchPrefix returns what stands before the release in the name of a branch:
// stable-, or unmaintained- once nobody cares for the release any more.
func (c *Checkout) BranchPrefix() string {
	if strings.Contains(c.modules[moduleConfig], "'unmaintained-'") {
		return "unmaintained-"
	}
	return "stable-"
}

// Base returns the base image that the templates expect for a distro, or empty
// strings where they do not say.
func (c *Checkout) Base(distro string) (name, tag string) {
	base := dict(dict(c.constants["DEFAULT_BASE_TAGS"])[distro])
	return text(base["name"]), text(base["tag"])
}

// PrettyName returns what /etc/os-release of the base image should have for
// PRETTY_NAME, with wildcards; base's template checks it.
func (c *Checkout) PrettyName(distro string) string {
	return text(dict(c.constants["DISTRO_PRETTY_NAME"])[distro])
}

// Unbuildable returns the images that cannot be built, by name. The keys of the
// table are a distro, a machine architecture, the base image's tag, or several
// of these joined by a plus sign.
func (c *Checkout) Unbuildable(distro, arch, tag string) []string {
	var names []string
	for key, images := range dict(c.constants["UNBUILDABLE_IMAGES"]) {
		concerned := true
		for part := range strings.SplitSeq(key, "+") {
			concerned = concerned && slices.Contains([]string{distro, arch, tag}, part)
		}
		if list, ok := images.([]any); ok && concerned {
			for _, name := range list {
				names = append(names, text(name))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Version returns what the templates are a version of, as the Python tool tells
// it: the short name of the commit, or where git knows of none, the version that
// an archive states. It is empty where nothing says it.
func (c *Checkout) Version() string {
	if commit := c.commit("%h"); commit != "" {
		return commit
	}
	info, err := os.ReadFile(filepath.Join(c.Root, "PKG-INFO"))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(info)) {
		if version, found := strings.CutPrefix(line, "Version:"); found {
			return strings.TrimSpace(version)
		}
	}
	return ""
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

func dict(value any) map[string]any {
	d, _ := value.(map[string]any)
	return d
}
