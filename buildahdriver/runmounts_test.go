package buildahdriver

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// buildRun builds a Dockerfile on base:1, with secrets, and returns what it printed.
func buildRun(t *testing.T, d *Driver, instructions string, files map[string]string, secrets ...string) (*Image, string, error) {
	t.Helper()
	dockerfile := "FROM base:1\n" + instructions
	all := map[string]string{"Dockerfile": dockerfile}
	maps.Copy(all, files)
	var output bytes.Buffer
	image, err := d.Build(context.Background(), BuildOptions{Name: "x:1", ContextDir: writeContext(t, all), Secrets: secrets, Output: &output})
	return image, output.String(), err
}

// A secret is in memory, for as long as the command runs; nothing of it, of its mount
// point, or of the folders that were made for that, is in a layer.
func TestSecretMounts(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	t.Setenv("TOKEN", "from the environment")
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	given := []string{"id=s,src=" + secret, "id=e,env=TOKEN"}
	image, output, err := buildRun(t, d, `
RUN --mount=type=secret,id=s cat /run/secrets/s; stat -c ' %a %u:%g' /run/secrets/s
RUN --mount=type=secret,id=s,target=/a/b/c,mode=444,uid=42436,gid=42400 --mount=type=secret,id=e stat -c '%a %u:%g' /a/b/c; cat /run/secrets/e; echo
RUN --mount=type=secret,id=s,env=S test "$S" = "hunter"2 && test ! -e /run/secrets/s
RUN --mount=type=secret,id=s,target=/etc/passwd,mode=0444 grep -q "hunter[2]" /etc/passwd
WORKDIR /work
RUN --mount=type=secret,id=s,dst=here test "$(cat /work/here)" = "hunter"2
RUN --mount=type=secret,id=nobody test ! -e /run/secrets/nobody
RUN --mount=type=secret,id=s echo x > /run/other && (echo y > /run/secrets/s) 2>/dev/null; true
`, nil, given...)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if want := "hunter2 400 0:0\n444 42436:42400\nfrom the environment\n"; output != want {
		t.Errorf("printed %q, want %q", output, want)
	}
	found := readLayer(t, d, image)
	if got, want := slices.Sorted(maps.Keys(found)), []string{"run", "run/other", "work"}; !slices.Equal(without(got, "etc"), want) {
		t.Errorf("the layer holds %q, want %q", got, want)
	}
	for _, secret := range []string{"hunter2", "from the environment"} {
		if found := grepStore(t, d, image, secret); found != "" {
			t.Errorf("%q is in the image: %s", secret, found)
		}
	}
	left, err := filepath.Glob(filepath.Join(d.GraphRoot(), ownFolder, "sandbox", "files", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	// The /etc/hostname of every RUN is no secret, and stays.
	left = slices.DeleteFunc(left, func(name string) bool { return filepath.Base(name) == "hostname" })
	if len(left) > 0 {
		t.Errorf("left in memory: %v", left)
	}

	_, _, err = buildRun(t, d, "RUN --mount=type=secret,id=nobody,required true\n", nil)
	if err == nil || !strings.Contains(err.Error(), `nobody has given the secret "nobody"`) || Remedy(err) == "" {
		t.Errorf("a required secret is missing, and yet: %v", err)
	}
}

func without(list []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == name })
}

