package buildahdriver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"

	docker "github.com/fsouza/go-dockerclient"
	"github.com/openshift/imagebuilder"
	"go.podman.io/buildah"
	buildahdocker "go.podman.io/buildah/docker"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/sandbox"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/transfer"
)

type buildahHealthcheck = buildahdocker.HealthConfig

// executor does what the instructions of one Dockerfile ask for, in one root folder.
// It implements imagebuilder.Executor.
type executor struct {
	ctx        context.Context // of the one build that the executor lives for
	build      *build
	driver     *Driver
	path       string // of the root folder
	root       *rootfs.Root
	container  *buildah.Builder // that the root is of, if one is needed
	context    *os.Root         // the build context
	contextDir string           // its path
	excludes   []string
	network    Network
	secrets    []string // see [BuildOptions.Secrets]
	output     io.Writer
	ensured    map[string]bool // folders known to exist
}

func newExecutor(ctx context.Context, b *build, path string, container *buildah.Builder) (*executor, error) {
	excludes, _, err := contextExcludes(&b.options)
	if err != nil {
		return nil, err
	}
	files, err := os.OpenRoot(b.options.ContextDir)
	if err != nil {
		return nil, fmt.Errorf("failed to open the build context: %w", err)
	}
	root, err := rootfs.Open(path)
	if err != nil {
		return nil, errors.Join(err, files.Close())
	}
	return &executor{
		ctx:        ctx,
		build:      b,
		driver:     b.driver,
		path:       path,
		root:       root,
		container:  container,
		context:    files,
		excludes:   excludes,
		network:    b.options.Network,
		secrets:    b.options.Secrets,
		contextDir: b.options.ContextDir,
		output:     b.options.Output,
		ensured:    map[string]bool{},
	}, nil
}

func (e *executor) close() {
	e.root.Close()
	e.context.Close()
}

// Preserve is asked for a VOLUME's folder. As in current buildah and BuildKit,
// later instructions may change what is in it.
func (e *executor) Preserve(path string) error {
	return e.EnsureContainerPath(path)
}

// EnsureContainerPath makes a folder in the container.
func (e *executor) EnsureContainerPath(path string) error {
	return e.EnsureContainerPathAs(path, "", nil)
}

// EnsureContainerPathAs makes a folder in the container with an owner and mode.
// The interpreter asks for the working directory after every instruction.
func (e *executor) EnsureContainerPathAs(path, user string, mode *os.FileMode) error {
	key := path + "\x00" + user
	if e.ensured[key] {
		return nil
	}
	var uid, gid int
	if user != "" {
		// A user that does not exist is for RUN to complain about.
		if u, g, err := e.root.LookupOwner(user); err == nil {
			uid, gid = u, g
		}
	}
	permissions := os.FileMode(0o755)
	if mode != nil {
		permissions = *mode
	}
	folder, err := e.root.MkdirAll(path, uid, gid, uint32(permissions.Perm()))
	if err != nil {
		return fmt.Errorf("failed to make %s: %w", path, err)
	}
	folder.Close()
	e.ensured[key] = true
	return nil
}

// Copy does COPY and ADD.
func (e *executor) Copy(excludes []string, copies ...imagebuilder.Copy) error {
	for _, c := range copies {
		if err := e.copyOne(excludes, c); err != nil {
			return err
		}
	}
	return nil
}

// copyOne does one COPY or ADD, whose sources may be of several kinds.
func (e *executor) copyOne(excludes []string, c imagebuilder.Copy) error {
	sources := contextSources(c)
	local, remote := splitURLs(sources)
	switch {
	case len(remote) > 0 && !c.Download:
		return errors.New("COPY cannot fetch a URL: use ADD")
	case len(remote) > 0 && e.driver.options.Isolation != IsolationDefault:
		return beyondError{"ADD of a URL"} // a variable of the Dockerfile turned out to be one
	case c.Checksum != "" && (len(local) > 0 || len(c.Files) > 0 || len(remote) != 1):
		return errors.New("--checksum is for a single URL")
	}
	if len(local) > 0 {
		files := c
		files.Src = local
		if err := e.copyLocal(excludes, files); err != nil {
			return err
		}
	}
	for _, location := range remote {
		if err := e.addRemote(location, c, len(sources) > 1); err != nil {
			return err
		}
	}
	if len(c.Files) > 0 {
		return e.copyHeredocs(c)
	}
	return nil
}

// splitURLs tells the sources of ADD that are fetched from those that are files.
func splitURLs(sources []string) (local, remote []string) {
	for _, source := range sources {
		if isURL(source) {
			remote = append(remote, source)
		} else {
			local = append(local, source)
		}
	}
	return local, remote
}

