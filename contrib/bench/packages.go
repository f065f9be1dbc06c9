package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"
)

// packages are what the images of a tree install when they install something real, in
// the order of the tree. It begins anew after the last one.
var packages = []string{
	"ca-certificates curl python3 sudo",
	"python3-requests python3-yaml",
	"memcached", "haproxy", "keepalived", "redis-server", "rsync",
	"nginx-light", "openssh-server", "dnsmasq-base", "sqlite3", "git",
	"mariadb-client", "tcpdump", "qemu-utils", "iptables", "openvswitch-common", "etcd-server",
}

// installs returns the instruction by which the image with a number installs packages.
func installs(_ string, number int) string {
	return "RUN apt-get -qq update" +
		" && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends " + packages[number%len(packages)] + " > /dev/null" +
		" && apt-get clean && rm -rf /var/lib/apt/lists/*\n"
}

// mirror hands out what a Debian mirror has, on this machine. It keeps what it was asked
// for, so that only the first run waits for the network.
type mirror struct {
	upstream string // the mirror's URL
	dir      string
	listener net.Listener
	fetches  singleflight.Group
}

// startMirror serves the files of the mirror with a URL, keeping them in dir.
func startMirror(upstream, dir string) (*mirror, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m := &mirror{upstream: strings.TrimSuffix(upstream, "/"), dir: dir, listener: listener}
	server := &http.Server{Handler: m, ReadHeaderTimeout: time.Minute}
	go server.Serve(listener) //nolint:errcheck // it ends with the listener
	return m, nil
}

func (m *mirror) url() string { return "http://" + m.listener.Addr().String() }

func (m *mirror) close() error { return m.listener.Close() }

// ServeHTTP answers with a file, which is fetched if it is not there yet.
func (m *mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, err := filepath.Localize(strings.TrimPrefix(r.URL.Path, "/"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	file := filepath.Join(m.dir, path)
	if _, err := os.Stat(file); err != nil {
		_, err, _ := m.fetches.Do(path, func() (any, error) { return nil, m.fetch(r.URL.Path, file) })
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
	}
	http.ServeFile(w, r, file)
}

func (m *mirror) fetch(path, file string) (err error) {
	response, err := http.Get(m.upstream + path)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s%s: %s", m.upstream, path, response.Status)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), "fetch-")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = io.Copy(temporary, response.Body)
	if err = errors.Join(err, temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}

// bootstrap writes the archive of a Debian that takes its packages from the mirror.
func (m *mirror) bootstrap(ctx context.Context, archive string) error {
	const release = "trixie"
	cmd := exec.CommandContext(ctx, "mmdebstrap", "--quiet", "--variant=apt", release, archive, m.url())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}
