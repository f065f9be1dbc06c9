package buildahdriver

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"go.podman.io/buildah/pkg/parse"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/sandbox"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/transfer"
)

// runMounts are the mounts of one RUN instruction, made and ready.
type runMounts struct {
	mounts []sandbox.Mount
	env    []string // variables that hold secrets
	caches []*cacheUse
	undo   []func() error // what has to be done when the mounts are gone, the last first
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
	for _, undo := range slices.Backward(r.undo) {
		err = errors.Join(err, undo())
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
	case mountSSH:
		if m.required {
			return errors.New("a mount of type ssh is required, and builds have no SSH agent")
		}
		return nil // left out, as in other builders without an agent
	case mountCache:
		mount, err = e.mountCache(made, m)
	case mountBind:
		mount, err = e.mountBind(made, m)
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
	var fill func(string) error
	if m.from != "" {
		from, err := e.mountSource(m)
		if err != nil {
			return sandbox.Mount{}, err
		}
		// What a cache begins with is a part of what it is, as in BuildKit.
		m.id += "@" + from.content
		fill = func(folder string) error { return fillCache(folder, from, m.source) }
	}
	cache, err := useCache(e.ctx, e.driver.store, m, fill)
	if err != nil {
		return sandbox.Mount{}, err
	}
	made.caches = append(made.caches, cache)
	return sandbox.Bind(m.target, cache.fd, m.readOnly)
}

// fillCache copies what a new cache begins with into its folder.
func fillCache(folder string, from *imageRoot, source string) error {
	data, err := rootfs.Open(folder)
	if err != nil {
		return err
	}
	defer data.Close()
	content := transfer.Copy{Context: from.root, Sources: []string{cmp.Or(source, ".")}, Dest: "/", KeepOwners: true, KeepSetID: true}
	return content.Into(data)
}

// mountSource is the tree that a mount takes something from.
func (e *executor) mountSource(m runMount) (*imageRoot, error) {
	root, err := e.build.root(e.ctx, e.build.stage, m.from, e.build.options.PullNewer, e.output)
	if err != nil {
		return nil, fmt.Errorf("from=%s: %w", m.from, err)
	}
	return root, nil
}

// mountBind mounts a part of the build context, or of a stage or image. No link leads out of
// it. What a command writes to one that can be written to is lost with the command, as in
// BuildKit.
func (e *executor) mountBind(made *runMounts, m runMount) (sandbox.Mount, error) {
	var files *rootfs.Root
	if m.from != "" {
		from, err := e.mountSource(m)
		if err != nil {
			return sandbox.Mount{}, err
		}
		files = from.root
	} else {
		context, err := rootfs.Open(e.contextDir)
		if err != nil {
			return sandbox.Mount{}, err
		}
		defer context.Close()
		files = context
	}
	fd, err := files.OpenIn(rootfs.Clean(m.source), unix.O_PATH)
	if err != nil {
		return sandbox.Mount{}, fmt.Errorf("failed to open %s: %w", cmp.Or(m.source, "/"), err)
	}
	defer unix.Close(fd)
	if m.readOnly {
		return sandbox.Bind(m.target, fd, true)
	}
	scratch, undo, err := e.writable(fd)
	if err != nil {
		return sandbox.Mount{}, err
	}
	made.undo = append(made.undo, undo)
	return bindPath(m.target, scratch)
}

func bindPath(target, path string) (sandbox.Mount, error) {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return sandbox.Mount{}, &os.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	return sandbox.Bind(target, fd, false)
}

// writable makes a file or folder that holds the same and may be changed: a copy of a file,
// an overlay on a folder.
func (e *executor) writable(fd int) (path string, undo func() error, err error) {
	dir, err := os.MkdirTemp(e.driver.scratch.dir, "bind-")
	if err != nil {
		return "", nil, err
	}
	remove := func() error { return os.RemoveAll(dir) }
	defer func() {
		if err != nil {
			err = errors.Join(err, remove())
		}
	}()
	source := fmt.Sprintf("/proc/self/fd/%d", fd)
	info, err := os.Stat(source)
	if err != nil {
		return "", nil, err
	}
	upper := filepath.Join(dir, "upper")
	if !info.IsDir() {
		return upper, remove, copyFile(source, upper, info.Mode())
	}
	if err := os.Mkdir(upper, 0o700); err != nil {
		return "", nil, err
	}
	if err := os.Chmod(upper, info.Mode()); err != nil {
		return "", nil, err
	}
	mounted, err := mountOverlay(upper, dir, []string{source})
	if err != nil {
		return "", nil, err
	}
	return mounted.merged, func() error { return errors.Join(mounted.close(), remove()) }, nil
}

func copyFile(from, to string, mode os.FileMode) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	if _, err := io.Copy(target, source); err != nil {
		return err
	}
	return target.Chmod(mode)
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
