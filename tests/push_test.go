package tests

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/tests/registry"
)

// TestPush pushes a tree to a registry that is listed as insecure, pulls it back
// with another client, and compares every file with what a RUN instruction sees.
func TestPush(t *testing.T) {
	t.Parallel()
	r := registry.Start(t, registry.Options{})
	m := newMeeting(t)
	dir := tree(t, map[string]string{
		"root":           fromBase + "COPY files.tar /\n" + unpack,
		"root/files.tar": specialFiles(t),
		"child":          fromRoot + changes,
		"reader":         strings.ReplaceAll(fromRoot, "root", "child") + tellAll(m),
	})
	seen := inventory{}
	told := make(chan error, 1)
	go func() {
		err := m.wait(1)
		if err == nil {
			err = seen.add(m.guests[0])
		}
		told <- err
	}()

	logs := t.TempDir()
	cmd := buildCommand(t, "-D", dir, "--registry", r.Host, "--push", "--push-threads", "3", "--logs-dir", logs)
	cmd.Env = append(cmd.Environ(), "CONTAINERS_REGISTRIES_CONF="+r.Conf(t))
	o := execute(t, cmd)
	o.wants(t, 0, "^built 3 images, pushed 3 in ")
	if err := <-told; err != nil {
		t.Fatal(err)
	}
	parentsFirst(t, o, "root", "child", "reader")

	for _, image := range []string{"root", "child", "reader"} {
		name := fmt.Sprintf("%s/%s/debian-binary-%s:%s", r.Host, namespace(t.Name()), image, version(t))
		pulled := pull(t, name, "--src-tls-verify=false")
		if told := pushedDigest(t, logs, image); told != pulled.digest {
			t.Errorf("%s: pushed as %s, pulled as %s", name, told, pulled.digest)
		}
		if image != "child" {
			continue
		}
		got, want := pulled.files.lines(), seen.lines()
		for _, line := range difference(got, want) {
			t.Error(line)
		}
		for path, line := range specialLines {
			if !strings.HasPrefix(got[path], line) || line == "" && got[path] != "" {
				t.Errorf("%s: got %q, want %q", path, got[path], line)
			}
		}
	}
}

// TestPushAgain: where nothing has changed, a push is one request for each image; and a
// change, in the tree or at the registry, is pushed.
func TestPushAgain(t *testing.T) {
	t.Parallel()
	r := registry.Start(t, registry.Options{})
	w := r.Watch(t)
	dir := tree(t, map[string]string{"root": fromBase, "child": fromRoot + "COPY file /\n", "child/file": "first"})
	push := func(t *testing.T, summary string) []registry.Request {
		t.Helper()
		build(t, "-D", dir, "--registry", w.Host, "--push", "--tls-verify=false").wants(t, 0, summary)
		return w.Take()
	}
	push(t, "^built 2 images, pushed 2 in ")
	again := push(t, "pushed 2 in ")
	if looks := registry.Succeeded(again, registry.ManifestHead); len(again) != 2 || len(looks) != 2 {
		t.Errorf("the second push made %d requests, want one for each of 2 images: %v", len(again), again)
	}
	if err := writeFiles(dir, map[string]string{"child/file": "second"}); err != nil {
		t.Fatal(err)
	}
	changed := push(t, "pushed 2 in ")
	if manifests := registry.Succeeded(changed, registry.ManifestPut); len(manifests) != 1 || !strings.HasSuffix(manifests[0].Repository, "child") {
		t.Errorf("sent %v, want the manifest of child", manifests)
	}
}

// cap_net_raw+ep, as in linux/capability.h: version 2 with the effective bit, then
// the permitted and the inheritable set, the lower halves before the upper.
const netRaw = "\x01\x00\x00\x02" + "\x00\x20\x00\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"