// copyLocal copies files of the build context, or of a stage or image.
func (e *executor) copyLocal(excludes []string, c imagebuilder.Copy) error {
	if c.From == "" {
		return e.copyFrom(e.context, append(e.excludes[:len(e.excludes):len(e.excludes)], excludes...), c)
	}
	from, err := e.build.root(e.ctx, e.build.stage, c.From, e.build.options.PullNewer, e.output)
	if err != nil {
		return fmt.Errorf("COPY --from=%s: %w", c.From, err)
	}
	return e.copyFrom(from.root, excludes, c)
}

// copyFrom copies from a tree of files.
func (e *executor) copyFrom(tree transfer.Tree, excludes []string, c imagebuilder.Copy) (err error) {
	transfer := transfer.Copy{
		Context:    tree,
		Sources:    c.Src,
		Dest:       c.Dest,
		Extract:    c.Download,
		Excludes:   excludes,
		Exclude:    c.Excludes,
		Parents:    c.Parents,
		KeepOwners: c.From != "" && c.Chown == "",
		KeepSetID:  c.From != "",
	}
	if c.Chown != "" {
		if transfer.UID, transfer.GID, err = e.root.LookupOwner(c.Chown); err != nil {
			return err
		}
	}
	if c.Chmod != "" {
		if transfer.Mode, err = parseMode(c.Chmod); err != nil {
			return fmt.Errorf("invalid --chmod=%s: %w", c.Chmod, err)
		}
	}
	return transfer.Into(e.root)
}

// parseMode reads what --chmod takes: the mode in octal digits.
func parseMode(text string) (*uint32, error) {
	parsed, err := strconv.ParseUint(text, 8, 12)
	if err != nil {
		return nil, err
	}
	mode := uint32(parsed)
	return &mode, nil
}

// Run does RUN.
func (e *executor) Run(run imagebuilder.Run, config docker.Config) (err error) {
	if owners.Plain() {
		return CannotRun(path.Base(e.contextDir), "RUN "+strings.Join(run.Args, " "))
	}
	// A command may remove any folder.
	clear(e.ensured)
	spec := sandbox.Spec{
		Root: e.path,
		Args: run.Args,
		Env:  config.Env,
		Dir:  config.WorkingDir,
		User: config.User,
	}
	if spec.Network, err = networkOfRun(e.network, run.Network); err != nil {
		return err
	}
	if spec.Network == NetworkPrivate {
		if spec.Connector, err = e.driver.connector(); err != nil {
			return err
		}
	}
	if run.Shell {
		text, isScript := runText(run)
		if isScript && strings.HasPrefix(text, "#!") {
			spec.Script, spec.ScriptName = []byte(text), run.Files[0].Name
		}
		shell := config.Shell
		if len(shell) == 0 {
			shell = []string{"/bin/sh", "-c"}
		}
		spec.Args = append(shell[:len(shell):len(shell)], text)
	}
	output := &tail{Writer: e.output}
	if e.driver.options.Isolation != IsolationDefault {
		if len(run.Mounts) > 0 || run.Network != "" || spec.Script != nil {
			return beyondError{"RUN with a flag or script of its own, in buildah's isolation"}
		}
		return output.blame(e.runWithBuildah(spec.Args, config, output))
	}
	mounts, err := e.mounts(run.Mounts, config.WorkingDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, mounts.close()) }()
	spec.Mounts, spec.Env = mounts.mounts, mergeEnv(spec.Env, mounts.env)
	spec.Output = output
	return e.runInSandbox(spec, output)
}

// runInSandbox runs a command in our own isolation.
func (e *executor) runInSandbox(spec sandbox.Spec, output *tail) error {
	ctx, watched, stop := e.build.options.Limits.watch(e.ctx, spec.Output)
	defer stop()
	spec.Output = watched
	err := e.driver.runCommand(ctx, spec)
	var exit *sandbox.ExitError
	switch {
	case !errors.As(err, &exit):
		return err
	case exit.Signal != 0:
		return remediedError{err, "if the machine ran out of memory, build fewer images at once with --threads"}
	}
	return output.blame(err)
}

// runWithBuildah runs a command in the isolation that the user chose.
func (e *executor) runWithBuildah(args []string, config docker.Config, output io.Writer) error {
	namespaces, configure := buildahNetwork(e.network)
	return e.container.Run(args, buildah.RunOptions{
		Isolation:        e.driver.buildahIsolation(),
		Env:              config.Env,
		User:             config.User,
		WorkingDir:       config.WorkingDir,
		Entrypoint:       []string{},
		Cmd:              []string{},
		Stdin:            strings.NewReader(""),
		Stdout:           output,
		Stderr:           output,
		NamespaceOptions: namespaces,
		ConfigureNetwork: configure,
		SystemContext:    &e.driver.system,
		Quiet:            true,
		NoPivot:          os.Getenv("BUILDAH_NOPIVOT") != "",
	})
}

// UnrecognizedInstruction refuses an instruction that no builder knows.
func (e *executor) UnrecognizedInstruction(step *imagebuilder.Step) error {
	return fmt.Errorf("unknown instruction %s", strings.ToUpper(step.Command))
}
