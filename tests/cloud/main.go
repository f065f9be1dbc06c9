// Command cloud starts a small cloud from the images that kolla-build makes of Debian's
// packages, and uses it: make cloud.
//
// HAProxy, memcached, MariaDB, RabbitMQ, keystone and glance run in podman's containers, as
// an unprivileged user and without any network but their own. They are configured as
// kolla-ansible does it: by config.json and the files beside it, with KOLLA_BOOTSTRAP for
// what has to be done once. Then a token is issued, and an image is uploaded and comes back
// byte for byte.
//
// The images are in a store of the test's own, so those that are unchanged are not built
// again. Containers and volumes go when the test ends; -keep leaves them, to look at.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/tests/podman"
)

// allowed is how long each step may take. Databases are slow to make on a busy machine.
const allowed = 5 * time.Minute

// images are those that the containers are made of.
var images = []string{"haproxy", "memcached", "mariadb-server", "rabbitmq", "keystone", "keystone-fernet", "glance-api"}

func main() {
	program := flag.String("program", "bin/kolla-build", "the `FILE` to build images with")
	folder := flag.String("store", podman.DefaultStore("cloud"), "the `FOLDER` of the image store")
	keep := flag.Bool("keep", false, "leave containers and volumes as they are at the end")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGINT, unix.SIGTERM)
	defer stop()
	if err := run(ctx, *program, *folder, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "cloud:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, program, folder string, keep bool) (err error) {
	references, err := podman.Build(ctx, program, folder, images, "-t", "binary")
	if err != nil {
		return err
	}
	c, err := newCloud(references, podman.New(folder))
	if err != nil {
		return err
	}
	if !keep {
		defer func() { err = errors.Join(err, c.remove()) }()
	}
	for _, step := range append(c.deployment(), c.trial()...) {
		if err := step.run(ctx); err != nil {
			c.tellLogs()
			return err
		}
	}
	return nil
}

// step is a part of the test. Its name says what is so when it is done.
type step struct {
	name string
	do   func(context.Context) error
}

func (s step) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, allowed)
	defer cancel()
	begin := time.Now()
	if err := s.do(ctx); err != nil {
		return fmt.Errorf("not so: %s: %w", s.name, err)
	}
	fmt.Printf("%6.1f s  %s\n", time.Since(begin).Seconds(), s.name)
	return nil
}
