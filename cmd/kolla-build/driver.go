package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"strings"

	"github.com/sirupsen/logrus"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/plan"
	"github.com/kolla-build/kolla-build/internal/run"
)

// openStore opens the driver that the configuration describes.
func openStore(cfg *config.Config) (*buildahdriver.Driver, error) {
	// The libraries' warnings are for the user; the rest is for us.
	logrus.SetLevel(logrus.WarnLevel)
	if cfg.Debug {
		logrus.SetLevel(logrus.InfoLevel)
	}
	options := buildahdriver.Options{
		Root:          cfg.Root,
		RunRoot:       cfg.RunRoot,
		StorageDriver: cfg.StorageDriver,
		AuthFile:      cfg.AuthFile,
		CertDir:       cfg.CertDir,
		Isolation:     buildahdriver.Isolation(cfg.Isolation),
		Credentials:   credentials(cfg),
	}
	if cfg.Origin("tls-verify") != config.OriginDefault {
		options.TLSVerify = &cfg.TLSVerify
	}
	return buildahdriver.Open(options)
}

// credentials are for the registry that images are named for, docker.io if they
// are not.
func credentials(cfg *config.Config) buildahdriver.Credentials {
	user, password, _ := strings.Cut(cfg.Creds.Reveal(), ":")
	host, _, _ := strings.Cut(cfg.Registry, "/")
	if host == "" {
		host = "docker.io"
	}
	return buildahdriver.Credentials{Registry: host, User: user, Password: password}
}

// adapter lets a run work with buildahdriver.
type adapter struct {
	driver   *buildahdriver.Driver
	contexts contexts
	args     map[string]string // build arguments
	secrets  []string          // as buildah takes them
	pull     bool              // base images, if there are newer ones
	offline  bool              // no network for RUN
	cache    bool              // take unchanged images from the store
}

// inputLabel holds, on an image, the digest of what it was made from.
const inputLabel = "org.kolla-build.input"

// Build implements run.Driver.
func (a adapter) Build(ctx context.Context, job run.Job) (run.Built, error) {
	dir, err := a.contexts.complete(ctx, job.Name, job.ContextDir)
	if err != nil {
		return run.Built{}, err
	}
	options := buildahdriver.BuildOptions{
		Name:       job.Reference,
		ContextDir: dir,
		Args:       a.args,
		Secrets:    a.secrets,
		PullNewer:  a.pull && job.Root,
		NoNetwork:  a.offline,
		Output:     job.Output,
		OnStep:     job.OnStep,
	}
	digest, err := a.inputDigest(ctx, options)
	if err != nil && !job.Root && !a.driver.Has(job.From) {
		err = fmt.Errorf("%w\nits parent was skipped and is not in the store: build it too, or push it to its registry", err)
	}
	if err != nil {
		return run.Built{}, withRemedy(err)
	}
	if a.cache && digest != "" {
		if there, ok := a.driver.Labelled(ctx, job.Reference, inputLabel, digest); ok {
			return run.Built{ID: there.ID, Digest: there.Digest, Size: there.Size, Unchanged: true}, nil
		}
	}
	options.Labels = map[string]string{inputLabel: digest}
	built, err := a.driver.Build(ctx, options)
	var step *buildahdriver.StepError
	if errors.As(err, &step) {
		// The context may be gone when the user reads this; the template is not.
		step.Dockerfile = path.Join(job.ContextDir, "Dockerfile")
	}
	if err != nil {
		return run.Built{}, withRemedy(err)
	}
	return run.Built{ID: built.ID, Digest: built.Digest, Size: built.Size}, nil
}

// inputDigest returns the digest of all that goes into an image, or nothing where
// that cannot be known.
func (a adapter) inputDigest(ctx context.Context, options buildahdriver.BuildOptions) (string, error) {
	base, err := a.driver.Base(ctx, options)
	if err != nil || base == "" {
		return "", err
	}
	root, err := os.OpenRoot(options.ContextDir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	network := "host"
	if options.NoNetwork {
		network = "none"
	}
	return plan.Input{
		Parent:  base,
		Context: root.FS(),
		Args:    options.Args,
		Options: map[string]string{"network": network},
	}.Digest()
}

// Push implements run.Driver.
func (a adapter) Push(ctx context.Context, job run.Job, _ run.Built) (string, error) {
	digest, err := a.driver.Push(ctx, job.Reference, job.Output)
	return digest, withRemedy(err)
}

// withRemedy puts what the user can do on a line of its own below the error.
func withRemedy(err error) error {
	if remedy := buildahdriver.Remedy(err); remedy != "" {
		return fmt.Errorf("%w\n%s", err, remedy)
	}
	return err
}

// buildArgs joins the proxies of the environment and the arguments given, which
// win.
func buildArgs(given map[string]string) map[string]string {
	args := map[string]string{}
	for _, name := range plan.Proxies {
		if value, ok := os.LookupEnv(name); ok {
			args[name] = value
		}
	}
	maps.Copy(args, given)
	return args
}
