package template

import (
	"slices"
	"strings"
	"testing"
)

func TestRPMSetup(t *testing.T) {
	tests := []struct {
		name   string
		config []string
		want   []string
	}{
		{"nothing", nil, nil},
		{"empty entries", []string{"", " "}, nil},
		{"a package from the web", []string{"https://host/a.rpm"},
			[]string{"RUN dnf install --assumeyes 'https://host/a.rpm' && dnf clean all"}},
		{"repositories from the web", []string{"http://host/dir/a.repo"},
			[]string{"RUN curl --fail --location --output /etc/yum.repos.d/a.repo 'http://host/dir/a.repo'"}},
		{"a query is no part of the name", []string{"http://host/a.repo?token=$HOME&x=y"},
			[]string{"RUN curl --fail --location --output /etc/yum.repos.d/a.repo 'http://host/a.repo?token=$HOME&x=y'"}},
		{"repositories in a file", []string{" /etc/kolla/a.repo "}, []string{"COPY a.repo /etc/yum.repos.d/"}},
		{"a package in a file", []string{"packages/a-1.0~rc1+2.noarch.rpm"}, []string{
			"COPY a-1.0~rc1+2.noarch.rpm /",
			"RUN dnf install --assumeyes /a-1.0~rc1+2.noarch.rpm && dnf clean all && rm /a-1.0~rc1+2.noarch.rpm",
		}},
		{"the order stays", []string{"b.repo", "a.repo"}, []string{"COPY b.repo /etc/yum.repos.d/", "COPY a.repo /etc/yum.repos.d/"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := RPMSetup(test.config)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestRPMSetupErrors(t *testing.T) {
	for _, entry := range []string{
		"repositories", "a.deb", "http://host/", "http://host/a.repo/", "http:///a.repo",
		"http://host/a.repo'; rm -rf /; '.repo", "http://host/a.rpm#.repo'", "http://host/a b.repo", "http://host/a;b.repo",
		"-a.rpm", "a b.repo", "a$b.repo", "*.repo", ".repo", "a\nRUN b.repo",
	} {
		got, err := RPMSetup([]string{"good.repo", entry})
		if err == nil {
			t.Errorf("%q became %q", entry, got)
		}
	}
	_, err := RPMSetup([]string{"first", "ok.repo", "second", "/a/x.repo", "/b/x.repo", "/a/x.repo"})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`"first"`, `"second"`, `"/a/x.repo" and "/b/x.repo" have the same name`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got\n%v\nwithout %s", err, want)
		}
	}
}

func TestRPMSetupFile(t *testing.T) {
	for entry, want := range map[string]string{
		"https://host/a.rpm": "", "http://host/a.repo": "", "": "", " ": "", "a.repo": "a.repo", " ../b/a.rpm": "a.rpm",
	} {
		if got := RPMSetupFile(entry); got != want {
			t.Errorf("%q: got %q, want %q", entry, got, want)
		}
	}
}
