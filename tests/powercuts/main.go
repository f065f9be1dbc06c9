// Command powercuts does to the program what a test of one process cannot: it cuts the power.
//
//	make power-cuts                     # as root
//	make power-cuts ARGS='-copies 300'
//
// It builds on a filesystem in a file, over and over, and copies that file again and again, at once, as
// it is at that moment: what is only in memory is not in the copy. Each copy is then mounted as
// if the machine had been started anew, and has to hold a store in which whatever is listed is whole,
// and in which a build succeeds.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cutter
	flag.IntVar(&c.copies, "copies", 10, "how often to cut the power")
	flag.StringVar(&c.program, "kolla-build", "bin/kolla-build", "the `program` that builds")
	flag.StringVar(&c.checker, "checker", "", "the `program` that looks at the copies, if it is another one")
	flag.StringVar(&c.asUser, "as-user", "contrib/as-user", "the `program` that runs others without root's rights")
	flag.Uint64Var(&c.seed, "seed", uint64(time.Now().UnixNano()), "of the moments") //nolint:gosec // any number will do
	flag.Parse()
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "powercuts:", err)
		os.Exit(1)
	}
}

// Sizes of the filesystems, and what is built on the inner one.
const (
	outerSize = "6G" // its file has holes
	innerSize = "1G"
	images    = 6
	tags      = 3
)

// cutter is one call of the program.
type cutter struct {
	copies                   int
	program, checker, asUser string
	seed                     uint64
	random                   *rand.Rand
	dir                      string // of all that follows
	disk                     string // the file that has the filesystem with the store
	undo                     []func()
}

func (c *cutter) run(ctx context.Context) (err error) {
	if os.Geteuid() != 0 {
		return errors.New("filesystems are made and mounted here, which takes root")
	}
	if c.checker == "" {
		c.checker = c.program
	}
	for _, path := range []*string{&c.program, &c.checker, &c.asUser} {
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	c.random = rand.New(rand.NewPCG(c.seed, 0)) //nolint:gosec // moments are no secret
	fmt.Printf("seed %d\n", c.seed)
	if c.dir, err = os.MkdirTemp("/var/tmp", "kolla-build-faults-"); err != nil {
		return err
	}
	defer func() {
		for i := len(c.undo) - 1; i >= 0; i-- {
			c.undo[i]()
		}
	}()
	c.undo = append(c.undo, func() { err = errors.Join(err, os.RemoveAll(c.dir)) })
	if err := c.prepare(ctx); err != nil {
		return err
	}
	building, stop := context.WithCancelCause(ctx)
	built := make(chan error, 1)
	go func() {
		err := c.build(building)
		stop(err)
		built <- err
	}()
	err = c.cut(building)
	stop(nil)
	return errors.Join(err, <-built)
}

// prepare makes a filesystem whose files can be copied at once, and one in a file of it.
func (c *cutter) prepare(ctx context.Context) error {
	if err := os.Chmod(c.dir, 0o755); err != nil { //nolint:gosec // the user has to get in
		return err
	}
	outer := filepath.Join(c.dir, "outer")
	c.disk = filepath.Join(outer, "disk.img")
	for _, step := range []func() error{
		func() error { return command(ctx, "truncate", "--size="+outerSize, outer+".img") },
		func() error { return command(ctx, "mkfs.xfs", "-q", "-m", "reflink=1", outer+".img") },
		func() error { return c.mount(ctx, outer+".img", outer) },
		func() error { return command(ctx, "truncate", "--size="+innerSize, c.disk) },
		func() error { return command(ctx, "mkfs.ext4", "-q", c.disk) },
		func() error { return c.mount(ctx, c.disk, filepath.Join(c.dir, "disk")) },
		func() error { return os.Mkdir(filepath.Join(c.dir, "disk", "home"), 0o777) },
		func() error { return os.Chmod(filepath.Join(c.dir, "disk", "home"), 0o777) }, //nolint:gosec // the user has to write there
		func() error {
			return os.WriteFile(filepath.Join(c.dir, "boot_id"), []byte("00000000-0000-4000-8000-000000000000\n"), 0o644) //nolint:gosec // anybody may read it
		},
		c.writeTree,
		func() error { return command(ctx, "sync", "--file-system", filepath.Join(c.dir, "disk")) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (c *cutter) mount(ctx context.Context, file, at string) error {
	if err := os.Mkdir(at, 0o755); err != nil { //nolint:gosec // the user has to get in
		return err
	}
	if err := command(ctx, "mount", "-o", "loop", file, at); err != nil {
		return err
	}
	c.undo = append(c.undo, func() {
		// Nothing is at work there any more, or about to end.
		if err := command(context.Background(), "umount", at); err != nil {
			_ = command(context.Background(), "umount", "--lazy", at)
		}
	})
	return nil
}

// writeTree writes a chain of images, each of which has many small files and a few larger ones.
func (c *cutter) writeTree() error {
	tree := filepath.Join(c.dir, "tree")
	shell, err := os.ReadFile("/bin/busybox")
	if err != nil {
		return fmt.Errorf("%w\ninstall it: contrib/setup test", err)
	}
	for i := range images {
		from := "FROM scratch\nCOPY --chmod=755 busybox /bin/busybox\nCOPY --chmod=755 busybox /bin/sh\n"
		if i > 0 {
			from = fmt.Sprintf("FROM {{ namespace }}/{{ image_prefix }}image%d:{{ tag }}\n", i-1)
		}
		dockerfile := from + fmt.Sprintf("RUN /bin/busybox mkdir /%d && i=0; while [ $i -lt 200 ]; do echo $i > /%d/$i; i=$((i+1)); done\nCOPY large /large%d\n", i, i, i)
		folder := filepath.Join(tree, fmt.Sprintf("image%d", i))
		if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // the user has to read it
			return err
		}
		files := map[string][]byte{"Dockerfile.j2": []byte(dockerfile), "large": make([]byte, 300_000*(i+1))}
		for j := range files["large"] {
			files["large"][j] = byte(j)
		}
		if i == 0 {
			files["busybox"] = shell
		}
		for name, content := range files {
			if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil { //nolint:gosec // the user has to read it
				return err
			}
		}
	}
	return nil
}

// build builds until the context ends, one tag after the other.
func (c *cutter) build(ctx context.Context) error {
	home := filepath.Join(c.dir, "disk", "home")
	random := rand.New(rand.NewPCG(c.seed, 1)) //nolint:gosec // as above
	for round := 0; ctx.Err() == nil; round++ {
		args := []string{"-q", "-D", filepath.Join(c.dir, "tree"), "--nocache", "--tag", fmt.Sprint(random.IntN(tags))}
		switch {
		case round%6 == 5:
			args = []string{"prune", "-q", "-D", filepath.Join(c.dir, "tree")}
		case round%3 == 2:
			args = append(args, "--commit", "buildah")
		}
		output, err := c.kollaBuild(ctx, c.program, home, args...)
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("the build beside failed: %w\n%s", err, output)
		}
	}
	return nil
}

// kollaBuild runs the program in a store below home.
func (c *cutter) kollaBuild(ctx context.Context, program, home string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, c.asUser, inStore(program, home, args)...) //nolint:gosec // that is what this is for
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	output, err := cmd.CombinedOutput()
	return string(output), err
}

// inStore is the command line that runs a program in a store below home.
func inStore(program, home string, args []string) []string {
	line := append([]string{"env", "XDG_CACHE_HOME=" + filepath.Join(home, "cache"), program}, args...)
	return append(line, "--root", filepath.Join(home, "store"), "--runroot", filepath.Join(home, "run"))
}

// cut makes the copies and looks at each.
func (c *cutter) cut(ctx context.Context) error {
	var done, listed, bad int
	begun := time.Now()
	defer func() {
		fmt.Printf("%d power cuts in %.0f s, %d images listed after them, %d not survived\n", done, time.Since(begun).Seconds(), listed, bad)
	}()
	for i := range c.copies {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Duration(c.random.IntN(700)) * time.Millisecond):
		}
		file := filepath.Join(filepath.Dir(c.disk), fmt.Sprintf("copy%d.img", i))
		if err := command(ctx, "cp", "--reflink=always", c.disk, file); err != nil {
			return err
		}
		count, err := c.look(ctx, file, i)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		done, listed = done+1, listed+count
		if err != nil {
			bad++
			fmt.Printf("copy %d: %v\n", i, err)
		}
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d power cuts were not survived", bad, done)
	}
	return nil
}

