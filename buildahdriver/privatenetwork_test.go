package buildahdriver

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/sandbox"
	"github.com/kolla-build/kolla-build/internal/preflight"
)

// inNetwork names, in the environment of a test that [withNetwork] has started again, that
// the machine's network is the one made for it.
const inNetwork = "_KOLLA_BUILD_TEST_IN_NETWORK"

// The machine's network in these tests. Connectors give RUN the machine's own address, so a
// server that can be reached has to be at another one.
const (
	machineAddress = "198.51.100.2/24"
	machineGateway = "198.51.100.1"
	serverAddress  = "203.0.113.5"
)

// withNetwork runs the calling test again where the machine has a network that leads
// nowhere, and returns false; there it returns true. Attributes are those of that process.
func withNetwork(t *testing.T, attributes syscall.SysProcAttr) bool {
	t.Helper()
	if os.Getenv(inNetwork) != "" {
		makeNetwork(t)
		return true
	}
	if found := preflight.GatherConnector(); !found.Tun.OK() {
		t.Skipf("this machine cannot have private networks: /dev/net/tun: %v", found.Tun)
	}
	attributes.Cloneflags |= unix.CLONE_NEWNET
	attributes.Pdeathsig = unix.SIGKILL
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=3m")
	cmd.Env = append(os.Environ(), inNetwork+"=1")
	cmd.SysProcAttr = &attributes
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("in a network of its own: %v\n%s", err, output)
	}
	t.Logf("in a network of its own:\n%s", output)
	return false
}

func makeNetwork(t *testing.T) {
	t.Helper()
	// An interface is up as long as somebody has its device open, who reads nothing here.
	uplink, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(uplink) })
	request, err := unix.NewIfreq("uplink")
	if err != nil {
		t.Fatal(err)
	}
	request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(uplink, unix.TUNSETIFF, request); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"link set lo up",
		"address add " + serverAddress + "/32 dev lo",
		"address add " + machineAddress + " dev uplink",
		"link set uplink up",
		"route add default via " + machineGateway,
	} {
		if output, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v\n%s", line, err, output)
		}
	}
}

// eachConnector tests with a driver that uses pasta, and with one that uses slirp4netns.
func eachConnector(t *testing.T, test func(t *testing.T, d *Driver, program string)) {
	t.Helper()
	for _, program := range []string{"pasta", "slirp4netns"} {
		t.Run(program, func(t *testing.T) {
			d := openConnected(t, program)
			test(t, d, program)
			if left := childrenNamed(t, os.Getpid(), program); len(left) > 0 {
				t.Errorf("%s is still there: %v", program, left)
			}
			assertNothingLeft(t, d)
		})
	}
}

// openConnected opens a driver that uses this connector.
func openConnected(t *testing.T, program string) *Driver {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("%v\ninstall it: contrib/setup test", err)
	}
	d := openDriver(t)
	d.connector = func() (sandbox.Connector, error) { return sandbox.Connector(path), nil }
	buildBase(t, d)
	return d
}

// childrenNamed returns the ids of those of a process's children that run a program.
func childrenNamed(t *testing.T, parent int, name string) (found []int) {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		text, _ := os.ReadFile(list) // the thread may have ended
		for _, field := range strings.Fields(string(text)) {
			command, _ := os.ReadFile("/proc/" + field + "/cmdline") // of a zombie it is empty
			program, _, _ := strings.Cut(string(command), "\x00")
			if pid, err := strconv.Atoi(field); err == nil && filepath.Base(program) == name {
				found = append(found, pid)
			}
		}
	}
	return found
}

// serve answers HTTP requests at an address with a line, and returns the port.
func serve(t *testing.T, host, line string) (port string) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, line+"\n") }))
	listener, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return port
}

// serveNames is the machine's resolver: every name has the address 192.0.2.77. It returns
// false if that resolver cannot be had in a network of IPv4 alone.
func serveNames(t *testing.T) bool {
	t.Helper()
	text, err := os.ReadFile("/etc/resolv.conf")
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		address, err := netip.ParseAddr(value)
		if name != "nameserver" || err != nil {
			continue
		}
		if !address.Is4() {
			return false
		}
		output, _ := exec.Command("ip", "address", "add", value+"/32", "dev", "lo").CombinedOutput() // it may be there
		conn, err := net.ListenPacket("udp", value+":53")
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		t.Cleanup(func() { conn.Close() })
		go answerQueries(conn)
		return true
	}
	return false
}

