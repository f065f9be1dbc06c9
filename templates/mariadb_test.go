package templates

import (
	"os"
	"strings"
	"testing"
)

func TestMariaDBHealthcheck(t *testing.T) {
	for _, test := range []struct {
		args   []string
		answer string
		want   bool
		call   string
	}{
		{[]string{"--connect"}, "1", true, "mariadb --batch --connect-timeout=10 --skip-column-names --execute=SELECT 1"},
		{
			[]string{"--defaults-file", "/etc/mysql/healthcheck.cnf", "--connect"}, "1", true,
			"mariadb --defaults-file=/etc/mysql/healthcheck.cnf --batch --connect-timeout=10 --skip-column-names --execute=SELECT 1",
		},
		{args: []string{"--defaults-file=F", "--galera_online"}, answer: "4", want: true},
		{args: []string{"--galera_online"}, answer: "2"},
		{args: []string{"--galera_online"}},
		{args: []string{"--innodb_initialized"}, answer: "1", want: true},
		{args: []string{"--connect", "--unknown"}, answer: "1"},
		{args: []string{"--defaults-file"}, answer: "1"},
		{answer: "1"},
	} {
		s := newSandbox(t)
		s.install("mariadb/mariadb-server/healthcheck.sh", "healthcheck.sh")
		s.write("/bin/mariadb", "#!/bin/bash\necho \"mariadb $*\" >> \"$CALLS\"\necho \"$ANSWER\"\n")
		s.env = append(s.env, "ANSWER="+test.answer)
		out, ok := s.run("healthcheck.sh", test.args...)
		if ok != test.want {
			t.Errorf("%q with the answer %q: healthy is %v: %s", test.args, test.answer, ok, out)
		}
		if test.call != "" {
			s.wantCalls(test.call)
		}
	}
}

// mariadbBackup returns a sandbox with both scripts; mariadb-backup fails if told so.
func mariadbBackup(t *testing.T) *sandbox {
	t.Helper()
	s := newSandbox(t)
	s.installMoved("mariadb/mariadb-server/backup.sh", "kolla_mariadb_backup.sh", "/backup/")
	s.install("mariadb/mariadb-server/backup_replica.sh", "backup_replica")
	s.write("/bin/mariadb-backup", "#!/bin/bash\necho \"$1\" >> \"$CALLS\"\ncat \"${1#*=}\" >> \"$CALLS\"\necho all\nexit ${FAILS:-0}\n")
	s.write("/bin/mbstream", "#!/bin/bash\necho \"mbstream $(cat)\" >> \"$CALLS\"\n")
	s.write("/etc/mysql/my.cnf", "host=vip\n")
	if err := os.Mkdir(s.path("/backup"), 0o755); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *sandbox) with(variables ...string) *sandbox {
	return &sandbox{t: s.t, dir: s.dir, env: append(append([]string{}, s.env...), variables...)}
}

func TestMariaDBBackup(t *testing.T) {
	s := mariadbBackup(t)
	full, incremental := s.with("BACKUP_TYPE=full"), s.with("BACKUP_TYPE=incremental")
	if out, ok := incremental.run("kolla_mariadb_backup.sh"); ok {
		t.Errorf("an incremental one before a full one: no error: %s", out)
	}
	full.must("kolla_mariadb_backup.sh")
	s.wantCalls("--defaults-file=/etc/mysql/my.cnf", "host=vip")
	if last := s.read("/backup/last_full_file"); !strings.HasPrefix(last, s.path("/backup/full-")) {
		t.Errorf("the last full one is %q", last)
	}
	incremental.must("kolla_mariadb_backup.sh")
	s.wantCalls("mbstream all", "--defaults-file=/etc/mysql/my.cnf", "host=vip")
	if got := strings.Fields(s.names("/backup")); len(got) != 3 || !strings.HasPrefix(got[1], "incr-") {
		t.Errorf("the backups are %q", got)
	}
}

// What mariadb-backup has not written to its end is no backup.
func TestMariaDBBackupFails(t *testing.T) {
	for _, variables := range [][]string{{"BACKUP_TYPE=full", "FAILS=1"}, {"BACKUP_TYPE=half"}, {}} {
		s := mariadbBackup(t)
		if out, ok := s.with(variables...).run("kolla_mariadb_backup.sh"); ok {
			t.Errorf("%q: no error: %s", variables, out)
		}
		if _, err := os.Stat(s.path("/backup/last_full_file")); err == nil {
			t.Errorf("%q: the backup counts", variables)
		}
	}
}

// The member that serves is left alone, if there is another one.
func TestMariaDBBackupReplica(t *testing.T) {
	for members, want := range map[string]string{
		"10.0.0.1:3306,10.0.0.2:3306,10.0.0.3:3306": "10.0.0.2",
		"10.0.0.2:3306,10.0.0.1:3306":               "10.0.0.2",
		"10.0.0.1:3306":                             "10.0.0.1",
	} {
		s := mariadbBackup(t)
		s.write("/etc/mysql/my.cnf", "[client]\nuser=backup\npassword=p=w\nhost=vip\nport=3306\n")
		s.write("/bin/mariadb", "#!/bin/bash\n"+
			"[[ $MYSQL_PWD = p=w && $* = *--host=vip\\ --user=backup* ]] || exit 1\n"+
			"if [[ $* = *hostname* ]]; then echo one; else echo "+members+"; fi\n")
		s.write("/bin/getent", "#!/bin/bash\necho 10.0.0.1 STREAM one\n")
		s.with("BACKUP_TYPE=full").must("backup_replica")
		if got := s.calls(); !strings.Contains(got, "\nhost = "+want+"\n") || !strings.Contains(got, "user=backup\n") {
			t.Errorf("members %s: the configuration is\n%s", members, got)
		}
	}
}
