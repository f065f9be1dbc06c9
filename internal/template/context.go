package template

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
	"github.com/kolla-build/kolla-build/internal/repositories"
)

// Variables are what templates know about the run. Their names in templates,
// and what they hold, are those of the Python tool.
type Variables struct {
	// BaseDistro is the distro of the images; templates also know it as
	// supported_distro_name.
	BaseDistro string
	// BaseImage and BaseDistroTag name the image that base starts from.
	BaseImage, BaseDistroTag string
	// BaseArch is the machine architecture: x86_64 or aarch64.
	BaseArch string
	// BasePackageType is rpm or deb.
	BasePackageType string
	// PackageManager is known to templates as distro_package_manager: dnf or
	// apt.
	PackageManager string
	// InstallType is the type as the user gave it: binary, source, rdo or
	// rhos. Templates see install_type and install_metatype.
	InstallType string

	// Namespace comes before each image's name, the registry included.
	Namespace string
	// ImagePrefix comes between Namespace and the image's name.
	ImagePrefix string
	// Tag is the tag of all images.
	Tag string

	// Maintainer is the name and address in each image's labels.
	Maintainer string
	// KollaVersion is the version in each image's labels.
	KollaVersion string
	// OpenStackRelease is the release, such as 2026.1 or master.
	OpenStackRelease string
	// OpenStackReleaseCodename is the release's name.
	OpenStackReleaseCodename string
	// OpenStackBranch is the branch's name with a dash, as in stable-2026.1.
	OpenStackBranch string
	// OpenStackBranchSlashed is the same with a slash, as in stable/2026.1.
	OpenStackBranchSlashed string

	// IncludeHeader and IncludeFooter are texts that go into Dockerfiles: the
	// header to the top of base, the footer to the end of the images from which
	// no other is built.
	IncludeHeader, IncludeFooter string
	// IncludeFooterAll puts the footer at the end of every image.
	IncludeFooterAll bool
	// RPMSetup are instructions that set up RPM repositories, see [RPMSetup].
	RPMSetup []string
	// AptSourcesList and AptPreferences tell that the context of base holds a
	// file sources.list, or apt_preferences, in place of the distro's own.
	AptSourcesList, AptPreferences bool
	// UseDumbInit makes dumb-init the entry point.
	UseDumbInit bool
	// DockerHealthchecks installs the scripts for health checks.
	DockerHealthchecks bool
	// CleanPackageCache empties the package manager's cache after use.
	CleanPackageCache bool
	// PatchesPath is the folder with patches; it may be empty.
	PatchesPath string
	// Plugins and Additions name, for each image that has some, what its
	// plugins-archive and additions-archive hold.
	Plugins, Additions map[string][]string

	// Users are the service users by name.
	Users map[string]User
	// Repositories are the package repositories for handle_repos.
	Repositories repositories.Repositories
	// ReposYAML is the path of the user's file with repositories; it may be
	// empty.
	ReposYAML string
	// Env is the environment of the process.
	Env map[string]string
	// Distro holds the fields of the distro's data file. Kolla's own templates
	// do not get to see it.
	Distro map[string]any

	// Kolla tells that the templates are Kolla's own, and what the Python tool
	// beside them tells them; nil for other templates.
	Kolla *Kolla
}

// Kolla is what Kolla's own templates need beside the rest.
type Kolla struct {
	// Names are the names of the variables and functions that the Python tool of
	// that release gives to templates. Others are not defined there. If it is nil,
	// those of all releases are.
	Names map[string]bool
	// PrettyName is the distro's name in /etc/os-release, with wildcards: there
	// it is what templates know as supported_distro_name.
	PrettyName string
	// BuildDate is the date in the images' labels, as YYYYMMDD.
	BuildDate string
}

// knows tells whether templates get to see the variable or function called name.
func (k *Kolla) knows(name string) bool {
	return k == nil || k.Names == nil || k.Names[name]
}

// User is a user that a service runs as. Templates know the fields by their
// names in lower case.
type User struct {
	UID, GID int
	Group    string
}

