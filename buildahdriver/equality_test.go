package buildahdriver

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"go.podman.io/storage"
	"go.podman.io/storage/pkg/archive"
	"golang.org/x/sys/unix"
)

// tortureDockerfile asks for all that a layer can hold.
const tortureDockerfile = `FROM below:1
MAINTAINER somebody
LABEL b=3 c="two words"
ENV FIRST=1 PATH=/opt/bin:$PATH
COPY tree /tree
COPY tree/ /slash/
COPY --chown=nova:kolla tree /owned
COPY --chown=nova:kolla --chmod=750 plain /plain
COPY --chown=nova tree/file /owned/by/nova
COPY --chown=1234 --chmod=600 tree/file /one/number
COPY tree/file /renamed
COPY tree/f*e tree/li?k /globbed/
COPY ign?red /ignored/
COPY link-to-file /was-a-link
COPY tree/file /below/file
COPY tree/file /var/run/through-a-link
COPY tree/file /tree/folder
ADD archive.tar.gz /archive/
ADD archive.tar.gz tree/file /several/
ADD tree/file /added
WORKDIR /work/dir
RUN touch /setuid && chown 42436:42400 /setuid && chmod 6755 /setuid && ln /setuid /hard && ln -s /setuid /soft
RUN mkdir -m 2775 /group && mkdir -m 1777 /sticky && mkdir -m 0 /closed && mkfifo /fifo && touch -t 200101020304.05 /old /sticky
RUN truncate -s 50M /sparse && echo end >> /sparse && dd if=/dev/zero of=/large bs=1M count=20 2>/dev/null
RUN rm /below/gone && rm -r /below/folder && mkdir /below/folder && touch /below/folder/new && rm -r /below/all
RUN mv /below/moved /below/here && chmod 700 /below/changed && ln /below/linked /below/again
RUN echo here > "/with blank" && echo here > "$(printf '/new\nline')" && mkdir -p /$(printf '%0250d/%0250d' 1 2) && : > /$(printf '%0250d/%0250d' 1 2)/deep
USER nova
RUN echo mine > /tmp/mine && ln -s nowhere /tmp/broken
VOLUME /data
EXPOSE 80 53/udp
STOPSIGNAL SIGINT
ENTRYPOINT ["init", "--"]
CMD ["serve"]
`

// tortureBelow is the image that tortureDockerfile stands on.
const tortureBelow = `FROM base:1
LABEL a=1 b=2
ENV BELOW=yes
RUN mkdir -p /below/folder /below/all/of/it /below/moved && cd /below && touch file gone folder/old all/of/it/here changed linked && ln linked twin
RUN mkdir /run && ln -s /run /var/run
# Where there are none, buildah leaves its mount points in the layer.
WORKDIR /proc
WORKDIR /sys
WORKDIR /dev
`

func TestAllWaysMakeTheSameImage(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	buildImage(t, d, "below:1", tortureBelow, nil)
	dir := tortureContext(t)
	options := func(name string) BuildOptions {
		return BuildOptions{Name: name, ContextDir: dir, Labels: map[string]string{"added": "yes", "a": ""}}
	}
	started := time.Now().Add(-time.Minute)

	quick, err := d.Build(context.Background(), options("quick:1"))
	if err != nil {
		t.Fatal(err)
	}
	committing := openDriver(t, func(o *Options) { o.Root, o.RunRoot, o.BuildahCommit = d.GraphRoot(), d.RunRoot(), true })
	committed, err := committing.Build(context.Background(), options("committed:1"))
	if err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	reference := options("reference:1")
	reference.complete()
	reference.Output = &output
	buildahs, err := d.buildWithImagebuildah(context.Background(), reference, "a test wants it")
	if err != nil {
		t.Fatalf("%v\n%s", err, output.String())
	}

	t.Run("on copies of the layers", func(t *testing.T) {
		copying := openCopying(t)
		buildBase(t, copying)
		buildImage(t, copying, "below:1", tortureBelow, nil)
		image, err := copying.Build(context.Background(), options("copies:1"))
		if err != nil {
			t.Fatal(err)
		}
		want, got := readLayer(t, d, quick), readLayer(t, copying, image)
		for name, entry := range want {
			if strings.HasPrefix(path.Base(name), ".wh.") {
				entry.Linkname = "" // an overlay's whiteouts are links of one another
			}
		}
		// A folder that was made anew is opaque, or lacks what the old one had.
		delete(want, "below/folder/.wh..wh..opq")
		delete(got, "below/folder/.wh.old")
		// An overlay parts a file that is changed from its other names.
		delete(got, "below/twin")
		// There, a file of the host's was laid over one that was made for it and removed.
		delete(want, "etc")
		compareLayers(t, got, want, started)
	})
	t.Run("buildah's commit", func(t *testing.T) {
		compareLayers(t, readLayer(t, d, quick), readLayer(t, d, committed), started)
		compareConfigs(t, readConfig(t, d, quick), readConfig(t, d, committed), true)
		if quick.Size != committed.Size {
			t.Errorf("the sizes are %d and %d", quick.Size, committed.Size)
		}
	})
	t.Run("all of buildah", func(t *testing.T) {
		want := readLayer(t, d, buildahs)
		if len(want) < 100 {
			t.Errorf("only %d entries to compare", len(want))
		}
		delete(want, "dev") // buildah mounts on files that it makes there
		compareLayers(t, readLayer(t, d, quick), want, started)
		compareConfigs(t, readConfig(t, d, quick), readConfig(t, d, buildahs), false)
	})
	assertNothingLeft(t, d)
}