// answerQueries answers DNS queries, as RFC 1035 has them.
func answerQueries(conn net.PacketConn) {
	query := make([]byte, 512)
	for {
		n, from, err := conn.ReadFrom(query)
		if err != nil {
			return
		}
		end := 12 + bytes.IndexByte(query[12:n], 0) + 5 // of the question: name, type, class
		answer := slices.Clone(query[:end])
		copy(answer[2:], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0})
		if query[end-3] == 1 { // type A
			answer[7] = 1
			answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 77)
		}
		_, _ = conn.WriteTo(answer, from)
	}
}

func buildPrivately(ctx context.Context, t *testing.T, d *Driver, output io.Writer, files map[string]string) (*Image, error) {
	t.Helper()
	return d.Build(ctx, BuildOptions{Name: "x:1", Network: NetworkPrivate, Output: output, ContextDir: writeContext(t, files)})
}

// What a command with a network of its own reaches, and what not.
func TestPrivateNetwork(t *testing.T) {
	if !withNetwork(t, syscall.SysProcAttr{}) {
		return
	}
	t.Run("own proc", testPrivateNetwork)
	t.Run("masked proc", func(t *testing.T) {
		sandbox.TestOnlyMaskedProc = true
		t.Cleanup(func() { sandbox.TestOnlyMaskedProc = false })
		testPrivateNetwork(t)
	})
}

func TestPrivateNetworkWithSingleID(t *testing.T) {
	single := syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{Size: 1}},
	}
	if !withNetwork(t, single) {
		return
	}
	if !SingleID() {
		t.Fatal("there is more than one id")
	}
	testPrivateNetwork(t)
}

// compileReach makes a program that prints what a server answers to a request for HTTP, or
// "cut off". It gets an IPv4 address and a port, or the name of an abstract socket.
func compileReach(t *testing.T) string {
	t.Helper()
	return compile(t, `
#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
int main(int argc, char **argv) {
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = 20 }, brief = { .tv_sec = 1 };
	int fd = socket(argc > 2 ? AF_INET : AF_UNIX, SOCK_STREAM, 0), connected;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, argc > 2 && strncmp(argv[1], "203.", 4) == 0 ? &patience : &brief, sizeof brief);
	if (argc > 2) {
		inet_pton(AF_INET, argv[1], &in.sin_addr);
		in.sin_port = htons(atoi(argv[2]));
		connected = connect(fd, (void *)&in, sizeof in);
	} else {
		memcpy(un.sun_path + 1, argv[1], strlen(argv[1]));
		connected = connect(fd, (void *)&un, offsetof(struct sockaddr_un, sun_path) + 1 + strlen(argv[1]));
	}
	const char request[] = "GET / HTTP/1.0\r\n\r\n";
	char answer[4096] = "";
	size_t total = 0;
	ssize_t n;
	if (connected < 0 || write(fd, request, strlen(request)) < 0)
		return puts("cut off"), 0;
	while (total < sizeof answer - 1 && (n = read(fd, answer + total, sizeof answer - 1 - total)) > 0)
		total += n;
	char *body = strstr(answer, "\r\n\r\n");
	printf("%s", body ? body + 4 : "no answer\n");
	return 0;
}`)
}

