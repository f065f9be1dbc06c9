package buildahdriver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPrepareEnvironment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	good := filepath.Join(t.TempDir(), "with blanks")
	if err := os.Mkdir(good, 0o700); err != nil {
		t.Fatal(err)
	}
	const unset = "\x00"
	for _, test := range []struct{ name, value, want string }{
		{"PATH", unset, defaultPath},
		{"PATH", "", defaultPath},
		{"PATH", "/nowhere", "/nowhere"},
		{"HOME", unset, passwdHome()},
		{"HOME", "", passwdHome()},
		{"HOME", "/not/there", "/not/there"},
		{"XDG_RUNTIME_DIR", "/not/there", unset},
		{"XDG_RUNTIME_DIR", file, unset},
		{"XDG_RUNTIME_DIR", "", unset},
		{"XDG_RUNTIME_DIR", good, good},
		{"TMPDIR", "/not/there", unset},
		{"TMPDIR", file, unset},
		{"TMPDIR", good, good},
		{"TMPDIR", unset, unset},
	} {
		t.Setenv(test.name, strings.Trim(test.value, unset)) // which restores it afterwards
		if test.value == unset {
			os.Unsetenv(test.name)
		}
		if err := PrepareEnvironment(); err != nil {
			t.Fatal(err)
		}
		got, set := os.LookupEnv(test.name)
		if !set {
			got = unset
		}
		if got != test.want {
			t.Errorf("%s=%q became %q, want %q", test.name, test.value, got, test.want)
		}
	}
}
