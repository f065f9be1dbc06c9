package tests

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/tests/registry"
)

// TestGuidePush pushes in the guide's ways: without a registry images go to Docker
// Hub, below the namespace kolla or one's own; with one they go there.
func TestGuidePush(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"guide": fromBase})
	on, err := onDebian()
	if err != nil {
		t.Fatal(err)
	}
	push := func(env string, args ...string) outcome {
		t.Helper()
		cmd := exec.Command(program, append(append(on, "-D", dir, "--push"), args...)...)
		cmd.Env = append(cmd.Environ(), env)
		return execute(t, cmd)
	}
	for _, test := range []struct {
		name, namespace string
		args            []string
	}{
		{"default", "kolla", nil},
		{"namespace", "yourusername", []string{"-n", "yourusername"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			// Docker Hub itself is not to be bothered: a proxy stands before it, and
			// tells who was asked for.
			hosts := make(chan string, 100)
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				hosts <- r.Method + " " + r.Host
				http.Error(w, "closed", http.StatusForbidden)
			}))
			defer proxy.Close()
			o := push("HTTPS_PROXY="+proxy.URL, append(test.args, "--retries", "0")...)
			o.wants(t, 5, "^built 1 image, pushed 0, failed 1 in ", "failed to push docker.io/"+test.namespace+"/debian-binary-guide:")
			close(hosts)
			asked := false
			for host := range hosts {
				asked = true
				if !strings.HasPrefix(host, "CONNECT ") || !strings.HasSuffix(host, ".docker.io:443") {
					t.Errorf("asked for %s:\n%s", host, o)
				}
			}
			if !asked {
				t.Errorf("nobody was asked:\n%s", o)
			}
		})
	}
	t.Run("registry", func(t *testing.T) {
		r := registry.Start(t, registry.Options{})
		push("CONTAINERS_REGISTRIES_CONF="+r.Conf(t), "--registry", r.Host).wants(t, 0, "^built 1 image, pushed 1 in ")
		name := fmt.Sprintf("docker://%s/kolla/debian-binary-guide:%s", r.Host, version(t))
		execute(t, exec.Command("skopeo", "inspect", "--tls-verify=false", name)).wants(t, 0)
	})
}
