package buildahdriver

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"go.podman.io/buildah/pkg/parse"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/sandbox"
)

// runMounts are the mounts of one RUN instruction, made and ready.
type runMounts struct {
	mounts []sandbox.Mount
	env    []string // variables that hold secrets
	caches []*cacheUse
}

// close lets go of all of it.
func (r *runMounts) close() error {
	var err error
	for _, m := range r.mounts {
		err = errors.Join(err, m.Close())
	}
	for _, c := range r.caches {
		err = errors.Join(err, c.close())
	}
	return err
}

// defaultSecretMode is the mode of a secret's file, as in other builders.
const defaultSecretMode = 0o400

// mounts makes what the flags of a RUN instruction ask for. A cache that others have
// locked is waited for.
func (e *executor) mounts(flags []string, workDir string) (_ *runMounts, err error) {
	var wanted []runMount
	for _, flag := range flags {
		m, err := parseMount(flag, workDir)
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, m)
	}
	// Whoever needs two caches locks them in the same order as everybody else.
	slices.SortStableFunc(wanted, func(a, b runMount) int { return cmp.Compare(a.id, b.id) })
	made := &runMounts{}
	defer func() {
		if err != nil {
			err = errors.Join(err, made.close())
		}
	}()
	for _, m := range wanted {
		if err := e.mount(made, m); err != nil {
			return nil, err
		}
	}
	return made, nil
}

func (e *executor) mount(made *runMounts, m runMount) error {
	var mount sandbox.Mount
	var err error
	switch m.kind {
	case mountSecret:
		return e.mountSecret(made, m)
	case mountCache:
		mount, err = e.mountCache(made, m)
	case mountBind:
		mount, err = e.mountBind(m)
	case mountTmpfs:
		mount, err = mountMemory(m)
	}
	if err != nil {
		return fmt.Errorf("failed to prepare the %s mount on %s: %w", m.kind, m.target, err)
	}
	made.mounts = append(made.mounts, mount)
	return nil
}

// mountSecret makes a file in memory, or a variable. A secret that nobody has given is
// left out, unless it is required.
func (e *executor) mountSecret(made *runMounts, m runMount) error {
	secrets, err := parse.Secrets(e.secrets)
	if err != nil {
		return fmt.Errorf("failed to read the secrets: %w", err)
	}
	secret, found := secrets[m.id]
	if !found && m.required {
		return remediedError{fmt.Errorf("nobody has given the secret %q", m.id), "give it with --secret id=" + m.id + ",src=FILE"}
	}
	if !found {
		return nil
	}
	value, err := secret.ResolveValue()
	if err != nil {
		return fmt.Errorf("failed to read the secret %q: %w", m.id, err)
	}
	if m.env != "" {
		made.env = append(made.env, m.env+"="+string(value))
	}
	if m.target == "" {
		return nil
	}
	sandboxes, err := e.driver.sandboxes()
	if err != nil {
		return err
	}
	mode := uint32(defaultSecretMode)
	if m.mode != nil {
		mode = *m.mode
	}
	mount, err := sandboxes.File(m.target, value, mode, m.uid, m.gid)
	if err != nil {
		return fmt.Errorf("failed to prepare the secret %q: %w", m.id, err)
	}
	made.mounts = append(made.mounts, mount)
	return nil
}

func (e *executor) mountCache(made *runMounts, m runMount) (sandbox.Mount, error) {
	cache, err := useCache(e.ctx, e.driver.store, m)
	if err != nil {
		return sandbox.Mount{}, err
	}
	made.caches = append(made.caches, cache)
	return sandbox.Bind(m.target, cache.fd, m.readOnly)
}

// mountBind mounts a part of the build context, from which no link leads out.
func (e *executor) mountBind(m runMount) (sandbox.Mount, error) {
	files, err := rootfs.Open(e.contextDir)
	if err != nil {
		return sandbox.Mount{}, err
	}
	defer files.Close()
	fd, err := files.OpenIn(rootfs.Clean(m.source), unix.O_PATH)
	if err != nil {
		return sandbox.Mount{}, fmt.Errorf("failed to open %s of the build context: %w", m.source, err)
	}
	defer unix.Close(fd)
	return sandbox.Bind(m.target, fd, m.readOnly)
}

func mountMemory(m runMount) (sandbox.Mount, error) {
	var options []string
	if m.size != "" {
		options = append(options, "size="+m.size)
	}
	if m.mode != nil {
		options = append(options, fmt.Sprintf("mode=%o", *m.mode))
	}
	return sandbox.Tmpfs(m.target, m.readOnly, options...)
}
