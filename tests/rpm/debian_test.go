package rpm

import (
	"reflect"
	"testing"
)

func TestParseControl(t *testing.T) {
	got := parseControl("Package: dnf\nVersion: 4.23.0-1\nPre-Depends: libc6 (>= 2.34)\n" +
		"Depends: python3:any, awk | mawk (>= 1) | gawk\nProvides: yum, dnf-command\nDescription: package manager\n It installs: packages.\n")
	want := control{
		name:     "dnf",
		provides: []string{"yum", "dnf-command"},
		depends:  [][]string{{"libc6"}, {"python3"}, {"awk", "mawk", "gawk"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestRequirements(t *testing.T) {
	dnf := control{name: "dnf", depends: [][]string{{"python3"}, {"awk"}, {"missing", "sed"}}}
	present := providers([]control{dnf, {name: "python3"}, {name: "mawk", provides: []string{"awk"}}, {name: "sed"}})
	want := []string{"debian-python3", "debian-mawk", "debian-sed"}
	if got := requirements(dnf, present); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