// look looks at a copy in a mount namespace that has another boot id, and returns how many images its
// store lists.
func (c *cutter) look(ctx context.Context, file string, i int) (listed int, err error) {
	at := filepath.Join(c.dir, fmt.Sprintf("copy%d", i))
	undone := len(c.undo)
	if err := c.mount(ctx, file, at); err != nil {
		return 0, err
	}
	defer func() {
		c.undo[undone]()
		c.undo = c.undo[:undone]
		err = errors.Join(err, os.Remove(at))
	}()
	home := filepath.Join(at, "home")
	again := func(args ...string) (string, error) {
		script := `mount --bind "$1" /proc/sys/kernel/random/boot_id && shift && exec "$@"`
		args = append([]string{"--mount", "sh", "-c", script, "sh", filepath.Join(c.dir, "boot_id"), c.asUser}, inStore(c.checker, home, args)...)
		cmd := exec.CommandContext(ctx, "unshare", args...) //nolint:gosec // as above
		output, err := cmd.CombinedOutput()
		return string(output), err
	}
	// A prune that has room for everything removes what killed runs have left, no more.
	if output, err := again("prune", "-q", "--keep-storage", "1TB", "-D", filepath.Join(c.dir, "tree")); err != nil {
		return 0, fmt.Errorf("prune: %w\n%s", err, output)
	}
	output, err := again("images")
	if err != nil {
		return 0, fmt.Errorf("images: %w\n%s", err, output)
	}
	listed = strings.Count(output, "localhost/")
	if output, err := again("check", "-q"); err != nil {
		return listed, fmt.Errorf("check: %w\n%s", err, output)
	}
	if output, err := again("-q", "-D", filepath.Join(c.dir, "tree"), "--tag", fmt.Sprint(c.random.IntN(tags))); err != nil {
		return listed, fmt.Errorf("build: %w\n%s", err, output)
	}
	return listed, nil
}

// command runs a program that has nothing to say unless it fails.
func command(ctx context.Context, name string, args ...string) error {
	if output, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(output)))
	}
	return nil
}
