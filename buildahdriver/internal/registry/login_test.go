package registry

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"go.podman.io/image/v5/pkg/docker/config"
	"go.podman.io/image/v5/types"
)

// TestLogin: passwords of "podman login" are found by the uid outside the user namespace.
func TestLogin(t *testing.T) {
	write := func(path, user string) string {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		auth := base64.StdEncoding.EncodeToString([]byte(user + ":password"))
		if err := os.WriteFile(path, fmt.Appendf(nil, `{"auths": {"registry.test": {"auth": %q}}}`, auth), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	home, session := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	login := write(filepath.Join(t.TempDir(), "auth.json"), "login")
	write(filepath.Join(session, "containers", "auth.json"), "session")
	find := func(s *types.SystemContext) (types.DockerAuthConfig, error) {
		return config.GetCredentials(s, "registry.test")
	}
	for _, test := range []struct{ name, runtime, login, want string }{
		{"no session", "", login, "login"},
		{"a session", session, login, "session"},
		{"a session without a login", t.TempDir(), login, "login"},
		{"nobody has logged in", "", filepath.Join(home, "missing"), ""},
		{"root", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("XDG_RUNTIME_DIR", test.runtime)
			got, err := withLogin(&types.SystemContext{}, test.login, find)
			if err != nil || got.Username != test.want {
				t.Errorf("got %q, %v, want %q", got.Username, err, test.want)
			}
		})
	}
	t.Run("docker's file comes after", func(t *testing.T) {
		t.Setenv("XDG_RUNTIME_DIR", "")
		write(filepath.Join(home, ".docker", "config.json"), "docker")
		for file, want := range map[string]string{login: "login", "": "docker", filepath.Join(home, "missing"): "docker"} {
			if got, err := withLogin(&types.SystemContext{}, file, find); err != nil || got.Username != want {
				t.Errorf("%q: got %q, %v, want %q", file, got.Username, err, want)
			}
		}
	})
}

// TestLoginClosed: root's use of podman closes /run/containers to everybody else, who has
// credentials elsewhere.
func TestLoginClosed(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", "")
	got, err := withLogin(&types.SystemContext{}, "", func(s *types.SystemContext) (types.DockerAuthConfig, error) {
		if s.RootForImplicitAbsolutePaths == "" {
			return types.DockerAuthConfig{}, fmt.Errorf("reading: %w", fs.ErrPermission)
		}
		return types.DockerAuthConfig{Username: "docker"}, nil
	})
	if err != nil || got.Username != "docker" {
		t.Errorf("got %q, %v", got.Username, err)
	}
}
