// Package config knows every option of kolla-build once: its name, its kind,
// its default, its help and where its value came from.
//
// The options stand in one table (table.go). Everything else is derived from
// it: the parser of the command line, the checks, the help, and the typed
// [Config] which the rest of the program reads.
//
// The package touches neither the disk nor the network, and does no work
// before [Parse] is called.
package config

import (
	"fmt"
	"strings"
)

// Config is the effective configuration of one run. Every field has been
// checked: later stages need not ask again whether a value makes sense.
type Config struct {
	// Regexes select the images to build, by searching in their names. None
	// selects all.
	Regexes []string

	// Base is the distro which the images stand on.
	Base string
	// BaseImage is the image that the base image starts from; empty means the
	// distro's own.
	BaseImage string
	// BaseTag is the tag of BaseImage; empty means the distro's own.
	BaseTag string
	// BaseArch is the machine architecture of the images, in the words of
	// uname: x86_64 or aarch64.
	BaseArch string
	// Type tells how services are installed: from packages (binary, with its
	// kinds rdo and rhos) or from source.
	Type string

	// Namespace is the part of an image's name before its last slash.
	Namespace string
	// Registry is the host, with port where needed, in front of Namespace; it
	// may be empty.
	Registry string
	// Tag is the tag of all images built.
	Tag string

	// Threads is how many images are built at once.
	Threads int
	// PushThreads is how many images are pushed at once.
	PushThreads int
	// Retries is how often a failed build or push is tried again.
	Retries int
	// EnableUnbuildable builds also what is known not to build on Base.
	EnableUnbuildable bool

	// DockerDirs are the folders of templates to use instead of the built-in
	// ones, later ones laid over earlier ones.
	DockerDirs []string
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

	// Push pushes each image as soon as it is built.
	Push bool
	// AuthFile is the file with the registries' credentials; empty means the
	// usual places.
	AuthFile string
	// Creds holds USER:PASSWORD for the registry; it wins over AuthFile.
	Creds Secret
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

	// Root is the folder of the image store; empty means the machine's
	// configuration.
	Root string
	// RunRoot is the folder of the store's volatile state; empty means the
	// machine's configuration.
	RunRoot string
	// StorageDriver is the store's driver, such as overlay or vfs; empty means
	// the machine's configuration.
	StorageDriver string
	// Isolation names one of buildah's isolations for RUN; empty means the
	// program's own.
	Isolation string

	// Debug tells more, Quiet tells only errors.
	Debug, Quiet bool

	options []Option
	origins map[string]Origin
}

// Origin tells where an option's effective value came from. Later ones win
// over earlier ones.
type Origin int

// The places a value can come from, in order of rising precedence.
const (
	OriginDefault Origin = iota
	OriginFile
	OriginEnvironment
	OriginFlag
)

// String returns the origin as users call it.
func (o Origin) String() string {
	switch o {
	case OriginDefault:
		return "default"
	case OriginFile:
		return "file"
	case OriginEnvironment:
		return "environment"
	case OriginFlag:
		return "flag"
	}
	return fmt.Sprintf("origin %d", int(o))
}

// Origin tells where the value of the option called name (without dashes)
// came from. A name that is not in the table has its default by definition.
func (c *Config) Origin(name string) Origin { return c.origins[name] }

// Setting is one option with its effective value, for showing.
type Setting struct {
	Option Option
	Value  string // as text; a secret is masked
	Origin Origin
}

// Settings lists all options with their effective values, in the table's
// order.
func (c *Config) Settings() []Setting {
	settings := make([]Setting, 0, len(c.options))
	for _, o := range c.options {
		settings = append(settings, Setting{o, o.text(), c.origins[o.Name]})
	}
	return settings
}

// String tells what differs from the defaults, one option per line, secrets
// masked.
func (c *Config) String() string {
	var b strings.Builder
	for _, s := range c.Settings() {
		if s.Origin != OriginDefault {
			fmt.Fprintf(&b, "%s = %s (%s)\n", s.Option.Name, s.Value, s.Origin)
		}
	}
	return b.String()
}
