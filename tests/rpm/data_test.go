package rpm

import (
	"slices"
	"testing"
)

func load(t *testing.T) Data {
	t.Helper()
	data, err := LoadData()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestData: repositories that nothing could enable would be of no use.
func TestData(t *testing.T) {
	for name, distro := range load(t).Distros {
		if distro.Release == "" || distro.Version == "" || len(distro.Repositories) == 0 {
			t.Errorf("%s lacks a release package, a version or repositories", name)
		}
		if first := distro.Repositories[0]; first.Disabled || first.Release != "" || len(first.Packages) > 0 {
			t.Errorf("%s begins with %+v, and not with what a root has and takes all else from", name, first)
		}
	}
}

func TestRepositoryOf(t *testing.T) {
	centos := load(t).Distros["centos"]
	for name, want := range map[string]string{
		"bash": "baseos", "pcs": "highavailability", "dumb-init": "epel", "openstack-keystone": "centos-openstack-flamingo",
	} {
		if got := centos.repositoryOf(name); got != want {
			t.Errorf("%s is in %s, want %s", name, got, want)
		}
	}
}

func TestClosure(t *testing.T) {
	data := Data{Packages: map[string]Content{"dnf5": {Requires: []string{"dnf"}}, "dnf": {Requires: []string{"rpm", "sed"}}, "rpm": {Requires: []string{"sed"}}}}
	if got, want := data.closure([]string{"dnf5", "tar"}), []string{"dnf", "dnf5", "rpm", "sed", "tar"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStale(t *testing.T) {
	distro := Distro{Repositories: []Repository{{}, {Packages: []string{"openstack-*", "pcs", "no-more-*"}}}}
	if got, want := distro.stale([]string{"bash", "openstack-nova-api", "pcs"}), []string{"no-more-*"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
