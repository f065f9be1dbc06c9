package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Network is what a command can reach.
type Network string

// The networks of a command.
const (
	// NetworkHost is the machine's own, with its 127.0.0.1 and its abstract sockets.
	NetworkHost Network = ""
	// NetworkNone has a loopback interface and nothing else.
	NetworkNone Network = "none"
	// NetworkPrivate is a network namespace for the one command. A [Connector] connects
	// it to where the machine's network leads.
	NetworkPrivate Network = "private"
)

// Connector is the path of a program that connects a network namespace to the machine's
// network without privileges: pasta or slirp4netns.
type Connector string

// isPasta tells the one from the other.
func (c Connector) isPasta() bool { return strings.HasPrefix(filepath.Base(string(c)), "pasta") }

// resolver is the address at which the connector answers DNS queries, by passing them to
// the machine's own resolver, which may be on a 127.0.0.53 that a command cannot reach.
func (c Connector) resolver() string {
	if c.isPasta() {
		return "169.254.1.1" // link-local, so it hides no server: podman's choice, too
	}
	return "10.0.2.3" // slirp4netns(1)
}

// The connector gets the namespace as its standard input. It may not open
// /proc/PID/ns/net: it drops capabilities first, and with fewer than the target holds
// ptrace(2) denies that. Of other descriptors pasta closes those it does not know.
const namespaceFile = "/proc/self/fd/0"

// arguments are those of pasta(1), or slirp4netns(1). By default pasta forwards ports
// between the two loopback interfaces in both directions, and the gateway's address to
// the machine's 127.0.0.1.
func (c Connector) arguments() []string {
	if !c.isPasta() {
		return []string{
			"--configure", "--mtu=65520", "--disable-host-loopback", "--enable-sandbox", "--enable-seccomp",
			"--netns-type=path", namespaceFile, "tap0",
		}
	}
	return []string{
		"--foreground", "--quiet", "--config-net", "--dns-forward", c.resolver(),
		"--no-map-gw", "--tcp-ports", "none", "--udp-ports", "none", "--tcp-ns", "none", "--udp-ns", "none",
		// In our user namespace we are root, and root without namespaces would become nobody.
		"--runas", "0:0", "--no-netns-quit", "--netns", namespaceFile,
	}
}

// connection is a connector at work.
type connection struct {
	program string
	stop    context.CancelFunc
	ended   chan struct{}
	said    bytes.Buffer // what it printed; to be read when it has ended
}

// connectTimeout bounds the start of a connector. It usually takes some milliseconds.
const connectTimeout = 30 * time.Second

// connect connects the network namespace of a process. The connector ends with the
// context, with [connection.close], and with us, however we end.
func (c Connector) connect(ctx context.Context, pid int) (*connection, error) {
	namespace, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		return nil, err
	}
	defer namespace.Close()
	starting, started := context.WithTimeout(ctx, connectTimeout)
	defer started()
	running, stop := context.WithCancel(ctx)
	conn := &connection{program: filepath.Base(string(c)), stop: stop, ended: make(chan struct{})}
	cmd := exec.CommandContext(running, string(c), c.arguments()...) //nolint:gosec // one of two names, looked up in PATH
	cmd.Dir, cmd.Env = "/", []string{}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = namespace, &conn.said, &conn.said
	// Neither program notices that a namespace is not used any more: it uses it itself.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: unix.SIGKILL}
	cmd.WaitDelay = time.Second
	failed := make(chan error, 1)
	go func() {
		defer close(conn.ended)
		// The death signal comes when the thread ends that has started the program.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		failed <- err
		if err == nil {
			_ = cmd.Wait() // that it has ended is what counts
		}
	}()
	if err := <-failed; err != nil {
		stop()
		return nil, err
	}
	if err := conn.wait(starting, pid); err != nil {
		conn.end()
		return nil, err
	}
	return conn, nil
}

// wait waits until the namespace has a default route, which is the last that a connector
// makes. pasta can say that it is ready, too, but only in a file, and where SELinux or
// AppArmor confine it there is no telling in which.
func (c *connection) wait(ctx context.Context, pid int) error {
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	for !hasRoute(pid) {
		select {
		case <-c.ended:
			return c.lost()
		case <-ctx.Done():
			return fmt.Errorf("%s has not connected the network: %w", c.program, context.Cause(ctx))
		case <-poll.C:
		}
	}
	return nil
}

// hasRoute tells whether there is a default route in the network namespace of a process, by
// the tables of proc_pid_net(5).
func hasRoute(pid int) bool {
	for _, table := range []struct {
		name        string
		destination int // the column of it
		zero        string
		device      int
	}{
		{"route", 1, "00000000", 0},
		{"ipv6_route", 0, strings.Repeat("0", 32), 9},
	} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table.name))
		if err != nil {
			continue // IPv6 may be switched off
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) > 9 && fields[table.destination] == table.zero && fields[table.device] != "lo" {
				return true
			}
		}
	}
	return false
}

// close ends the connector. It is an error if it has ended by itself.
func (c *connection) close() error {
	if c == nil {
		return nil
	}
	var err error
	select {
	case <-c.ended:
		err = c.lost()
	default:
	}
	c.end()
	return err
}

func (c *connection) end() {
	c.stop()
	<-c.ended
}

// lost is the error of a connector that has ended by itself.
func (c *connection) lost() error {
	text := fmt.Sprintf("%s has ended, which connects the network of the command", c.program)
	if said := strings.Join(strings.Fields(c.said.String()), " "); said != "" {
		text += ": " + said
	}
	return errors.New(text)
}

// resolvConf is a resolv.conf(5) for a command with a network of its own: the connector's
// resolver, then those of the machine's that the command can reach, for a machine whose
// only addresses are of the other family.
func resolvConf(machines string, resolver string) string {
	var own strings.Builder
	fmt.Fprintf(&own, "nameserver %s\n", resolver)
	for line := range strings.Lines(machines) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		switch fields[0] {
		case "search", "domain", "options":
			fmt.Fprintln(&own, strings.Join(fields, " "))
		case "nameserver":
			if address, err := netip.ParseAddr(fields[1]); err == nil && !address.IsLoopback() && address.Zone() == "" {
				fmt.Fprintln(&own, "nameserver", address)
			}
		}
	}
	return own.String()
}