func TestEmptyLayersAreTheSame(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	committing := openDriver(t, func(o *Options) { o.Root, o.RunRoot, o.BuildahCommit = d.GraphRoot(), d.RunRoot(), true })
	for _, dockerfile := range []string{"FROM base:1\nLABEL a=b\n", "FROM base:1\nRUN true\n", "FROM scratch\nLABEL a=b\n"} {
		quick, _ := buildImage(t, d, "quick:1", dockerfile, nil)
		committed, _ := buildImage(t, committing, "committed:1", dockerfile, nil)
		compareConfigs(t, readConfig(t, d, quick), readConfig(t, d, committed), true)
		compareLayers(t, readLayer(t, d, quick), readLayer(t, d, committed), time.Time{})
	}
}

// tortureContext makes the build context of tortureDockerfile.
func tortureContext(t *testing.T) string {
	t.Helper()
	dir := writeContext(t, map[string]string{
		"Dockerfile":         tortureDockerfile,
		".dockerignore":      "ignored/*\n!ignored/not\ntree/secret\n",
		"ignored/yes":        "no",
		"ignored/not":        "yes",
		"tree/secret":        "no",
		"plain/file":         "x",
		"plain/sub/file":     "x",
		"tree/file":          "content\n",
		"tree/script":        "#!/bin/sh\n",
		"tree/folder/inside": "inside\n",
		"tree/ümläut":        "x",
		"tree/-dash":         "x",
		"tree/a b\nc":        "x",
		"tree/capable":       "x",
		"tree/" + strings.Repeat("long-name-", 20) + "/" + strings.Repeat("long-name-", 20): "deep",
	})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	must(os.WriteFile(at("archive.tar.gz"), tortureArchive(t), 0o644))
	must(os.Symlink("file", at("tree/link")))
	must(os.Symlink("/nowhere", at("tree/link-out")))
	must(os.Symlink("tree/file", at("link-to-file")))
	must(os.Link(at("tree/file"), at("tree/twin")))
	must(unix.Mkfifo(at("tree/fifo"), 0o640))
	must(os.Mkdir(at("tree/empty"), 0o700))
	must(os.Chmod(at("tree/script"), 0o755|os.ModeSetuid|os.ModeSetgid))
	must(os.Chmod(at("tree/folder"), 0o750|os.ModeSticky))
	must(unix.Setxattr(at("tree/file"), "user.comment", []byte("hello\x00there"), 0))
	must(unix.Setxattr(at("tree/folder"), "user.comment", []byte("folder"), 0))
	must(unix.Setxattr(at("tree/capable"), "security.capability", []byte(testCapability), 0))
	past := time.Date(2001, 2, 3, 4, 5, 6, 700_000_000, time.UTC)
	for _, name := range []string{"tree/script", "tree/folder/inside", "tree/folder", "tree/empty", "tree"} {
		must(os.Chtimes(at(name), past, past))
	}
	return dir
}

// testCapability is cap_net_bind_service+ep, as a file's extended attribute.
const testCapability = "\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