func testPrivateNetwork(t *testing.T) {
	reach := compileReach(t)
	server, loopback := serve(t, serverAddress, "hello"), serve(t, "127.0.0.1", "secret")
	abstract, err := net.Listen("unix", "@kolla-build-test")
	if err != nil {
		t.Fatal(err)
	}
	defer abstract.Close()
	names := serveNames(t)
	dockerfile := strings.NewReplacer("SERVER", serverAddress+" "+server, "LOOPBACK", loopback).Replace(`FROM base:1
COPY --chmod=755 reach /reach
RUN echo "server: $(/reach SERVER)"
RUN for address in 127.0.0.1 127.0.0.2 198.51.100.1 198.51.100.2 10.0.2.2; do /reach $address LOOPBACK; done
RUN echo "abstract socket: $(/reach kolla-build-test)"
RUN (printf 'HTTP/1.0 200 OK\r\n\r\nitself\n'; sleep 1) | nc -l -p 4321 >/dev/null & for i in 1 2 3 4 5 6 7 8 9 10; do /reach 127.0.0.1 4321 | grep itself && break; sleep 0.2; done
RUN echo "name: $(nslookup kolla.test $(awk '/^nameserver/{print $2; exit}' /etc/resolv.conf) | grep -c 192.0.2.77)"
RUN --network=none echo "none: $(/reach SERVER)"
`)
	want := "server: hello\n" + strings.Repeat("cut off\n", 5) + "abstract socket: cut off\nitself\nname: 1\nnone: cut off\n"
	if !names {
		want = strings.Replace(want, "name: 1", "name: 0", 1)
	}
	eachConnector(t, func(t *testing.T, d *Driver, _ string) {
		var output bytes.Buffer
		image, err := buildPrivately(context.Background(), t, d, &output, map[string]string{"reach": reach, "Dockerfile": dockerfile})
		if err != nil {
			t.Fatalf("%v\n%s", err, output.String())
		}
		if got := output.String(); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		for name := range entries(t, d, image) {
			if name != "reach" && name != "etc" {
				t.Errorf("the layer has %s", name)
			}
		}
		// The flag cannot widen what the build allows.
		_, err = buildPrivately(context.Background(), t, d, &output, map[string]string{"Dockerfile": "FROM base:1\nRUN --network=host true\n"})
		if err == nil || !strings.Contains(Remedy(err), "--network-mode") {
			t.Errorf("RUN --network=host: %v", err)
		}
	})
}

// Each command has a network of its own, also beside others; and none outlives a build that
// is cancelled, or that its connector leaves.
func TestPrivateNetworksAtOnce(t *testing.T) {
	if !withNetwork(t, syscall.SysProcAttr{}) {
		return
	}
	server := serverAddress + " " + serve(t, serverAddress, "hello")
	reach := compileReach(t)
	eachConnector(t, func(t *testing.T, d *Driver, program string) {
		await := "FROM base:1\nCOPY --chmod=755 reach /reach\nRUN --mount=type=bind,source=stop,target=/stop readlink /proc/self/ns/net; while ! test -e /stop/now; do sleep 0.05; done; /reach " + server + "\n"
		dir := writeContext(t, map[string]string{"stop/not": "", "reach": reach, "Dockerfile": await})
		ready := make(chan bool)
		once := sync.OnceFunc(func() { close(ready) })
		var first, second bytes.Buffer
		var builds sync.WaitGroup
		builds.Go(func() {
			defer once()
			_, err := d.Build(context.Background(), BuildOptions{Name: "first:1", Network: NetworkPrivate, ContextDir: dir, Output: writerFunc(func(p []byte) (int, error) {
				defer once()
				return first.Write(p)
			})})
			if err != nil {
				t.Errorf("the first: %v", err)
			}
		})
		<-ready
		if _, err := buildPrivately(context.Background(), t, d, &second, map[string]string{"reach": reach, "Dockerfile": "FROM base:1\nCOPY --chmod=755 reach /reach\nRUN readlink /proc/self/ns/net; /reach " + server + "\n"}); err != nil {
			t.Errorf("the second: %v", err)
		}
		if running := childrenNamed(t, os.Getpid(), program); len(running) != 1 {
			t.Errorf("%d of %s are running beside the first build", len(running), program)
		}
		if err := os.WriteFile(filepath.Join(dir, "stop", "now"), nil, 0o600); err != nil {
			t.Error(err)
		}
		builds.Wait()
		for _, output := range []string{first.String(), second.String()} {
			if !strings.HasSuffix(output, "]\nhello\n") || first.String() == second.String() {
				t.Errorf("printed %q", output)
			}
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		eachConnector(t, func(t *testing.T, d *Driver, _ string) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			_, err := buildPrivately(ctx, t, d, writerFunc(func(p []byte) (int, error) {
				cancel()
				return len(p), nil
			}), map[string]string{"Dockerfile": "FROM base:1\nRUN echo begun; sleep 600\n"})
			if err == nil {
				t.Error("the build was cancelled and went well")
			}
		})
	})
	t.Run("lost", func(t *testing.T) {
		eachConnector(t, func(t *testing.T, d *Driver, program string) {
			once := sync.OnceFunc(func() {
				for _, pid := range childrenNamed(t, os.Getpid(), program) {
					if err := unix.Kill(pid, unix.SIGKILL); err != nil {
						t.Error(err)
					}
				}
			})
			_, err := buildPrivately(context.Background(), t, d, writerFunc(func(p []byte) (int, error) {
				once()
				return len(p), nil
			}), map[string]string{"reach": reach, "Dockerfile": "FROM base:1\nCOPY --chmod=755 reach /reach\nRUN while /reach " + server + " | grep hello; do sleep 0.1; done; exit 1\n"})
			if err == nil || !strings.Contains(err.Error(), program+" has ended") {
				t.Errorf("got %v", err)
			}
		})
	})
}

