package buildahdriver

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"go.podman.io/buildah"
	"golang.org/x/sys/unix"
)

// bootstrapLabel holds, on a bootstrapped image, the digest of what it was made
// from.
const bootstrapLabel = "org.kolla-build.bootstrap"

// Bootstrap describes a base image to be made from a distro's package mirror
// instead of pulled.
type Bootstrap struct {
	// Name is the reference that the image gets in the store.
	Name string
	// Tool is mmdebstrap or dnf.
	Tool string
	// Release is the suite, or what dnf calls releasever.
	Release string
	// Components are the parts of a Debian archive, such as main.
	Components []string
	// Packages are installed besides the essential ones.
	Packages []string
	// Mirror is where packages come from. By default mmdebstrap knows, and dnf
	// uses the machine's repositories.
	Mirror string
	// Keyring is a file with the keys that sign the mirror's packages or index;
	// empty means the tool's own choice.
	Keyring string
	// SourcesFile is where below /etc/apt/sources.list.d the image says where its
	// packages come from, as the distro's own image does; empty means
	// /etc/apt/sources.list. SignedBy is the file in the image with the keys for it.
	SourcesFile string `json:",omitempty"`
	SignedBy    string `json:",omitempty"`
	// Architecture is the distro's name for it, such as amd64 or x86_64; empty
	// means the machine's.
	Architecture string
}

// digest identifies the result: an image made from other inputs is made anew.
func (b Bootstrap) digest() string {
	b.Name = ""
	data, _ := json.Marshal(b)
	return fmt.Sprintf("sha256:%x", sha256.Sum256(data))
}

// command returns the command that installs the release below dir.
func (b Bootstrap) command(dir string) ([]string, error) {
	switch b.Tool {
	case "mmdebstrap":
		return b.mmdebstrap(dir), nil
	case "dnf":
		return b.dnf(dir), nil
	}
	return nil, fmt.Errorf("unknown bootstrap tool %q", b.Tool)
}

func (b Bootstrap) mmdebstrap(dir string) []string {
	args := []string{
		"mmdebstrap",
		// We are root in a user namespace already.
		"--mode=root", "--format=directory", "--variant=minbase",
		// Documentation has no reader in an image.
		"--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-include=/usr/share/doc/*/copyright",
		"--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/info/*",
	}
	if len(b.Components) > 0 {
		args = append(args, "--components="+strings.Join(b.Components, ","))
	}
	if len(b.Packages) > 0 {
		args = append(args, "--include="+strings.Join(b.Packages, ","))
	}
	if b.Architecture != "" {
		args = append(args, "--architectures="+b.Architecture)
	}
	if b.Keyring != "" {
		args = append(args, "--keyring="+b.Keyring)
	}
	args = append(args, b.Release, dir)
	if b.Mirror != "" {
		args = append(args, b.Mirror)
	}
	return args
}

func (b Bootstrap) dnf(dir string) []string {
	args := []string{
		"dnf", "--assumeyes", "--installroot=" + dir, "--releasever=" + b.Release,
		"--setopt=install_weak_deps=False", "--setopt=tsflags=nodocs", "--setopt=gpgcheck=True",
	}
	if b.Architecture != "" {
		args = append(args, "--forcearch="+b.Architecture)
	}
	if b.Mirror != "" {
		args = append(args, "--repofrompath=bootstrap,"+b.Mirror, "--repo=bootstrap", "--setopt=bootstrap.gpgcheck=True")
		if b.Keyring != "" {
			args = append(args, "--setopt=bootstrap.gpgkey=file://"+b.Keyring)
		}
	} else {
		// An empty root has no repositories of its own yet.
		args = append(args, "--setopt=reposdir=/etc/yum.repos.d", "--setopt=varsdir=/etc/dnf/vars")
	}
	return append(append(args, "install"), b.Packages...)
}

