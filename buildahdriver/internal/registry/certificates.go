package registry

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"go.podman.io/image/v5/types"
	"go.podman.io/storage/pkg/configfile"
	"go.podman.io/storage/pkg/unshare"
)

// certificates returns the folder with the certificates for a registry, where the
// libraries look for it too: containers-certs.d(5). It is empty if there is none.
func certificates(system *types.SystemContext, domain string) (string, error) {
	if system.DockerCertPath != "" {
		return system.DockerCertPath, nil
	}
	paths, err := configfile.GetSearchPaths(&configfile.File{
		Name:                           "certs",
		Extension:                      "d",
		DoNotUseExtensionForConfigName: true,
		UserId:                         unshare.GetRootlessUID(),
	})
	if err != nil {
		return "", err
	}
	for _, base := range append(paths.DropInDirectories, "/etc/docker/certs.d") {
		dir := filepath.Join(base, domain)
		_, err := os.Stat(dir)
		if err == nil {
			return dir, nil
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return "", err
		}
	}
	return "", nil
}
