package templates_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/template"
	"github.com/kolla-build/kolla-build/templates"
)

// visudo is where both families of distros have it; it need not be in a user's PATH.
const visudo = "/usr/sbin/visudo"

// checkSudoers returns what is wrong with a file of sudoers. One mistake in one of them
// would make sudo refuse everything, and no container would start.
func checkSudoers(t *testing.T, path string) error {
	t.Helper()
	if _, err := os.Stat(visudo); err != nil {
		t.Fatalf("%v\ninstall it: contrib/setup test", err)
	}
	return exec.Command(visudo, "--check", "--strict", "--quiet", "--file="+path).Run()
}

func TestSudoers(t *testing.T) {
	if err := checkSudoers(t, "base/sudoers"); err != nil {
		t.Error(err)
	}
	bad := filepath.Join(t.TempDir(), "sudoers")
	for _, text := range []string{"nova ALL=(root NOPASSWD: /bin/a\n", "nova ALL=(root) NOPASSWD: relative\n"} {
		if err := os.WriteFile(bad, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checkSudoers(t, bad); err == nil {
			t.Errorf("visudo lets %q pass: the test is worth nothing", text)
		}
	}
}

// TestSudoersOfImages runs the instructions that write sudoers files, of all images for
// all distros, in a folder of its own.
func TestSudoersOfImages(t *testing.T) {
	tree, err := template.Load(template.EmbeddedRoot("templates", templates.FS()))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, target := range targets(t) {
		for name, image := range parse(t, tree, target) {
			for _, one := range image.instructions {
				if one.name != "run" || !strings.Contains(one.text, "> /etc/sudoers.d/") || seen[one.text] {
					continue
				}
				seen[one.text] = true
				for _, file := range sudoersOf(t, one) {
					if err := checkSudoers(t, file); err != nil {
						t.Errorf("%s, %s: %v in what this writes:\n%s", target.name(), name, err, one.text)
					}
				}
			}
		}
	}
	if len(seen) == 0 {
		t.Error("no image writes a file of sudoers")
	}
}

// sudoersOf runs an instruction and returns the files of sudoers that it writes.
func sudoersOf(t *testing.T, run instruction) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "etc/sudoers.d"), 0o755); err != nil {
		t.Fatal(err)
	}
	script := strings.ReplaceAll(strings.TrimPrefix(run.text, "RUN"), " /etc/", " "+dir+"/etc/")
	if out, err := exec.Command("sh", "-c", script).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\nof:\n%s", err, out, run.text)
	}
	files, err := filepath.Glob(filepath.Join(dir, "etc/sudoers.d/*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("it writes no file of sudoers: %v\n%s", err, run.text)
	}
	return files
}

// TestSudoersKeepServicesFromRoot: what a service may hand to root's commands is two
// variables. With setenv it could set LD_PRELOAD or BASH_ENV, and be root.
func TestSudoersKeepServicesFromRoot(t *testing.T) {
	out, err := exec.Command("cvtsudoers", "--output-format=json", "base/sudoers").Output()
	if err != nil {
		t.Fatalf("%v\ninstall sudo: contrib/setup test", err)
	}
	var policy struct {
		Defaults []struct {
			Options []map[string]any
		}
		Specs []struct {
			Commands []struct {
				Options  []map[string]any
				Commands []struct{ Command string }
			} `json:"Cmnd_Specs"`
		} `json:"User_Specs"`
	}
	if err := json.Unmarshal(out, &policy); err != nil {
		t.Fatal(err)
	}
	options := map[string]any{}
	for _, defaults := range policy.Defaults {
		for _, option := range defaults.Options {
			for name, value := range option {
				options[name] = value
			}
		}
	}
	want := map[string]any{
		"requiretty": false, "env_reset": true, "setenv": false, "operation": "list_assign",
		"env_keep":    []any{"KOLLA_BASE_DISTRO", "KOLLA_CONFIG_STRATEGY"},
		"secure_path": options["secure_path"],
	}
	if !reflect.DeepEqual(options, want) {
		t.Errorf("the defaults are %v, want %v", options, want)
	}
	var commands []string
	for _, spec := range policy.Specs {
		for _, one := range spec.Commands {
			for _, option := range one.Options {
				for name := range option {
					if name != "authenticate" {
						t.Errorf("the commands have the tag %s", name)
					}
				}
			}
			for _, command := range one.Commands {
				commands = append(commands, command.Command)
			}
		}
	}
	allowed := []string{"/usr/local/bin/kolla_copy_cacerts", "/usr/local/bin/kolla_install_projects", "/usr/local/bin/kolla_set_configs"}
	if !slices.Equal(commands, allowed) {
		t.Errorf("services may run %q as root, want %q", commands, allowed)
	}
}

// No image gives its user a command with an environment of the user's choosing.
func TestSudoersWithoutSetenv(t *testing.T) {
	err := fs.WalkDir(templates.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path == "base/sudoers" {
			return err
		}
		text, err := fs.ReadFile(templates.FS(), path)
		for _, word := range []string{"SETENV:", "setenv"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s has the word %s", path, word)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
