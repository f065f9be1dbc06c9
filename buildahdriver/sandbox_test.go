package buildahdriver

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/sandbox"
)

// TestRunIsIsolated looks at the isolation of RUN from the inside: it must not be
// weaker than that of buildah's chroot isolation.
func TestRunIsIsolated(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	for _, look := range []struct{ name, command, want string }{
		{"capabilities of root", "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | tr -s '\\t\\n' ' '", "CapInh: 0000000000000000 CapPrm: 00000000800405fb CapEff: 00000000800405fb CapBnd: 00000000800405fb CapAmb: 0000000000000000"},
		{"seccomp filter", "grep ^Seccomp: /proc/self/status | tr '\\t' ' '", "Seccomp: 2"},
		{"pid namespace", "echo $$; ls -d /proc/[0-9]* | wc -l | awk '{print ($1 < 5)}'", "1\n1"},
		{"host name", "hostname", "localhost"},
		{"no mount", "mkdir /m; mount -t tmpfs none /m 2>/dev/null || echo refused", "refused"},
		{"no way to the host's root", "ls -di /proc/1/root/ | awk '{print $1}' | grep -qx $(ls -di / | awk '{print $1}') && echo same", "same"},
		{"kernel settings", "echo 1 2>/dev/null >/proc/sys/kernel/domainname || echo refused", "refused"},
		{"sysrq", "echo b 2>/dev/null >/proc/sysrq-trigger || echo refused", "refused"},
		{"/sys", "touch /sys/x 2>/dev/null || echo refused", "refused"},
		{"masked files", "cat /proc/keys /proc/kcore /proc/timer_list /proc/interrupts 2>/dev/null | wc -c", "0"},
		{"masked folder", "ls -A /sys/firmware /proc/scsi 2>/dev/null | grep -v : | grep -c . || true", "0"},
		{"/dev is fixed", "touch /dev/x 2>/dev/null || echo refused", "refused"},
		{"/dev/null", "echo x >/dev/null && echo ok", "ok"},
		{"no host devices", "ls /dev | tr '\\n' ' '", "fd full null pipes ptmx pts random shm stderr stdin stdout tty urandom zero"},
		{"/dev/shm", "touch /dev/shm/x && echo ok", "ok"},
		{"a pseudo-terminal", "ls -d /dev/pts/ptmx", "/dev/pts/ptmx"},
		{"open files", "ls /proc/self/fd | tr '\\n' ' '", "0 1 2 3"},
		{"standard input", "readlink /proc/self/fd/0; cat", "/dev/null"},
		{"output is no file", "readlink /proc/self/fd/1 | cut -c1-5", "pipe:"},
		{"environment", "env | grep -vE '^(PATH|HOME|HOSTNAME|PWD|SHLVL)='; true", ""},
		{"umask", "umask", "0022"},
		{"session", "tty; true", "not a tty"},
		{"a user namespace", "unshare -U true && echo allowed", "allowed"},
		{"no unmasking in it", "unshare -U -r -m sh -c 'umount /proc/kcore || umount -l /proc/sys || mount -t proc proc /proc' 2>/dev/null || echo refused", "refused"},
		{"no changes of kernel settings in it", "unshare -U -r -m sh -c 'mount -o remount,rw /proc/sys || echo 1 >/proc/sys/kernel/domainname' 2>/dev/null || echo refused", "refused"},
		{"signals", "grep -E 'Sig(Blk|Ign)' /proc/self/status | tr -d '\\t0\\n'", "SigBlk:SigIgn:"},
		{"the hosts file is the machine's, for reading", "(echo >>/etc/hosts) 2>/dev/null || echo refused", "refused"},
		{"/etc/hostname", "cat /etc/hostname; (echo x >/etc/hostname) 2>/dev/null || echo refused", "localhost\nrefused"},
		{"resolver", "cmp /etc/resolv.conf - </dev/null >/dev/null 2>&1 || echo there", "there"},
	} {
		t.Run(look.name, func(t *testing.T) {
			_, output := buildImage(t, d, "look:1", "FROM base:1\nRUN "+look.command+"\n", nil)
			if got := strings.TrimSpace(output); got != look.want {
				t.Errorf("%s\ngot  %q\nwant %q", look.command, got, look.want)
			}
		})
	}
	_, output := buildImage(t, d, "look:1", "FROM base:1\nUSER nova\nRUN grep -E 'Cap(Prm|Eff|Amb)' /proc/self/status | cut -f2 | tr '\\n' ' '\n", nil)
	if want := strings.Repeat("0000000000000000 ", 3); output != want {
		t.Errorf("a user's capabilities are %q, want %q", output, want)
	}
}