func tortureArchive(t *testing.T) []byte {
	t.Helper()
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	w := tar.NewWriter(zip)
	past := time.Date(1999, 12, 31, 23, 59, 58, 0, time.UTC)
	for _, h := range []*tar.Header{
		{Typeflag: tar.TypeDir, Name: "./", Mode: 0o711, Uid: 7, Gid: 8},
		{Typeflag: tar.TypeDir, Name: "sub/", Mode: 0o2770, Uid: 33, Gid: 34},
		{Name: "sub/setuid", Mode: 0o4755, Size: 1, Uid: 33, Gid: 34},
		{Name: "implied/folder/file", Mode: 0o644, Size: 1},
		{Name: "capable", Mode: 0o755, Size: 1, PAXRecords: map[string]string{"SCHILY.xattr.security.capability": testCapability, "SCHILY.xattr.user.x": "y"}},
		{Name: "last-id", Mode: 0o640, Size: 1, Uid: 65535, Gid: 65535},
		{Typeflag: tar.TypeLink, Name: "hard", Linkname: "sub/setuid", Mode: 0o4755, Uid: 33, Gid: 34},
		{Typeflag: tar.TypeSymlink, Name: "soft", Linkname: "../../etc/passwd", Uid: 5, Gid: 6},
		{Typeflag: tar.TypeFifo, Name: "fifo", Mode: 0o600},
		{Typeflag: tar.TypeChar, Name: "device", Devmajor: 1, Devminor: 3},
		{Typeflag: tar.TypeLink, Name: "device-too", Linkname: "device"},
		{Name: "twice", Mode: 0o600, Size: 1},
		{Name: "twice", Mode: 0o666, Size: 1},
	} {
		h.ModTime = past
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(w, strings.NewReader("x"), h.Size); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []io.Closer{w, zip} {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return packed.Bytes()
}

// layerEntry is a tar entry and the digest of its content.
type layerEntry struct {
	*tar.Header
	content [sha256.Size]byte
}

func (e layerEntry) describe(withTime bool) string {
	text := fmt.Sprintf("type %c, %d:%d, mode %o, size %d, link %q, device %d:%d, content %x, records %v",
		e.Typeflag, e.Uid, e.Gid, e.Mode, e.Size, e.Linkname, e.Devmajor, e.Devminor, e.content[:4], xattrsOf(e.Header))
	if withTime {
		text += " time " + e.ModTime.UTC().String()
	}
	return text
}

func xattrsOf(h *tar.Header) map[string]string {
	records := maps.Clone(h.PAXRecords)
	maps.DeleteFunc(records, func(key, _ string) bool { return !strings.HasPrefix(key, "SCHILY.xattr.") })
	return records
}

// readLayer reads an image's own layer as it would be pushed.
func readLayer(t *testing.T, d *Driver, image *Image) map[string]layerEntry {
	t.Helper()
	stored, err := d.store.Image(image.ID)
	if err != nil {
		t.Fatal(err)
	}
	return readLayerByID(t, d, stored.TopLayer)
}

func readLayerByID(t *testing.T, d *Driver, id string) map[string]layerEntry {
	t.Helper()
	layer, err := d.store.Layer(id) // the open diff below locks the store
	if err != nil {
		t.Fatal(err)
	}
	plain := archive.Uncompressed
	diff, err := d.store.Diff("", id, &storage.DiffOptions{Compression: &plain})
	if err != nil {
		t.Fatal(err)
	}
	defer diff.Close()
	whole := sha256.New()
	found := map[string]layerEntry{}
	stream := io.TeeReader(diff, whole)
	for reader := tar.NewReader(stream); ; {
		header, err := reader.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		hash := sha256.New()
		if _, err := io.Copy(hash, reader); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(header.Name, "/")
		if _, ok := found[name]; ok {
			t.Errorf("%q is in the layer twice", name)
		}
		found[name] = layerEntry{header, [sha256.Size]byte(hash.Sum(nil))}
	}
	if _, err := io.Copy(io.Discard, stream); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("sha256:%x", whole.Sum(nil)); got != layer.UncompressedDigest.String() {
		t.Errorf("the layer reads as %s, recorded is %s", got, layer.UncompressedDigest)
	}
	return found
}

// compareLayers compares two layers entry by entry. Times count where they are older
// than the build: the others say when the instruction ran.
func compareLayers(t *testing.T, got, want map[string]layerEntry, started time.Time) {
	t.Helper()
	names := slices.Sorted(maps.Keys(got))
	names = append(names, slices.Sorted(maps.Keys(want))...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		g, inGot := got[name]
		w, inWant := want[name]
		switch {
		case !inGot:
			t.Errorf("%q is missing: %s", name, w.describe(true))
		case !inWant:
			t.Errorf("%q is too much: %s", name, g.describe(true))
		default:
			kept := g.ModTime.Before(started) || w.ModTime.Before(started)
			if a, b := g.describe(kept), w.describe(kept); a != b {
				t.Errorf("%q\ngot  %s\nwant %s", name, a, b)
			}
		}
	}
}

func readConfig(t *testing.T, d *Driver, image *Image) v1.Image {
	t.Helper()
	data, err := d.store.ImageBigData(image.ID, "sha256:"+image.ID)
	if err != nil {
		t.Fatal(err)
	}
	var config v1.Image
	if err := json.Unmarshal(data, &config); err != nil {
		t.Fatal(err)
	}
	return config
}

// compareConfigs compares all but when it was made and what the layers hold; the
// history only where both tell it in the same words.
func compareConfigs(t *testing.T, got, want v1.Image, history bool) {
	t.Helper()
	for _, c := range []*v1.Image{&got, &want} {
		c.Created = nil
		if len(c.RootFS.DiffIDs) == 0 {
			t.Error("no layers")
		}
		c.RootFS.DiffIDs = c.RootFS.DiffIDs[:len(c.RootFS.DiffIDs)-1]
		for i := range c.History {
			c.History[i].Created = nil
		}
		if !history {
			c.History = nil
		}
	}
	a, _ := json.MarshalIndent(got, "", " ")
	b, _ := json.MarshalIndent(want, "", " ")
	if !bytes.Equal(a, b) {
		t.Errorf("the configurations differ\ngot  %s\nwant %s", a, b)
	}
}
