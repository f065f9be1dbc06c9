package registry

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"go.podman.io/image/v5/types"
	"go.podman.io/storage/pkg/unshare"
)

// loginFile returns where "podman login" leaves passwords for a user without
// XDG_RUNTIME_DIR, as in cron and in CI: it is named for the uid, and the library looks for
// that of the uid in our user namespace, which is root's. It returns nothing where the library
// is right, or told to look elsewhere.
func loginFile(system *types.SystemContext) string {
	uid := unshare.GetRootlessUID()
	if uid == os.Getuid() || system.AuthFilePath != "" || system.DockerAuthConfig != nil {
		return ""
	}
	return fmt.Sprintf("/run/containers/%d/auth.json", uid)
}

// withLogin looks up credentials by find, in the file login too, if that is there. It comes
// before the other files, as in podman, unless XDG_RUNTIME_DIR says where the login of this
// session is.
func withLogin(system *types.SystemContext, login string, find func(*types.SystemContext) (types.DockerAuthConfig, error)) (types.DockerAuthConfig, error) {
	systems := []*types.SystemContext{system}
	if _, err := os.Stat(login); login != "" && err == nil {
		there := *system
		there.AuthFilePath = login
		if os.Getenv("XDG_RUNTIME_DIR") == "" {
			systems = []*types.SystemContext{&there, system}
		} else {
			systems = append(systems, &there)
		}
	}
	for _, s := range systems {
		found, err := find(s)
		if errors.Is(err, fs.ErrPermission) && s.AuthFilePath == "" && os.Getenv("XDG_RUNTIME_DIR") == "" {
			// Once root has used podman, /run/containers is closed to others, so no login of
			// theirs is there. What the library tries next is still to be tried.
			elsewhere := *s
			elsewhere.RootForImplicitAbsolutePaths = "/nonexistent"
			found, err = find(&elsewhere)
		}
		if err != nil || found != (types.DockerAuthConfig{}) {
			return found, err
		}
	}
	return types.DockerAuthConfig{}, nil
}
