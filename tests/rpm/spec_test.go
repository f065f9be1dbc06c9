package rpm

import (
	"strings"
	"testing"
)

func TestSpec(t *testing.T) {
	text := spec([]Package{{
		Name: "bash", Requires: []string{"debian-bash"}, Provides: []string{"sh"},
		Files: []string{"/etc/skel/", "/usr/bin/bash", "/usr/share/a file"},
	}, {Name: "empty"}}, "/root")
	_, got, _ := strings.Cut(text, "%install\n")
	want := `cp --archive --link /root/. %{buildroot}
%package -n bash
Summary: stand-in
AutoReqProv: no
Requires: debian-bash
Provides: sh
%description -n bash
A stand-in.
%files -n bash
%defattr(-,root,root)
%dir "/etc/skel"
"/usr/bin/bash"
"/usr/share/a file"
%package -n empty
Summary: stand-in
AutoReqProv: no
%description -n empty
A stand-in.
%files -n empty
%defattr(-,root,root)
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
