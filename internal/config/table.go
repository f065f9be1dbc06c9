package config

import (
	"cmp"
	"slices"
	"strconv"
)

// Category is a heading of the help.
type Category string

// The headings, in the order in which the help prints them.
const (
	CategoryWhat      Category = "What to build"
	CategoryNames     Category = "Names"
	CategoryRun       Category = "How to build"
	CategoryTemplates Category = "Templates and folders"
	CategoryPackages  Category = "What goes into the images"
	CategorySources   Category = "Sources (--type source)"
	CategoryLook      Category = "Look, and build nothing"
	CategoryRegistry  Category = "Registry"
	CategoryStore     Category = "Store and isolation"
	CategoryTalk      Category = "Talk"
	CategoryIdle      Category = "Taken for the Python tool's sake, without effect"
)

// The defaults of a run. They are those of the Python tool: of release 2.0.3,
// whose guide is followed, and for what came after it, of 2026.1. How many images to
// build at once depends on the machine: see [Environment.Threads].
const (
	defaultBase        = "centos"
	defaultType        = "binary"
	defaultNamespace   = "kolla"
	defaultThreads     = 8 // where the machine is not known
	defaultPushThreads = "1"
	defaultRetries     = "3"
	defaultTimeout     = "120"
	defaultNetworkMode = "host"
	defaultFormat      = "json"
	defaultMaintainer  = "Kolla Project (https://launchpad.net/kolla)"
	defaultTarballs    = "https://tarballs.opendev.org"
	defaultLocals      = "./"
	defaultRelease     = "2026.1"
	defaultCodename    = "Gazpacho" // of 2026.1
)

// request holds the options that ask about the program itself.
type request struct{ help, version bool }

// ignored takes the values that nothing reads: [Option.Idle] says why.
type ignored struct {
	engine, podmanBaseURL, buildkitBuilder, squashTmpDir string
	buildkit, squash, squashCleanup, keep                bool
}

// Options returns the table of all options.
func Options(env Environment) []Option {
	return table(new(Config), new(request), env)
}

// table lists every option once and binds it to its field. Rows of one
// category stand together, in the order in which the help shows them.
func table(c *Config, r *request, env Environment) []Option {
	return slices.Concat(
		tableOfImages(c, env),
		tableOfTheRun(c, env),
		tableOfContents(c, env),
		tableOfSources(c),
		tableOfOutput(c),
		tableOfRegistries(c),
		tableOfTalk(c, r),
		tableOfTheIdle(new(ignored)),
	)
}

// tableOfTheRun has the categories about how to build.
func tableOfTheRun(c *Config, env Environment) []Option {
	return []Option{{
		Name: "threads", Short: "T", Metavar: "N", Category: CategoryRun,
		Help:    "How many images to build at once.",
		Default: strconv.Itoa(cmp.Or(env.Threads, defaultThreads)), check: atLeast(1),
		DefaultNote: "one more than there are cores, and no more than have 512 MB of memory each",
		field:       &c.Threads,
	}, {
		Name: "retries", Short: "r", Metavar: "N", Category: CategoryRun,
		Help:    "How often to try a failed build or push again.",
		Default: defaultRetries, check: atLeast(0),
		field: &c.Retries,
	}, {
		Name: "cache", Category: CategoryRun,
		Help:    "Leave alone what has not changed since it was built; --nocache builds all anew.",
		Default: "true", field: &c.Cache,
	}, {
		Name: "pull", Category: CategoryRun,
		Help:    "Look for a newer base image; with --nopull the one in the store will do.",
		Default: "true", field: &c.Pull,
	}, {
		Name: "build-args", Metavar: "NAME:VALUE,...", Category: CategoryRun,
		Help:  "Build arguments for all images; they win over the proxies of the environment. May be given several times.",
		field: &c.BuildArgs,
	}, {
		Name: "secret", Metavar: "id=ID,src=FILE|env=VAR", Category: CategoryRun,
		Help:  "A secret for RUN --mount=type=secret, from a file or an environment variable. It stays out of the images. May be given several times.",
		field: &c.Secrets,
	}, {
		Name: "network-mode", Metavar: "MODE", Category: CategoryRun,
		Help:    "The network of RUN steps: host, none, or private: one of their own, without the machine's 127.0.0.1.",
		Default: defaultNetworkMode, check: notEmpty,
		field: &c.NetworkMode,
	}, {
		Name: "allowed-to-fail", Metavar: "IMAGE,...", Category: CategoryRun, Scope: ScopeFile,
		Help:   "Images whose failure does not make the run fail.",
		commas: true, field: &c.AllowedToFail,
	}}
}

