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
)

// forbidMounts makes this a process that may not mount, and so has no namespaces, until the
// test ends.
func forbidMounts(t *testing.T) {
	t.Helper()
	decideOnDiffs(t)
	testOnlyForbidMounts = true
	t.Cleanup(func() { testOnlyForbidMounts = false })
}

// TestChrootLeavesNothing: what a command finds in its root beside the image's files is gone
// afterwards, and what the image had there is back, all with its time.
func TestChrootLeavesNothing(t *testing.T) {
	forbidMounts(t)
	d := openDriver(t)
	buildBase(t, d)
	buildImage(t, d, "furnished:1", "FROM base:1\nCOPY x /dev/own\nCOPY x /proc/own\nCOPY x /sys/own\nADD link.tar /etc/\n",
		map[string]string{"x": "the image's", "link.tar": tarWithLink(t, "resolv.conf", "../run/resolv.conf")})
	for _, base := range []string{"base:1", "furnished:1"} {
		image, output := buildImage(t, d, "child:1", "FROM "+base+"\nRUN echo dev: $(ls /dev) && cat /etc/resolv.conf && touch /dev/mine /proc/mine /sys/mine && test ! -e /dev/own && read first < /proc/cpuinfo\n", nil)
		if !strings.Contains(output, "null") || !strings.Contains(output, "nameserver") && !strings.Contains(output, "search") {
			t.Errorf("on %s the command saw %s", base, output)
		}
		for name, entry := range readLayer(t, d, image) {
			t.Errorf("on %s the layer has %s: %s", base, name, entry.describe(true))
		}
	}
}

// TestChrootKeepsWhatIsDone beside that, in the same folders too.
func TestChrootKeepsWhatIsDone(t *testing.T) {
	forbidMounts(t)
	d := openDriver(t)
	buildBase(t, d)
	image, _ := buildImage(t, d, "child:1", "FROM base:1\nRUN echo y > /top && chown nova:kolla /top && rm /etc/group && echo x > /etc/new\nUSER nova\nRUN id > /tmp/id && ! touch /etc/mine\n", nil)
	layer := readLayer(t, d, image)
	for _, name := range []string{"etc", "etc/.wh.group", "etc/new", "top", "tmp", "tmp/id"} {
		if _, found := layer[name]; !found {
			t.Errorf("the layer lacks %s", name)
		}
		delete(layer, name)
	}
	for name, entry := range layer {
		t.Errorf("the layer has %s: %s", name, entry.describe(true))
	}
	if e := readLayer(t, d, image)["top"]; e.Header == nil || e.Uid != 42436 || e.Gid != 42400 {
		t.Errorf("/top belongs to %v", e.Header)
	}
}

// TestChrootEndsWhatWasStarted: processes that a command leaves end with it, whatever they
// have done to be forgotten.
func TestChrootEndsWhatWasStarted(t *testing.T) {
	forbidMounts(t)
	d := openDriver(t)
	buildBase(t, d)
	mark := fmt.Sprintf("31%d", os.Getpid())
	daemons := "for i in 1 2 3; do (setsid sh -c 'trap \"\" HUP TERM INT; (setsid sleep " + mark + " &) ; sleep " + mark + "' &) ; done"
	buildImage(t, d, "left:1", "FROM base:1\nRUN "+daemons+"\n", nil)
	if left := commandsWith(t, mark); len(left) > 0 {
		t.Errorf("after the end of the command: %q", left)
	}

	ctx, cancel := context.WithCancelCause(context.Background())
	cause := errors.New("the test ends it")
	output := writerFunc(func(p []byte) (int, error) {
		if strings.Contains(string(p), "started") {
			cancel(cause)
		}
		return len(p), nil
	})
	dir := writeContext(t, map[string]string{"Dockerfile": "FROM base:1\nRUN " + daemons + "; echo started; trap '' TERM; sleep " + mark + "; sleep " + mark + "\n"})
	begun := time.Now()
	_, err := d.Build(ctx, BuildOptions{Name: "cancelled:1", ContextDir: dir, Output: output})
	if !errors.Is(err, cause) {
		t.Errorf("the error is %v", err)
	}
	if left := commandsWith(t, mark); len(left) > 0 {
		t.Errorf("after it was cancelled: %q", left)
	}
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

// commandsWith lists the processes of this machine with a word in their command line.
func commandsWith(t *testing.T, word string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(text), word) {
			found = append(found, file+" "+strings.ReplaceAll(string(text), "\x00", " "))
		}
	}
	return found
}

