// Package config knows every option of kolla-build once: its name, its kind,
// its default, its help and where its value came from.
//
// The options stand in one table (table.go and its neighbours). Everything
// else is derived from it: the parser of the command line, the reader of the
// file and of the environment, the checks, the help, the sample file, and the
// typed [Config] which the rest of the program reads.
//
// A value is taken from the first of these that has it:
//
//   - the command line,
//   - the environment: OS_DEFAULT__BASE is base, OS_NOVA-BASE__LOCATION is
//     location in section nova-base,
//   - the files, of which later ones win over earlier ones (files.go tells
//     which ones are read),
//   - the table.
//
// The package does no work before [Parse] is called, and reads files only
// through [Environment].
package config

import "time"

// Config is the effective configuration of one run. Every field has been
// checked: later stages need not ask again whether a value makes sense.
type Config struct {
	// Regexes select the images to build, by searching in their names. Without
	// them and without Profile all are selected.
	Regexes []string
	// Profile names the profiles whose images are built too. Each is in
	// Profiles.
	Profile []string
	// SkipParents leaves out selected images that others are built on, and
	// SkipExisting those that the store has.
	SkipParents, SkipExisting bool

	// Base is the distro which the images stand on.
	Base string
	// BaseImage is the image that the base image starts from; empty means the
	// distro's own.
	BaseImage string
	// BaseTag is the tag of BaseImage; empty means the distro's own.
	BaseTag string
	// BaseArch is the machine architecture of the images, in the words of
	// uname: x86_64 or aarch64. DebianArch is the same in Debian's words: amd64
	// or arm64.
	BaseArch, DebianArch string
	// Platform is what to build for, as OS/ARCH[/VARIANT], several ones with
	// commas between them; empty means this machine.
	Platform string
	// Type tells how services are installed: from packages (binary, with its
	// kinds rdo and rhos) or from source.
	Type string

	// Namespace is the part of an image's name before its last slash.
	Namespace string
	// Registry is the host, with port where needed, in front of Namespace; it
	// may be empty.
	Registry string
	// Naming is the form of the names: typed, plain, or auto, which leaves it to
	// the templates.
	Naming string
	// ImageNamePrefix comes before the image's own name.
	ImageNamePrefix string
	// Tag is the tag of all images built.
	Tag string

	// Threads is how many images are built at once.
	Threads int
	// PushThreads is how many images are pushed at once.
	PushThreads int
	// Retries is how often a failed build or push is tried again.
	Retries int
	// AllowedToFail are images whose failure does not make the run fail.
	AllowedToFail []string
	// Cache takes an image from the store if nothing that goes into it has
	// changed; without it all are built anew.
	Cache bool
	// Pull looks for a newer base image, even if the store has one.
	Pull bool
	// NetworkMode is host, none for RUN steps without a network, or private
	// for one of their own. Other words that the Python tool takes mean host.
	NetworkMode string
	// BuildArgs are the build arguments. They win over the proxies of the
	// environment.
	BuildArgs map[string]string
	// Secrets are what RUN --mount=type=secret can see.
	Secrets []BuildSecret
	// EnableUnbuildable builds also what is known not to build on Base.
	EnableUnbuildable bool

	// DockerDirs are the folders of templates to use instead of the built-in
	// ones, later ones laid over earlier ones.
	DockerDirs []string
	// TemplateOverrides are template files that override blocks of the others,
	// in order.
	TemplateOverrides []string
	// PatchesPath is a folder with a folder of patches per image; empty means
	// none.
	PatchesPath string
	// WorkDir is where the rendered templates go; empty means a temporary
	// folder that does not outlive the run.
	WorkDir string
	// LogsDir is where each image's log goes; empty means no log files.
	LogsDir string

	// TemplateOnly ends the run after the templates are rendered.
	TemplateOnly bool
	// ListImages prints the names of the selected images and ends the run.
	ListImages bool
	// ListDependencies prints the tree of the selected images as JSON and ends
	// the run.
	ListDependencies bool
	// SaveDependency is the file that takes the tree as a graphviz graph; when
	// it is not empty, the run ends after writing it.
	SaveDependency string

	// Summary prints what has become of the images at the end of a run, and
	// Format tells how beside the text: json or none.
	Summary bool
	Format  string
	// SummaryJSONFile takes the JSON summary; empty means standard output.
	SummaryJSONFile string

	// IncludeHeader is a file with instructions for the top of the base image,
	// and IncludeFooter one for the end of the images that no other is built
	// on, or of all with IncludeFooterAll.
	IncludeHeader, IncludeFooter string
	IncludeFooterAll             bool
	// Maintainer is the text of the maintainer label.
	Maintainer string
	// KollaVersion is the text of the kolla_version label.
	KollaVersion string
	// PackageManager and PackageType are apt or dnf, and deb or rpm; empty
	// means the distro's own.
	PackageManager, PackageType string
	// RPMSetup are .rpm and .repo files, or their URLs, to be installed in the
	// base image. Some may be empty: Kolla's own templates make a line of each.
	RPMSetup []string
	// APTSourcesList and APTPreferences are files that replace those of the
	// base image; empty leaves them alone.
	APTSourcesList, APTPreferences string
	// ReposYAML is a file that changes the known package repositories.
	ReposYAML string
	// CleanPackageCache leaves no caches of the package manager in the images.
	CleanPackageCache bool
	// UseDumbInit makes dumb-init process 1 of the containers, where the
	// distro has it.
	UseDumbInit bool
	// DockerHealthchecks installs the scripts that check a service's health.
	DockerHealthchecks bool
	// Users are the users and groups of the services, by name without -user.
	Users map[string]User

	// Sources are the sources of the images for Type source, plugins and
	// additions, by the names of their sections. Disabled ones are among them.
	Sources map[string]Source
	// OpenStackRelease is the release that sources are taken of, such as
	// 2026.1 or master, and OpenStackReleaseCodename its other name.
	OpenStackRelease, OpenStackReleaseCodename string
	// OpenStackBranch and OpenStackBranchSlashed are the branch of that
	// release: stable-2026.1 and stable/2026.1.
	OpenStackBranch, OpenStackBranchSlashed string
	// TarballsBase and LocalsBase stand at the beginning of the locations of
	// sources.
	TarballsBase, LocalsBase string
	// Timeout is how long a download may stand still.
	Timeout time.Duration
	// StepTimeout is how long a RUN instruction may take, and StepSilence how long it may
	// print nothing; zero is no limit.
	StepTimeout, StepSilence time.Duration
	// Profiles are lists of regexes, by name.
	Profiles map[string][]string

	// Compression is the format of layers at the registry.
	Compression string
	// Push pushes each image as soon as it is built.
	Push bool
	// AuthFile is the file with the registries' credentials; empty means the
	// usual places.
	AuthFile string
	// Creds holds USER:PASSWORD for the registry; it wins over AuthFile.
	Creds Secret
	// CredsStdin says that standard input has what Creds takes.
	CredsStdin bool
	// AllowedRealms are the hosts of token servers that may get the credentials for a
	// registry of another domain.
	AllowedRealms []string
	// CertDir is a folder with certificates and keys for the registry.
	CertDir string
	// TLSVerify demands https with a valid certificate. Only where
	// Origin("tls-verify") is not [OriginDefault] does it win over what
	// registries.conf says.
	TLSVerify bool

	// Bootstrap makes the base image from the distro's package mirror.
	Bootstrap bool
	// BootstrapMirror is the package mirror for Bootstrap; empty means the
	// distro's own.
	BootstrapMirror string
	// BootstrapKeyring is the file with the keys that sign the packages for
	// Bootstrap; empty means the distro's own.
	BootstrapKeyring string

	// Root is the folder of the image store; empty means the machine's
	// configuration.
	Root string
	// RunRoot is the folder of the store's volatile state; empty means the
	// machine's configuration.
	RunRoot string
	// StorageDriver is the store's driver, such as overlay or vfs; empty means
	// the machine's configuration.
	StorageDriver string
	// IDs is auto, mapped or single: with which user ids images are built.
	IDs string
	// Isolation names one of buildah's isolations for RUN; empty means the
	// program's own.
	Isolation string

	// Commit is staged, or buildah for images that are committed from working
	// containers.
	Commit string

	// ConfigFiles and ConfigDirs are the files and folders that were read
	// instead of those in the usual places.
	ConfigFiles, ConfigDirs []string

	// Debug tells more, Quiet tells only errors.
	Debug, Quiet bool

	// Notices are for the user, one line each: what was ignored, and why.
	Notices []string

	options  []Option
	origins  map[string]provenance
	sections []SectionSetting

	branchPrefix string // see TreeDefaults
}
