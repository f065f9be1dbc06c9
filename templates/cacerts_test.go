package templates

import (
	"os"
	"testing"
)

func TestCopyCACerts(t *testing.T) {
	const (
		debian = "/usr/local/share/ca-certificates"
		redhat = "/etc/pki/ca-trust/source/anchors"
	)
	for distro, c := range map[string]struct{ anchors, update string }{
		"debian": {debian, "update-ca-certificates "},
		"ubuntu": {debian, "update-ca-certificates "},
		"rocky":  {redhat, "update-ca-trust "},
		"fedora": {redhat, "update-ca-trust "},
	} {
		t.Run(distro, func(t *testing.T) {
			s := newSandbox(t)
			s.env = append(s.env, "KOLLA_BASE_DISTRO="+distro)
			s.install("base/copy_cacerts.sh", "kolla_copy_cacerts")
			s.fake("update-ca-certificates", "update-ca-trust")
			s.write(c.anchors+"/of-the-image.crt", "")

			want := func(names string, calls ...string) {
				t.Helper()
				s.must("kolla_copy_cacerts")
				s.wantCalls(calls...)
				if got := s.names(c.anchors); got != names {
					t.Errorf("the anchors are %q, want %q", got, names)
				}
			}
			want("of-the-image.crt")
			s.write("/var/lib/kolla/config_files/ca-certificates/a b.crt", "")
			s.write("/var/lib/kolla/config_files/ca-certificates/README", "")
			want("kolla-customca-a b.crt of-the-image.crt", c.update)
			s.write("/var/lib/kolla/share/ca-certificates/shared.crt", "")
			want("kolla-customca-shared.crt of-the-image.crt", c.update)
			for _, dir := range []string{"share", "config_files"} {
				if err := os.RemoveAll(s.path("/var/lib/kolla/" + dir)); err != nil {
					t.Fatal(err)
				}
			}
			want("of-the-image.crt", c.update)
			want("of-the-image.crt")
		})
	}
}

func TestCopyCACertsFails(t *testing.T) {
	s := newSandbox(t)
	s.install("base/copy_cacerts.sh", "kolla_copy_cacerts")
	s.write("/usr/local/share/ca-certificates/x", "")
	s.write("/var/lib/kolla/config_files/ca-certificates/a.crt", "")
	s.write("/bin/update-ca-certificates", "#!/bin/bash\nexit 1\n")
	if out, ok := s.run("kolla_copy_cacerts"); ok {
		t.Errorf("a failed update is not told: %s", out)
	}
}
