package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

func testEnvironment(stdout io.Writer) Environment {
	return Environment{
		Version: "1.2.3",
		Distros: []string{"centos", "debian", "fedora", "oraclelinux", "rhel", "rocky", "ubuntu"},
		Stdout:  stdout,
	}
}

func parse(t *testing.T, args ...string) *Config {
	t.Helper()
	c, err := Parse(args, testEnvironment(io.Discard))
	if err != nil {
		t.Fatalf("Parse(%q): %v", args, err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	c := parse(t)
	want := &Config{
		Base: "centos", BaseArch: c.BaseArch, Type: "binary", Namespace: "kolla", Naming: "auto", Tag: "1.2.3",
		DebianArch: c.DebianArch, NetworkMode: "host", Cache: true, Pull: true, Summary: true, Format: "json", IDs: "auto", Commit: "staged",
		Maintainer: "Kolla Project (https://launchpad.net/kolla)", KollaVersion: "1.2.3",
		CleanPackageCache: true, UseDumbInit: true, DockerHealthchecks: true,
		OpenStackRelease: "2026.1", OpenStackReleaseCodename: "Gazpacho",
		OpenStackBranch: "stable-2026.1", OpenStackBranchSlashed: "stable/2026.1",
		TarballsBase: "https://tarballs.opendev.org", LocalsBase: "./", Timeout: 2 * time.Minute,
		Threads: 8, PushThreads: 1, Compression: "gzip", Retries: 3, TLSVerify: true,
		Users: c.Users, Sources: c.Sources, Profiles: c.Profiles,
		options: c.options, origins: c.origins, sections: c.sections,
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got\n%+v\nwant\n%+v", c, want)
	}
	for _, s := range c.Settings() {
		if s.Origin != OriginDefault {
			t.Errorf("%s comes from %s", s.Option.Name, s.Origin)
		}
	}
}

func TestSpellings(t *testing.T) {
	tests := []struct {
		name string
		args string
		got  func(*Config) any
		want any
	}{
		{"long, next argument", "--base debian", func(c *Config) any { return c.Base }, "debian"},
		{"long, attached", "--base=debian", func(c *Config) any { return c.Base }, "debian"},
		{"short, next argument", "-b debian", func(c *Config) any { return c.Base }, "debian"},
		{"short, attached", "-bdebian", func(c *Config) any { return c.Base }, "debian"},
		{"short, attached by a sign", "-b=debian", func(c *Config) any { return c.Base }, "debian"},
		{"value with a sign in it", "--work-dir=a=b", func(c *Config) any { return c.WorkDir }, "a=b"},
		{"the last one counts", "-T2 --threads 3", func(c *Config) any { return c.Threads }, 3},
		{"joined bools", "-dl", func(c *Config) any { return []bool{c.Debug, c.ListDependencies} }, []bool{true, true}},
		{"joined bools and a value", "-dlT4", func(c *Config) any { return c.Threads }, 4},
		{"joined bools, value after", "-dT 4", func(c *Config) any { return c.Threads }, 4},
		{"bool with a value", "--tls-verify=false", func(c *Config) any { return c.TLSVerify }, false},
		{"bool takes no next argument", "--push keystone", func(c *Config) any { return c.Regexes }, []string{"keystone"}},
		{"list", "-D one --docker-dir=two -Dthree", func(c *Config) any { return c.DockerDirs }, []string{"one", "two", "three"}},
		{"list keeps commas", "-D one,two", func(c *Config) any { return c.DockerDirs }, []string{"one,two"}},
		{"options after regexes", "nova -b debian glance --push", func(c *Config) any { return c.Regexes }, []string{"nova", "glance"}},
		{"dashes end the options", "--push -- -b --base", func(c *Config) any { return c.Regexes }, []string{"-b", "--base"}},
		{"second dashes are a regex", "-- a -- b", func(c *Config) any { return c.Regexes }, []string{"a", "--", "b"}},
		{"a lone dash is a regex", "-", func(c *Config) any { return c.Regexes }, []string{"-"}},
		{"a negative number is a regex", "-1 -.5", func(c *Config) any { return c.Regexes }, []string{"-1", "-.5"}},
		{"words of urfave/cli are regexes", "help h", func(c *Config) any { return c.Regexes }, []string{"help", "h"}},
		{"a regex with a sign", "nova-(api|compute)$ a=b", func(c *Config) any { return c.Regexes }, []string{"nova-(api|compute)$", "a=b"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := parse(t, strings.Fields(test.args)...)
			if got := test.got(c); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestOrigin(t *testing.T) {
	c := parse(t, "--tls-verify", "-r", "3")
	for name, want := range map[string]Origin{
		"tls-verify": OriginFlag,
		"retries":    OriginFlag,
		"threads":    OriginDefault,
		"nonsense":   OriginDefault,
	} {
		if got := c.Origin(name); got != want {
			t.Errorf("Origin(%q) = %s, want %s", name, got, want)
		}
	}
	if got, want := c.String(), "retries = 3 (flag)\ntls-verify = true (flag)\n"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

func TestProblems(t *testing.T) {
	tests := []struct{ name, args, want string }{
		{"unknown option", "--bse debian", "unknown option --bse\ndid you mean --base?"},
		{"unknown option, nothing near", "--xyzzy", "unknown option --xyzzy\nkolla-build --help lists all options"},
		{"unknown letter", "-dx", "unknown option -x\nkolla-build --help lists all options"},
		{"bad choice", "-b debain", `option --base: "debain" is not one of centos, debian, fedora, oraclelinux, rhel, rocky, ubuntu` + "\ndid you mean debian?"},
		{"bad choice, nothing near", "--isolation=x", `option --isolation: "x" is not one of oci, rootless, chroot`},
		{"no number", "-T many", `option --threads: "many" is not a whole number`},
		{"too small", "-T0", "option --threads: 0 is less than 1"},
		{"negative", "-r -1", "option --retries: -1 is less than 0"},
		{"no bool", "--push=maybe", `option --push: "maybe" is neither true nor false`},
		{"missing value at the end", "--tag", "option --tag: the value is missing\ngive it as --tag=TAG"},
		{"missing value before an option", "-b --push", "option -b: the value is missing\ngive it as --base=DISTRO"},
		{"tag", "--tag=-x", `option --tag: "-x" cannot be a tag: up to 128 letters, digits, '_', '.' and '-', not beginning with '.' or '-'`},
		{"namespace", "-n Kolla", `option --namespace: "Kolla" cannot be a namespace: lower-case letters and digits, with single '.', '_', '-' or '/' between them`},
		{"registry with a scheme", "--registry http://h:5000", `option --registry: "http://h:5000" begins with a scheme: give HOST[:PORT] only, and mark a registry that speaks http as insecure in registries.conf`},
		{"registry", "--registry h:port", `option --registry: "h:port" cannot be a registry: want HOST[:PORT]`},
		{"mirror", "--bootstrap --bootstrap-mirror=ftp://x", `option --bootstrap-mirror: "ftp://x" is not a URL of http, https or file`},
		{"mirror and keyring of nothing", "--bootstrap-mirror=http://x --bootstrap-keyring=x",
			"option --bootstrap-mirror has no effect without --bootstrap\nadd --bootstrap\n" +
				"option --bootstrap-keyring has no effect without --bootstrap\nadd --bootstrap"},
		{"a private network in another isolation", "--network-mode private --isolation oci",
			"option --network-mode private needs kolla-build's own isolation, and --isolation names another\nleave one of them out"},
		{"quiet and debug", "-dq", "options --quiet and --debug contradict each other\nleave one of them out"},
		{"all of them at once", "--bse -T0 -tsauce", "unknown option --bse\ndid you mean --base?\n" +
			`option --type: "sauce" is not one of binary, source, rdo, rhos` + "\ndid you mean source?\n" +
			"option --threads: 0 is less than 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(strings.Fields(test.args), testEnvironment(io.Discard))
			var problems *Error
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if problems.ExitCode() != 2 {
				t.Errorf("exit code %d, want 2", problems.ExitCode())
			}
			if got := err.Error(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestAllowedNames(t *testing.T) {
	for _, args := range []string{
		"--registry localhost", "--registry 127.0.0.1:5000", "--registry [::1]:5000", "--registry example.org:443/team",
		"-n openstack.kolla", "-n team/sub-team", "--tag 2026.1-debian_x", "--bootstrap --bootstrap-mirror file:///srv/mirror",
		"--bootstrap --bootstrap-keyring keys.gpg",
	} {
		parse(t, strings.Fields(args)...)
	}
}

func TestSecretsStayHidden(t *testing.T) {
	const password = "hunter2"
	c := parse(t, "--creds=me:"+password)
	if got := c.Creds.Reveal(); got != "me:"+password {
		t.Errorf("Reveal() = %q", got)
	}
	marshalled, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	shown := []string{c.String(), string(marshalled)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		shown = append(shown, fmt.Sprintf(verb, c.Creds), fmt.Sprintf(verb, c.Settings()))
	}
	for _, args := range [][]string{
		{"--creds=" + password}, {"--creds=:" + password}, {"--cred=me:" + password}, {"--creds", "me:" + password, "-T0"},
		{"--registry=https://me:" + password + "@host"}, {"--registry=me:" + password + "@host"},
		{"--bootstrap-mirror=ftp://me:" + password + "@host"},
	} {
		_, err := Parse(args, testEnvironment(io.Discard))
		if err == nil {
			t.Errorf("Parse(%q) did not fail", args)
			continue
		}
		shown = append(shown, err.Error())
	}
	for _, text := range shown {
		if strings.Contains(text, password) {
			t.Errorf("the password shows in %q", text)
		}
	}
}

func TestAnswers(t *testing.T) {
	tests := []struct{ args, want string }{
		{"--version", "kolla-build 1.2.3\n"},
		{"--help", Help(testEnvironment(nil))},
		{"nova -h", Help(testEnvironment(nil))},
		{"-T0 --nonsense -h", Help(testEnvironment(nil))},
	}
	for _, test := range tests {
		var out strings.Builder
		_, err := Parse(strings.Fields(test.args), testEnvironment(&out))
		if !errors.Is(err, ErrAnswered) {
			t.Errorf("%s: got error %v, want ErrAnswered", test.args, err)
		}
		if out.String() != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.args, out.String(), test.want)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAnswerFails(t *testing.T) {
	_, err := Parse([]string{"-h"}, testEnvironment(fullDisk{}))
	if err == nil || errors.Is(err, ErrAnswered) {
		t.Errorf("got %v, want the error of the write", err)
	}
}

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	closed := map[Category]bool{}
	var last Category
	for _, o := range Options(testEnvironment(nil)) {
		for _, name := range []string{"--" + o.Name, "-" + o.Short} {
			if seen[name] && name != "-" {
				t.Errorf("%s stands twice", name)
			}
			seen[name] = true
		}
		if o.Category != last {
			if closed[o.Category] {
				t.Errorf("--%s: category %q is torn apart", o.Name, o.Category)
			}
			closed[last], last = true, o.Category
		}
		if (o.Kind() == KindBool) != (o.Metavar == "") {
			t.Errorf("--%s: a metavar belongs to what takes a value, and to nothing else", o.Name)
		}
		if !strings.HasSuffix(o.Help, ".") {
			t.Errorf("--%s: the help %q is no sentence", o.Name, o.Help)
		}
		if o.Default != "" && len(o.validate(o.Name, o.Default)) > 0 {
			t.Errorf("--%s: bad default: %v", o.Name, o.validate(o.Name, o.Default))
		}
	}
}

func TestHelpFitsTheScreen(t *testing.T) {
	help := Help(testEnvironment(nil))
	for line := range strings.Lines(help) {
		if len(strings.TrimSuffix(line, "\n")) > helpWidth {
			t.Errorf("too long: %q", line)
		}
	}
	for _, o := range Options(testEnvironment(nil)) {
		if strings.Contains(help, "--"+o.Name+" ") != o.OnCommandLine() && strings.Contains(help, "--"+o.Name+"\n") != o.OnCommandLine() {
			t.Errorf("--%s is missing, or should be", o.Name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"-b\x00debian\x00nova", "-dqT4", "--tls-verify=false\x00--\x00-x", "--creds=a:b", "-\xff", "-b=", "--=", "-1\x00-r\x00-1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, joined string) {
		args := strings.Split(joined, "\x00")
		c, err := Parse(args, testEnvironment(io.Discard))
		var problems *Error
		switch {
		case err == nil && (c.Threads < 1 || c.PushThreads < 1 || c.Retries < 0):
			t.Errorf("out of range: %v", c)
		case err != nil && !errors.Is(err, ErrAnswered) && !errors.As(err, &problems):
			t.Errorf("not an error of ours: %v", err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := Parse([]string{"-b", "debian", "--push", "nova"}, testEnvironment(io.Discard)); err != nil {
			b.Fatal(err)
		}
	}
}