// TestLinksDoNotRedirectMounts: an image may make /proc or /etc a symbolic link,
// in the hope that what we mount there lands elsewhere.
func TestLinksDoNotRedirectMounts(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	for _, path := range []string{"proc", "dev", "sys"} {
		t.Run(path, func(t *testing.T) {
			buildImage(t, d, "evil:1", "FROM base:1\nCOPY evil.sh /\nRUN sh /evil.sh\n", map[string]string{"evil.sh": "mkdir /elsewhere /target\n"})
			// The link comes by COPY, since RUN sees the real folder in its place.
			dir := "FROM evil:1\nADD link.tar /\nRUN echo mounted\n"
			_, output, err := tryBuild(t, d, "x:1", dir, map[string]string{"link.tar": tarWithLink(t, path, "elsewhere")})
			if err == nil || strings.Contains(output, "mounted") {
				t.Errorf("RUN went on with /%s a link: %v", path, err)
			}
			if err != nil && !strings.Contains(err.Error(), "/"+path) {
				t.Errorf("the error does not name /%s: %v", path, err)
			}
		})
	}
	t.Run("etc/resolv.conf", func(t *testing.T) {
		image, output := buildImage(t, d, "x:1", "FROM base:1\nRUN touch /victim\nADD link.tar /\nRUN cat /victim; test -s /etc/resolv.conf && echo resolver\n",
			map[string]string{"link.tar": tarWithLink(t, "etc/resolv.conf", "/victim")})
		if output != "resolver\n" {
			t.Errorf("output %q: the mount went through the link, or there is none", output)
		}
		if link := entries(t, d, image)["etc/resolv.conf"]; link == nil || link.Linkname != "/victim" {
			t.Errorf("the image's own link did not survive: %+v", link)
		}
	})
}

func TestShellAndExecForms(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	_, output := buildImage(t, d, "x:1", `FROM base:1
RUN ["echo", "exec", "form", "$HOME"]
SHELL ["/bin/sh", "-e", "-c"]
RUN false || echo shell; echo "$0"
RUN echo a \
    # a comment
    b
`, nil)
	if want := "exec form $HOME\nshell\n/bin/sh\na b\n"; output != want {
		t.Errorf("got %q, want %q", output, want)
	}
}

func TestUnknownUser(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	_, _, err := tryBuild(t, d, "x:1", "FROM base:1\nUSER ghost\nRUN true\n", nil)
	if err == nil || !strings.Contains(err.Error(), `"ghost"`) {
		t.Errorf("got %v", err)
	}
}

func TestIDOutsideTheRange(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	_, _, err := tryBuild(t, d, "x:1", "FROM base:1\nUSER 4000000\nRUN true\n", nil)
	if err == nil || !strings.Contains(err.Error(), "/etc/subuid") {
		t.Errorf("got %v", err)
	}
}

