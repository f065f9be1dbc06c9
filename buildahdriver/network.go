package buildahdriver

import (
	"errors"

	nettypes "go.podman.io/common/libnetwork/types"
)

// noNetworks replaces the networks that podman and buildah create with netavark and
// aardvark-dns. A RUN uses the host's network or none, so nothing here needs them; but the
// libraries look for these programs whenever a working container is created, and fail where
// they are not installed, unless a network interface is passed in. It fails only when used.
type noNetworks struct{}

var _ nettypes.ContainerNetwork = noNetworks{}

var errNoNetworks = errors.New("private networks are not supported in a build: use host or none")

func (noNetworks) NetworkCreate(nettypes.Network, *nettypes.NetworkCreateOptions) (nettypes.Network, error) {
	return nettypes.Network{}, errNoNetworks
}

func (noNetworks) NetworkUpdate(string, nettypes.NetworkUpdateOptions) error { return errNoNetworks }
func (noNetworks) NetworkRemove(string) error                                { return errNoNetworks }

func (noNetworks) NetworkList(...nettypes.FilterFunc) ([]nettypes.Network, error) {
	return nil, nil
}

func (noNetworks) NetworkInspect(string) (nettypes.Network, error) {
	return nettypes.Network{}, errNoNetworks
}

func (noNetworks) Setup(string, nettypes.SetupOptions) (map[string]nettypes.StatusBlock, error) {
	return nil, errNoNetworks
}

func (noNetworks) Teardown(string, nettypes.TeardownOptions) error { return nil }
func (noNetworks) RunInRootlessNetns(func() error) error           { return errNoNetworks }

func (noNetworks) RootlessNetnsInfo() (*nettypes.RootlessNetnsInfo, error) {
	return nil, errNoNetworks
}

func (noNetworks) Drivers() []string          { return nil }
func (noNetworks) DefaultNetworkName() string { return "none" }
func (noNetworks) PestoSocketPath() string    { return "" }

func (noNetworks) NetworkInfo() nettypes.NetworkInfo {
	return nettypes.NetworkInfo{Backend: "none"}
}
