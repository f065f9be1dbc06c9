package image_test

import (
	"bytes"
	"testing"

	"github.com/kolla-build/kolla-build/internal/image"
)

func TestListings(t *testing.T) {
	twoRoots := tree(t,
		rendered("base", "debian:trixie"),
		rendered("cron", "base"),
		rendered("tool", "alpine:3"),
	)
	stages := tree(t,
		rendered("base", "debian:trixie"),
		rendered("builder", "debian:trixie"),
		rendered("app", "builder", "base"),
	)
	tests := []struct {
		name         string
		tree         *image.Tree
		patterns     []string
		list         string
		dependencies string
		dot          string
	}{
		{
			name: "keystone", tree: sample(t), patterns: []string{"^keystone$"},
			list:         "1 : base\n2 : keystone\n3 : keystone-base\n4 : openstack-base\n",
			dependencies: `{"base":[{"openstack-base":[{"keystone-base":["keystone"]}]}]}` + "\n",
			dot: `digraph {
	rankdir=LR
	"base"
	"keystone"
	"keystone-base" -> "keystone"
	"keystone-base"
	"openstack-base" -> "keystone-base"
	"openstack-base"
	"base" -> "openstack-base"
}
`,
		},
		{
			name: "inner image without selected children", tree: sample(t), patterns: []string{"keystone-base", "cron"},
			list:         "1 : base\n2 : cron\n3 : keystone-base\n4 : openstack-base\n",
			dependencies: `{"base":["cron",{"openstack-base":[{"keystone-base":[]}]}]}` + "\n",
			dot: `digraph {
	rankdir=LR
	"base"
	"cron"
	"base" -> "cron"
	"keystone-base"
	"openstack-base" -> "keystone-base"
	"openstack-base"
	"base" -> "openstack-base"
}
`,
		},
		{
			name: "two roots", tree: twoRoots,
			list:         "1 : base\n2 : cron\n3 : tool\n",
			dependencies: `{"base":["cron"],"tool":[]}` + "\n",
			dot:          "digraph {\n\trankdir=LR\n\t\"base\"\n\t\"cron\"\n\t\"base\" -> \"cron\"\n\t\"tool\"\n}\n",
		},
		{
			name: "several stages", tree: stages,
			list:         "1 : app\n2 : base\n3 : builder\n",
			dependencies: `{"base":["app"],"builder":[]}` + "\n",
			dot:          "digraph {\n\trankdir=LR\n\t\"app\"\n\t\"builder\" -> \"app\"\n\t\"base\" -> \"app\"\n\t\"base\"\n\t\"builder\"\n}\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := tt.tree.Select(image.Request{Patterns: tt.patterns})
			if err != nil {
				t.Fatal(err)
			}
			var list, dependencies, dot bytes.Buffer
			if err := s.ListImages(&list); err != nil {
				t.Error(err)
			}
			if err := s.ListDependencies(&dependencies); err != nil {
				t.Error(err)
			}
			if err := s.Dot(&dot); err != nil {
				t.Error(err)
			}
			for _, c := range []struct{ what, got, want string }{
				{"list", list.String(), tt.list},
				{"dependencies", dependencies.String(), tt.dependencies},
				{"dot", dot.String(), tt.dot},
			} {
				if c.got != c.want {
					t.Errorf("%s: got\n%s\nwant\n%s", c.what, c.got, c.want)
				}
			}
		})
	}
}
