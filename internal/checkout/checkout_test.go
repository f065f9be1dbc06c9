package checkout

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// tree makes a folder with files and returns its path.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// kolla is what the modules of a checkout hold.
var kolla = map[string]string{
	"kolla/common/config.py": `
DEFAULT_BASE_TAGS = {'debian': {'name': 'debian', 'tag': 'trixie'}}
DISTRO_PRETTY_NAME = {
    'debian': 'Debian GNU/Linux 13 (trixie)',
}
OPENSTACK_RELEASE = '2026.1'
OPENSTACK_RELEASE_CODENAME = 'Gazpacho'
_OPTIONS = [cfg.StrOpt('base', default=BASE)]
`,
	"kolla/common/sources.py": `
SOURCES = {
    'nova-base': {'type': 'url', 'location': ('$tarballs_base/nova-'
                                              '${openstack_branch}.tar.gz')},
    'etcd': {'type': 'url', 'version': '3.6.5', 'sha256': {'amd64': 'aa', 'arm64': 'bb'}},
}
`,
	"kolla/common/users.py": "USERS = {'nova-user': {'uid': 42436, 'gid': 42436}}\n",
	"kolla/image/unbuildable.py": `
UNBUILDABLE_IMAGES = {
    'aarch64': {"bifrost-base"},
    'centos': {"tgtd"},
    'centos+stream10': {"telegraf"},
    'centos+aarch64': {},
    'rocky': {"tgtd", "collectd"},
}
`,
	"docker/base/Dockerfile.j2":       "FROM scratch\n",
	"kolla/docker/base/Dockerfile.j2": "FROM scratch\n",
}

func TestFind(t *testing.T) {
	root := tree(t, kolla)
	for _, templates := range []string{"docker", "kolla/docker"} {
		c := Find(filepath.Join(root, templates))
		if c == nil || c.Root != root {
			t.Errorf("%s: %+v", templates, c)
		}
	}
	for _, templates := range []string{"docker/base/no/where", "/"} {
		if c := Find(filepath.Join(tree(t, nil), templates)); c != nil {
			t.Errorf("%s: %+v", templates, c)
		}
	}
}

func TestWhatItSays(t *testing.T) {
	c := Find(filepath.Join(tree(t, kolla), "docker"))
	name, tag := c.Base("debian")
	got := []string{c.Release(), c.Codename(), c.BranchPrefix(), name, tag, c.PrettyName("debian"), c.PrettyName("plan9")}
	want := []string{"2026.1", "Gazpacho", "stable-", "debian", "trixie", "Debian GNU/Linux 13 (trixie)", ""}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
	if want := map[string]map[string]string{
		"nova-base": {"type": "url", "location": "$tarballs_base/nova-${openstack_branch}.tar.gz"},
		"etcd":      {"type": "url", "version": "3.6.5", "sha256": "amd64:aa,arm64:bb"},
	}; !reflect.DeepEqual(c.Sources(), want) {
		t.Errorf("sources: %v", c.Sources())
	}
	if want := map[string]map[string]string{"nova-user": {"uid": "42436", "gid": "42436"}}; !reflect.DeepEqual(c.Users(), want) {
		t.Errorf("users: %v", c.Users())
	}
}

func TestUnbuildable(t *testing.T) {
	c := Find(filepath.Join(tree(t, kolla), "docker"))
	for given, want := range map[[3]string][]string{
		{"debian", "x86_64", "trixie"}:    nil,
		{"debian", "aarch64", "trixie"}:   {"bifrost-base"},
		{"centos", "x86_64", "stream9"}:   {"tgtd"},
		{"centos", "x86_64", "stream10"}:  {"telegraf", "tgtd"},
		{"centos", "aarch64", "stream10"}: {"bifrost-base", "telegraf", "tgtd"},
		{"rocky", "x86_64", "10"}:         {"collectd", "tgtd"},
	} {
		if got := c.Unbuildable(given[0], given[1], given[2]); !reflect.DeepEqual(got, want) {
			t.Errorf("%v: got %v", given, got)
		}
	}
}

func TestBranchPrefix(t *testing.T) {
	c := Find(filepath.Join(tree(t, map[string]string{
		"kolla/common/config.py": "prefix = '' if release == 'master' else 'unmaintained-'\n",
	}), "docker"))
	if c.BranchPrefix() != "unmaintained-" {
		t.Errorf("got %q", c.BranchPrefix())
	}
}

func TestVersion(t *testing.T) {
	root := tree(t, kolla)
	c := Find(filepath.Join(root, "docker"))
	if version := c.Version(); version != "" {
		t.Errorf("without anything: %q", version)
	}
	if err := os.WriteFile(filepath.Join(root, "PKG-INFO"), []byte("Name: kolla\nVersion: 22.0.1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if version := c.Version(); version != "22.0.1" {
		t.Errorf("of an archive: %q", version)
	}
	git := commitAll(t, root)
	if version, want := c.Version(), git("rev-parse", "--short", "HEAD"); version != want {
		t.Errorf("of a repository: %q, not %q", version, want)
	}
}

// commitAll makes a folder a git repository with all that is in it, and returns what
// runs git there.
func commitAll(t *testing.T, root string) func(args ...string) string {
	t.Helper()
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", root, "-c", "user.name=T", "-c", "user.email=t@example.com"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "--quiet")
	git("add", ".")
	git("commit", "--quiet", "--message=first")
	return git
}

// TestCommitOfAForeignRepository: where an object is missing, git would fetch it, by a
// command that the repository names.
func TestCommitOfAForeignRepository(t *testing.T) {
	root := tree(t, kolla)
	git := commitAll(t, root)
	mark := filepath.Join(t.TempDir(), "mark")
	head := git("rev-parse", "HEAD")
	if err := os.Remove(filepath.Join(root, ".git/objects", head[:2], head[2:])); err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"extensions.partialClone": "origin", "remote.origin.promisor": "true", "core.repositoryFormatVersion": "1",
		"remote.origin.url": "/srv/nothing", "remote.origin.uploadpack": "touch " + mark + ";",
	} {
		git("config", key, value)
	}
	c := Find(filepath.Join(root, "docker"))
	if got := c.commit("%H"); got != "" {
		t.Errorf("got %q", got)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a command of the repository was run")
	}
}
