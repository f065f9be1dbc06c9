package config

import (
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// disk is a machine's files for tests, by path: relative ones are in the
// current folder.
type disk map[string]string

func (d disk) open(name string) (fs.File, error) {
	const current = "current/"
	files := fstest.MapFS{}
	for path, text := range d {
		if absolute, ok := strings.CutPrefix(path, "/"); ok {
			path = absolute
		} else {
			path = current + path
		}
		files[path] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	if absolute, ok := strings.CutPrefix(name, "/"); ok {
		return files.Open(absolute)
	}
	return files.Open(current + name)
}

func (d disk) environment(variables ...string) Environment {
	env := testEnvironment(io.Discard)
	env.Users = map[string]User{"nova": {42436, 42436, "nova"}}
	env.Open = d.open
	env.Variables = append([]string{"HOME=/home/me"}, variables...)
	return env
}

// withFile parses a file's text, and arguments.
func withFile(text string, args ...string) (*Config, error) {
	env := disk{"/etc/kolla/kolla-build.conf": text}.environment()
	return Parse(args, env)
}

func mustParseFile(t *testing.T, text string, args ...string) *Config {
	t.Helper()
	c, err := withFile(text, args...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFile(t *testing.T) {
	c := mustParseFile(t, `# A comment.
; Another one.
[DEFAULT]
base: debian
install_type = source
network_mode = none
podman-base-url = unix:///x
no_cache = true
tag = "v0"
tag = 'v1'
docker_dir = one
docker_dir = two
build_args = a:b, no_proxy:localhost,127.0.0.1
build_args = url:http://h:80
rpm_setup_config = http://x/a.repo,
    /b.rpm,
    # not this one
    c.repo,, d.repo
allowed-to-fail = cron
regex = ^nova
maintainer = You # and you
namespace =

[kolla-build]
namespace = old
base = fedora

[profiles]
mine = ^cron$, haproxy
gate =

[glance-base]
location = $tarballs_base/x/${openstack_branch}.tar.gz

[my-image]
type = local
location = ${locals_base}/my
enabled = no

[neutron-server-plugin-x]
type = git
location = https://opendev.org/x/x
reference = master

[nova-user]
uid = 1000

[mine-user]
uid = 1
gid = 2
group = us
`)
	check := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	check("base", c.Base, "debian")
	check("type", c.Type, "source")
	check("network", c.NetworkMode, "none")
	check("cache", c.Cache, false)
	check("tag", c.Tag, "v1")
	check("docker dirs", c.DockerDirs, []string{"one", "two"})
	check("build args", c.BuildArgs, map[string]string{"a": "b", "no_proxy": "localhost,127.0.0.1", "url": "http://h:80"})
	check("rpm setup", c.RPMSetup, []string{"http://x/a.repo", "/b.rpm", "c.repo", "", "d.repo"})
	check("allowed to fail", c.AllowedToFail, []string{"cron"})
	check("regexes", c.Regexes, []string{"^nova"})
	check("maintainer", c.Maintainer, "You # and you")
	check("namespace", c.Namespace, "kolla")
	check("profile", c.Profiles["mine"], []string{"^cron$", "haproxy"})
	check("profile of ours", c.Profiles["mesos"][0], "chronos")
	check("empty profile", len(c.Profiles["gate"]), 0)
	check("user", c.Users["nova"], User{1000, 42436, "nova"})
	check("new user", c.Users["mine"], User{1, 2, "us"})
	const file = "/etc/kolla/kolla-build.conf:"
	check("source", c.Sources["glance-base"], Source{Type: "url", Enabled: true, Where: file + "33",
		Location: "https://tarballs.opendev.org/x/stable-2026.1.tar.gz"})
	check("source of mine", c.Sources["my-image"], Source{Type: "local", Location: ".//my", Where: file + "37"})
	check("plugin", c.Sources["neutron-server-plugin-x"].Reference, "master")
	check("untouched source", c.Sources["nova-base"], Source{Type: "url", Enabled: true, Default: true, Where: whereDefault,
		Location: "https://tarballs.opendev.org/openstack/nova/nova-stable-2026.1.tar.gz"})
	check("notices", strings.Join(c.Notices, "\n"), file+"24: section [kolla-build] is now called [DEFAULT]\n"+
		file+"7: podman_base_url has no effect: images are built without an engine")
}

// The first mistake that an empty value makes is to hide the default.
func TestEmptyValues(t *testing.T) {
	c := mustParseFile(t, "[DEFAULT]\nbase =\nregistry = host\nregistry =\ntag = x\ndocker_dir = a\ndocker_dir =\nthreads=\nregex=\n")
	if c.Base != "centos" || c.Registry != "" || c.Tag != "x" || len(c.DockerDirs) != 1 || c.Threads != 8 || c.Regexes != nil {
		t.Errorf("got %v", c)
	}
	if c.Origin("registry") != OriginDefault {
		t.Error("an empty value is not the default")
	}
}

func TestFileProblems(t *testing.T) {
	const text = `base = debian
[DEFAULT]
bsae = debian
base = debain
threads = many
push = maybe
no line at all
  with a continuation
tag = $tagg
docker_dir = $docker_dir
work_dir = ${creds}
creds = hunter2
secret = hunter2
[unclosed
[novabase]
x = 1
[nova-base]
type = ftp
locaton = x
sha256 = amd64:xyz
[cinder-base]
enabled = perhaps
[new-image]
type = git
[nova-user]
uid = me
[mine-user]
uid = 1
[`
	const want = `f:1: the line belongs to no section
put [DEFAULT] above it
f:7: the line is neither KEY = VALUE nor [SECTION]
begin a comment with #, and the continuation of a value with a space
f:8: the line is indented, but there is no value to go on with
move it to the left
f:14: the line begins with a bracket, but is not the name of a section
write [NAME], and comments on lines of their own
f:29: the line begins with a bracket, but is not the name of a section
write [NAME], and comments on lines of their own
f:4: base: "debain" is not one of centos, debian, fedora, oraclelinux, rhel, rocky, ubuntu
did you mean debian?
f:9: tag: there is no option "tagg" to refer to
did you mean tag? or else write $$ for a dollar sign
f:5: threads: "many" is not a whole number
f:13: secret: the value is neither id=ID,src=FILE nor id=ID,env=NAME
f:10: docker_dir: docker_dir cannot be a part of other values
f:11: work_dir: creds cannot be a part of other values
f:6: push: "maybe" is neither true nor false
f:12: creds: the value is not USER:PASSWORD
f:22: enabled in section [cinder-base]: "perhaps" is neither true nor false
f:28: section [mine-user] needs both a uid and a gid
no user of that name is known: add what is missing, or mend the name
f:24: section [new-image] has a type, but no location
add location = ..., or enabled = false
f:18: type in section [nova-base]: "ftp" is not one of url, git, local
f:20: sha256 in section [nova-base]: the digest for amd64 is not 64 hexadecimal digits
f:26: uid in section [nova-user]: "me" is not an id: want a whole number from 0 to 4294967294`
	_, err := Parse([]string{"--config-file", "f"}, disk{"f": text}.environment())
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestFileNotices(t *testing.T) {
	c, err := Parse([]string{"--config-file", "f", "--keep"}, disk{"f": `[DEFAULT]
bsae = debian
version = 1
network_mode = bridge
[nova-bse]
x = 1
[nova-base]
locaton = x
[keystone]
type = local
location = x
`}.environment())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`f:2: unknown option "bsae" is ignored; did you mean base?`,
		`f:3: unknown option "version" is ignored`,
		`f:5: unknown section [nova-bse] is ignored; did you mean nova-base?`,
		`f:8: unknown key "locaton" is ignored; did you mean location?`,
		`f:9: section [keystone] counts for [keystone-base] too`,
		`f:4: network_mode has no effect: there is no such network, RUN steps have the machine's`,
		`option --keep has no effect: a failed build has no container that could be kept; its output is in the log`,
	}
	if !slices.Equal(c.Notices, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(c.Notices, "\n"), strings.Join(want, "\n"))
	}
	for _, section := range []string{"keystone", "keystone-base"} {
		if s := c.Sources[section]; s.Type != SourceLocal || s.Location != "x" || s.Where != "f:11" {
			t.Errorf("%s is %+v", section, s)
		}
	}
}

func TestPrecedence(t *testing.T) {
	files := disk{"/etc/kolla/kolla-build.conf": `[DEFAULT]
tag = file
docker_dir = file
authfile = file
isolation = oci
[nova-base]
location = file
version = file
[profiles]
mine = file
`}
	env := files.environment("OS_DEFAULT__TAG=env", "OS_DEFAULT__DOCKER_DIR=env", "REGISTRY_AUTH_FILE=a$b", "BUILDAH_ISOLATION=chroot",
		"OS_NOVA-BASE__LOCATION=env-$tag", "OS_NOVA_BASE__VERSION=env", "OS_NOVA_USER__UID=7", "OS_PROFILES__MINE=a,b",
		"OS_DEFAULT__HELP=true", "OS_DEFAULT__NONSENSE=x", "OS_OTHER__TYPE=x", "OS_DEFAULT__NAMESPACE=")
	c, err := Parse([]string{"--tag", "flag"}, env)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(c.Base, c.Tag, c.DockerDirs, c.AuthFile, c.Isolation, c.Namespace, c.Sources["nova-base"].Location,
		c.Sources["nova-base"].Version, c.Users["nova"].UID, c.Profiles["mine"])
	if want := "centosflag[env]a$bchrootkollaenv-flagenv7[a b]"; strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("got %s\nwant %s", got, want)
	}
	where := map[string]string{}
	for _, s := range c.Settings() {
		where[s.Option.Name] = s.Origin.String() + " " + s.Where
	}
	for name, want := range map[string]string{
		"tag": "flag --tag", "docker-dir": "environment OS_DEFAULT__DOCKER_DIR", "authfile": "environment REGISTRY_AUTH_FILE",
		"base": "default ", "namespace": "default ",
	} {
		if where[name] != want {
			t.Errorf("%s comes from %s, want %s", name, where[name], want)
		}
	}
	c, err = Parse(nil, files.environment())
	if err != nil || c.Tag != "file" || c.origins["tag"].where != "/etc/kolla/kolla-build.conf:2" {
		t.Errorf("tag %v, %v", c.origins["tag"], err)
	}
	_, err = Parse(nil, disk{}.environment("OS_DEFAULT__THREADS=x"))
	if err == nil || err.Error() != `OS_DEFAULT__THREADS: "x" is not a whole number` {
		t.Errorf("got %v", err)
	}
}

// What the file says in general does not stand in the way of what the command
// line says in particular.
func TestWeakerGivesWay(t *testing.T) {
	const text = "[DEFAULT]\npush = true\ndebug = true\nbootstrap = true\nbootstrap_mirror = http://x\n"
	c := mustParseFile(t, text, "--template-only", "-q", "--base-image", "x")
	if c.Push || c.Debug || c.Bootstrap || !c.TemplateOnly || !c.Quiet || c.BaseImage != "x" {
		t.Errorf("got %v", c)
	}
	if _, err := withFile(text + "quiet = true\n"); err == nil {
		t.Error("a file that contradicts itself passes")
	}
}

func TestUnknownProfile(t *testing.T) {
	for args, want := range map[string]string{
		"-p manin":  "option --profile: there is no profile \"manin\"\ndid you mean main?",
		"-p xyzzy":  "option --profile: there is no profile \"xyzzy\"\nknown are aux, default, empty, gate, infra, main, mesos; section [profiles] of the file can have more",
		"-p empty":  "option --profile: profile \"empty\" is empty\nname its images in section [profiles] of the file",
		"--profile": "option --profile: the value is missing\ngive it as --profile=NAME",
	} {
		if _, err := withFile("[profiles]\nempty =", strings.Fields(args)...); err == nil || err.Error() != want {
			t.Errorf("%s: got\n%v\nwant\n%s", args, err, want)
		}
	}
	if c := mustParseFile(t, "", "-p", "main", "-pgate"); !slices.Equal(c.Profile, []string{"main", "gate"}) {
		t.Errorf("profiles %q", c.Profile)
	}
}

func TestFileOnlyOptions(t *testing.T) {
	_, err := withFile("", "--maintainer", "me")
	const want = "option --maintainer: it belongs into the configuration file\nwrite maintainer = TEXT below [DEFAULT] of kolla-build.conf"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestBuildSecrets(t *testing.T) {
	c := parse(t, "--secret", "id=a,src=/b", "--secret=type=env,id=c,env=D", "--secret", "id=e,source=f")
	want := []BuildSecret{{ID: "a", File: "/b"}, {ID: "c", Env: "D"}, {ID: "e", File: "f"}}
	if !slices.Equal(c.Secrets, want) {
		t.Errorf("got %v", c.Secrets)
	}
	for _, bad := range []string{"", "hunter2", "id=a", "src=b", "id=a,src=b,env=c", "id=a,src=", "type=env,id=a,src=b", "type=x,id=a,src=b"} {
		_, err := Parse([]string{"--secret=" + bad}, testEnvironment(nil))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}

func TestPasswordsOfURLsStayHidden(t *testing.T) {
	const password = "hunter2"
	c := mustParseFile(t, "[DEFAULT]\nlocals_base = https://me:"+password+"@h\n[nova-base]\nlocation = $locals_base/x",
		"--build-args", "http_proxy:http://me:"+password+"@h:80,b:c")
	shown := c.String() + fmt.Sprint(c.Settings(), c.Sections())
	if strings.Contains(shown, password) {
		t.Errorf("the password shows in %s", shown)
	}
	for _, bad := range []string{password, ":" + password, "," + password} {
		if _, err := withFile("", "--build-args="+bad); err == nil || strings.Contains(err.Error(), password) {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}
