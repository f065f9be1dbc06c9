package config

import "runtime"

// Category is a heading of the help.
type Category string

// The headings, in the order in which the help prints them.
const (
	CategoryWhat     Category = "What to build"
	CategoryNames    Category = "Names"
	CategoryRun      Category = "How to build"
	CategoryFiles    Category = "Folders"
	CategoryLook     Category = "Look, and build nothing"
	CategoryRegistry Category = "Registry"
	CategoryStore    Category = "Store and isolation"
	CategoryTalk     Category = "Talk"
)

// The defaults of a run. They are those of the Python tool, release 2.0.3,
// except where a comment says otherwise.
const (
	defaultBase        = "centos"
	defaultType        = "binary"
	defaultNamespace   = "kolla"
	defaultThreads     = "8"
	defaultPushThreads = "1"
	defaultRetries     = "3"
)

// Options returns the table of all options.
func Options(env Environment) []Option {
	return table(new(Config), new(request), env)
}

// table lists every option once and binds it to its field. Rows of one
// category stand together, in the order in which the help shows them.
func table(c *Config, r *request, env Environment) []Option {
	return []Option{{
		Name: "base", Short: "b", Metavar: "DISTRO", Category: CategoryWhat,
		Help:    "The distro which the images stand on.",
		Default: defaultBase, Choices: env.Distros,
		field: &c.Base,
	}, {
		Name: "type", Short: "t", Metavar: "TYPE", Category: CategoryWhat,
		Help:    "Install services from packages (binary; rdo and rhos are kinds of it) or from source.",
		Default: defaultType, Choices: []string{"binary", "source", "rdo", "rhos"},
		field: &c.Type,
	}, {
		Name: "base-image", Metavar: "IMAGE", Category: CategoryWhat,
		Help:  "The image to start from, instead of the distro's own.",
		field: &c.BaseImage,
	}, {
		Name: "base-tag", Metavar: "TAG", Category: CategoryWhat,
		Help:  "The tag of the image to start from, instead of the distro's own.",
		check: checkTag, field: &c.BaseTag,
	}, {
		Name: "base-arch", Metavar: "ARCH", Category: CategoryWhat,
		Help:    "The architecture of the images.",
		Default: machine(runtime.GOARCH), Choices: []string{"x86_64", "aarch64"},
		field: &c.BaseArch,
	}, {
		Name: "bootstrap", Category: CategoryWhat,
		Help:  "Make the image to start from out of the distro's packages, instead of pulling it.",
		field: &c.Bootstrap,
	}, {
		Name: "bootstrap-mirror", Metavar: "URL", Category: CategoryWhat,
		Help:  "Another package mirror for --bootstrap.",
		check: checkURL, field: &c.BootstrapMirror,
	}, {
		Name: "enable-unbuildable", Category: CategoryWhat,
		Help:  "Build also the images that are known not to build on this distro.",
		field: &c.EnableUnbuildable,
	}, {
		Name: "namespace", Short: "n", Metavar: "NAME", Category: CategoryNames,
		Help:    "The namespace of the images.",
		Default: defaultNamespace, check: checkNamespace,
		field: &c.Namespace,
	}, {
		Name: "registry", Metavar: "HOST[:PORT]", Category: CategoryNames,
		Help:  "The registry of the images; it comes before the namespace in their names.",
		check: checkRegistry, field: &c.Registry,
	}, {
		Name: "tag", Metavar: "TAG", Category: CategoryNames,
		Help:    "The tag of the images.",
		Default: env.Version, check: checkTag,
		field: &c.Tag,
	}, {
		Name: "threads", Short: "T", Metavar: "N", Category: CategoryRun,
		Help:    "How many images to build at once.",
		Default: defaultThreads, check: atLeast(1),
		field: &c.Threads,
	}, {
		Name: "retries", Short: "r", Metavar: "N", Category: CategoryRun,
		Help:    "How often to try a failed build or push again.",
		Default: defaultRetries, check: atLeast(0),
		field: &c.Retries,
	}, {
		Name: "docker-dir", Short: "D", Metavar: "DIR", Category: CategoryFiles,
		Help:  "A folder of templates to use instead of the built-in ones. Given several times, later ones are laid over earlier ones.",
		check: notEmpty, field: &c.DockerDirs,
	}, {
		Name: "work-dir", Metavar: "DIR", Category: CategoryFiles,
		Help:  "Where the rendered templates go, and stay; otherwise a temporary folder takes them.",
		field: &c.WorkDir,
	}, {
		Name: "logs-dir", Metavar: "DIR", Category: CategoryFiles,
		Help:  "Where the log of each image goes.",
		field: &c.LogsDir,
	}, {
		Name: "template-only", Category: CategoryLook,
		Help:  "Render the templates and stop.",
		field: &c.TemplateOnly,
	}, {
		Name: "list-images", Category: CategoryLook,
		Help:  "Print the names of the images and stop.",
		field: &c.ListImages,
	}, {
		Name: "list-dependencies", Short: "l", Category: CategoryLook,
		Help:  "Print the tree of the images as JSON and stop.",
		field: &c.ListDependencies,
	}, {
		Name: "save-dependency", Metavar: "FILE", Category: CategoryLook,
		Help:  "Write the tree of the images to FILE, as a graphviz graph, and stop.",
		field: &c.SaveDependency,
	}, {
		Name: "push", Category: CategoryRegistry,
		Help:  "Push each image as soon as it is built.",
		field: &c.Push,
	}, {
		Name: "push-threads", Metavar: "N", Category: CategoryRegistry,
		Help:    "How many images to push at once.",
		Default: defaultPushThreads, check: atLeast(1),
		field: &c.PushThreads,
	}, {
		Name: "authfile", Metavar: "FILE", Category: CategoryRegistry,
		Help:  "The file with the credentials for registries, instead of the usual ones.",
		field: &c.AuthFile,
	}, {
		Name: "creds", Metavar: "USER:PASSWORD", Category: CategoryRegistry,
		Help:  "User and password for the registry. Other users of the machine can see them in the list of processes: --authfile is safer.",
		check: checkCreds, field: &c.Creds,
	}, {
		Name: "cert-dir", Metavar: "DIR", Category: CategoryRegistry,
		Help:  "A folder with certificates (*.crt, *.cert, *.key) for the registry.",
		field: &c.CertDir,
	}, {
		// Not a default that is meant to win: registries.conf decides unless
		// the option is given.
		Name: "tls-verify", Category: CategoryRegistry,
		Help:    "Demand https and a valid certificate; --tls-verify=false does not.",
		Default: "true",
		field:   &c.TLSVerify,
	}, {
		Name: "root", Metavar: "DIR", Category: CategoryStore,
		Help:  "The folder of the image store.",
		field: &c.Root,
	}, {
		Name: "runroot", Metavar: "DIR", Category: CategoryStore,
		Help:  "The folder of the store's volatile state.",
		field: &c.RunRoot,
	}, {
		Name: "storage-driver", Metavar: "NAME", Category: CategoryStore,
		Help:  "The driver of the store, such as overlay or vfs.",
		field: &c.StorageDriver,
	}, {
		Name: "isolation", Metavar: "KIND", Category: CategoryStore,
		Help:    "Run the steps of a build in one of buildah's isolations instead of our own.",
		Choices: []string{"", "oci", "rootless", "chroot"},
		field:   &c.Isolation,
	}, {
		Name: "debug", Short: "d", Category: CategoryTalk,
		Help:  "Tell more.",
		field: &c.Debug,
	}, {
		Name: "quiet", Short: "q", Category: CategoryTalk,
		Help:  "Tell only errors.",
		field: &c.Quiet,
	}, {
		Name: "version", Category: CategoryTalk,
		Help:  "Print the version and stop.",
		field: &r.version,
	}, {
		Name: "help", Short: "h", Category: CategoryTalk,
		Help:  "Print this help and stop.",
		field: &r.help,
	}}
}

// machine returns the name that uname gives to one of Go's architectures.
func machine(goarch string) string {
	switch goarch {
	case "amd64":
		return "x86_64"
	case "arm64":
		return "aarch64"
	}
	return goarch
}
