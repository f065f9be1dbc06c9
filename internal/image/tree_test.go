package image_test

import (
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/image"
)

var naming = image.Naming{Namespace: "kolla", Base: "debian", Type: "binary", Tag: "1.0"}

// rendered makes the image called name, built from others of the tree. A name
// with a colon is an image from elsewhere.
func rendered(name string, from ...string) image.Rendered {
	var dockerfile strings.Builder
	for _, f := range from {
		if !strings.Contains(f, ":") {
			f = naming.Reference(f)
		}
		dockerfile.WriteString("FROM " + f + "\n")
	}
	return image.Rendered{
		Name:       name,
		Reference:  naming.Reference(name),
		ContextDir: "/ctx/" + name,
		Dockerfile: dockerfile.String(),
	}
}

// sample is a small tree, given in no order.
func sample(t *testing.T) *image.Tree {
	t.Helper()
	return tree(t,
		rendered("keystone", "keystone-base"),
		rendered("openstack-base", "base"),
		rendered("barbican-keystone-listener", "openstack-base"),
		rendered("keystone-base", "openstack-base"),
		rendered("keystone-ssh", "keystone-base"),
		rendered("base", "debian:trixie"),
		rendered("cron", "base"),
	)
}

func tree(t *testing.T, images ...image.Rendered) *image.Tree {
	t.Helper()
	tree, err := image.NewTree(images)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func names(images []*image.Image) string {
	list := make([]string, len(images))
	for i, img := range images {
		list[i] = img.Name
	}
	return strings.Join(list, " ")
}

func TestNewTree(t *testing.T) {
	tree := sample(t)
	if got, want := names(tree.Images()), "barbican-keystone-listener base cron keystone keystone-base keystone-ssh openstack-base"; got != want {
		t.Errorf("images are %s, want %s", got, want)
	}
	base := tree.Lookup("base")
	if base.Parent != nil || base.From != "debian:trixie" || len(base.Needs) != 0 {
		t.Errorf("base is no root: %+v", base)
	}
	if base.Reference != "kolla/debian-binary-base:1.0" || base.ContextDir != "/ctx/base" {
		t.Errorf("base has lost something: %+v", base)
	}
	if got, want := names(base.Children), "cron openstack-base"; got != want {
		t.Errorf("children of base are %s, want %s", got, want)
	}
	if keystone := tree.Lookup("keystone"); keystone.Parent != tree.Lookup("keystone-base") {
		t.Errorf("parent of keystone is %v", keystone.Parent)
	}
	if img := tree.Lookup("keys"); img != nil {
		t.Errorf("Lookup of an unknown name returned %v", img)
	}
}

func TestSeveralStages(t *testing.T) {
	tree := tree(t,
		rendered("base", "debian:trixie"),
		rendered("builder", "debian:trixie"),
		rendered("app", "builder", "golang:1", "base"),
	)
	app := tree.Lookup("app")
	if app.Parent.Name != "base" || names(app.Needs) != "builder base" {
		t.Errorf("parent is %s, needs are %s", app.Parent.Name, names(app.Needs))
	}
	if children := tree.Lookup("builder").Children; len(children) != 0 {
		t.Errorf("builder has children %s", names(children))
	}
}

func TestNewTreeErrors(t *testing.T) {
	long := rendered("base", "debian:trixie")
	long.Reference = "kolla/base:" + strings.Repeat("x", 129)
	upper := rendered("base", "debian:trixie")
	upper.Reference = "localhost/Kolla/base:1"
	scheme := rendered("base", "debian:trixie")
	scheme.Reference = "https://registry/kolla/base:1"
	same := rendered("other", "debian:trixie")
	same.Reference = naming.Reference("base")
	again := rendered("base", "debian:trixie")
	again.ContextDir = "/extra/base"

	tests := []struct {
		name   string
		images []image.Rendered
		want   []string
	}{
		{"twice", []image.Rendered{rendered("base", "debian:trixie"), again}, []string{`image "base" is defined twice, in "/ctx/base" and in "/extra/base"`}},
		{"same reference", []image.Rendered{rendered("base", "debian:trixie"), same}, []string{`images "base" and "other" have the same reference "kolla/debian-binary-base:1.0"`}},
		{"own parent", []image.Rendered{rendered("base", "base")}, []string{"images are built from each other in a circle: base -> base"}},
		{
			"circle", []image.Rendered{rendered("a", "b"), rendered("b", "c"), rendered("c", "a"), rendered("d", "a")},
			[]string{"images are built from each other in a circle: a -> b -> c -> a"},
		},
		{
			"two circles", []image.Rendered{rendered("a", "b"), rendered("b", "a"), rendered("c", "d"), rendered("d", "c")},
			[]string{"circle: a -> b -> a", "circle: c -> d -> c"},
		},
		{"no FROM", []image.Rendered{rendered("base")}, []string{`image "base": its Dockerfile has no FROM line`}},
		{"upper-case name", []image.Rendered{rendered("Base", "debian:trixie")}, []string{`"Base", defined in "/ctx/Base", is no legal image name`}},
		{"path as name", []image.Rendered{rendered("../base", "debian:trixie")}, []string{`"../base"`}},
		{"empty name", []image.Rendered{rendered("", "debian:trixie")}, []string{`""`}},
		{"upper-case namespace", []image.Rendered{upper}, []string{`image "base": illegal reference "localhost/Kolla/base:1": repository name must be lowercase`}},
		{"scheme before registry", []image.Rendered{scheme}, []string{"illegal reference", "\ncheck the registry"}},
		{"long tag", []image.Rendered{long}, []string{"longer than 128 characters"}},
		{
			"all at once", []image.Rendered{rendered("a", "b"), rendered("b", "a"), rendered("c"), rendered("D", "a")},
			[]string{"a -> b -> a", `image "c"`, `"D"`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree, err := image.NewTree(tt.images)
			if err == nil || tree != nil {
				t.Fatalf("got %v, %v", tree, err)
			}
			for _, want := range tt.want {
				if strings.Count(err.Error(), want) != 1 {
					t.Errorf("want %q once in:\n%v", want, err)
				}
			}
		})
	}
}

func TestLongestTag(t *testing.T) {
	r := rendered("base", "debian:trixie")
	r.Reference = "registry:5000/kolla/base:" + strings.Repeat("x", 128)
	tree(t, r)
}

func TestNaming(t *testing.T) {
	tests := []struct {
		naming image.Naming
		want   string
	}{
		{naming, "kolla/debian-binary-keystone:1.0"},
		{image.Naming{Registry: "reg:5000", Namespace: "kolla", Base: "ubuntu", Type: "source", Tag: "x"}, "reg:5000/kolla/ubuntu-source-keystone:x"},
		{image.Naming{Registry: "reg:5000/", Namespace: "/a/b/", Base: "ubuntu", Type: "source", Tag: "x"}, "reg:5000/a/b/ubuntu-source-keystone:x"},
		{image.Naming{Registry: "reg:5000", Base: "ubuntu", Type: "source", Tag: "x"}, "reg:5000/ubuntu-source-keystone:x"},
		{image.Naming{Base: "ubuntu", Type: "source", Tag: "x"}, "ubuntu-source-keystone:x"},
	}
	for _, tt := range tests {
		if got := tt.naming.Reference("keystone"); got != tt.want {
			t.Errorf("%+v: got %s, want %s", tt.naming, got, tt.want)
		}
	}
}