// userDicts returns users as templates know them: in the order in which the
// Python tool prints them. They are made anew for each image, as a template may
// change them.
func userDicts(users map[string]User) (value.Value, error) {
	all := value.NewDict()
	for _, name := range slices.Sorted(maps.Keys(users)) {
		user := value.NewDict()
		err := errors.Join(
			user.Set("uid", int64(users[name].UID)),
			user.Set("gid", int64(users[name].GID)),
			user.Set("group", users[name].Group),
			all.Set(name, user),
		)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// shared returns the context that all images have in common.
func (v Variables) shared() map[string]any {
	installType, metatype := installTypes(v.InstallType)
	context := map[string]any{
		"apt_preferences":            v.AptPreferences,
		"apt_sources_list":           v.AptSourcesList,
		"base_arch":                  v.BaseArch,
		"base_distro":                v.BaseDistro,
		"base_distro_tag":            v.BaseDistroTag,
		"base_image":                 v.BaseImage,
		"base_package_type":          v.BasePackageType,
		"clean_package_cache":        v.CleanPackageCache,
		"debian_arch":                debianArch(v.BaseArch),
		"distro":                     v.Distro,
		"distro_package_manager":     v.PackageManager,
		"docker_healthchecks":        v.DockerHealthchecks,
		"env":                        v.Env,
		"image_prefix":               v.ImagePrefix,
		"include_footer":             strings.TrimRight(v.IncludeFooter, "\n"),
		"include_footer_all":         v.IncludeFooterAll,
		"include_header":             strings.TrimRight(v.IncludeHeader, "\n"),
		"install_metatype":           metatype,
		"install_type":               installType,
		"kolla_version":              v.KollaVersion,
		"maintainer":                 v.Maintainer,
		"namespace":                  v.Namespace,
		"openstack_branch":           v.OpenStackBranch,
		"openstack_branch_slashed":   v.OpenStackBranchSlashed,
		"openstack_release":          v.OpenStackRelease,
		"openstack_release_codename": v.OpenStackReleaseCodename,
		"patches_path":               v.PatchesPath,
		"repos_yaml":                 v.ReposYAML,
		"rpm_setup":                  v.RPMSetup,
		"supported_distro_name":      v.BaseDistro,
		"tag":                        v.Tag,
		"use_dumb_init":              v.UseDumbInit,
		"users":                      v.Users,
	}
	if v.Kolla != nil {
		v.adapt(context)
	}
	return context
}

// adapt turns the context into what the Python tool gives to its own templates.
func (v Variables) adapt(context map[string]any) {
	context["build_date"] = v.Kolla.BuildDate
	context["distro_python_version"] = pythonVersion(v.BaseDistro, v.BaseDistroTag)
	context["include_footer"] = v.IncludeFooter
	context["include_header"] = v.IncludeHeader
	context["supported_distro_name"] = v.Kolla.PrettyName
	if v.PatchesPath == "" {
		context["patches_path"] = nil
	}
	maps.DeleteFunc(context, func(name string, value any) bool {
		own := slices.Contains([]string{"apt_preferences", "apt_sources_list", "distro", "include_footer_all"}, name)
		return own || !v.Kolla.knows(name) || strings.HasPrefix(name, "include_") && value == ""
	})
}

// pythonVersion is the version of Python in the distros' releases of the year
// 2024, for which there is a variable in Kolla's templates of that time.
func pythonVersion(distro, tag string) string {
	switch {
	case distro == "debian":
		return "3.11"
	case distro == "ubuntu" && (strings.HasPrefix(tag, "24.04") || strings.HasPrefix(tag, "noble")):
		return "3.12"
	case distro == "ubuntu":
		return "3.10"
	}
	return "3.9"
}

// forImage adds to the shared context what only one image has.
func (v Variables) forImage(shared map[string]any, image Image) map[string]any {
	context := maps.Clone(shared)
	context["image_name"] = image.Name
	if v.Kolla == nil {
		context["additions"] = v.Additions[image.Name]
		context["plugins"] = v.Plugins[image.Name]
	}
	return context
}

// installTypes returns install_type and install_metatype. The kinds of binary
// are told apart by the latter, as in the Python tool until Zed.
func installTypes(given string) (installType, metatype string) {
	switch given {
	case "binary":
		return "binary", "rdo"
	case "source":
		return "source", "mixed"
	case "rdo", "rhos":
		return "binary", given
	}
	return given, ""
}

// debianArch returns Debian's name for a machine architecture.
func debianArch(machine string) string {
	switch machine {
	case "x86_64":
		return "amd64"
	case "aarch64":
		return "arm64"
	}
	return machine
}
