package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// container is a service as kolla-ansible starts it. Each has its configuration and the
// volume of the logs besides.
type container struct {
	name, image string
	volumes     []string // NAME:PATH
	health      []string // the command that tells whether it serves, in the container
}

// logs is the volume that all containers have.
const logs = "kolla_logs"

// namedVolumes are those that podman keeps; the others are folders.
func (one container) namedVolumes() []string {
	names := []string{logs}
	for _, volume := range one.volumes {
		if name, _, _ := strings.Cut(volume, ":"); !strings.HasPrefix(name, "/") {
			names = append(names, name)
		}
	}
	return names
}

// first holds the network that the others join.
const first = "haproxy"

func (c *cloud) containers() map[string]container {
	port := c.settings.Port
	url := func(port int) string { return fmt.Sprintf("http://%s:%d/healthcheck", c.settings.Address, port) }
	table := []container{
		{
			name: first, image: "haproxy",
			volumes: []string{c.doors + ":/doors"},
			health:  []string{"healthcheck_curl", fmt.Sprintf("http://%s:%d", c.settings.Address, port.Monitor)},
		},
		{
			name: "memcached", image: "memcached",
			health: []string{"healthcheck_listen", "memcached", fmt.Sprint(port.Memcached)},
		},
		{
			name: "mariadb", image: "mariadb-server",
			volumes: []string{"mariadb:/var/lib/mysql"},
			health:  []string{"healthcheck.sh", "--defaults-file", "/etc/mysql/healthcheck.cnf", "--connect", "--galera_online"},
		},
		{
			name: "rabbitmq", image: "rabbitmq",
			volumes: []string{"rabbitmq:/var/lib/rabbitmq"},
			health:  []string{"healthcheck_rabbitmq"},
		},
		{
			name: "keystone", image: "keystone",
			volumes: []string{"keystone_fernet_tokens:/etc/keystone/fernet-keys"},
			health:  []string{"healthcheck_curl", url(port.Keystone)},
		},
		{
			name: "keystone_fernet", image: "keystone-fernet",
			volumes: []string{"keystone_fernet_tokens:/etc/keystone/fernet-keys"},
			health:  []string{"/usr/bin/fernet-healthcheck.sh"},
		},
		{
			name: "glance_api", image: "glance-api",
			volumes: []string{"glance:/var/lib/glance"},
			health:  []string{"healthcheck_curl", url(port.Glance)},
		},
	}
	byName := map[string]container{}
	for _, one := range table {
		byName[one.name] = one
	}
	return byName
}

// options are what podman run needs for the container, whatever it runs in it.
func (c *cloud) options(one container, environment []string) []string {
	network := "container:" + first
	if one.name == first {
		network = "none" // which has an address to talk to itself, and nothing else
	}
	options := []string{
		"--network", network,
		"--log-driver", "k8s-file",
		"--env", "KOLLA_CONFIG_STRATEGY=COPY_ALWAYS",
		"--env", "KOLLA_SERVICE_NAME=" + one.name,
		"--volume", c.configuration + "/" + one.name + ":/var/lib/kolla/config_files:ro",
		"--volume", logs + ":/var/log/kolla",
	}
	for _, volume := range one.volumes {
		options = append(options, "--volume", volume)
	}
	for _, variable := range environment {
		options = append(options, "--env", variable)
	}
	return options
}

// once runs a container to its end. Without a command it runs what its image does.
func (c *cloud) once(ctx context.Context, name string, environment []string, command ...string) error {
	one := c.containers()[name]
	args := append([]string{"run", "--name", "bootstrap_" + name}, c.options(one, environment)...)
	_, err := c.engine.Run(ctx, nil, append(append(args, c.references[one.image]), command...)...)
	return err
}

// start starts a container, and lets it run.
func (c *cloud) start(ctx context.Context, name string, environment ...string) error {
	one := c.containers()[name]
	args := append([]string{"run", "--detach", "--name", name}, c.options(one, environment)...)
	_, err := c.engine.Run(ctx, nil, append(args, c.references[one.image])...)
	return err
}

// healthy waits until the container's health check passes.
func (c *cloud) healthy(ctx context.Context, name string) error {
	return until(ctx, func() (bool, error) {
		if err := c.engine.Running(ctx, name); err != nil {
			return true, err
		}
		_, err := c.engine.Exec(ctx, name, c.containers()[name].health...)
		return err == nil, err
	})
}

// until tries something, time and again, until it is done or the context ends. The error is
// then that of the last try that came to its end.
func until(ctx context.Context, try func() (done bool, err error)) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	var last error
	for {
		done, err := try()
		if ctx.Err() != nil {
			return fmt.Errorf("%w; last: %w", ctx.Err(), last)
		}
		if done {
			return err
		}
		last = err
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}
