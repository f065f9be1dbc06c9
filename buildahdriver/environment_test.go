package buildahdriver

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFreeRange(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct{ subuid, subgid, want string }{
		{"", "", "100000-165535"},
		{"a:100000:65536\n", "", "165536-231071"},
		{"a:100000:65536\nb:165536:65536\n", "a:100000:65536\nc:300000:10\n", "300010-365545"},
		{"low:10:10\n", "", "100000-165535"},
	} {
		subuid, subgid := filepath.Join(dir, "subuid"), filepath.Join(dir, "subgid")
		for file, content := range map[string]string{subuid: test.subuid, subgid: test.subgid} {
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := freeRange(subuid, subgid, filepath.Join(dir, "missing")); got != test.want {
			t.Errorf("%q, %q: got %s, want %s", test.subuid, test.subgid, got, test.want)
		}
	}
}

// TestEnvironmentIsAble: the machine that runs these tests can build.
func TestEnvironmentIsAble(t *testing.T) {
	if err := checkUserNamespaces(); err != nil {
		t.Error(err)
	}
	if err := checkMappingHelpers(); err != nil {
		t.Error(err)
	}
	t.Setenv("PATH", t.TempDir())
	err := checkMappingHelpers()
	if Remedy(err) == "" {
		t.Errorf("without newuidmap: got %v, and no remedy", err)
	}
}

func TestReadSetting(t *testing.T) {
	file := filepath.Join(t.TempDir(), "setting")
	if err := os.WriteFile(file, []byte("unconfined (enforce)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := readSetting(file); got != "unconfined" {
		t.Errorf("got %q", got)
	}
	if got := readSetting(file + "missing"); got != "" {
		t.Errorf("a missing file gives %q", got)
	}
}
