// Package ci checks the jobs of docs/ci.md without the systems that would run them.
package ci

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"

	"github.com/kolla-build/kolla-build/internal/config"
)

const docs = "../../docs/"

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// jobs returns every file by its name, decoded.
func jobs(t *testing.T) map[string]any {
	t.Helper()
	paths, err := filepath.Glob(docs + "ci/*")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no jobs: %v", err)
	}
	decoded := map[string]any{}
	for _, path := range paths {
		text := read(t, path)
		var content any
		switch filepath.Ext(path) {
		case ".yml":
			err = yaml.Unmarshal([]byte(text), &content)
		case ".toml":
			err = toml.Unmarshal([]byte(text), &content)
		default:
			t.Errorf("%s is neither YAML nor TOML", path)
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		decoded[filepath.Base(path)] = content
	}
	return decoded
}

// TestJobs: every file can be parsed, and docs/ci.md has it.
func TestJobs(t *testing.T) {
	page := read(t, docs+"ci.md")
	for name := range jobs(t) {
		if !strings.Contains(page, "(ci/"+name+")") {
			t.Errorf("docs/ci.md does not mention %s", name)
		}
	}
}

// strs returns all strings in a decoded file. A list of strings comes as one, too: it may be
// a command.
func strs(content any) []string {
	var found []string
	switch c := content.(type) {
	case string:
		found = append(found, c)
	case []any:
		var joined []string
		for _, one := range c {
			found = append(found, strs(one)...)
			if s, ok := one.(string); ok {
				joined = append(joined, s)
			}
		}
		found = append(found, strings.Join(joined, " "))
	case []map[string]any: // of TOML
		for _, one := range c {
			found = append(found, strs(one)...)
		}
	case map[string]any:
		if command, ok := c["command"].([]any); ok { // as containers have it
			arguments, _ := c["args"].([]any)
			found = append(found, strs(slices.Concat(command, arguments))...)
		}
		for _, one := range c {
			found = append(found, strs(one)...)
		}
	}
	return found
}

var (
	build = regexp.MustCompile(`^kolla-build (-b .*)$`)
	// variable is one of the shell's or of Tekton's.
	variable = regexp.MustCompile(`\$[A-Z_]+|\$\([^)]*\)`)
)

// TestCommands: the program knows the options of the builds in the jobs.
func TestCommands(t *testing.T) {
	for name, content := range jobs(t) {
		builds := 0
		for _, line := range strs(content) {
			match := build.FindStringSubmatch(strings.TrimSpace(line))
			if match == nil {
				continue
			}
			builds++
			line := variable.ReplaceAllString(strings.NewReplacer(`"`, "", "'", "").Replace(match[1]), "value")
			args := strings.Fields(line)
			c, err := config.Parse(args, config.Environment{Version: "1"})
			if err != nil {
				t.Errorf("%s: kolla-build %s: %v", name, match[1], err)
			} else if !c.Push || c.Registry == "" {
				t.Errorf("%s: kolla-build %s: it does not push", name, match[1])
			}
		}
		if filepath.Ext(name) == ".yml" && builds == 0 {
			t.Errorf("%s builds nothing", name)
		}
	}
}

// TestImage: the jobs know the user and the home of the image.
func TestImage(t *testing.T) {
	template := read(t, "../../templates/kolla-build/Dockerfile.j2")
	for _, want := range []string{"--uid 1000 ", "--home-dir /var/lib/kolla-build "} {
		if !strings.Contains(template, want) {
			t.Fatalf("the image does not have %q", want)
		}
	}
	for name, want := range map[string]string{
		"gitlab-docker.toml":     `volumes = ["/var/lib/kolla-build"]`,
		"gitlab-kubernetes.toml": `mount_path = "/var/lib/kolla-build"`,
		"tekton.yml":             "mountPath: /var/lib/kolla-build\n",
	} {
		text := read(t, docs+"ci/"+name)
		if !strings.Contains(text, want) {
			t.Errorf("%s mounts no volume at the home of the image's user", name)
		}
		if strings.Contains(strings.ReplaceAll(strings.ToLower(text), "not privileged", ""), "privileged") {
			t.Errorf("%s asks for a privileged container", name)
		}
	}
}
