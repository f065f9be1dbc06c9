// Command sources builds images of type source where there is no index of Python
// packages, and tries what they hold: make sources.
//
// The projects come from the upstream tarballs of Debian's source packages, served on
// 127.0.0.1, and what they depend on from Debian's Python packages. Both is a matter of
// configuration alone: kolla-build.conf and override.j2 beside this file. Then the commands
// of each service tell their version or their usage.
//
// Arguments are PROJECT=TARBALL, for what a mirror lacks.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/tests/podman"
)

func main() {
	program := flag.String("program", "bin/kolla-build", "the `FILE` to build images with")
	folder := flag.String("store", podman.DefaultStore("sources"), "the `FOLDER` of the image store")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGINT, unix.SIGTERM)
	defer stop()
	if err := run(ctx, *program, *folder, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "sources:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, program, folder string, args []string) error {
	given, err := tarballs(args)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "sources-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	references, err := podman.Build(ctx, program, folder, []string{"base"}, "-t", "source")
	if err != nil {
		return err
	}
	engine := podman.New(folder)
	found, err := fetch(ctx, engine, references["base"], dir, given)
	if err != nil {
		return err
	}
	server, err := serve(found.tarballs)
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()

	options, err := configure(dir, server.url, found)
	if err != nil {
		return err
	}
	references, err = podman.Build(ctx, program, folder, images(), append(options, "-t", "source")...)
	if err != nil {
		return err
	}
	return try(ctx, engine, references)
}

// tarballs reads the arguments: files by the names of projects.
func tarballs(args []string) (map[string]string, error) {
	given := map[string]string{}
	for _, arg := range args {
		name, file, found := strings.Cut(arg, "=")
		if !found || find(name) == nil {
			return nil, fmt.Errorf("%q is not PROJECT=TARBALL with one of the projects %s", arg, strings.Join(names(), ", "))
		}
		path, err := filepath.Abs(file)
		if err != nil {
			return nil, err
		}
		given[name] = path
	}
	return given, nil
}