// A program that cannot connect a network fails the command, with its own words.
func TestConnectorFails(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	failing := filepath.Join(t.TempDir(), "pasta")
	if err := os.WriteFile(failing, []byte("#!/bin/sh\necho no template interface >&2\nexit 1\n"), 0o755); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	d.connector = func() (sandbox.Connector, error) { return sandbox.Connector(failing), nil }
	_, err := buildPrivately(context.Background(), t, d, io.Discard, map[string]string{"Dockerfile": "FROM base:1\nRUN true\n"})
	if err == nil || !strings.Contains(err.Error(), "no template interface") {
		t.Errorf("got %v", err)
	}
	assertNothingLeft(t, d)
}

// A connector ends with the program that has started it, however that ends. This process
// adopts orphans, so it would find them.
func TestConnectorEndsWithBuilder(t *testing.T) {
	const builder = "_KOLLA_BUILD_TEST_CONNECTOR"
	if program := os.Getenv(builder); program != "" {
		makeNetwork(t)
		d := openConnected(t, program)
		_, err := buildPrivately(context.Background(), t, d, os.Stdout, map[string]string{"Dockerfile": "FROM base:1\nRUN echo begun; sleep 600\n"})
		t.Fatalf("the build has ended: %v", err)
	}
	if found := preflight.GatherConnector(); !found.Tun.OK() {
		t.Skipf("this machine cannot have private networks: /dev/net/tun: %v", found.Tun)
	}
	for _, program := range []string{"pasta", "slirp4netns"} {
		t.Run(program, func(t *testing.T) {
			cmd := exec.Command("/proc/self/exe", "-test.run=^TestConnectorEndsWithBuilder$", "-test.timeout=3m")
			cmd.Env = append(os.Environ(), builder+"="+program)
			cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: unix.SIGKILL}
			output, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd.Stderr = os.Stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			said := make([]byte, 6)
			if _, err := io.ReadFull(output, said); err != nil || string(said) != "begun\n" {
				t.Errorf("printed %q, %v", said, err)
			}
			if running := childrenNamed(t, cmd.Process.Pid, program); len(running) != 1 {
				t.Errorf("%d connectors are running", len(running))
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
			_ = cmd.Wait() // it was killed
			deadline := time.Now().Add(20 * time.Second)
			for len(childrenNamed(t, os.Getpid(), program)) > 0 {
				if time.Now().After(deadline) {
					t.Fatalf("%s is still there", program)
				}
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
}

func TestCheckNetwork(t *testing.T) {
	d := openDriver(t)
	missing := &EnvironmentError{Missing: "nothing is installed"}
	d.connector = func() (sandbox.Connector, error) { return "", missing }
	for _, network := range []Network{NetworkHost, NetworkNone} {
		if err := d.CheckNetwork(network); err != nil {
			t.Errorf("%q: %v", network, err)
		}
	}
	if err := d.CheckNetwork(NetworkPrivate); err != error(missing) {
		t.Errorf("got %v", err)
	}
	isolated := openDriver(t, func(o *Options) { o.Isolation = IsolationOCI })
	_, err := buildPrivately(context.Background(), t, isolated, io.Discard, map[string]string{"Dockerfile": "FROM scratch\nLABEL a=b\n"})
	if !strings.Contains(Remedy(err), "--isolation") {
		t.Errorf("in buildah's isolation: %v", err)
	}
}
