package buildahdriver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	docker "github.com/fsouza/go-dockerclient"
	"github.com/openshift/imagebuilder"
	"go.podman.io/buildah"
	buildahdocker "go.podman.io/buildah/docker"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/sandbox"
)

type buildahHealthcheck = buildahdocker.HealthConfig

// executor does what the instructions of one Dockerfile ask for, in one working
// container. It implements imagebuilder.Executor.
type executor struct {
	ctx        context.Context // of the one build that the executor lives for
	driver     *Driver
	container  *buildah.Builder
	root       string // where the container is mounted
	contextDir string
	excludes   []string
	ignoreFile string
	noNetwork  bool
	output     io.Writer
	ensured    map[string]bool // folders known to exist
}

func (d *Driver) newExecutor(ctx context.Context, options BuildOptions, container *buildah.Builder, root string) (*executor, error) {
	excludes, ignoreFile, err := contextExcludes(options.ContextDir)
	if err != nil {
		return nil, err
	}
	return &executor{
		ctx:        ctx,
		driver:     d,
		container:  container,
		root:       root,
		contextDir: options.ContextDir,
		excludes:   excludes,
		ignoreFile: ignoreFile,
		noNetwork:  options.NoNetwork,
		output:     options.Output,
		ensured:    map[string]bool{},
	}, nil
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
	if err := e.container.EnsureContainerPathAs(path, user, mode); err != nil {
		return fmt.Errorf("failed to make %s: %w", path, err)
	}
	e.ensured[key] = true
	return nil
}

// Copy does COPY and ADD.
func (e *executor) Copy(excludes []string, copies ...imagebuilder.Copy) error {
	for _, c := range copies {
		sources := make([]string, len(c.Src))
		for i, source := range c.Src {
			sources[i] = source
			if !strings.HasPrefix(source, "http://") && !strings.HasPrefix(source, "https://") {
				sources[i] = filepath.Join(e.contextDir, source)
			} else if !c.Download {
				return fmt.Errorf("COPY cannot fetch %s: use ADD", source)
			}
		}
		err := e.container.Add(c.Dest, c.Download, buildah.AddAndCopyOptions{
			Chmod:                 c.Chmod,
			Chown:                 c.Chown,
			Checksum:              c.Checksum,
			ContextDir:            e.contextDir,
			Excludes:              append(e.excludes[:len(e.excludes):len(e.excludes)], excludes...),
			IgnoreFile:            e.ignoreFile,
			StripSetuidBit:        true, // as docker does for files of the context
			StripSetgidBit:        true,
			CertPath:              e.driver.system.DockerCertPath,
			InsecureSkipTLSVerify: e.driver.system.DockerInsecureSkipTLSVerify,
		}, sources...)
		if err != nil {
			return err
		}
	}
	return nil
}

// Run does RUN.
func (e *executor) Run(run imagebuilder.Run, config docker.Config) error {
	// A command may remove any folder.
	clear(e.ensured)
	args := run.Args
	if run.Shell {
		shell := config.Shell
		if len(shell) == 0 {
			shell = []string{"/bin/sh", "-c"}
		}
		args = append(shell[:len(shell):len(shell)], strings.Join(run.Args, " "))
	}
	output := &tail{Writer: e.output}
	if e.driver.options.Isolation != IsolationDefault {
		return output.blame(e.runWithBuildah(args, config, output))
	}
	err := sandbox.Run(e.ctx, sandbox.Spec{
		Root:      e.root,
		Args:      args,
		Env:       config.Env,
		Dir:       config.WorkingDir,
		User:      config.User,
		NoNetwork: e.noNetwork,
		Output:    output,
	})
	var exit *sandbox.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	if exit.Signal != 0 {
		return remediedError{err, "if the machine ran out of memory, build fewer images at once with --threads"}
	}
	return output.blame(err)
}

// runWithBuildah runs a command in the isolation that the user chose.
func (e *executor) runWithBuildah(args []string, config docker.Config, output io.Writer) error {
	namespaces, configure := network(e.noNetwork)
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
