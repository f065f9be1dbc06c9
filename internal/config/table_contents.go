package config

import (
	"cmp"
	"strings"
)

// tableOfContents has the categories about what images are made of.
func tableOfContents(c *Config, env Environment) []Option {
	return append(tableOfTemplates(c), []Option{{
		Name: "include-header", Short: "i", Metavar: "FILE", Category: CategoryPackages,
		Help:  "Instructions for the top of the base image.",
		field: &c.IncludeHeader,
	}, {
		Name: "include-footer", Short: "I", Metavar: "FILE", Category: CategoryPackages,
		Help:  "Instructions for the end of the images that no other image is built on.",
		field: &c.IncludeFooter,
	}, {
		Name: "include-footer-all", Category: CategoryPackages,
		Help:  "Put the instructions of --include-footer at the end of every image.",
		field: &c.IncludeFooterAll,
	}, {
		Name: "maintainer", Metavar: "TEXT", Category: CategoryPackages, Scope: ScopeFile,
		Help:    "The label maintainer of the images.",
		Default: defaultMaintainer, field: &c.Maintainer,
	}, {
		Name: "kolla-version", Metavar: "TEXT", Category: CategoryPackages,
		Help:    "The label kolla_version of the images.",
		Default: env.Version, DefaultNote: "the version of kolla-build", check: notEmpty,
		field: &c.KollaVersion,
	}, {
		Name: "distro-package-manager", Metavar: "NAME", Category: CategoryPackages, Scope: ScopeFile,
		Help:        "The package manager of the images.",
		DefaultNote: "the distro's own", field: &c.PackageManager,
	}, {
		Name: "base-package-type", Metavar: "TYPE", Category: CategoryPackages, Scope: ScopeFile,
		Help:        "The type of the distro's packages.",
		DefaultNote: "the distro's own", Choices: []string{"", "deb", "rpm"},
		field: &c.PackageType,
	}, {
		Name: "rpm-setup-config", Metavar: "FILE,...", Category: CategoryPackages, Scope: ScopeFile,
		Help:   "Packages (.rpm) and repositories (.repo), as files or URLs, to be installed in the base image.",
		commas: true, gaps: true, field: &c.RPMSetup,
	}, {
		Name: "apt-sources-list", Metavar: "FILE", Category: CategoryPackages, Scope: ScopeFile,
		Help:  "The sources.list of the base image.",
		field: &c.APTSourcesList,
	}, {
		Name: "apt-preferences", Metavar: "FILE", Category: CategoryPackages, Scope: ScopeFile,
		Help:  "The apt preferences of the base image.",
		field: &c.APTPreferences,
	}, {
		Name: "repos-yaml", Metavar: "FILE", Category: CategoryPackages,
		Help:  "Changes to the known package repositories.",
		field: &c.ReposYAML,
	}, {
		Name: "clean-package-cache", Category: CategoryPackages, Scope: ScopeFile,
		Help:    "Leave no caches of the package manager in the images.",
		Default: "true", field: &c.CleanPackageCache,
	}, {
		Name: "use-dumb-init", Category: CategoryPackages,
		Help:    "Make dumb-init process 1 of the containers, where the distro has it.",
		Default: "true", field: &c.UseDumbInit,
	}, {
		Name: "docker-healthchecks", Category: CategoryPackages,
		Help:    "Install the scripts that check a service's health.",
		Default: "true", field: &c.DockerHealthchecks,
	}}...)
}

// tableOfTemplates has the category about templates.
func tableOfTemplates(c *Config) []Option {
	return []Option{{
		Name: "docker-dir", Short: "D", Metavar: "DIR", Category: CategoryTemplates,
		Help:        "A folder of templates. Given several times, later ones are laid over earlier ones.",
		DefaultNote: "the built-in templates", check: notEmpty, field: &c.DockerDirs,
	}, {
		Name: "template-override", Metavar: "FILE", Category: CategoryTemplates,
		Help:  "A template file that overrides blocks of the others. May be given several times.",
		check: notEmpty, field: &c.TemplateOverrides,
	}, {
		Name: "patches-path", Metavar: "DIR", Category: CategoryTemplates,
		Help:  "A folder with a folder of patches per image: IMAGE/series names the patches beside it.",
		field: &c.PatchesPath,
	}, {
		Name: "work-dir", Metavar: "DIR", Category: CategoryTemplates,
		Help:        "Where the rendered templates go, and stay.",
		DefaultNote: "a temporary folder", field: &c.WorkDir,
	}, {
		Name: "logs-dir", Metavar: "DIR", Category: CategoryTemplates,
		Help:        "Where the log of each image goes.",
		DefaultNote: "no log files", field: &c.LogsDir,
	}}
}

// tableOfSources has the category about sources.
func tableOfSources(c *Config) []Option {
	return []Option{{
		Name: "openstack-release", Metavar: "RELEASE", Category: CategorySources,
		Help:    "The release of OpenStack that sources are taken of; master is the next one.",
		Default: defaultRelease, check: notEmpty, field: &c.OpenStackRelease,
	}, {
		Name: "openstack-release-codename", Metavar: "NAME", Category: CategorySources,
		Help:    "The other name of that release; distros' repositories go by it.",
		Default: defaultCodename, field: &c.OpenStackReleaseCodename,
	}, {
		Name: "openstack-branch", Metavar: "BRANCH", Category: CategorySources,
		Help:        "The branch that sources are taken of, as it stands in the names of tarballs.",
		DefaultNote: "that of --openstack-release: stable-" + defaultRelease + ", master",
		derive:      func(get func(string) string) string { return c.branchOf(get("openstack-release")) },
		field:       &c.OpenStackBranch,
	}, {
		Name: "openstack-branch-slashed", Metavar: "BRANCH", Category: CategorySources,
		Help:        "The same branch as it is called in git.",
		DefaultNote: "that of --openstack-release: stable/" + defaultRelease + ", master",
		derive: func(get func(string) string) string {
			return strings.ReplaceAll(c.branchOf(get("openstack-release")), "-", "/")
		},
		field: &c.OpenStackBranchSlashed,
	}, {
		Name: "tarballs-base", Metavar: "URL", Category: CategorySources,
		Help:    "Where the tarballs of OpenStack are; $tarballs_base in a location.",
		Default: defaultTarballs, check: checkURL, field: &c.TarballsBase,
	}, {
		Name: "locals-base", Metavar: "DIR", Category: CategorySources,
		Help:    "Where your own sources are; $locals_base in a location.",
		Default: defaultLocals, field: &c.LocalsBase,
	}, {
		Name: "timeout", Metavar: "SECONDS", Category: CategorySources,
		Help:    "How long a download may stand still.",
		Default: defaultTimeout, check: atLeast(1), field: &c.Timeout,
	}}
}

// branchOf returns the branch of a release, as it stands in the names of
// tarballs.
func (c *Config) branchOf(release string) string {
	if release == "master" {
		return release
	}
	return cmp.Or(c.branchPrefix, "stable-") + release
}