// specialFiles is an archive of what images lose most easily.
func specialFiles(t *testing.T) string {
	t.Helper()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, h := range []tar.Header{
		{Name: "special/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "special/highest", Mode: 0o640, Uid: 65535, Gid: 65535},
		{Name: "special/setuid", Mode: 0o4755, Uid: 42436, Gid: 65535},
		{Name: "special/setgid", Mode: 0o2750, Uid: 1, Gid: 42400},
		{Name: "special/sticky/", Typeflag: tar.TypeDir, Mode: 0o3775, Uid: 42436, Gid: 42400},
		{Name: "special/capable", Mode: 0o755, PAXRecords: map[string]string{capability: netRaw}},
		{Name: "special/linked", Mode: 0o600},
		{Name: "special/sticky/link", Typeflag: tar.TypeLink, Linkname: "special/linked"},
		{Name: "special/symlink", Typeflag: tar.TypeSymlink, Linkname: "../nowhere", Mode: 0o777},
		{Name: "special/fifo", Typeflag: tar.TypeFifo, Mode: 0o600},
		{Name: "special/Ünïcode " + strings.Repeat("long ", 40), Mode: 0o644},
		{Name: "special/to-be-deleted", Mode: 0o644},
		{Name: "special/folder-to-be-deleted/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "special/folder-to-be-deleted/file", Mode: 0o644},
		{Name: "special/to-be-made-anew/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "special/to-be-made-anew/old", Mode: 0o644},
		{Name: "special/to-be-a-file/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "special/to-be-a-file/old", Mode: 0o644},
		{Name: "special/to-be-a-folder", Mode: 0o644},
		{Name: "special/to-be-changed", Mode: 0o644},
	} {
		h.Format = tar.FormatPAX
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.String()
}

const (
	unpack = "RUN tar --extract --file /files.tar --directory / --preserve-permissions --same-owner --xattrs --xattrs-include='*' && rm /files.tar\n"

	changes = `WORKDIR /special
RUN rm to-be-deleted && rm -r folder-to-be-deleted \
 && rm -r to-be-made-anew && mkdir to-be-made-anew && touch to-be-made-anew/new \
 && rm -r to-be-a-file && touch to-be-a-file \
 && rm to-be-a-folder && mkdir to-be-a-folder \
 && chmod 4711 to-be-changed && ln to-be-changed link-from-above
`
)

// specialLines is how some lines of the inventory begin; an empty one is none.
var specialLines = map[string]string{
	"/special/highest":                   "-rw-r----- 65535:65535 0 bytes",
	"/special/setuid":                    "urwxr-xr-x 42436:65535 ",
	"/special/setgid":                    "grwxr-x--- 1:42400 ",
	"/special/sticky":                    "dgtrwxrwxr-x 42436:42400",
	"/special/capable":                   fmt.Sprintf("-rwxr-xr-x 0:0 0 bytes %.12x capability %x", sha256.Sum256(nil), netRaw),
	"/special/linked":                    fmt.Sprintf("-rw------- 0:0 0 bytes %.12x one of [/special/linked /special/sticky/link]", sha256.Sum256(nil)),
	"/special/fifo":                      "prw------- 0:0",
	"/special/to-be-deleted":             "",
	"/special/folder-to-be-deleted":      "",
	"/special/folder-to-be-deleted/file": "",
	"/special/to-be-made-anew/new":       "-rw",
	"/special/to-be-made-anew/old":       "",
	"/special/to-be-a-file":              "-rw",
	"/special/to-be-a-file/old":          "",
	"/special/to-be-a-folder":            "drwx",
	"/special/to-be-changed":             fmt.Sprintf("urwx--x--x 0:0 0 bytes %.12x one of [/special/link-from-above /special/to-be-changed]", sha256.Sum256(nil)),
	"/files.tar":                         "",
}

// tellAll is a RUN that sends all files of the image it stands on to the meeting.
func tellAll(m *meeting) string {
	return `SHELL ["/bin/bash", "-c"]
RUN ` + m.arrive() + ` && tar --create --directory / --xattrs --xattrs-include='*' --numeric-owner \
      --exclude=./dev --exclude=./proc --exclude=./sys --exclude=./run . >&3
`
}

// parentsFirst fails the test if an image was pushed before the one ahead of it.
func parentsFirst(t *testing.T, o outcome, images ...string) {
	t.Helper()
	done := -1
	for _, image := range images {
		begun := find(o.stderr, `(?m)^`+image+` +pushing$`)
		if begun < done || begun < 0 {
			t.Errorf("%s was pushed before its parent:\n%s", image, o)
		}
		done = find(o.stderr, `(?m)^`+image+` +pushed in `)
	}
}

// find returns where the pattern first matches, or -1.
func find(text, pattern string) int {
	if at := regexp.MustCompile(pattern).FindStringIndex(text); at != nil {
		return at[0]
	}
	return -1
}

// pushedDigest returns the digest that an image was pushed with by its log.
func pushedDigest(t *testing.T, logs, image string) string {
	t.Helper()
	log := readFile(t, filepath.Join(logs, image+".log"))
	match := regexp.MustCompile(`(?m)^# pushed in \S+ (sha256:[0-9a-f]{64})$`).FindStringSubmatch(log)
	if match == nil {
		t.Fatalf("the log does not tell of a push:\n%s", log)
	}
	return match[1]
}

// version returns the program's version, which is the tag of images as well.
func version(t *testing.T) string {
	t.Helper()
	o := kollaBuild(t, "--version")
	o.wants(t, 0)
	return strings.TrimSpace(strings.TrimPrefix(o.stdout, "kolla-build "))
}

// pulled is an image as another client has got it from a registry.
type pulled struct {
	digest string // of the manifest
	files  inventory
}

func pull(t *testing.T, name string, options ...string) pulled {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "image")
	args := append([]string{"--insecure-policy", "copy", "--quiet"}, options...)
	execute(t, exec.Command("skopeo", append(args, "docker://"+name, "dir:"+dir)...)).wants(t, 0)

	data := readFile(t, filepath.Join(dir, "manifest.json"))
	p := pulled{digest: fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(data))), files: inventory{}}
	var manifest struct{ Layers []struct{ Digest string } }
	if err := json.Unmarshal([]byte(data), &manifest); err != nil {
		t.Fatal(err)
	}
	for _, layer := range manifest.Layers {
		if err := p.unpack(filepath.Join(dir, strings.TrimPrefix(layer.Digest, "sha256:"))); err != nil {
			t.Fatalf("layer %s of %s: %v", layer.Digest, name, err)
		}
	}
	return p
}

func (p pulled) unpack(layer string) error {
	compressed, err := os.Open(layer)
	if err != nil {
		return err
	}
	defer compressed.Close()
	archive, err := gzip.NewReader(compressed)
	if err != nil {
		return err
	}
	if err := p.files.add(archive); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, archive) // to the end, where the checksum is
	return err
}

// TestPushWithTLS pushes to a registry with a private authority and a password.
func TestPushWithTLS(t *testing.T) {
	t.Parallel()
	r := registry.Start(t, registry.Options{TLS: true, User: "kolla", Password: "s3cret"})
	dir := tree(t, map[string]string{"root": fromBase})
	logs := t.TempDir()
	build(t, "-D", dir, "--registry", r.Host, "--push", "--cert-dir", r.CertDir, "--creds", "kolla:s3cret", "--logs-dir", logs).
		wants(t, 0, "^built 1 image, pushed 1 in ")

	name := fmt.Sprintf("docker://%s/%s/debian-binary-root:%s", r.Host, namespace(t.Name()), version(t))
	seen := execute(t, exec.Command("skopeo", "inspect", "--cert-dir", r.CertDir, "--creds", "kolla:s3cret", "--format", "{{.Digest}}", name))
	seen.wants(t, 0)
	if got, want := strings.TrimSpace(seen.stdout), pushedDigest(t, logs, "root"); got != want {
		t.Errorf("the registry has %s, the log %s", got, want)
	}
}

// TestPushRefused: one line tells what is wrong, another what to set, and the image
// is there all the same.
func TestPushRefused(t *testing.T) {
	t.Parallel()
	plain := registry.Start(t, registry.Options{})
	private := registry.Start(t, registry.Options{TLS: true, User: "kolla", Password: "s3cret"})
	dir := tree(t, map[string]string{"root": fromBase})
	for _, test := range []struct {
		name, host, problem, remedy string
		options                     []string
	}{
		{"http", plain.Host, "answers http, not https", `list it as insecure in registries\.conf .*--tls-verify=false`, nil},
		{"authority", private.Host, "is signed by an unknown authority", "--cert-dir DIR", nil},
		{"no password", private.Host, "does not accept the user or the password", "--creds-stdin", []string{"--cert-dir", private.CertDir}},
		{"wrong password", private.Host, "does not accept the user or the password", "--creds-stdin", []string{"--cert-dir", private.CertDir, "--creds", "kolla:hunter2"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := build(t, append(test.options, "-D", dir, "--registry", test.host, "--push")...)
			host := regexp.QuoteMeta(test.host)
			o.wants(t, 5, "^built 1 image, pushed 0, failed 1 in ", "^not pushed:\n  root: failed to push "+host+`/\S+: .*`+host+".*"+test.problem+".*\n    .*"+test.remedy)
			if strings.Contains(o.stderr, "trying again") {
				t.Errorf("it was tried again, in vain:\n%s", o)
			}
			if strings.Contains(o.stderr, "hunter2") {
				t.Errorf("the password is shown:\n%s", o)
			}
			images := kollaBuild(t, append([]string{"images"}, shared.options()...)...)
			images.wants(t, 0)
			if !strings.Contains(images.stdout, fmt.Sprintf("%s/%s/debian-binary-root:", test.host, namespace(t.Name()))) {
				t.Errorf("the image is not there:\n%s", images)
			}
		})
	}
}
