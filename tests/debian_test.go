package tests

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/tests/registry"
)

// someImages are what of the catalogue is built in tests: the ways in which services
// are installed, and those that are made to serve. All of it is for make catalogue.
const someImages = "^(cron|glance-api|haproxy|keepalived|keystone|mariadb-server|memcached|neutron-server|nova-(api|conductor|scheduler)|placement-api|rabbitmq)$"

// TestDebianTree builds images of many kinds, pushes one, and lets two of them serve.
func TestDebianTree(t *testing.T) {
	t.Parallel()
	list := kollaBuild(t, "-b", "debian", "--list-images", someImages)
	list.wants(t, 0)
	var names []string
	for line := range strings.Lines(list.stdout) {
		_, name, _ := strings.Cut(strings.TrimSpace(line), " : ")
		names = append(names, name)
	}

	build(t, someImages).wants(t, 0, fmt.Sprintf("^built %d images in ", len(names)))
	images := kollaBuild(t, append([]string{"images"}, shared.options()...)...)
	images.wants(t, 0)
	reference := func(name string) string {
		return fmt.Sprintf("%s/debian-binary-%s:%s", namespace(t.Name()), name, version(t))
	}
	for _, name := range names {
		if !strings.Contains(images.stdout, "localhost/"+reference(name)+" ") {
			t.Errorf("%s is not in the store:\n%s", reference(name), images)
		}
	}

	t.Run("push", func(t *testing.T) {
		r := registry.Start(t, registry.Options{})
		cmd := buildCommand(t, "--namespace", "kolla", "--registry", r.Host, "--push", "^memcached$")
		cmd.Env = append(cmd.Environ(), "CONTAINERS_REGISTRIES_CONF="+r.Conf(t))
		execute(t, cmd).wants(t, 0, "^built 2 images, pushed 2 in ")
		name := fmt.Sprintf("docker://%s/kolla/debian-binary-memcached:%s", r.Host, version(t))
		execute(t, exec.Command("skopeo", "inspect", "--tls-verify=false", name)).wants(t, 0)
	})
	t.Run("serve", func(t *testing.T) {
		args := append(shared.options(), "--image", reference("memcached"), "--image", reference("keystone"))
		o := execute(t, exec.Command("./serve", args...))
		o.wants(t, 0, `memcached answers "version" with: VERSION `, `keystone answers "GET /v3" with: `, "keystone gives a token of ")
	})
}
