package checkout

import (
	"path/filepath"
	"testing"

	"github.com/kolla-build/kolla-build/internal/repositories"
)

// with returns a checkout that has a module of a given text.
func with(t *testing.T, module, text string) *Checkout {
	t.Helper()
	return Find(filepath.Join(tree(t, map[string]string{"kolla/common/config.py": "#\n", module: text}), "docker"))
}

func TestVariables(t *testing.T) {
	for _, module := range workers {
		names := with(t, module, "values = {'base_distro': self.base,\n  'tag': self.tag}\nx['Not'] = \"nor_this\"\n").Variables()
		for name, want := range map[string]bool{"base_distro": true, "tag": true, "env": true, "Not": false, "nor_this": false, "self": false} {
			if names[name] != want {
				t.Errorf("%s: %s is %v", module, name, names[name])
			}
		}
	}
	if names := with(t, "kolla/other.py", "'tag'").Variables(); names != nil {
		t.Errorf("of nowhere: %v", names)
	}
}

func TestRepositoryScheme(t *testing.T) {
	for text, want := range map[string]repositories.Scheme{
		"def handle_repos():":                   repositories.Switches,
		"DNF_REPO = 1":                          repositories.Files,
		"DNF_REPO = 1\nDNF_REMOVE_EXISTING = 2": repositories.Merged,
	} {
		if got := with(t, moduleMethods, text).RepositoryScheme(); got != want {
			t.Errorf("%q: got %d", text, got)
		}
	}
}

func TestRepositoryFile(t *testing.T) {
	for given, want := range map[[3]string]string{
		{"'/repos.yaml'", "ubuntu", "24.04"}:         "repos.yaml",
		{"'/repos-noble.yaml'", "ubuntu", "24.04"}:   "repos-noble.yaml",
		{"'/repos-noble.yaml'", "ubuntu", "noble"}:   "repos-noble.yaml",
		{"'/repos-noble.yaml'", "ubuntu", "22.04"}:   "repos.yaml",
		{"'/repos-el10.yaml'", "centos", "stream10"}: "repos-el10.yaml",
		{"'/repos-el10.yaml'", "centos", "stream9"}:  "repos.yaml",
		{"'/repos-el10.yaml'", "rocky", "10.1"}:      "repos-el10.yaml",
		{"'/repos-el10.yaml'", "rocky", "9"}:         "repos.yaml",
		{"'/repos-el10.yaml'", "debian", "10"}:       "repos.yaml",
	} {
		c := with(t, moduleMethods, given[0])
		if got := c.RepositoryFile(given[1], given[2]); got != filepath.Join(c.Root, "kolla/template", want) {
			t.Errorf("%v: got %s", given, got)
		}
	}
}
