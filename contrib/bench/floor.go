package main

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// floor does what the Dockerfiles say and makes no image: for each it mounts an overlay,
// copies the files, runs the commands in namespaces of their own and unmounts. With
// layer it also makes one tar archive of each, and its digest.
type floor struct {
	program string // kolla-build, whose user namespace it runs in
	layer   bool
}

func (f floor) name() string {
	if f.layer {
		return "floor+layer"
	}
	return "floor"
}

func (floor) missing() string                          { return "" }
func (floor) remembers() bool                          { return false }
func (floor) push() func(context.Context, place) error { return nil }

func (f floor) rootfs(p place) string { return filepath.Join(p.store(), "rootfs") }

func (f floor) prepare(ctx context.Context, p place) error {
	if err := os.MkdirAll(p.store(), 0o755); err != nil {
		return err
	}
	return p.command(ctx, f.program, "unshare", "sh", "-c", `mkdir "$1" && tar -x -C "$1" --exclude="./dev/*" -f "$2"`, "sh", f.rootfs(p), p.rootfs)
}

func (f floor) build(ctx context.Context, p place) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return p.command(ctx, f.program, "unshare", self, floorCommand, p.tree.dir, p.store(), strconv.Itoa(p.jobs), strconv.FormatBool(f.layer), strconv.Itoa(len(p.tree.images)))
}

// floorCommand is the first argument of the process, in the user namespace, that does
// the work.
const floorCommand = "floor-in-user-namespace"

func floorMain(args []string) error {
	if len(args) != 5 {
		return errors.New("this is for bench itself")
	}
	jobs, jobsErr := strconv.Atoi(args[2])
	layer, layerErr := strconv.ParseBool(args[3])
	size, sizeErr := strconv.Atoi(args[4])
	if err := errors.Join(jobsErr, layerErr, sizeErr); err != nil {
		return err
	}
	images, err := readTree(args[0], size)
	if err != nil {
		return err
	}
	parents := map[string]string{}
	for _, image := range images {
		parents[image.name] = image.parent
	}
	p := place{tree: tree{dir: args[0], images: images}, jobs: jobs}
	return p.parentsFirst(context.Background(), func(ctx context.Context, image treeImage) error {
		lower := ""
		for name := image.parent; name != ""; name = parents[name] {
			lower += filepath.Join(args[1], name, "upper") + ":"
		}
		return floorImage(ctx, filepath.Join(args[0], image.name), filepath.Join(args[1], image.name), lower+filepath.Join(args[1], "rootfs"), layer)
	})
}

// readTree finds out again what writeTree has written.
func readTree(dir string, size int) ([]treeImage, error) {
	scratch, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	t, err := writeTree(scratch, size, "", writesMore)
	for _, image := range t.images {
		if _, missing := os.Stat(filepath.Join(dir, image.name)); missing != nil {
			return nil, missing
		}
	}
	return t.images, err
}

// floorImage does what one Dockerfile says, in dir.
func floorImage(ctx context.Context, from, dir, lower string, layer bool) (err error) {
	root := filepath.Join(dir, "merged")
	for _, name := range []string{"upper", "work", "merged"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			return err
		}
	}
	options := fmt.Sprintf("userxattr,lowerdir=%s,upperdir=%s/upper,workdir=%s/work", lower, dir, dir)
	if err := unix.Mount("overlay", root, "overlay", 0, options); err != nil {
		return fmt.Errorf("failed to mount an overlay at %s: %w", root, err)
	}
	if err := unix.Mount("/dev", filepath.Join(root, "dev"), "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("failed to mount /dev: %w", err)
	}
	dockerfile, err := os.ReadFile(filepath.Join(from, "Dockerfile"))
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(dockerfile)) {
		instruction, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch instruction {
		case "COPY":
			source, target, _ := strings.Cut(rest, " ")
			err = copyFile(filepath.Join(from, source), filepath.Join(root, target))
		case "RUN":
			// What real packages run wants its /proc; busybox does not, and has no mount.
			const withProc = `[ ! -x /bin/mount ] || mount -t proc proc /proc; eval "$0"`
			cmd := exec.CommandContext(ctx, "/bin/sh", "-c", withProc, rest)
			cmd.Dir, cmd.Env = "/", []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
			cmd.SysProcAttr = &syscall.SysProcAttr{
				Chroot:     root,
				Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC,
			}
			cmd.Stderr = os.Stderr
			err = cmd.Run()
		}
		if err != nil {
			return fmt.Errorf("%s: %s: %w", from, line, err)
		}
	}
	err = errors.Join(unix.Unmount(filepath.Join(root, "dev"), unix.MNT_DETACH), unix.Unmount(root, unix.MNT_DETACH))
	if err == nil && layer {
		err = archive(filepath.Join(dir, "upper"), filepath.Join(dir, "layer.tar"))
	}
	return err
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o755)
}

// archive writes a layer, and digests it on the way.
func archive(dir, path string) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := tar.NewWriter(io.MultiWriter(file, sha256.New()))
	return errors.Join(w.AddFS(os.DirFS(dir)), w.Close())
}