// Bootstrapped tells whether the store has the image already, made from the same
// inputs.
func (d *Driver) Bootstrapped(b Bootstrap) bool {
	_, found := d.Find(b.Name, bootstrapLabel, b.digest())
	return found
}

// Bootstrap makes the base image, inside our user namespace and with the tool's
// signature checks on. What the tool prints goes to output.
func (d *Driver) Bootstrap(ctx context.Context, b Bootstrap, output io.Writer) (_ *Image, err error) {
	if _, err := exec.LookPath(b.Tool); err != nil {
		return nil, remediedError{
			fmt.Errorf("failed to bootstrap a base image: %s is not installed", b.Tool),
			fmt.Sprintf("install the package %s, or leave out --bootstrap to pull the base image", b.Tool),
		}
	}
	// In a working container rather than a plain folder: its overlay ignores the
	// fsync calls of dpkg and rpm, which take minutes on a busy disk.
	container, root, err := d.newContainer(ctx, buildah.BaseImageFakeName, buildah.BaseImageFakeName)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, container.Delete()) }()

	args, err := b.command(root)
	if err != nil {
		return nil, err
	}
	home, err := bootstrapHome(d.scratch.dir)
	if err != nil {
		return nil, err
	}
	if err := runTool(ctx, args, home, output); err != nil {
		return nil, fmt.Errorf("failed to bootstrap %s: %w", b.Name, err)
	}
	if err := finishBootstrap(root, b); err != nil {
		return nil, fmt.Errorf("failed to finish the new base image: %w", err)
	}
	container.SetCmd([]string{"/bin/sh"})
	container.SetEnv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	container.SetLabel(bootstrapLabel, b.digest())
	container.SetCreatedBy(b.Tool + " " + b.Release)
	return d.commit(ctx, container, b.Name)
}

// rpmDatabase is where rpm keeps its database in an image, unless the image's own
// rpm says otherwise.
const rpmDatabase = "usr/lib/sysimage/rpm"

// bootstrapHome makes a home for the tools. What the user has configured in his own
// is not for images, and Debian's rpm would keep the image's database there.
func bootstrapHome(tempDir string) (string, error) {
	home, err := os.MkdirTemp(tempDir, "home-")
	if err != nil {
		return "", err
	}
	macros := "%_dbpath /" + rpmDatabase + "\n"
	return home, os.WriteFile(filepath.Join(home, ".rpmmacros"), []byte(macros), 0o600)
}

// runTool runs a command of the machine in a pid namespace of its own, so that it
// and all it started end together when the context does.
func runTool(ctx context.Context, args []string, home string, output io.Writer) error {
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
	err := cmd.Run()
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

// finishBootstrap removes what the machine left in the new root, and puts apt's list
// of archives and rpm's database where the root's own tools look for them.
func finishBootstrap(dir string, b Bootstrap) error {
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
	if b.SourcesFile != "" {
		if err := moveAPTSources(root, b); err != nil {
			return err
		}
	}
	return moveRPMDatabase(root)
}

func moveRPMDatabase(root *os.Root) error {
	wanted := rpmDatabaseOf(root)
	if _, err := root.Stat(rpmDatabase); err != nil || wanted == rpmDatabase {
		return nil //nolint:nilerr // a root without rpm has no database
	}
	if err := root.RemoveAll(wanted); err != nil {
		return err
	}
	return root.Rename(rpmDatabase, wanted)
}

// rpmDatabaseOf reads where the rpm of a root keeps its database.
func rpmDatabaseOf(root *os.Root) string {
	macros, err := root.ReadFile("usr/lib/rpm/macros")
	if err != nil {
		return rpmDatabase
	}
	for line := range strings.Lines(string(macros)) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] == "%_dbpath" {
			path := strings.NewReplacer("%{_var}", "/var", "%{_usr}", "/usr").Replace(fields[1])
			return strings.TrimPrefix(path, "/")
		}
	}
	return rpmDatabase
}