// TestChrootTellsHowItEnded: exit codes, signals, what cannot be executed, and scripts.
func TestChrootTellsHowItEnded(t *testing.T) {
	forbidMounts(t)
	d := openDriver(t)
	buildBase(t, d)
	for name, test := range map[string]struct{ run, want string }{
		"exit code": {"RUN exit 7", "exit status 7"},
		"signal":    {"RUN kill -9 $$", "killed by signal 9"},
		"nothing":   {`RUN ["/not/there"]`, "failed to execute /not/there: no such file or directory"},
		"folder":    {"WORKDIR /x\nRUN rmdir /x; cd / && exit 3", "exit status 3"},
		"mount":     {"RUN --mount=type=tmpfs,target=/mnt true", "needs namespaces"},
	} {
		t.Run(name, func(t *testing.T) {
			_, output, err := tryBuild(t, d, "fails:1", "FROM base:1\n"+test.run+"\n", nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v\n%s", err, output)
			}
		})
	}
	_, output := buildImage(t, d, "script:1", "FROM base:1\nRUN <<END\n#!/bin/sh\necho from a script $0\nEND\nRUN echo out; echo err >&2; cat\n", nil)
	if !strings.Contains(output, "from a script /dev/pipes/") || !strings.Contains(output, "out\nerr\n") {
		t.Errorf("they printed %q", output)
	}
}

// TestChrootBesideOthers: a command does not wait for another one that is started beside it
// and takes longer.
func TestChrootBesideOthers(t *testing.T) {
	forbidMounts(t)
	d := openDriver(t)
	buildBase(t, d)
	short := writeContext(t, map[string]string{"Dockerfile": "FROM base:1\nRUN for i in 1 2 3 4 5; do echo $i; done\n"})
	long := writeContext(t, map[string]string{"Dockerfile": "FROM base:1\nRUN echo started; sleep 1000\n"})
	ctx, cancel := context.WithCancel(context.Background())
	ended, started := make(chan struct{}), make(chan struct{}, 100)
	go func() {
		defer close(ended)
		_, _ = d.Build(ctx, BuildOptions{Name: "long:1", ContextDir: long, Output: writerFunc(func(p []byte) (int, error) {
			started <- struct{}{}
			return len(p), nil
		})})
	}()
	<-started
	for range 5 {
		if _, err := d.Build(context.Background(), BuildOptions{Name: "short:1", ContextDir: short}); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	<-ended
}

// TestRefuseRun: what a chroot cannot give a command is refused before any work.
func TestRefuseRun(t *testing.T) {
	for dockerfile, want := range map[string]string{
		"FROM a\nRUN true\n":                                                           "",
		"FROM a\nRUN --mount=type=cache,target=/c true\n":                              "--mount=type=cache,target=/c needs namespaces: RUN --mount=type=cache,target=/c true",
		"FROM a\nRUN --network=none true\n":                                            "--network=none needs namespaces",
		"FROM a AS b\nRUN --mount=type=tmpfs,target=/c x\nFROM c\nCOPY --from=b x /\n": "--mount=type=tmpfs",
		"FROM a\nCOPY x /\n":                                                           "",
	} {
		if err := RefuseRun("one", dockerfile, NetworkHost); err != nil {
			t.Errorf("with namespaces: %v", err)
		}
		forbidMounts(t)
		err := RefuseRun("one", dockerfile, NetworkHost)
		var environment *EnvironmentError
		if (err == nil) != (want == "") || err != nil && (!errors.As(err, &environment) || !strings.Contains(err.Error(), want) || environment.Mend == "") {
			t.Errorf("%q: %v, want %q", dockerfile, err, want)
		}
		testOnlyForbidMounts = false
	}
	forbidMounts(t)
	if err := RefuseRun("one", "FROM a\nRUN true\n", NetworkNone); err == nil || !strings.Contains(err.Error(), "without a network") {
		t.Errorf("without a network: %v", err)
	}
}
