package buildahdriver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/sandbox"
)

// TestSingleIDHostile has commands that would make our process, which belongs to the user
// who builds, change something outside of the image. Their own rights do not reach there.
func TestSingleIDHostile(t *testing.T) {
	if withSingleID(t) != nil {
		return // all of it happens in the other process
	}
	d := openEither(t)
	buildBase(t, d)
	outside := t.TempDir()
	victim := filepath.Join(outside, "victim")
	if err := os.WriteFile(victim, []byte("x"), 0o6755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, command, want string }{
		{"a link out", "ln -s VICTIM /l; chown 5 /l 2>/dev/null || echo refused", "refused"},
		{"a link to a folder out", "ln -s OUTSIDE /l; chown 5 /l/victim 2>/dev/null || echo refused", "refused"},
		{"dots", "mkdir -p /a/b; cd /a/b; chown 5 ../../../../../../../..VICTIM 2>/dev/null || echo refused", "refused"},
		{"a folder that is gone", "mkdir -p /a/b; cd /a/b; rmdir /a/b; chown 5 ../../../..VICTIM 2>/dev/null || echo refused", "refused"},
		{"a chroot", "mkdir -p /jail/bin; cp /bin/busybox /jail/bin/; touch /jail/x /x; chroot /jail /bin/busybox chown 5 /../x; stat -c %u /jail/x /x", "5\n0"},
		{"a link in a chroot", "mkdir -p /jail/bin; cp /bin/busybox /jail/bin/; touch /jail/x /x; ln -s /x /jail/l; chroot /jail /bin/busybox chown 5 /l; stat -c %u /jail/x /x", "5\n0"},
		{"magic links", "for l in root cwd exe fd/0; do chown 5 /proc/1/$l/VICTIM /proc/self/$l/VICTIM; done 2>/dev/null; echo done", "done"},
		{"our process", "chown 5 /proc/$PPID/root/VICTIM /proc/0/root/VICTIM 2>/dev/null || echo refused", "refused"},
		{"the machine's files", "for f in /etc/hosts /etc/resolv.conf /dev/null /sys /proc/version; do chown 5 $f 2>/dev/null && echo $f; done; echo done", "done"},
		{"a race", `mkdir /d /e; touch /d/victim; ln -s OUTSIDE /l
(while mv /d /x && mv /l /d && mv /d /l && mv /x /d; do :; done) 2>/dev/null & i=0
while [ $i -lt 300 ]; do chown $i /d/victim 2>/dev/null; su nova -c 'touch /d/made' 2>/dev/null; i=$((i+1)); done; echo done`, "done"},
		{"a fifo to wait at", "mkfifo /f; chown 5 /f; stat -c %u /f; su nova -c 'touch /g; ln -s /f /h'; stat -c %u /f", "5\n5"},
		{"killed processes", "i=0; while [ $i -lt 200 ]; do (while :; do chown $i /tmp; done) & kill -9 $!; i=$((i+1)); done 2>/dev/null; wait; chown 7 /tmp; stat -c %u /tmp", "7"},
		{"another's number", "(ulimit -S -m 4; id -u); su nova -c 'ulimit -S -m 4; id -u; ulimit -m'", "0\n42436\nunlimited"},
		{"no way back", "su nova -c 'su -c id root </dev/null; setuidgid root id' 2>/dev/null || echo refused", "refused"},
		{"a bad address", "chown 5 '' 2>/dev/null || echo refused", "refused"},
		{"a path that is too long", "chown 5 $(printf '/%05000d' 1) 2>/dev/null || echo refused", "refused"},
		{"its own record", "touch /r; chown 5:6 /r; cp -a /r /s; stat -c %u:%g /s", "5:6"},
	} {
		t.Run(test.name, func(t *testing.T) {
			command := strings.NewReplacer("VICTIM", victim, "OUTSIDE", outside).Replace(test.command)
			_, output := buildImage(t, d, "hostile:1", "FROM base:1\nCOPY run.sh /\nRUN sh /run.sh\n", map[string]string{"run.sh": command + "\n"})
			if got := strings.TrimSpace(output); got != test.want {
				t.Errorf("%s\ngot  %q\nwant %q", command, got, test.want)
			}
		})
	}
	for _, name := range []string{outside, victim} {
		var buffer [256]byte
		if n, err := unix.Getxattr(name, owners.Attribute, buffer[:]); !errors.Is(err, unix.ENODATA) {
			t.Errorf("%s has the record %q, %v", name, buffer[:max(n, 0)], err)
		}
	}
	if info, err := os.Stat(victim); err != nil || info.Mode()&(os.ModeSetuid|os.ModeSetgid) == 0 && info.Mode().Perm() != 0o755 {
		t.Errorf("%v, %v", info, err)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestSingleIDCancelled: a build that is interrupted ends, whatever its commands wait for.
func TestSingleIDCancelled(t *testing.T) {
	if withSingleID(t) != nil {
		return
	}
	d := openEither(t)
	buildBase(t, d)
	ctx, cancel := context.WithCancel(context.Background())
	started := make(chan struct{})
	output := writerFunc(func(p []byte) (int, error) {
		close(started)
		return len(p), nil
	})
	go func() {
		<-started
		cancel()
	}()
	done := make(chan error, 1)
	go func() {
		_, err := d.Build(ctx, BuildOptions{Name: "x:1", Output: output, ContextDir: writeContext(t, map[string]string{
			"Dockerfile": "FROM base:1\nRUN echo begun; while :; do chown 5 /tmp; done\n",
		})})
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the build goes on")
	}
}

// TestSingleIDRefuses what would lose the owners of files.
func TestSingleIDRefuses(t *testing.T) {
	if withSingleID(t) != nil {
		return
	}
	d := openEither(t, func(o *Options) { o.BuildahCommit = true })
	_, _, err := tryBuild(t, d, "x:1", "FROM scratch\nLABEL a=b\n", nil)
	if err == nil || !strings.Contains(err.Error(), "single user id") || Remedy(err) == "" {
		t.Errorf("got %v", err)
	}
}

// TestStoresOfOneIDAndMany: one is not taken for the other.
func TestStoresOfOneIDAndMany(t *testing.T) {
	d := openEither(t)
	buildImage(t, d, "some:1", "FROM scratch\nLABEL a=b\n", nil)
	if os.Getenv(singleStore) != "" {
		if err := checkOwners(d.store); err != nil {
			t.Error(err)
		}
		if err := os.Remove(filepath.Join(d.GraphRoot(), ownFolder, idsFile)); err != nil {
			t.Fatal(err)
		}
		if err := checkOwners(d.store); err == nil || !strings.Contains(fmt.Sprint(err), "subordinate ids") {
			t.Errorf("a store of many ids: %v", err)
		}
		return
	}
	single := withSingleID(t)
	if err := os.WriteFile(filepath.Join(single.store.GraphRoot(), ownFolder, idsFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checkOwners(single.store); err == nil || !strings.Contains(Remedy(err), "--ids single") {
		t.Errorf("a store of a single id: %v", err)
	}
}

// TestSingleIDWithMaskedProc: in most containers a RUN has a user namespace of its own below
// ours.
func TestSingleIDWithMaskedProc(t *testing.T) {
	if withSingleID(t) != nil {
		return
	}
	sandbox.TestOnlyMaskedProc = true
	defer func() { sandbox.TestOnlyMaskedProc = false }()
	d := openEither(t)
	buildBase(t, d)
	buildImage(t, d, "owners:1", singleIDDockerfile, nil)
	image, _ := buildImage(t, d, "child:1", "FROM owners:1\nUSER nova\nRUN touch /tree/mine && test $(id -u) = 42436 && ! chown 5 /tree/mine 2>/dev/null\n", nil)
	if mine := readLayer(t, d, image)["tree/mine"]; mine.Header == nil || mine.Uid != 42436 {
		t.Errorf("got %+v", mine)
	}
}