func TestKilledBySignal(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	_, _, err := tryBuild(t, d, "x:1", "FROM base:1\nRUN sh -c 'kill -9 $$'; exit $?\n", nil)
	if want := fmt.Sprintf("exit status %d", 128+9); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestNoNetwork(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	dockerfile := "FROM base:1\nRUN nc 127.0.0.1 " + port + " </dev/null && echo reached || echo cut off\n"
	for network, want := range map[Network]string{NetworkHost: "reached\n", NetworkNone: "cut off\n"} {
		output, err := buildWith(t, d, dockerfile, network)
		if err != nil || !strings.HasSuffix(output, want) {
			t.Errorf("network %q: output %q, %v", network, output, err)
		}
	}
	// What cannot be had must not be promised.
	isolated := openDriver(t, func(o *Options) { o.Isolation = IsolationChroot })
	buildBase(t, isolated)
	if _, err := buildWith(t, isolated, "FROM base:1\nRUN true\n", NetworkNone); !strings.Contains(Remedy(err), "--isolation oci") {
		t.Errorf("got %v", err)
	}
}

func buildWith(t *testing.T, d *Driver, dockerfile string, network Network) (string, error) {
	t.Helper()
	var output bytes.Buffer
	_, err := d.Build(context.Background(), BuildOptions{
		Name: "x:1", Network: network, Output: &output,
		ContextDir: writeContext(t, map[string]string{"Dockerfile": dockerfile}),
	})
	return output.String(), err
}

// In containers a command sees the processes of its neighbours. Their secrets, their files
// and the keys of the caller's session are not for it.
func TestNeighboursBehindAMaskedProc(t *testing.T) {
	sandbox.TestOnlyMaskedProc = true
	t.Cleanup(func() { sandbox.TestOnlyMaskedProc = false })
	d := openDriver(t)
	buildBase(t, d)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	ready, stolen := make(chan bool), make(chan bool)
	victim := writeContext(t, map[string]string{"stop/not": "", "Dockerfile": "FROM base:1\n" +
		"RUN --mount=type=secret,id=s --mount=type=secret,id=s,env=S --mount=type=bind,source=stop,target=/stop " +
		"chown 42436:42400 /bin && chown 0:0 /bin && echo mine > /victim; echo ready; while ! test -e /stop/now; do sleep 0.05; done; test ! -e /planted\n"})
	var builds sync.WaitGroup
	builds.Go(func() {
		once := sync.OnceFunc(func() { close(ready) })
		image, err := d.Build(context.Background(), BuildOptions{Name: "victim:1", ContextDir: victim, Secrets: []string{"id=s,src=" + secret}, Output: writerFunc(func(p []byte) (int, error) {
			once()
			return len(p), nil
		})})
		if err != nil {
			t.Errorf("the victim: %v", err)
			return
		}
		if entry := readLayer(t, d, image)["victim"]; entry.Header == nil || entry.Uid != 0 {
			t.Errorf("the victim's file is %+v", entry)
		}
	})
	<-ready
	go func() {
		defer close(stolen)
		_, output, err := tryBuild(t, d, "thief:1", `FROM base:1
RUN for p in /proc/[0-9]*; do \
  case $p in /proc/self|/proc/$$) continue;; esac; \
  grep -l hunter2 $p/environ $p/root/run/secrets/s 2>/dev/null; \
  echo planted 2>/dev/null > $p/root/planted; test -e $p/root/victim && echo "saw $p"; \
  test -n "$(cat $p/maps 2>/dev/null)" && grep -q sleep $p/comm 2>/dev/null && echo "maps of $p"; \
  done; ls -d /proc/[0-9]* | wc -l; rm -f /planted; id -u; su nova -c id
`, nil)
		if err != nil {
			t.Errorf("the thief: %v", err)
		}
		for _, loot := range []string{"environ", "secrets", "saw", "maps of"} {
			if strings.Contains(output, loot) {
				t.Errorf("the thief has got at the victim:\n%s", output)
				break
			}
		}
		if !strings.Contains(output, "uid=42436(nova)") {
			t.Errorf("a command cannot become another user:\n%s", output)
		}
	}()
	<-stolen
	if err := os.WriteFile(filepath.Join(victim, "stop", "now"), nil, 0o644); err != nil {
		t.Error(err)
	}
	builds.Wait()
}

// The keys of the session that kolla-build was started in are nothing for a command.
func TestSessionKeyring(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	runtime.LockOSThread() // a session keyring belongs to the thread that joins it, and to its children
	defer runtime.UnlockOSThread()
	if _, err := unix.KeyctlJoinSessionKeyring("kolla-build-test"); err != nil {
		t.Skipf("this kernel has no keys for us: %v", err)
	}
	key, err := unix.AddKey("user", "kolla-build-test", []byte("hunter2"), unix.KEY_SPEC_SESSION_KEYRING)
	if err != nil {
		t.Skipf("this kernel has no keys for us: %v", err)
	}
	t.Cleanup(func() { _, _ = unix.KeyctlInt(unix.KEYCTL_UNLINK, key, unix.KEY_SPEC_SESSION_KEYRING, 0, 0) })
	search := compile(t, `
#include <linux/keyctl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
	long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", "kolla-build-test", 0);
	puts(key < 0 ? "none" : "found");
	return 0;
}`)
	_, output := buildImage(t, d, "x:1", "FROM base:1\nCOPY --chmod=755 search /search\nRUN /search\n", map[string]string{"search": search})
	if output != "none\n" {
		t.Errorf("printed %q", output)
	}
}

// compile makes a static program of C's text, and returns its bytes. A C compiler is here:
// cgo needs one.
func compile(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	source, program := filepath.Join(dir, "main.c"), filepath.Join(dir, "main")
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.Command("cc", "-static", "-o", program, source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	data, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Without a network a command still can talk to itself.
func TestLoopbackWithoutNetwork(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	output, err := buildWith(t, d, "FROM base:1\nRUN (echo hello | nc -l -p 4321 >/dev/null &) ; for i in 1 2 3 4 5 6 7 8 9 10; do nc 127.0.0.1 4321 </dev/null && exit 0; sleep 0.2; done; exit 1\n", NetworkNone)
	if err != nil || !strings.Contains(output, "hello") {
		t.Errorf("printed %q, %v", output, err)
	}
}

// A command that hands its standard output to a process outside, over a socket of the
// machine, does not keep a build from ending.
func TestOutputHeldOutside(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	// The host's network comes with its abstract sockets.
	name := fmt.Sprintf("@kolla-build-test-%d", os.Getpid())
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	held := make(chan []byte, 1)
	go func() {
		conn, err := listener.AcceptUnix()
		if err != nil {
			return
		}
		defer conn.Close()
		control := make([]byte, unix.CmsgSpace(4))
		_, n, _, _, _ := conn.ReadMsgUnix(make([]byte, 1), control) //nolint:dogsled // the descriptor is what counts
		held <- control[:n]
	}()
	pass := compile(t, `
#define _GNU_SOURCE
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
int main(int argc, char **argv) {
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	strcpy(to.sun_path + 1, argv[1] + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(fd, (void *)&to, offsetof(struct sockaddr_un, sun_path) + strlen(argv[1])) < 0)
		return 1;
	char byte = 0;
	struct iovec data = { &byte, 1 };
	union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control = {
		.header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	*(int *)CMSG_DATA(&control.header) = 1;
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes };
	return sendmsg(fd, &message, 0) != 1;
}`)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var output bytes.Buffer
	_, err = d.Build(ctx, BuildOptions{Name: "x:1", Output: &output, ContextDir: writeContext(t, map[string]string{
		"pass": pass, "Dockerfile": "FROM base:1\nCOPY --chmod=755 pass /pass\nRUN /pass " + name + " && head -c 300000 /dev/zero | tr '\\0' x && echo the end\n"})})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(output.String(), "the end\n") || output.Len() != 300000+len("the end\n") {
		t.Errorf("%d bytes of output, which end with %q", output.Len(), output.String()[max(0, output.Len()-20):])
	}
	control, err := unix.ParseSocketControlMessage(<-held)
	if err != nil || len(control) != 1 {
		t.Fatalf("nothing was handed over: %v, %v", control, err)
	}
	fds, err := unix.ParseUnixRights(&control[0])
	if err != nil || len(fds) != 1 {
		t.Fatal(fds, err)
	}
	unix.Close(fds[0])
}

func TestStepLimits(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	for _, test := range []struct {
		run    string
		limits StepLimits
		want   string
	}{
		{"sleep 600", StepLimits{Timeout: 300 * time.Millisecond}, "--step-timeout"},
		{"echo begun; sleep 600", StepLimits{Silence: 300 * time.Millisecond}, "--step-silence"},
		{"mkfifo /etc/fifo; cat /etc/fifo", StepLimits{Silence: 300 * time.Millisecond}, "--step-silence"},
		{"for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; sleep 0.2; done", StepLimits{Silence: 20 * time.Second, Timeout: time.Minute}, ""},
	} {
		dir := writeContext(t, map[string]string{"Dockerfile": "FROM base:1\nRUN " + test.run + "\n"})
		_, err := d.Build(context.Background(), BuildOptions{Name: "x:1", ContextDir: dir, Limits: test.limits})
		if got := Remedy(err); (err != nil) != (test.want != "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %v, remedy %q, want %q", test.run, err, got, test.want)
		}
	}
	assertNothingLeft(t, d)
}
