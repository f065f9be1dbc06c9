package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kolla-build/kolla-build/internal/checkout"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/repositories"
	"github.com/kolla-build/kolla-build/internal/template"
)

// kollaCheckout returns the checkout of Kolla that the folders of templates belong
// to, or nil. The first that belongs to one decides: the others are laid over it.
func kollaCheckout(dirs []string) *checkout.Checkout {
	for _, dir := range dirs {
		if found := checkout.Find(dir); found != nil {
			return found
		}
	}
	return nil
}

// treeDefaults are the defaults that a checkout of Kolla brings: those of the
// Python tool in it.
func treeDefaults(dirs []string, base string) *config.TreeDefaults {
	kolla := kollaCheckout(dirs)
	if kolla == nil {
		return nil
	}
	defaults := &config.TreeDefaults{
		Name:    kolla.Root,
		Options: map[string]string{},

		BranchPrefix: kolla.BranchPrefix(),
		Sources:      kolla.Sources(),
		Users:        kolla.Users(),
	}
	set := func(option, value string) {
		if value != "" {
			defaults.Options[option] = value
		}
	}
	name, tag := kolla.Base(base)
	set("base-image", name)
	set("base-tag", cmp.Or(tag, guideTag(base)))
	set("kolla-version", kolla.Version())
	set("openstack-release", kolla.Release())
	set("openstack-release-codename", kolla.Codename())
	return defaults
}

// guideTag is the tag of the base image in the guide's time, when templates did not
// depend on the release of a distro.
func guideTag(distro string) string {
	if distro == "ubuntu" {
		return "14.04"
	}
	return "latest"
}

// typed tells whether images have distro and type in their names: --naming says so,
// or else the templates. Those without types have macros.j2 and never ask for the
// type; of what has neither we take the guide's word.
func typed(cfg *config.Config, templates *template.Tree) bool {
	if cfg.Naming != "auto" {
		return cfg.Naming == "typed"
	}
	return !templates.Has("macros.j2") || templates.Mentions("install_type")
}

// imageTag is the tag of the images. Trees without types carry in it what the names
// of the others tell.
func imageTag(cfg *config.Config, base baseImage, typed bool) string {
	if typed || cfg.Origin("tag") != config.OriginDefault {
		return cfg.Tag
	}
	return fmt.Sprintf("%s-%s-%s", cfg.OpenStackRelease, cfg.Base, base.tag)
}

// packageRepositories reads what handle_repos knows: the file of the checkout, and
// that of --repos-yaml.
func packageRepositories(cfg *config.Config, kolla *checkout.Checkout, base baseImage) (repositories.Repositories, error) {
	var found repositories.Repositories
	var err error
	if kolla != nil {
		found.Scheme = kolla.RepositoryScheme()
		file := kolla.RepositoryFile(cfg.Base, base.tag)
		if found.Tree, err = readRepositories(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return found, fmt.Errorf("failed to read the package repositories of the templates: %w", err)
		}
	}
	if cfg.ReposYAML != "" {
		if found.User, err = readRepositories(cfg.ReposYAML); err != nil {
			return found, fmt.Errorf("failed to read the package repositories: %w\nsee --repos-yaml", err)
		}
		if kolla == nil {
			found.Scheme = repositories.SchemeOf(found.User)
		}
	}
	return found, nil
}

func readRepositories(file string) (repositories.Sections, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	sections, err := repositories.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return sections, nil
}

// buildDate is the date that some releases of Kolla write into every image. It is
// that of the newest template, or what SOURCE_DATE_EPOCH says: by the clock, every
// image would be new every day.
func buildDate(templates *template.Tree) string {
	const day = "20060102"
	if epoch, found := sourceDate(); found {
		return epoch.Format(day)
	}
	return templates.Newest().Format(day)
}

// readOverrides reads the files of --template-override.
func readOverrides(files []string) ([]template.Override, error) {
	var overrides []template.Override
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("failed to read the file of --template-override: %w", err)
		}
		overrides = append(overrides, template.Override{Name: filepath.ToSlash(file), Text: string(text)})
	}
	return overrides, nil
}

// kollaVariables is what Kolla's own templates need beside the rest.
func kollaVariables(cfg *config.Config, t *tree) *template.Kolla {
	if t.kolla == nil {
		return nil
	}
	return &template.Kolla{
		Names:      t.kolla.Variables(),
		PrettyName: t.kolla.PrettyName(cfg.Base),
		BuildDate:  buildDate(t.templates),
	}
}

// rpmInstructions are the instructions that set up RPM repositories. Kolla's own
// templates get those of the Python tool: in the guide's time, by yum.
func rpmInstructions(cfg *config.Config, kolla *checkout.Checkout) ([]string, error) {
	switch {
	case kolla == nil:
		return template.RPMSetup(cfg.RPMSetup)
	case kolla.Release() == "":
		return template.KollaRPMSetup(cfg.RPMSetup, "yum")
	}
	return template.KollaRPMSetup(cfg.RPMSetup, "dnf")
}

// kollaRPMFile returns where in the context of base a file of rpm_setup_config has
// to be for Kolla's own templates, which copy it from the very path that the
// configuration has. It returns "" for a URL, and for what is not on this machine:
// then it is a part of the tree.
func kollaRPMFile(entry string) string {
	if template.RPMSetupFile(entry) == "" {
		return ""
	}
	if _, err := os.Stat(entry); err != nil {
		return ""
	}
	return strings.TrimPrefix(filepath.Clean("/"+entry), "/")
}

// kollaUnbuildable says why images cannot be built, by name.
func kollaUnbuildable(cfg *config.Config, t *tree) map[string]string {
	reasons := map[string]string{}
	for _, name := range t.kolla.Unbuildable(cfg.Base, cfg.BaseArch, t.base.tag) {
		reasons[name] = "Kolla lists it as unbuildable on " + cfg.Base
	}
	return reasons
}
