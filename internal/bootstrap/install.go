package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Install fills the empty folder root, with the tool's signature checks on. Temporary files
// go to a folder made in tempDir; what the tool prints goes to output. The caller is root,
// or root of a user namespace, and run starts the tool and waits for it. When the context ends, the tool and all that it has started
// are killed, and the context's cause is returned.
func (s Spec) Install(ctx context.Context, root, tempDir string, output io.Writer, run func(*exec.Cmd) error) error {
	if err := s.Check(); err != nil {
		return err
	}
	args, err := s.command(root)
	if err != nil {
		return err
	}
	home, err := makeHome(tempDir)
	if err != nil {
		return err
	}
	defer os.RemoveAll(home)
	if err := runTool(ctx, args, home, output, run); err != nil {
		return fmt.Errorf("failed to bootstrap %s: %w", s.Name, err)
	}
	if err := finish(root, s); err != nil {
		return fmt.Errorf("failed to finish the new base image: %w", err)
	}
	return nil
}

// command returns the command that installs the release below root.
func (s Spec) command(root string) ([]string, error) {
	switch s.Tool {
	case "mmdebstrap":
		return s.mmdebstrap(root), nil
	case "dnf":
		return s.dnf(root), nil
	}
	return nil, fmt.Errorf("unknown bootstrap tool %q", s.Tool)
}

func (s Spec) mmdebstrap(root string) []string {
	args := []string{
		"mmdebstrap",
		// We are root in a user namespace already.
		"--mode=root", "--format=directory", "--variant=minbase",
		// Documentation has no reader in an image.
		"--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-include=/usr/share/doc/*/copyright",
		"--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/info/*",
	}
	if len(s.Components) > 0 {
		args = append(args, "--components="+strings.Join(s.Components, ","))
	}
	if len(s.Packages) > 0 {
		args = append(args, "--include="+strings.Join(s.Packages, ","))
	}
	if s.Architecture != "" {
		args = append(args, "--architectures="+s.Architecture)
	}
	if s.Keyring != "" {
		args = append(args, "--keyring="+s.Keyring)
	}
	args = append(args, s.Release, root)
	if s.Mirror != "" {
		args = append(args, s.Mirror)
	}
	return args
}

func (s Spec) dnf(root string) []string {
	args := []string{
		"dnf", "--assumeyes", "--installroot=" + root, "--releasever=" + s.Release,
		// nocontexts: the machine's SELinux policy says nothing about the image's files, and
		// a user namespace may not label them.
		"--setopt=install_weak_deps=False", "--setopt=tsflags=nodocs,nocontexts", "--setopt=gpgcheck=True",
	}
	if s.Architecture != "" {
		args = append(args, "--forcearch="+s.Architecture)
	}
	if s.Mirror != "" {
		args = append(args, "--repofrompath=bootstrap,"+s.Mirror, "--repo=bootstrap", "--setopt=bootstrap.gpgcheck=True")
		if s.Keyring != "" {
			args = append(args, "--setopt=bootstrap.gpgkey=file://"+s.Keyring)
		}
	} else {
		// An empty root has no repositories of its own yet.
		args = append(args, "--setopt=reposdir=/etc/yum.repos.d", "--setopt=varsdir=/etc/dnf/vars")
	}
	return append(append(args, "install"), s.Packages...)
}

// rpmMacros configure the machine's rpm. Debian's keeps the database in the user's home
// unless told otherwise. The macro for rpm's SELinux plugin is undefined: the plugin would
// label files, and run scriptlets, by the policy of the machine.
const rpmMacros = "%_dbpath /" + rpmDatabase + "\n%__transaction_selinux %{nil}\n"

// makeHome makes a home for the tools. What users have configured in their own is not for
// images.
func makeHome(tempDir string) (string, error) {
	home, err := os.MkdirTemp(tempDir, "home-")
	if err != nil {
		return "", err
	}
	return home, os.WriteFile(filepath.Join(home, ".rpmmacros"), []byte(rpmMacros), 0o600)
}

// runTool runs a command of the machine in a pid namespace of its own, so that it
// and all it started end together when the context does.
func runTool(ctx context.Context, args []string, home string, output io.Writer, run func(*exec.Cmd) error) error {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = output, output
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "HOME="+home, "TMPDIR="+home, "LC_ALL=C.UTF-8")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS,
		Setsid:     true,
		Pdeathsig:  unix.SIGKILL,
	}
	// The death signal fires when the thread that cloned ends.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := run(cmd)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	return nil
}

// machineFiles are what the machine and its tools leave in a new root.
var machineFiles = []string{
	"etc/resolv.conf", "etc/hostname", "var/lib/dbus/machine-id",
	"var/cache/dnf", "var/cache/libdnf5",
	"var/log/dnf.log", "var/log/dnf.librepo.log", "var/log/dnf.rpm.log", "var/log/dnf5.log", "var/log/hawkey.log",
}

// removeDevices removes the device nodes that tools make where they may: no image of ours has
// any, and an ordinary user could not pull one that has.
func removeDevices(root *os.Root) error {
	entries, err := fs.ReadDir(root.FS(), "dev")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Type()&fs.ModeDevice == 0 {
			continue
		}
		if err := root.Remove("dev/" + entry.Name()); err != nil {
			return err
		}
	}
	return nil
}

// finish removes what the machine left in the new root, and puts apt's list of archives
// and rpm's database where the root's own tools look for them.
func finish(dir string, spec Spec) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, name := range machineFiles {
		if err := root.RemoveAll(name); err != nil {
			return err
		}
	}
	if err := removeDevices(root); err != nil {
		return err
	}
	if spec.SourcesFile != "" {
		if err := moveAPTSources(root, spec); err != nil {
			return err
		}
	}
	return moveRPMDatabase(root)
}