// tableOfOutput has the categories about what a run leaves behind.
func tableOfOutput(c *Config) []Option {
	return []Option{{
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
	}}
}

// tableOfTalk has the category about words, and the options that decide what
// is read.
func tableOfTalk(c *Config, r *request) []Option {
	return []Option{{
		Name: "debug", Short: "d", Category: CategoryTalk,
		Help:  "Tell more.",
		field: &c.Debug,
	}, {
		Name: "quiet", Short: "q", Category: CategoryTalk,
		Help:  "Tell only errors.",
		field: &c.Quiet,
	}, {
		Name: "summary", Category: CategoryTalk,
		Help:    "Tell at the end what has become of the images; --nosummary does not.",
		Default: "true", field: &c.Summary,
	}, {
		Name: "format", Short: "f", Metavar: "FORMAT", Category: CategoryTalk,
		Help:    "The form of the summary for machines.",
		Default: defaultFormat, Choices: []string{"json", "none"},
		field: &c.Format,
	}, {
		Name: "summary-json-file", Metavar: "FILE", Category: CategoryTalk,
		Help:        "Where the JSON summary goes.",
		DefaultNote: "standard output", field: &c.SummaryJSONFile,
	}, {
		Name: "config-file", Metavar: "FILE", Category: CategoryTalk, Scope: ScopeFlag,
		Help:        "Read this file instead of the usual ones. Given several times, later ones win.",
		DefaultNote: "see Files in the manual", check: notEmpty,
		field: &c.ConfigFiles,
	}, {
		Name: "config-dir", Metavar: "DIR", Category: CategoryTalk, Scope: ScopeFlag,
		Help:  "Read the *.conf files of this folder too, sorted, after all single files; those in the usual places are then not read.",
		check: notEmpty, field: &c.ConfigDirs,
	}, {
		Name: "version", Category: CategoryTalk, Scope: ScopeFlag,
		Help:  "Print the version and stop.",
		field: &r.version,
	}, {
		Name: "help", Short: "h", Category: CategoryTalk, Scope: ScopeFlag,
		Help:  "Print this help and stop.",
		field: &r.help,
	}}
}

// tableOfTheIdle has what means something to the Python tool only, because it
// hands its work to an engine.
func tableOfTheIdle(i *ignored) []Option {
	const noEngine = "images are built without an engine"
	const oneLayer = "every image is one layer on top of its parent anyway"
	return []Option{{
		Name: "engine", Metavar: "NAME", Category: CategoryIdle, Idle: noEngine,
		Help:    "The engine to build with.",
		Default: "docker", Choices: []string{"docker", "podman"},
		field: &i.engine,
	}, {
		Name: "podman-base-url", Metavar: "URL", Category: CategoryIdle, Idle: noEngine,
		Help:    "The socket of podman.",
		Default: "unix:///run/podman/podman.sock", field: &i.podmanBaseURL,
	}, {
		Name: "buildkit", Category: CategoryIdle, Idle: noEngine,
		Help:    "Build with docker's BuildKit.",
		Default: "true", field: &i.buildkit,
	}, {
		Name: "buildkit-builder", Metavar: "NAME", Category: CategoryIdle, Idle: noEngine,
		Help:  "The builder instance of docker's BuildKit.",
		field: &i.buildkitBuilder,
	}, {
		Name: "squash", Category: CategoryIdle, Idle: oneLayer,
		Help:  "Make the layers of an image one.",
		field: &i.squash,
	}, {
		Name: "squash-cleanup", Category: CategoryIdle, Scope: ScopeFile, Idle: oneLayer,
		Help:    "Remove an image once it has been squashed to another.",
		Default: "true", field: &i.squashCleanup,
	}, {
		Name: "squash-tmp-dir", Metavar: "DIR", Category: CategoryIdle, Scope: ScopeFile, Idle: oneLayer,
		Help:  "Where to squash.",
		field: &i.squashTmpDir,
	}, {
		Name: "keep", Category: CategoryIdle, Idle: "a failed build has no container that could be kept; its output is in the log",
		Help:  "Keep the containers of failed builds.",
		field: &i.keep,
	}}
}
