package templates_test

import (
	"os"
	"os/exec"
	"path/filepath"
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