// Links of the image lead a mount to where they lead a process in it, and never out.
func TestMountTargetsStayInTheImage(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	outside := t.TempDir()
	if _, _, err := buildRun(t, d, "RUN --mount=type=bind,source=missing,target=/bound cat /bound\n", nil); err == nil {
		t.Error("what the context does not have is mounted")
	}
	dir := writeContext(t, map[string]string{"Dockerfile": "FROM base:1\nRUN --mount=type=bind,source=link/etc/passwd,target=/bound cat /bound\n", "etc/passwd": "of the context\n"})
	if err := os.Symlink("/", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	var inside bytes.Buffer
	if _, err := d.Build(context.Background(), BuildOptions{Name: "x:1", ContextDir: dir, Output: &inside}); err != nil || inside.String() != "of the context\n" {
		t.Errorf("a link out of the context gives %q, %v", inside.String(), err)
	}
	image, output, err := buildRun(t, d, `
RUN mkdir -p /real `+outside+` && ln -s ../../../../../../../../real /link && ln -s `+outside+` /absolute && ln -s /nowhere /dangling
RUN --mount=type=tmpfs,target=/link/sub echo x > /real/sub/file && test -s /real/sub/file
RUN --mount=type=tmpfs,target=/absolute/made echo x > `+outside+`/made/file
`, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for name := range readLayer(t, d, image) {
		if strings.Contains(name, "sub") || strings.Contains(name, "made") {
			t.Errorf("%s is in the layer", name)
		}
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
		t.Errorf("a mount point was made outside: %v, %v", left, err)
	}
	_, _, err = buildRun(t, d, "RUN ln -s /nowhere /dangling\nRUN --mount=type=tmpfs,target=/dangling true\n", nil)
	if err == nil {
		t.Error("a mount on a link to nowhere")
	}
}

func TestBindAndTmpfsMounts(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	image, output, err := buildRun(t, d, `
RUN --mount=target=/context cat /context/sub/file && ! touch /context/x 2>/dev/null
RUN --mount=type=bind,source=sub,target=/context/deep cat /context/deep/file
RUN --mount=type=bind,src=sub/file,dst=/etc/group cat /etc/group
RUN --mount=type=bind,source=script.sh,target=/script /script
RUN --mount=type=tmpfs,target=/memory,size=1m touch /memory/x && ! dd if=/dev/zero of=/memory/big bs=1M count=2 2>/dev/null
RUN --mount=type=tmpfs,target=/memory,ro ! touch /memory/x 2>/dev/null
RUN --network=none ! grep -q eth /proc/net/dev && test "$(wc -l < /proc/net/dev)" = 3
RUN echo done > /done
`, map[string]string{"sub/file": "bound\n", "script.sh": "#!/bin/sh\necho script\n"})
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if want := "bound\nbound\nbound\nscript\n"; output != want {
		t.Errorf("printed %q, want %q", output, want)
	}
	if got := without(slices.Sorted(maps.Keys(readLayer(t, d, image))), "etc"); !slices.Equal(got, []string{"done"}) {
		t.Errorf("the layer holds %q", got)
	}
}

func TestCacheMounts(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	image, output, err := buildRun(t, d, `
RUN --mount=type=cache,target=/cache,id=a echo first > /cache/file; stat -c '%a %u:%g' /cache
RUN --mount=type=cache,target=/elsewhere,id=a cat /elsewhere/file
RUN --mount=type=cache,target=/elsewhere,id=a,ro ! touch /elsewhere/x 2>/dev/null
RUN --mount=type=cache,target=/cache ls /cache
RUN --mount=type=cache,target=/owned,uid=42436,gid=42400,mode=0700 stat -c '%a %u:%g' /owned
RUN --mount=type=cache,target=/cache,id=a,uid=42436 ls /cache
`, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if want := "755 0:0\nfirst\n700 42436:42400\n"; output != want {
		t.Errorf("printed %q, want %q", output, want)
	}
	if got := slices.Sorted(maps.Keys(readLayer(t, d, image))); len(without(got, "etc")) > 0 {
		t.Errorf("the layer holds %q", got)
	}
	// Another run finds it, and a prune knows it.
	_, output, err = buildRun(t, d, "RUN --mount=type=cache,target=/cache,id=a cat /cache/file\n", nil)
	if err != nil || output != "first\n" {
		t.Errorf("printed %q, %v", output, err)
	}
	caches, err := listCaches(d.store)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, cache := range caches {
		names = append(names, cache.Name)
		if cache.LastUse.IsZero() {
			t.Errorf("%s was never used", cache.Name)
		}
	}
	slices.Sort(names)
	if want := []string{"/cache", "/owned:42436:42400", "a", "a:42436:0"}; !slices.Equal(names, want) {
		t.Errorf("the caches are %q, want %q", names, want)
	}
}

// Two builds that meet in a cache: with "shared" they see each other's files while they
// run, with "private" never, with "locked" one after the other.
func TestCacheSharing(t *testing.T) {
	for _, test := range []struct{ sharing, second string }{
		{"shared", "both"}, {"private", "alone"}, {"locked", "after"},
	} {
		d := openDriver(t)
		buildBase(t, d)
		inside, leave := make(chan bool), make(chan bool)
		meet := sync.OnceFunc(func() { close(inside) })
		dockerfile := "FROM base:1\nRUN --mount=type=cache,id=c,target=/c,sharing=" + test.sharing + " touch /c/one; echo in; while ! test -e /stop/now; do sleep 0.05; done; touch /c/two\n"
		dockerfile = strings.Replace(dockerfile, "--mount=type=cache", "--mount=type=bind,source=stop,target=/stop --mount=type=cache", 1)
		dir := writeContext(t, map[string]string{"Dockerfile": dockerfile, "stop/not": ""})
		var first sync.WaitGroup
		first.Go(func() {
			_, err := d.Build(context.Background(), BuildOptions{Name: "first:1", ContextDir: dir, Output: writerFunc(func(p []byte) (int, error) {
				meet()
				return len(p), nil
			})})
			if err != nil {
				t.Errorf("%s: %v", test.sharing, err)
			}
		})
		stop := sync.OnceFunc(func() {
			if err := os.WriteFile(filepath.Join(dir, "stop", "now"), nil, 0o644); err != nil {
				t.Error(err)
			}
			close(leave)
		})
		<-inside
		if test.sharing == "locked" {
			waiting, cancel := context.WithTimeoutCause(context.Background(), 300*time.Millisecond, errors.New("it waits"))
			_, err := d.Build(waiting, BuildOptions{Name: "second:1", ContextDir: writeContext(t, map[string]string{"Dockerfile": "FROM base:1\nRUN --mount=type=cache,id=c,target=/c,sharing=locked true\n"})})
			cancel()
			if err == nil || err.Error() != "it waits" {
				t.Errorf("it does not wait for the lock: %v", err)
			}
			stop()
		}
		_, output, err := buildRun(t, d, "RUN --mount=type=cache,id=c,target=/c,sharing="+test.sharing+" if test -e /c/two; then echo after; elif test -e /c/one; then echo both; else echo alone; fi\n", nil)
		if err != nil || output != test.second+"\n" {
			t.Errorf("%s: the second finds %q, want %s; %v", test.sharing, output, test.second, err)
		}
		stop()
		<-leave
		first.Wait()
	}
}

// A mount in a mount is made in what is mounted there, and so is one that gets there by a
// link of the image.
func TestNestedMounts(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	image, output, err := buildRun(t, d, `
RUN ln -s /a /to-a && mkdir -p /c/image
RUN --mount=type=tmpfs,target=/a --mount=type=tmpfs,target=/a/b/c touch /a/b/c/file && echo nested && test "$(grep -c ' /a' /proc/mounts)" = 2
RUN --mount=type=tmpfs,target=/to-a/b --mount=type=tmpfs,target=/a touch /a/b/file && grep -c ' /a/b ' /proc/mounts
RUN --mount=type=cache,id=n,target=/c --mount=type=secret,id=s,target=/c/deep/secret grep -q "hunter[2]" /c/deep/secret && test ! -e /c/image
RUN --mount=type=cache,id=n,target=/c ls /c; ! grep -q hunter /c/deep/secret
RUN --mount=type=bind,target=/context,rw --mount=type=bind,source=sub/file,target=/context/other cat /context/other
RUN --mount=type=bind,target=/context --mount=type=bind,source=sub/file,target=/context/sub/file cat /context/sub/file
RUN --mount=type=tmpfs,target=/dev/shm,size=1m ! dd if=/dev/zero of=/dev/shm/x bs=1M count=2 2>/dev/null
`, map[string]string{"sub/file": "bound\n"}, "id=s,src="+writeFile(t, "hunter2"))
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if want := "nested\n1\ndeep\nbound\nbound\n"; output != want {
		t.Errorf("printed %q, want %q", output, want)
	}
	if got := without(slices.Sorted(maps.Keys(readLayer(t, d, image))), "etc"); !slices.Equal(got, []string{"c", "c/image", "to-a"}) {
		t.Errorf("the layer holds %q", got)
	}
	assertNoStagingLeft(t, d)
	assertNothingLeft(t, d)
}

func writeFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestMountsRefused(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	for instruction, want := range map[string]string{
		"RUN --mount=type=tmpfs,target=/proc/x true":                                                 "nothing can be mounted in /proc",
		"RUN --mount=type=tmpfs,target=/sys/kernel true":                                             "nothing can be mounted in /sys",
		"RUN --mount=type=tmpfs,target=/dev true":                                                    "would hide",
		"RUN --mount=type=tmpfs,target=/dev/new true":                                                "/dev/new",
		"RUN --mount=type=tmpfs,target=/a --mount=type=tmpfs,target=/a true":                         "two mounts",
		"RUN --mount=type=bind,target=/context --mount=type=tmpfs,target=/context/new true":          "read-only",
		"RUN --mount=type=bind,source=f,target=/f --mount=type=tmpfs,target=/f/x true":               "is a file",
		"RUN --mount=type=ssh,required true":                                                         "SSH agent",
		"RUN --mount=type=bind,from=nowhere.invalid/x:1,target=/x true":                              "nowhere.invalid",
		"RUN --mount=type=tmpfs,tmpcopyup,target=/x true":                                            "no option \"tmpcopyup\"",
		"RUN --security=insecure true":                                                               "RUN",
		"COPY --from=nowhere.invalid/x:1 / /":                                                        "nowhere.invalid",
		"COPY --from=scratch / /":                                                                    "scratch",
		"ADD --checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 f /": "--checksum",
	} {
		_, _, err := tryBuild(t, d, "x:1", "FROM base:1\n"+instruction+"\n", map[string]string{"f": "x"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", instruction, err, want)
		}
	}
	assertNoStagingLeft(t, d)
	assertNothingLeft(t, d)
}

// A step may leave any link in a cache. A mount point below it is not made where the link
// leads, on the host or in the image.
func TestLinksInCachesLeadNowhere(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	host := t.TempDir()
	if err := os.Chmod(host, 0o777); err != nil { //nolint:gosec // any user might write there
		t.Fatal(err)
	}
	for _, nested := range []string{"/c/sub/.ssh/authorized_keys", "/c/sub/file", "/c/file"} {
		for _, kind := range []string{"type=secret,id=s,target=", "type=tmpfs,target=", "type=cache,id=other,target="} {
			_, _, err := buildRun(t, d,
				"RUN --mount=type=cache,id=L,target=/c ln -sfn "+host+" /c/sub; ln -sfn "+host+"/made /c/file\n"+
					"RUN --mount=type=cache,id=L,target=/c --mount="+kind+nested+" true\n", nil, "id=s,src="+writeFile(t, "x"))
			if err == nil {
				t.Errorf("%s%s was made through a link", kind, nested)
			}
		}
	}
	if made, err := os.ReadDir(host); err != nil || len(made) > 0 {
		t.Errorf("the host has %v, %v", made, err)
	}
}
