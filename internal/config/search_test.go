package config

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestSearch(t *testing.T) {
	tag := func(name string) string { return "[DEFAULT]\ntag = " + name + "\n" }
	all := disk{
		"/home/me/.kolla/kolla-build.conf": tag("a"),
		"/home/me/kolla-build.conf":        tag("b"),
		"/etc/kolla/kolla-build.conf":      tag("c"),
		"/etc/kolla-build.conf":            tag("d"),
		"etc/kolla/kolla-build.conf":       tag("e"),
	}
	for place, want := range map[string]string{
		"/home/me/.kolla/kolla-build.conf": "a", "/home/me/kolla-build.conf": "b",
		"/etc/kolla/kolla-build.conf": "c", "/etc/kolla-build.conf": "d", "etc/kolla/kolla-build.conf": "e",
	} {
		c, err := Parse(nil, disk{place: tag(want)}.environment())
		if err != nil || c.Tag != want {
			t.Errorf("%s: tag %v, error %v", place, c, err)
		}
	}
	for _, want := range []string{"a", "b", "c", "d", "e"} {
		c, err := Parse(nil, all.environment())
		if err != nil || c.Tag != want {
			t.Fatalf("want %s, got %v, error %v", want, c, err)
		}
		first := slices.MinFunc(slices.Collect(maps.Keys(all)), func(a, b string) int { return strings.Compare(all[a], all[b]) })
		delete(all, first)
	}
	if c, err := Parse(nil, disk{}.environment()); err != nil || c.Tag != "1.2.3" {
		t.Errorf("without files: %v, %v", c, err)
	}
}

// Without a home, ~ is neither the root folder nor the current one.
func TestSearchWithoutHome(t *testing.T) {
	env := disk{"kolla-build.conf": "[DEFAULT]\ntag = x", "/kolla-build.conf": "[DEFAULT]\ntag = y", "/.kolla/kolla-build.conf": "[DEFAULT]\ntag = z"}.environment()
	env.Variables = nil
	if c, err := Parse(nil, env); err != nil || c.Tag != "1.2.3" {
		t.Errorf("%v, %v", c, err)
	}
}

func TestFoldersAndNamedFiles(t *testing.T) {
	files := disk{
		"/etc/kolla/kolla-build.conf":              "[DEFAULT]\nbase = debian\nthreads = 1\ndocker_dir = a",
		"/etc/kolla/kolla-build.conf.d/20.conf":    "[DEFAULT]\nthreads = 3\ndocker_dir = c",
		"/etc/kolla/kolla-build.conf.d/10.conf":    "[DEFAULT]\nthreads = 2\ndocker_dir = b",
		"/etc/kolla/kolla-build.conf.d/30.conf.no": "[DEFAULT]\nthreads = 9",
		"/etc/kolla-build.conf.d/99.conf":          "[DEFAULT]\nthreads = 9",
		"/home/me/mine.conf":                       "[DEFAULT]\nthreads = 5",
		"here.conf":                                "[DEFAULT]\nthreads = 6",
		"d/x.conf":                                 "[DEFAULT]\nthreads = 7",
	}
	tests := []struct {
		args    string
		threads int
		base    string
	}{
		{"", 3, "debian"},
		{"--config-file ~/mine.conf", 5, "centos"},
		{"--config-file here.conf --config-file=/home/me/mine.conf", 5, "centos"},
		{"--config-file /home/me/mine.conf --config-file here.conf", 6, "centos"},
		{"--config-dir d --config-file here.conf", 7, "centos"},
		{"--config-dir d --threads 8", 8, "centos"},
	}
	for _, test := range tests {
		c, err := Parse(strings.Fields(test.args), files.environment())
		if err != nil {
			t.Errorf("%s: %v", test.args, err)
			continue
		}
		if c.Threads != test.threads || c.Base != test.base {
			t.Errorf("%s: threads %d, base %s", test.args, c.Threads, c.Base)
		}
	}
	c, err := Parse(nil, files.environment())
	if err != nil || !slices.Equal(c.DockerDirs, []string{"a", "b", "c"}) {
		t.Errorf("lists of several files: %v, %v", c.DockerDirs, err)
	}
	for _, args := range []string{"--config-file none.conf", "--config-dir none", "--config-dir here.conf", "--config-file d"} {
		_, err := Parse(strings.Fields(args), files.environment())
		var problems *Error
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), "failed to read the configuration") {
			t.Errorf("%s: got %v", args, err)
		}
	}
}

// A deployment's folder may be closed to who builds.
func TestUnreadableFile(t *testing.T) {
	env := disk{"etc/kolla/kolla-build.conf": "[DEFAULT]\nbase = debian"}.environment()
	open := env.Open
	env.Open = func(name string) (fs.File, error) {
		if strings.HasPrefix(name, "/etc/kolla/") {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
		}
		return open(name)
	}
	c, err := Parse(nil, env)
	if err != nil || c.Base != "debian" {
		t.Fatalf("%v, %v", c, err)
	}
	if len(c.Notices) == 0 || !strings.Contains(c.Notices[0], "permission denied") {
		t.Errorf("notices %q", c.Notices)
	}
}
