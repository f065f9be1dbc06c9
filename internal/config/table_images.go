package config

import (
	"runtime"
	"slices"
)

// tableOfImages has the categories about what to build and how it is called.
func tableOfImages(c *Config, env Environment) []Option {
	return []Option{{
		Name: "regex", Metavar: "REGEX", Category: CategoryWhat, Scope: ScopePositional,
		Help:        "Build the images whose names match, and their parents. Everything that is no option is one.",
		DefaultNote: "all images", field: &c.Regexes,
	}, {
		Name: "profile", Short: "p", Metavar: "NAME", Category: CategoryWhat,
		Help:  "Build the images of a profile too; the file's section [profiles] has them. May be given several times.",
		check: notEmpty, field: &c.Profile,
	}, {
		Name: "base", Short: "b", Metavar: "DISTRO", Category: CategoryWhat,
		Help:    "The distro which the images stand on.",
		Default: defaultBase, Choices: env.Distros,
		field: &c.Base,
	}, {
		// In the file the Python tool of 2.0.3 calls it install_type.
		Name: "type", Aliases: []string{"install-type"}, Short: "t", Metavar: "TYPE", Category: CategoryWhat,
		Help:    "Install services from packages (binary; rdo and rhos are kinds of it) or from source.",
		Default: defaultType, Choices: []string{"binary", "source", "rdo", "rhos"},
		field: &c.Type,
	}, {
		Name: "base-image", Metavar: "IMAGE", Category: CategoryWhat,
		Help:        "The image to start from.",
		DefaultNote: "the distro's own", field: &c.BaseImage,
	}, {
		Name: "base-tag", Metavar: "TAG", Category: CategoryWhat,
		Help:        "The tag of the image to start from.",
		DefaultNote: "the distro's own", check: checkTag, field: &c.BaseTag,
	}, {
		Name: "base-arch", Metavar: "ARCH", Category: CategoryWhat,
		Help:    "The architecture of the images.",
		Default: machine(runtime.GOARCH), DefaultNote: "this machine's",
		Choices: []string{"x86_64", "aarch64"},
		field:   &c.BaseArch,
	}, {
		Name: "debian-arch", Metavar: "ARCH", Category: CategoryWhat,
		Help:        "The architecture in Debian's words, for the locations of sources.",
		DefaultNote: "that of --base-arch", Choices: []string{"amd64", "arm64"},
		derive: func(get func(string) string) string { return debianArch(get("base-arch")) },
		field:  &c.DebianArch,
	}, {
		Name: "platform", Metavar: "OS/ARCH[/VARIANT]", Category: CategoryWhat,
		Help:        "Build for another platform, or for several with commas between them.",
		DefaultNote: "this machine's", check: checkPlatforms, field: &c.Platform,
	}, {
		Name: "bootstrap", Category: CategoryWhat,
		Help:  "Make the image to start from out of the distro's packages, instead of pulling it.",
		field: &c.Bootstrap,
	}, {
		Name: "bootstrap-mirror", Metavar: "URL", Category: CategoryWhat,
		Help:        "Another package mirror for --bootstrap.",
		DefaultNote: "the distro's own", check: checkURL, field: &c.BootstrapMirror,
	}, {
		Name: "bootstrap-keyring", Metavar: "FILE", Category: CategoryWhat,
		Help:        "The public keys that sign the packages for --bootstrap.",
		DefaultNote: "the distro's own", field: &c.BootstrapKeyring,
	}, {
		Name: "skip-parents", Category: CategoryWhat,
		Help:  "Leave out selected images that others are built on.",
		field: &c.SkipParents,
	}, {
		Name: "skip-existing", Category: CategoryWhat,
		Help:  "Leave out images that the store has under their name and tag.",
		field: &c.SkipExisting,
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
		Name: "image-name-prefix", Metavar: "TEXT", Category: CategoryNames,
		Help:  "Put this before the name of every image.",
		check: checkNamePrefix, field: &c.ImageNamePrefix,
	}, {
		Name: "naming", Metavar: "FORM", Category: CategoryNames,
		Help: "How images are named: typed is BASE-TYPE-IMAGE:TAG; plain is IMAGE:RELEASE-BASE-BASETAG; " +
			"auto is plain for Kolla's templates since Zed, and else typed.",
		Default: "auto", Choices: []string{"auto", "typed", "plain"}, field: &c.Naming,
	}, {
		Name: "tag", Metavar: "TAG", Category: CategoryNames,
		Help:    "The tag of the images.",
		Default: env.Version, DefaultNote: "the version of kolla-build, or with plain names RELEASE-BASE-BASETAG", check: checkTag,
		field: &c.Tag,
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

// debianArch returns the name that Debian gives to one of uname's machines.
func debianArch(machine string) string {
	if machine == "aarch64" {
		return "arm64"
	}
	return "amd64"
}

// tableOfRegistries has the categories about where images are kept.
func tableOfRegistries(c *Config) []Option {
	return slices.Concat([]Option{{
		Name: "push", Category: CategoryRegistry,
		Help:  "Push each image as soon as it is built.",
		field: &c.Push,
	}, {
		Name: "push-threads", Metavar: "N", Category: CategoryRegistry,
		Help:    "How many images to push at once.",
		Default: defaultPushThreads, check: atLeast(1),
		field: &c.PushThreads,
	}, {
		Name: "compression", Metavar: "FORMAT", Category: CategoryRegistry,
		Help:    "How to compress the layers that the registry does not have yet. zstd takes a third less CPU time and a tenth less room; Docker can pull it since 23.0.",
		Default: "gzip", Choices: []string{"gzip", "zstd"},
		field: &c.Compression,
	}, {
		Name: "authfile", Metavar: "FILE", Category: CategoryRegistry, Variable: "REGISTRY_AUTH_FILE",
		Help:        "The file with the credentials for registries.",
		DefaultNote: "podman's, then docker's", field: &c.AuthFile,
	}, {
		Name: "creds", Metavar: "USER:PASSWORD", Category: CategoryRegistry,
		Help:  "User and password for the registry. Other users of the machine can see them for a moment in the list of processes: --authfile and --creds-stdin are safer.",
		check: checkCreds, field: &c.Creds,
	}, {
		Name: "creds-stdin", Category: CategoryRegistry,
		Help:  "Read USER:PASSWORD for the registry from standard input, one line.",
		field: &c.CredsStdin,
	}, {
		Name: "allow-realm", Metavar: "HOST[:PORT]", Category: CategoryRegistry,
		Help:  "A token server that may get the password for the registry although it is of another domain. Repeat it for more.",
		check: checkHost, field: &c.AllowedRealms,
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
	}}, tableOfTheStore(c))
}

// tableOfTheStore has the category about the image store and RUN steps.
func tableOfTheStore(c *Config) []Option {
	return []Option{{
		Name: "root", Metavar: "DIR", Category: CategoryStore,
		Help:        "The folder of the image store.",
		DefaultNote: "one in your data directory", field: &c.Root,
	}, {
		Name: "runroot", Metavar: "DIR", Category: CategoryStore,
		Help:        "The folder of the store's volatile state.",
		DefaultNote: "one for each store", field: &c.RunRoot,
	}, {
		Name: "storage-driver", Metavar: "NAME", Category: CategoryStore,
		Help:        "The driver of the store, such as overlay or vfs.",
		DefaultNote: "what the machine can do best", field: &c.StorageDriver,
	}, {
		Name: "ids", Metavar: "HOW", Category: CategoryStore, Variable: "KOLLA_BUILD_IDS",
		Help: "The user ids to build with: mapped takes your subordinate ids; single takes your own id alone, and records the owners of files beside them; " +
			"auto takes one id where there are no others. The images are the same.",
		Default: "auto", Choices: []string{"auto", "mapped", "single"}, field: &c.IDs,
	}, {
		Name: "isolation", Metavar: "KIND", Category: CategoryStore, Variable: "BUILDAH_ISOLATION",
		Help:        "Run the steps of a build in one of buildah's isolations.",
		DefaultNote: "our own", Choices: []string{"", "oci", "rootless", "chroot"},
		field: &c.Isolation,
	}, {
		Name: "step-timeout", Metavar: "SECONDS", Category: CategoryStore,
		Help:    "Fail a RUN instruction that takes longer than this; 0 is no limit.",
		Default: "0", check: atLeast(0), field: &c.StepTimeout,
	}, {
		Name: "step-silence", Metavar: "SECONDS", Category: CategoryStore,
		Help:    "Fail a RUN instruction that prints nothing for this long; 0 is no limit.",
		Default: "0", check: atLeast(0), field: &c.StepSilence,
	}, {
		Name: "commit", Metavar: "WAY", Category: CategoryStore,
		Help: "How an image gets into the store: staged is built in its place there; buildah is built in a working container that buildah commits, " +
			"as it always is where the storage driver can do no other, such as vfs.",
		Default: "staged", Choices: []string{"staged", "buildah"}, field: &c.Commit,
	}}
}
