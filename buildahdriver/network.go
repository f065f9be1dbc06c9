package buildahdriver

import (
	"errors"
	"fmt"

	nettypes "go.podman.io/common/libnetwork/types"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/sandbox"
	"github.com/kolla-build/kolla-build/internal/preflight"
)

// Network is what the commands of RUN can reach.
type Network = sandbox.Network

// The networks that RUN may have.
const (
	// NetworkHost is the machine's own, with all that listens on 127.0.0.1.
	NetworkHost = sandbox.NetworkHost
	// NetworkNone has nothing but a loopback interface.
	NetworkNone = sandbox.NetworkNone
	// NetworkPrivate reaches what the machine reaches, but neither its 127.0.0.1 nor its
	// abstract sockets. It takes the program pasta or slirp4netns, and the default isolation.
	NetworkPrivate = sandbox.NetworkPrivate
)

// CheckNetwork reports, as an [*EnvironmentError] if it is for want of something on this
// machine, that RUN cannot have this network.
func (d *Driver) CheckNetwork(network Network) error {
	if network != NetworkPrivate {
		return nil
	}
	if d.options.Isolation != IsolationDefault {
		return remediedError{
			fmt.Errorf("buildah's isolation %s cannot give RUN a network of its own", d.options.Isolation),
			"leave out --isolation, or use --network-mode none",
		}
	}
	if !mayMount() {
		return &EnvironmentError{Missing: "RUN cannot have a network of its own: this container allows no namespaces", Mend: namespacesWanted}
	}
	_, err := d.connector()
	return err
}

func findConnector() (sandbox.Connector, error) {
	found := preflight.GatherConnector()
	if check := preflight.CheckConnector(found); check.Verdict == preflight.Fails {
		return "", environmentError(&check)
	}
	return sandbox.Connector(found.Path), nil
}

// networkOfRun is the network of one RUN: that of the build, unless the instruction's flag
// names another. No flag gives a command more than the build has.
func networkOfRun(build Network, flag string) (Network, error) {
	switch flag {
	case "", "default":
		return build, nil
	case "none":
		return NetworkNone, nil
	case "host":
		if build == NetworkPrivate {
			return "", remediedError{
				errors.New("RUN --network=host is not allowed: commands of this build have networks of their own"),
				"leave out the flag, or --network-mode private",
			}
		}
		return build, nil // a build without a network stays so
	default:
		return "", fmt.Errorf("RUN cannot have the network %q: one of default, host, none", flag)
	}
}

// noNetworks replaces the networks that podman and buildah create with netavark and
// aardvark-dns. Nothing here needs them, as in buildah's isolations a RUN uses the host's
// network or none; but the libraries look for these programs whenever a working container
// is created, and fail where they are not installed, unless a network interface is passed
// in. It fails only when used.
type noNetworks struct{}

var _ nettypes.ContainerNetwork = noNetworks{}

var errNoNetworks = errors.New("buildah's isolations have no private networks: use host or none")

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
