package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestExpand(t *testing.T) {
	lookup := func(name string) (string, error) {
		switch name {
		case "a", "a_1", "s.a", "x-y.a":
			return "<" + name + ">", nil
		}
		return "", errors.New("none: " + name)
	}
	tests := []struct{ text, want string }{
		{"", ""}, {"plain", "plain"}, {"$a", "<a>"}, {"${a}", "<a>"}, {"x$a-${a}y", "x<a>-<a>y"},
		{"$a.b", "<a>.b"}, {"${a}_1$a_1", "<a>_1<a_1>"}, {"$$a", "$a"}, {`\$a`, "$a"}, {"$$$a", "$<a>"},
		{"^x$", "^x$"}, {"a$|b$", "a$|b$"}, {"$1", "$1"}, {"${", "${"}, {"${}", "${}"}, {"${a", "${a"}, {"${a b}", "${a b}"},
		{"${s.a} ${x-y.a}", "<s.a> <x-y.a>"}, {"$é", "$é"},
	}
	for _, test := range tests {
		if got, err := expand(test.text, lookup); err != nil || got != test.want {
			t.Errorf("%q: got %q, %v, want %q", test.text, got, err, test.want)
		}
	}
	if _, err := expand("$a $b", lookup); err == nil {
		t.Error("an unknown name passes")
	}
}

func TestReferences(t *testing.T) {
	c := mustParseFile(t, `[DEFAULT]
namespace = ${base}
tag = $namespace-$threads
openstack_release = 2025.2
patches_path = a$$b\$c
[nova-base]
version = 7
location = $tarballs_base/$version/${debian_arch}/${glance-base.version}/${DEFAULT.tag}$openstack_branch_slashed
[glance-base]
version = $tag
`, "-b", "debian", "--base-arch", "aarch64", "--tarballs-base", "http://x", "--work-dir", "$tag")
	if c.Namespace != "debian" || c.Tag != "debian-8" || c.PatchesPath != "a$b$c" || c.WorkDir != "$tag" {
		t.Errorf("got %v", c)
	}
	if got, want := c.Sources["nova-base"].Location, "http://x/7/arm64/debian-8/debian-8stable/2025.2"; got != want {
		t.Errorf("location %s, want %s", got, want)
	}
	// A branch that is given with dashes says nothing about the other form, as in
	// the Python tool.
	c = parse(t, "--openstack-release", "2024.1", "--openstack-branch=team-branch-1")
	if c.OpenStackBranchSlashed != "stable/2024.1" {
		t.Errorf("slashed branch %s", c.OpenStackBranchSlashed)
	}
	if c = parse(t, "--openstack-release", "master"); c.OpenStackBranch != "master" || c.OpenStackBranchSlashed != "master" {
		t.Errorf("branches %s %s", c.OpenStackBranch, c.OpenStackBranchSlashed)
	}
}

func TestCircles(t *testing.T) {
	for text, want := range map[string]string{
		"[DEFAULT]\ntag = $tag": "tag: the value refers to itself: tag -> tag",
		"[DEFAULT]\ntag = $base_tag\nbase_tag = x${namespace}\nnamespace = $tag": "refers to itself: tag -> base_tag -> namespace -> tag",
		"[a-plugin-b]\ntype=url\nlocation=$version\nversion=$location":           "refers to itself: a-plugin-b.location -> a-plugin-b.version -> a-plugin-b.location",
		"[DEFAULT]\nopenstack_release = $openstack_branch":                       "refers to itself: openstack_release -> openstack_release",
	} {
		if _, err := withFile(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v\nwant %s", text, err, want)
		}
	}
}

func TestReferencesToNothing(t *testing.T) {
	for value, want := range map[string]string{
		"$tagg":             "there is no option \"tagg\" to refer to\ndid you mean tag? or else write $$ for a dollar sign",
		"${nova-base.base}": "there is no option \"nova-base.base\" to refer to",
		"pa$word":           "there is no option \"word\" to refer to\ndid you mean work_dir? or else write $$ for a dollar sign",
		"$config_file":      "there is no option \"config_file\" to refer to",
		"$nocache":          "there is no option \"nocache\" to refer to",
	} {
		if _, err := withFile("[DEFAULT]\nwork_dir = " + value); err == nil || !strings.Contains(err.Error(), "work_dir: "+want) {
			t.Errorf("%s: got %v\nwant %s", value, err, want)
		}
	}
}

// A value that doubles at every step is refused before it fills the memory, one
// that takes twice the time is not slow, and a long chain does not fill the
// stack.
func TestGrowth(t *testing.T) {
	doubling := func(last string) string {
		var b strings.Builder
		const steps = 40
		for i := range steps {
			fmt.Fprintf(&b, "[a-plugin-%d]\nversion=${a-plugin-%d.version}${a-plugin-%d.version}\n", i, i+1, i+1)
		}
		fmt.Fprintf(&b, "[a-plugin-%d]\nversion=%s\n", steps, last)
		return b.String()
	}
	if _, err := withFile(doubling("xx")); err == nil || !strings.Contains(err.Error(), "grows beyond") {
		t.Errorf("doubling: got %.200v", err)
	}
	if _, err := withFile(doubling("")); err != nil {
		t.Errorf("doubling nothing: got %.200v", err)
	}
	var chain strings.Builder
	for i := range maxLines / 2 {
		fmt.Fprintf(&chain, "[a-plugin-%d]\nversion=${a-plugin-%d.version}\n", i, i+1)
	}
	if _, err := withFile(chain.String()); err == nil || !strings.Contains(err.Error(), "more than 50 steps") {
		t.Errorf("chain: got %.200v", err)
	}
}

func TestLargeFiles(t *testing.T) {
	for text, want := range map[string]string{
		"#" + strings.Repeat("x", maxFileSize): "larger than",
		strings.Repeat("#\n", maxLines+1):      "more than 10000 lines",
	} {
		if _, err := withFile(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %.200v, want %s", err, want)
		}
	}
	// A file of another program, with nothing that is known here.
	c, err := withFile("[DEFAULT]\n" + strings.Repeat("nonsense = 1\n", maxLines-1))
	if err != nil || len(c.Notices) != maxNotices+1 {
		t.Errorf("%d notices, %v", len(c.Notices), err)
	}
	if last := c.Notices[maxNotices]; !strings.HasSuffix(last, "more lines of the configuration are ignored") {
		t.Errorf("the last notice is %q", last)
	}
}
