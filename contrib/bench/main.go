// Command bench measures what it costs to build and push trees of images: with
// kolla-build, with the builders that this machine has, and with nothing but the
// commands themselves, which is the floor.
//
//	contrib/bench/run            42 images, three times each
//	contrib/bench/run -help      the rest
//
// The figure to compare is CPU seconds, of everything that a builder starts: what the
// clock says depends on what else the machine has to do. Every run gets folders of its
// own, with names that no run had before: after a store was removed, a filesystem makes
// the next one more slowly, by as much as a second for 42 images.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == floorCommand {
		exitOn(floorMain(os.Args[2:]))
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exitOn(bench(ctx))
}

func exitOn(err error) {
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// settings are what the command line says.
type settings struct {
	sizes    []int
	tools    []string
	cases    []string
	runs     int
	jobs     int
	program  string // kolla-build
	rootfs   string // a tar archive; empty means busybox
	packages string // the URL of a Debian mirror; empty means that none are installed
	dir      string
	peers    string
	markdown bool
	verbose  bool
}

func parse(args []string) (settings, error) {
	var s settings
	var sizes, tools, cases string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&sizes, "trees", "42", "how many `images`, with commas between: 42,152,302,1002")
	flags.StringVar(&tools, "tools", "", "only these `tools`, with commas between: "+strings.Join(toolNames(), ", "))
	flags.StringVar(&cases, "cases", strings.Join(caseNames(), ","), "what to measure, in this order")
	flags.IntVar(&s.runs, "n", 3, "how often")
	flags.IntVar(&s.jobs, "jobs", 2, "builds at once")
	flags.StringVar(&s.program, "kolla-build", "bin/kolla-build", "the `program`")
	flags.StringVar(&s.rootfs, "rootfs", "", "`archive` of the image that the tree stands on; by default busybox of this machine")
	flags.StringVar(&s.packages, "packages", "", "let every image install real packages, which come from the Debian mirror with this `URL` the first time")
	flags.StringVar(&s.dir, "dir", "", "where to work: a `folder` with much space; by default a temporary one")
	flags.StringVar(&s.peers, "peers", "", "a `folder` of programs to be found before those in PATH")
	flags.BoolVar(&s.markdown, "markdown", false, "print the table as docs/performance.md has it")
	flags.BoolVar(&s.verbose, "v", false, "show what the tools print")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	for text := range strings.SplitSeq(sizes, ",") {
		size, err := strconv.Atoi(text)
		if err != nil || size < 3 {
			return s, fmt.Errorf("%q is no number of images: at least 3", text)
		}
		s.sizes = append(s.sizes, size)
	}
	if tools != "" {
		s.tools = strings.Split(tools, ",")
	}
	s.cases = strings.Split(cases, ",")
	var err error
	if s.program, err = exec.LookPath(s.program); err == nil {
		s.program, err = filepath.Abs(s.program)
	}
	return s, err
}

// bench does all that was asked for and prints the table.
func bench(ctx context.Context) (err error) {
	s, err := parse(os.Args[1:])
	if err != nil {
		return err
	}
	if os.Geteuid() == 0 {
		return errors.New("the builders are compared as an ordinary user has them\nas root, type: contrib/bench/run")
	}
	if s.peers != "" {
		if err := os.Setenv("PATH", s.peers+":"+os.Getenv("PATH")); err != nil {
			return err
		}
	}
	// What outlives the process that has started it comes to us, and is counted.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return err
	}
	b, err := newBencher(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.all(ctx); err != nil {
		return err
	}
	table := newTable(b.results, s.sizes, s.cases)
	if s.markdown {
		return table.markdown(os.Stdout)
	}
	return table.text(os.Stdout)
}
