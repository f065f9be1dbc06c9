package main

import (
	"fmt"
	"maps"
	"os"
	"strings"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/plan"
)

// openStore opens the driver that the configuration describes.
func openStore(cfg *config.Config) (*buildahdriver.Driver, error) {
	return buildahdriver.Open(storeOptions(cfg))
}

// storeOptions are what the configuration says of the driver.
func storeOptions(cfg *config.Config) buildahdriver.Options {
	configureLog(cfg)
	options := buildahdriver.Options{
		IDs:           buildahdriver.IDs(cfg.IDs),
		Network:       networkOf(cfg),
		Root:          cfg.Root,
		RunRoot:       cfg.RunRoot,
		StorageDriver: cfg.StorageDriver,
		AuthFile:      cfg.AuthFile,
		CertDir:       cfg.CertDir,
		Compression:   buildahdriver.Compression(cfg.Compression),
		Isolation:     buildahdriver.Isolation(cfg.Isolation),
		BuildahCommit: cfg.Commit == "buildah",
		Credentials:   credentials(cfg),
		AllowedRealms: cfg.AllowedRealms,
	}
	if cfg.Origin("tls-verify") != config.OriginDefault {
		options.TLSVerify = &cfg.TLSVerify
	}
	return options
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
