package templates

import (
	"os"
	"strings"
	"testing"
)

// newStart returns a sandbox with kolla_start, in which sudo is no hurdle and the
// command of the configuration is the given one.
func newStart(t *testing.T, command string) *sandbox {
	t.Helper()
	s := newSandbox(t)
	s.install("base/start.sh", "kolla_start")
	s.install("base/extend_start.sh", "kolla_extend_start")
	s.write("/var/log/kolla/README", "")
	s.fake("kolla_set_configs", "kolla_copy_cacerts", "kolla_install_projects", "service")
	s.write("/bin/id", "#!/bin/bash\necho nova\n")
	s.write("/bin/sudo", "#!/bin/bash\n[[ $1 = -* || $1 = *=* ]] && exit 1\nexec \"$@\"\n")
	s.write("/run_command", command)
	return s
}

var prepared = []string{"kolla_set_configs ", "kolla_copy_cacerts ", "kolla_install_projects "}

func TestStart(t *testing.T) {
	s := newStart(t, `service --option 'a b' $HOME * > file`)
	out := s.must("kolla_start")
	// Quotes, variables, patterns and redirections are no more than words.
	s.wantCalls(append(prepared, `service --option 'a b' $HOME * > file`)...)
	if !strings.Contains(out, "Running command: service --option") {
		t.Errorf("it does not tell what it runs: %s", out)
	}
}

func TestStartFails(t *testing.T) {
	for _, broken := range []string{"kolla_set_configs", "kolla_copy_cacerts", "kolla_install_projects"} {
		s := newStart(t, "service")
		s.write("/bin/"+broken, "#!/bin/bash\nexit 3\n")
		if out, ok := s.run("kolla_start"); ok || strings.Contains(s.calls(), "service") {
			t.Errorf("the service starts although %s failed: %s", broken, out)
		}
	}
	s := newStart(t, "service")
	if err := os.Remove(s.path("/run_command")); err != nil {
		t.Fatal(err)
	}
	if out, ok := s.run("kolla_start"); ok {
		t.Errorf("it starts without a command: %s", out)
	}
}

func TestStartExtends(t *testing.T) {
	s := newStart(t, "service")
	s.write("/bin/kolla_extend_start", "ARGS='--more'\n")
	s.must("kolla_start")
	s.wantCalls(append(prepared, "service --more")...)
	s.env = append(s.env, "KOLLA_SKIP_EXTEND_START=")
	s.must("kolla_start")
	s.wantCalls(append(prepared, "service ")...)

	s = newStart(t, "service")
	s.write("/usr/local/bin/kolla_extend_start_service", "ARGS=--more\n")
	s.must("kolla_start")
	s.wantCalls(append(prepared, "service --more")...)
}

func TestStartLogs(t *testing.T) {
	s := newStart(t, "service")
	for range 2 {
		s.must("kolla_start")
		if names := s.names("/var/log/kolla"); names != "README nova" {
			t.Errorf("the folders for logs are %q", names)
		}
	}
	s = newStart(t, "service")
	s.write("/bin/id", "#!/bin/bash\necho root\n")
	s.must("kolla_start")
	if names := s.names("/var/log/kolla"); names != "README" {
		t.Errorf("the folders for root's logs are %q", names)
	}
}

// What a service with a database does before it starts, or in place of that.
func TestStartDatabase(t *testing.T) {
	s := newStart(t, "service")
	s.env = append(s.env, "KOLLA_BOOTSTRAP=")
	s.must("kolla_start")
	s.wantCalls(append(prepared, "service ")...)

	s = newStart(t, "service")
	s.fake("kolla_database")
	s.must("kolla_start")
	s.wantCalls(append(prepared, "service ")...)
	bare := s.env
	for _, work := range []string{"bootstrap", "upgrade", "upgrade_check", "finish_upgrade", "osm"} {
		s.env = append(bare[:len(bare):len(bare)], "KOLLA_"+strings.ToUpper(work)+"=")
		s.must("kolla_start")
		s.wantCalls(append(prepared, "kolla_database "+work)...)
	}
	s.write("/bin/kolla_database", "#!/bin/bash\nexit 1\n")
	if _, ok := s.run("kolla_start"); ok {
		t.Error("a failure of the database's work is not told")
	}
}

func TestInstallProjects(t *testing.T) {
	s := newSandbox(t)
	s.install("base/install_projects.sh", "kolla_install_projects")
	s.fake("kolla_pip_install", "pip")
	s.must("kolla_install_projects")
	s.wantCalls()
	s.write("/dev-mode/README", "")
	s.must("kolla_install_projects")
	s.wantCalls()
	s.write("/dev-mode/nova/setup.py", "")
	s.write("/dev-mode/a b/setup.py", "")
	s.must("kolla_install_projects")
	s.wantCalls("kolla_pip_install /dev-mode/a b /dev-mode/nova")

	s.write("/bin/kolla_pip_install", "#!/bin/bash\nexit 1\n")
	if _, ok := s.run("kolla_install_projects"); ok {
		t.Error("a failed installation is not told")
	}
}

func TestInstallProjectsWithoutPip(t *testing.T) {
	s := newSandbox(t)
	s.install("base/install_projects.sh", "kolla_install_projects")
	s.env[0] = "PATH=" + s.path("/bin")
	s.write("/dev-mode/nova/setup.py", "")
	if out, ok := s.run("kolla_install_projects"); ok || !strings.Contains(out, "type source") {
		t.Errorf("without pip: %v, %s", ok, out)
	}
}

// TestSudo: what deployments type goes on working, with no more rights than before.
func TestSudo(t *testing.T) {
	for _, c := range []struct{ args, want []string }{
		{[]string{"-E", "kolla_set_configs", "-E"}, []string{"kolla_set_configs", "-E"}},
		{[]string{"--preserve-env", "-E", "kolla_set_configs"}, []string{"kolla_set_configs"}},
		{[]string{"-u", "nova", "a b"}, []string{"-u", "nova", "a b"}},
		{[]string{"LD_PRELOAD=x", "kolla_set_configs"}, []string{"LD_PRELOAD=x", "kolla_set_configs"}},
		{nil, nil},
	} {
		s := newSandbox(t)
		text, err := os.ReadFile("base/sudo.sh")
		if err != nil {
			t.Fatal(err)
		}
		s.write("/bin/sudo", strings.NewReplacer("/usr/bin/sudo", s.path("/bin/real"), "EUID != 0", "1000 != 0").Replace(string(text)))
		s.write("/bin/real", "#!/bin/bash\nprintf '<%s>' \"$@\"\n")
		if got, want := s.must("sudo", c.args...), "<"+strings.Join(c.want, "><")+">"; got != want {
			t.Errorf("sudo %q: sudo gets %s, want %s", c.args, got, want)
		}
	}
}
