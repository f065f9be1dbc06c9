package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestTreeDefaults(t *testing.T) {
	var askedFor []string
	disk := disk{"/etc/kolla/kolla-build.conf": "[DEFAULT]\nbase = debian\ndocker_dir = /trees/kolla/docker\n" +
		"[glance-base]\nlocation = https://site.example/glance.tar.gz\n[nova-user]\nuid = 7\n"}
	env := disk.environment()
	env.Tree = func(dirs []string, base string) *TreeDefaults {
		askedFor = append(dirs, base)
		return &TreeDefaults{
			Name: "/trees/kolla",
			Options: map[string]string{
				"base-tag":          "bookworm",
				"openstack-release": "2025.1",
			},
			BranchPrefix: "unmaintained-",
			Sources: map[string]map[string]string{
				"nova-base":   {"type": "url", "location": "$tarballs_base/nova-${openstack_branch}.tar.gz", "lts_branch": "3"},
				"glance-base": {"type": "url", "location": "https://tree.example/glance.tar.gz"},
			},
			Users: map[string]map[string]string{"nova-user": {"uid": "1", "gid": "2"}},
		}
	}
	c, err := Parse([]string{"--openstack-release", "2024.1-eol"}, env)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"/trees/kolla/docker", "debian"}; !reflect.DeepEqual(askedFor, want) {
		t.Errorf("asked for %v", askedFor)
	}
	if c.BaseTag != "bookworm" || c.Origin("base-tag") != OriginTree || c.Origin("openstack-release") != OriginFlag {
		t.Errorf("base-tag %q from %s, openstack-release from %s", c.BaseTag, c.Origin("base-tag"), c.Origin("openstack-release"))
	}
	if c.OpenStackBranch != "unmaintained-2024.1-eol" || c.OpenStackBranchSlashed != "unmaintained/2024.1/eol" {
		t.Errorf("branch %q, %q", c.OpenStackBranch, c.OpenStackBranchSlashed)
	}
	nova, glance := c.Sources["nova-base"], c.Sources["glance-base"]
	if !strings.HasSuffix(nova.Location, "/nova-unmaintained-2024.1-eol.tar.gz") || !nova.Default || nova.Where != whereDefault {
		t.Errorf("nova-base: %+v", nova)
	}
	if glance.Location != "https://site.example/glance.tar.gz" || glance.Type != SourceURL || glance.Default {
		t.Errorf("glance-base: %+v", glance)
	}
	if len(c.Sources) != 2 {
		t.Errorf("built-in sources are left: %d", len(c.Sources))
	}
	if got := c.Users["nova"]; got != (User{7, 2, "nova"}) {
		t.Errorf("user nova: %+v", got)
	}
	if len(c.Users) != 1 {
		t.Errorf("built-in users are left: %d", len(c.Users))
	}
	if len(c.Profiles) == 0 {
		t.Error("no profiles are left")
	}
}
