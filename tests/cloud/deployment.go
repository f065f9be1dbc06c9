package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// bootstrap makes a container do what has to be done once, and end.
const bootstrap = "KOLLA_BOOTSTRAP="

// deployment brings up the services in the order of kolla-ansible.
func (c *cloud) deployment() []step {
	password, port := c.settings.Password, c.settings.Port
	return []step{
		{"nothing is left of an earlier test", c.removeContainers},
		{"haproxy serves", c.serves(first)},
		{"memcached serves", c.serves("memcached")},
		{"mariadb has an empty database", func(ctx context.Context) error {
			return c.once(ctx, "mariadb", []string{bootstrap, "DB_ROOT_PASSWORD=" + password.Database})
		}},
		{"mariadb is the first of its cluster", c.firstOfCluster},
		{"mariadb serves after a restart", c.restartMariaDB},
		{"rabbitmq has its cookie", func(ctx context.Context) error {
			return c.once(ctx, "rabbitmq", []string{bootstrap, "RABBITMQ_CLUSTER_COOKIE=" + password.RabbitMQ})
		}},
		{"rabbitmq serves", c.serves("rabbitmq")},
		{"keystone has its tables", func(ctx context.Context) error {
			return c.database(ctx, "keystone", password.KeystoneDatabase)
		}},
		{"keystone has keys for tokens", c.makeFernetKeys},
		{"keystone serves", c.serves("keystone")},
		{"keystone serves behind haproxy", c.reached(port.Keystone)},
		{"keystone's keys are looked after", c.serves("keystone_fernet")},
		{"keystone knows the administrator", c.makeAdministrator},
		{"keystone issues a token", c.issueToken},
		{"keystone knows glance", c.registerGlance},
		{"glance has its tables", func(ctx context.Context) error {
			return c.database(ctx, "glance", password.GlanceDatabase)
		}},
		{"glance serves", c.serves("glance_api")},
		{"glance serves behind haproxy", c.reached(port.Glance)},
	}
}

func (c *cloud) serves(name string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := c.start(ctx, name); err != nil {
			return err
		}
		return c.healthy(ctx, name)
	}
}

// reached waits until HAProxy knows that a service is well, and passes requests on.
func (c *cloud) reached(port int) func(context.Context) error {
	return func(ctx context.Context) error {
		return until(ctx, func() (bool, error) {
			_, err := c.call(ctx, http.StatusOK, http.MethodGet, c.url(port)+"/healthcheck", nil, nil)
			return err == nil, err
		})
	}
}

// firstOfCluster starts MariaDB where there is no cluster to join yet, and makes the user
// of the health check.
func (c *cloud) firstOfCluster(ctx context.Context) error {
	if err := c.start(ctx, "mariadb", "BOOTSTRAP_ARGS=--wsrep-new-cluster"); err != nil {
		return err
	}
	monitor := fmt.Sprintf("CREATE USER 'monitor'@'%%' IDENTIFIED BY '%s'; GRANT USAGE ON *.* TO 'monitor'@'%%';", c.settings.Password.Monitor)
	err := until(ctx, func() (bool, error) {
		if err := c.engine.Running(ctx, "mariadb"); err != nil {
			return true, err
		}
		err := c.query(ctx, "SELECT 1")
		return err == nil, err
	})
	if err != nil {
		return err
	}
	if err := c.query(ctx, monitor); err != nil {
		return err
	}
	return c.healthy(ctx, "mariadb")
}

// restartMariaDB starts a new container on the volume of the first.
func (c *cloud) restartMariaDB(ctx context.Context) error {
	if _, err := c.engine.Run(ctx, nil, "rm", "--force", "--time", "60", "mariadb"); err != nil {
		return err
	}
	return c.serves("mariadb")(ctx)
}

// query sends statements to the database, as its root.
func (c *cloud) query(ctx context.Context, statements string) error {
	_, err := c.engine.Run(ctx, strings.NewReader(statements), "exec", "--interactive",
		"--env", "MYSQL_PWD="+c.settings.Password.Database,
		"mariadb", "mariadb", "--host", c.settings.Address, "--user", "root")
	return err
}

// database makes a service's database, and has the service make its tables.
func (c *cloud) database(ctx context.Context, name, password string) error {
	err := c.query(ctx, fmt.Sprintf(`
		CREATE DATABASE %[1]s;
		CREATE USER '%[1]s'@'%%' IDENTIFIED BY '%[2]s';
		GRANT ALL PRIVILEGES ON %[1]s.* TO '%[1]s'@'%%';
		SET GLOBAL log_bin_trust_function_creators = 1;`, name, password))
	if err != nil {
		return err
	}
	containers := map[string]string{"keystone": "keystone", "glance": "glance_api"}
	if err := c.once(ctx, containers[name], []string{bootstrap}); err != nil {
		return err
	}
	return c.query(ctx, "SET GLOBAL log_bin_trust_function_creators = 0;")
}

func (c *cloud) makeFernetKeys(ctx context.Context) error {
	return c.once(ctx, "keystone_fernet", nil, "bash", "-c", "sudo -E kolla_set_configs && "+
		"keystone-manage --config-file /etc/keystone/keystone.conf fernet_setup --keystone-user keystone --keystone-group keystone")
}

func (c *cloud) makeAdministrator(ctx context.Context) error {
	url := c.url(c.settings.Port.Keystone)
	said, err := c.engine.Exec(ctx, "keystone", "kolla_keystone_bootstrap",
		"admin", c.settings.Password.Admin, "admin", "admin", url, url, "RegionOne")
	if err == nil && !strings.Contains(said, `"failed": false`) {
		err = fmt.Errorf("kolla_keystone_bootstrap said %s", said)
	}
	return err
}

// url is that of a service as its users know it, behind HAProxy.
func (c *cloud) url(port int) string { return fmt.Sprintf("http://%s:%d", c.settings.VIP, port) }
