package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/kolla-build/kolla-build/tests/podman"
)

// project is one of OpenStack. Its source package in Debian has its name, and that of its
// Python package is the same behind "python3-".
type project struct {
	name   string
	images map[string][]string // the commands to try in each
}

// projects are a service each, and a plugin of one.
var projects = []project{
	{"keystone", map[string][]string{
		"keystone": {"keystone-manage --version", "keystone-manage db_sync --help"},
	}},
	{"glance", map[string][]string{
		"glance-api": {"glance-api --version", "glance-manage --version"},
	}},
	{"nova", map[string][]string{
		"nova-api":       {"nova-api --version", "nova-manage --version"},
		"nova-conductor": {"nova-conductor --version"},
		"nova-scheduler": {"nova-scheduler --version"},
	}},
	{"neutron", map[string][]string{
		"neutron-server": {"neutron-server --version", "neutron-db-manage --help"},
	}},
	{"neutron-dynamic-routing", map[string][]string{
		// The plugin brings tables, which neutron's own command knows.
		"neutron-server": {"neutron-db-manage --subproject neutron-dynamic-routing heads"},
	}},
	{"heat", map[string][]string{
		"heat-api":    {"heat-api --version"},
		"heat-engine": {"heat-engine --version", "heat-manage --version"},
	}},
}

func find(name string) *project {
	for i := range projects {
		if projects[i].name == name {
			return &projects[i]
		}
	}
	return nil
}

func names() []string {
	var all []string
	for _, p := range projects {
		all = append(all, p.name)
	}
	return all
}

// images returns the names of all, sorted.
func images() []string {
	all := map[string]bool{}
	for _, p := range projects {
		for image := range p.images {
			all[image] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// try runs the commands in containers without a network, all of them whatever comes.
func try(ctx context.Context, engine podman.Engine, references map[string]string) error {
	var failures []error
	for _, p := range projects {
		for _, image := range slices.Sorted(maps.Keys(p.images)) {
			for _, command := range p.images[image] {
				said, err := engine.Run(ctx, nil, "run", "--rm", "--network", "none", references[image], "bash", "-c", command)
				if err == nil && said == "" {
					err = fmt.Errorf("%s: %s: it says nothing", image, command)
				}
				if err != nil {
					failures = append(failures, err)
					continue
				}
				fmt.Printf("%-16s %-62s %s\n", image, command, firstLine(said))
			}
		}
	}
	return errors.Join(failures...)
}
