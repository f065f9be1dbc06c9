package rpm

import (
	"slices"
	"testing"
)

const dockerfile = `FROM kolla/base
RUN dnf install --assumeyes --setopt=tsflags=nodocs \
        /usr/bin/curl \
        which \
        bash \
    && dnf config-manager --set-enabled crb
RUN if ! command -v pip; then \
        dnf install python3-pip; \
    fi \
    && kolla_pip_install \
        /keystone[ldap] \
        glance_store[s3] \
        uwsgi
RUN kolla_pip_install --below /plugins
`

func TestInstalled(t *testing.T) {
	if got, want := Installed(dockerfile), []string{"bash", "python3-pip", "which"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Installed("RUN dnf clean all\nRUN apt-get install bash\n"); len(got) != 0 {
		t.Errorf("got %q, and nothing is installed with dnf", got)
	}
}

func TestPipInstalled(t *testing.T) {
	if got, want := PipInstalled(dockerfile), []string{"glance_store", "uwsgi"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
