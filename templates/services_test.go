package templates

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// source makes a command of a script that is meant to be sourced.
func (s *sandbox) source(file, name string, folders ...string) {
	s.t.Helper()
	s.installMoved(file, name, folders...)
	text := s.read("/bin/" + name)
	s.write("/bin/"+name, "#!/bin/bash\nset -o errexit -o nounset -o pipefail\n"+text)
}

func TestCheckAlive(t *testing.T) {
	for _, test := range []struct {
		checks []int
		want   bool
	}{{nil, true}, {[]int{0}, true}, {[]int{0, 0}, true}, {[]int{1, 0}, false}, {[]int{0, 1}, false}} {
		s := newSandbox(t)
		s.installMoved("keepalived/check_alive.sh", "check_alive", "/checks/")
		for i, status := range test.checks {
			s.write(fmt.Sprintf("/checks/%d", i), fmt.Sprintf("#!/bin/bash\nexit %d\n", status))
		}
		if out, ok := s.run("check_alive"); ok != test.want {
			t.Errorf("checks that end with %v: alive is %v: %s", test.checks, ok, out)
		}
	}
}

func TestCronSchedule(t *testing.T) {
	s := newSandbox(t)
	s.source("cron/extend_start.sh", "start")
	s.write("/etc/cron.daily/logrotate", "")
	s.must("start")
	for _, schedule := range []string{"hourly", "hourly", "yearly", "weekly", "daily"} {
		s.with("KOLLA_LOGROTATE_SCHEDULE=" + schedule).must("start")
		at := map[string]string{"yearly": "hourly"}[schedule]
		if at == "" {
			at = schedule
		}
		if got := s.names("/etc/cron." + at); got != "logrotate" {
			t.Errorf("asked for %s, %s has %q", schedule, at, got)
		}
	}
	if got := s.names("/etc/cron.hourly") + s.names("/etc/cron.weekly"); got != "" {
		t.Errorf("it is done more than once: %q", got)
	}
}

func TestRabbitMQBootstrap(t *testing.T) {
	const cookie = "/var/lib/rabbitmq/.erlang.cookie"
	s := newSandbox(t)
	s.source("rabbitmq/extend_start.sh", "start")
	s.must("start")
	if _, err := os.Stat(s.path(cookie)); err == nil {
		t.Error("there is a cookie without anybody asking for one")
	}
	for _, secret := range []string{"one", "two"} {
		s.with("KOLLA_BOOTSTRAP=", "RABBITMQ_CLUSTER_COOKIE="+secret).must("start")
		if got := s.read(cookie); got != secret+"\n" {
			t.Errorf("the cookie is %q, want %q", got, secret)
		}
		info, err := os.Stat(s.path(cookie))
		if err != nil || info.Mode() != 0o400 {
			t.Errorf("the mode is %v, %v", info.Mode(), err)
		}
	}
}

func TestSentinelCopiesItsConfiguration(t *testing.T) {
	for _, service := range []string{"redis", "valkey"} {
		s := newSandbox(t)
		s.source(service+"/"+service+"-sentinel/extend_start.sh", "start")
		s.must("start")
		s.write("/etc/given", "port 1\n")
		name := strings.ToUpper(service)
		s.with(name+"_CONF="+s.path("/etc/given"), name+"_GEN_CONF="+s.path("/etc/made")).must("start")
		if got := s.read("/etc/made"); got != "port 1\n" {
			t.Errorf("%s: the copy is %q", service, got)
		}
	}
}

func TestProxySQLConfig(t *testing.T) {
	s := newSandbox(t)
	s.install("proxysql/proxysql_config_sync.py", "sync")
	s.write("/etc/proxysql/proxysql.yaml", "datadir: /var/lib/proxysql\nmysql_variables:\n  threads: 4\n  have_ssl: true\n"+
		"mysql_servers:\n  - {address: 10.0.0.1, port: 3306}\n  - {address: 10.0.0.2, port: 3306}\n")
	s.write("/etc/proxysql/users/a.yaml", "mysql_users:\n  - username: nova\n    password: 'a\"b\\c'\n")
	s.write("/etc/proxysql/users/b.yaml", "mysql_users:\n  - {username: nova, password: other}\n  - {password: nobody}\n  - {username: heat}\n")
	s.write("/etc/proxysql/users/empty.yaml", "")
	s.write("/etc/proxysql/rules/a.yaml", "mysql_query_rules:\n  - {schemaname: nova, active: 1}\n  - {active: 1}\n  - {username: nova}\n  - {schemaname: nova}\n")
	out := s.must("sync")
	if got := strings.Count(out, "left out"); got != 4 {
		t.Errorf("%d are left out, want 4: %s", got, out)
	}
	const want = `datadir = "/var/lib/proxysql"
mysql_variables = { threads = 4; have_ssl = true; }
mysql_servers = (
    { address = "10.0.0.1"; port = 3306; },
    { address = "10.0.0.2"; port = 3306; }
)
mysql_users = (
    { username = "nova"; password = "a\"b\\c"; },
    { username = "heat"; }
)
mysql_query_rules = (
    { schemaname = "nova"; active = 1; rule_id = 1; },
    { username = "nova"; rule_id = 2; }
)
`
	if got := s.read("/etc/proxysql.cnf"); got != want {
		t.Errorf("the configuration is\n%swant\n%s", got, want)
	}

	// What cannot be read leaves the last configuration in place.
	s.write("/etc/proxysql/rules/b.yaml", "mysql_query_rules: [\n")
	if out, ok := s.run("sync"); ok || s.read("/etc/proxysql.cnf") != want {
		t.Errorf("bad YAML: no error, or a file without its rules: %s", out)
	}
}
