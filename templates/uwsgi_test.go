package templates

import (
	"strings"
	"testing"
)

func TestUWSGI(t *testing.T) {
	for _, plugins := range []string{"/usr/lib/uwsgi/plugins", "/usr/lib64/uwsgi"} {
		s := newSandbox(t)
		s.installMoved("openstack-base/uwsgi", "uwsgi", "/usr/lib", "/usr/bin/")
		s.fake("uwsgi-of-the-distro")
		s.write("/usr/bin/uwsgi", s.read("/bin/uwsgi-of-the-distro"))
		if out, ok := s.run("uwsgi", "a.ini"); ok || !strings.Contains(out, "no HTTP plugin") {
			t.Errorf("without the plugin: %v, %s", ok, out)
		}
		s.write(plugins+"/http_plugin.so", "")
		s.must("uwsgi", "a b.ini", "--more")
		s.wantCalls("uwsgi --plugins-dir " + plugins + " --plugin http a b.ini --more")
	}
}
