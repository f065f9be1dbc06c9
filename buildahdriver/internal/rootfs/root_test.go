package rootfs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func openTemp(t *testing.T, links map[string]string) (*Root, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "root")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, target := range links {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root, dir
}

func TestMkdirAll(t *testing.T) {
	for _, test := range []struct {
		links     map[string]string
		name      string
		want      string // below the root; empty for an error
		otherwise error
	}{
		{name: "/a/b/c", want: "a/b/c"},
		{name: "a//b/../c/.", want: "a/c"},
		{name: "/", want: "."},
		{name: "../../x", want: "x"},
		{links: map[string]string{"var/run": "/run"}, name: "/var/run/x", want: "run/x"},
		{links: map[string]string{"var/run": "../run"}, name: "/var/run/x", want: "run/x"},
		{links: map[string]string{"up": "../../.."}, name: "/up/x", want: "x"},
		{links: map[string]string{"a": "b", "b": "/c"}, name: "/a", want: "c"},
		{links: map[string]string{"a": "a"}, name: "/a/x", otherwise: unix.ELOOP},
		{links: map[string]string{"a": "b/x", "b": "a/y"}, name: "/a", otherwise: unix.ELOOP},
	} {
		root, dir := openTemp(t, test.links)
		made, err := root.MkdirAll(test.name, os.Getuid(), os.Getgid(), 0o1750)
		if test.otherwise != nil {
			if !errors.Is(err, test.otherwise) {
				t.Errorf("%s with %v: got %v, want %v", test.name, test.links, err, test.otherwise)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s with %v: %v", test.name, test.links, err)
			continue
		}
		info, err := os.Lstat(filepath.Join(dir, test.want))
		var opened unix.Stat_t
		if err != nil || unix.Fstat(made.FD(), &opened) != nil || opened.Mode&0o7777 != uint32(info.Mode().Perm())|uint32(info.Mode()&os.ModeSticky)>>11 {
			t.Errorf("%s with %v: %v, %v", test.name, test.links, info, err)
		}
		if test.want != "." && info.Mode() != 0o750|os.ModeDir|os.ModeSticky {
			t.Errorf("%s has mode %v", test.want, info.Mode())
		}
		made.Close()
		if outside, _ := os.ReadDir(filepath.Dir(dir)); len(outside) != 1 {
			t.Errorf("%s with %v made something outside: %v", test.name, test.links, outside)
		}
	}
}

func TestOpenDirectoryFollowsNoLink(t *testing.T) {
	root, _ := openTemp(t, map[string]string{"proc": "elsewhere", "a/b": "/"})
	for _, name := range []string{"proc", "a/b", "a/b/a"} {
		if fd, err := root.OpenDirectory(name); err == nil {
			unix.Close(fd)
			t.Errorf("%s was opened through a link", name)
		}
	}
	if _, err := root.OpenDirectory("missing"); !errors.Is(err, unix.ENOENT) {
		t.Errorf("got %v", err)
	}
}

func TestLookups(t *testing.T) {
	root, dir := openTemp(t, nil)
	if err := os.Mkdir(filepath.Join(dir, "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"passwd": "root:x:0:0::/root:/bin/sh\nnova:x:42436:42437::/var/lib/nova:/bin/sh\n77:x:5:6::/odd:/bin/sh\n",
		"group":  "root:x:0:\nnova:x:42437:\nkolla:x:42400:nova\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, "etc", name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		spec     string
		uid, gid int
		err      string
	}{
		{"nova", 42436, 42437, ""},
		{"nova:kolla", 42436, 42400, ""},
		{"nova:7", 42436, 7, ""},
		{"7", 7, 7, ""}, // a number alone is both
		{"7:8", 7, 8, ""},
		{"7:kolla", 7, 42400, ""},
		{"77", 77, 77, ""}, // a number is no name
		{"ghost", 0, 0, `"ghost"`},
		{"nova:ghost", 0, 0, `"nova:ghost"`},
	} {
		uid, gid, err := root.LookupOwner(test.spec)
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%s: got %v", test.spec, err)
			}
			continue
		}
		if err != nil || uid != test.uid || gid != test.gid {
			t.Errorf("%s: got %d:%d, %v, want %d:%d", test.spec, uid, gid, err, test.uid, test.gid)
		}
	}
	user, err := root.LookupUser("nova")
	if err != nil || len(user.Groups) != 1 || user.Groups[0] != 42400 || user.Home != "/var/lib/nova" {
		t.Errorf("got %+v, %v", user, err)
	}
}

// TestUserFilesAreForeign: they may be anything.
func TestUserFilesAreForeign(t *testing.T) {
	root, dir := openTemp(t, map[string]string{"etc/passwd": "/proc/self/environ", "etc/group": "group"})
	if _, err := root.LookupUser("1000"); err == nil || !strings.Contains(err.Error(), "/etc/group") {
		t.Errorf("a ring of links gives %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "etc/group")); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(filepath.Join(dir, "etc/group"), 0o600); err != nil {
		t.Fatal(err)
	}
	if user, err := root.LookupUser("1000"); err != nil || user.UID != 1000 {
		t.Errorf("got %+v, %v", user, err)
	}
}

func TestTooManyGroups(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	var groups strings.Builder
	for id := range 70_000 {
		fmt.Fprintf(&groups, "g%d:x:%d:me\n", id, id)
	}
	for name, text := range map[string]string{"passwd": "me:x:1:1::/:/bin/sh\n", "group": groups.String()} {
		if err := os.WriteFile(filepath.Join(dir, "etc", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, err := root.LookupUser("me"); err == nil || !strings.Contains(err.Error(), "70000 groups") {
		t.Errorf("got %v", err)
	}
}
