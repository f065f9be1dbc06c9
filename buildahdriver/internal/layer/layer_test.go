package layer

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/vbatts/tar-split/tar/asm"
	tarsplit "github.com/vbatts/tar-split/tar/storage"
	"go.podman.io/storage/pkg/archive"
	"golang.org/x/sys/unix"
)

// testOptions are those of an overlay of an ordinary user.
func testOptions() Options { return Options{OpaqueXattr: "user.overlay.opaque"} }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// write writes the archive of a folder and checks all that is said of it: its digest and
// size, its end, and that tar-split makes it again.
func write(t *testing.T, folder string, options Options) ([]byte, *Summary) {
	t.Helper()
	var packed, split bytes.Buffer
	options.Archive, options.TarSplit = &packed, &split
	summary, err := Write(folder, options)
	must(t, err)
	if got, want := summary.Digest, digest.FromBytes(packed.Bytes()); got != want || summary.Size != int64(packed.Len()) {
		t.Errorf("it says %s of %d bytes, but is %s of %d", got, summary.Size, want, packed.Len())
	}
	if !bytes.HasSuffix(packed.Bytes(), make([]byte, 1024)) {
		t.Error("the archive has no end")
	}
	var want bytes.Buffer
	stream, done, err := asm.NewInputTarStreamWithDone(bytes.NewReader(packed.Bytes()), tarsplit.NewJSONPacker(&want), nil)
	must(t, err)
	_, err = io.Copy(io.Discard, stream)
	must(t, errors.Join(err, <-done))
	if split.String() != want.String() {
		t.Errorf("the tar-split is\n%s\nwant\n%s", split.String(), want.String())
	}
	return packed.Bytes(), summary
}

// read returns the entries of an archive by name, and their contents.
func read(t *testing.T, packed []byte) (names []string, headers map[string]*tar.Header, contents map[string]string) {
	t.Helper()
	headers, contents = map[string]*tar.Header{}, map[string]string{}
	for reader := tar.NewReader(bytes.NewReader(packed)); ; {
		header, err := reader.Next()
		if err == io.EOF {
			return names, headers, contents
		}
		must(t, err)
		content, err := io.ReadAll(reader)
		must(t, err)
		names = append(names, header.Name)
		headers[header.Name], contents[header.Name] = header, string(content)
	}
}

// files makes a folder of what a layer can hold, as far as an ordinary user can make it.
func files(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	at := func(name string) string { return filepath.Join(root, name) }
	for name, content := range map[string]string{
		"a/file":                    "content\n",
		"a-b":                       "sorts between a and a/",
		"a/empty":                   "",
		"large":                     strings.Repeat("0123456789abcdef", 200_000),
		"block":                     strings.Repeat("x", 512),
		"ümläut":                    "x",
		"\xff\xfe":                  "no UTF-8",
		"line\nbreak":               "x",
		strings.Repeat("long-", 30): "x",
		strings.Repeat("l", 200) + "/" + strings.Repeat("m", 200): "deep",
		"attributes": "x",
	} {
		must(t, os.MkdirAll(filepath.Dir(at(name)), 0o755))
		must(t, os.WriteFile(at(name), []byte(content), 0o644))
	}
	must(t, os.Link(at("a/file"), at("z-link")))
	must(t, os.Link(at("large"), at("a/large")))
	must(t, os.Symlink("nowhere", at("soft")))
	must(t, os.Symlink(strings.Repeat("far/", 300), at("soft-long")))
	must(t, unix.Mkfifo(at("fifo"), 0o640))
	must(t, unix.Mknod(at("whiteout"), unix.S_IFCHR, 0))
	must(t, os.Link(at("whiteout"), at("whiteout-too"))) // as overlays do
	must(t, os.MkdirAll(at("opaque/folder"), 0o2750))
	must(t, os.Chmod(at("a/file"), 0o755|os.ModeSetuid))
	must(t, os.Chmod(at("opaque"), 0o777|os.ModeSticky))
	for _, name := range []string{"opaque", "opaque/folder"} {
		must(t, unix.Setxattr(at(name), "user.overlay.opaque", []byte("y"), 0))
	}
	must(t, unix.Setxattr(at("opaque"), "user.comment", []byte("folder"), 0))
	must(t, unix.Setxattr(at("attributes"), "user.comment", []byte("hello\x00there\n=%"), 0))
	must(t, unix.Setxattr(at("attributes"), "user.empty", nil, 0))
	must(t, unix.Setxattr(at("attributes"), "user.100%", []byte("percent"), 0))
	must(t, unix.Setxattr(at("attributes"), "user.long", bytes.Repeat([]byte("v"), 1000), 0))
	must(t, unix.Setxattr(at("attributes"), "user.overlay.own", []byte("no"), 0))
	for name, when := range map[string]time.Time{
		"a/empty": time.Unix(-1, 500_000_000), "block": time.Unix(1<<34, 0), "fifo": time.Unix(981173106, 999_999_999),
	} {
		must(t, os.Chtimes(at(name), when, when))
	}
	return root
}

// TestAsTheLibrary compares with the writer of containers/storage, byte by byte.
func TestAsTheLibrary(t *testing.T) {
	folder, below := files(t), t.TempDir()
	must(t, os.MkdirAll(filepath.Join(below, "opaque"), 0o755))
	hidden := t.TempDir()
	must(t, unix.Mknod(filepath.Join(hidden, "opaque"), unix.S_IFCHR, 0))
	for name, folders := range map[string][]string{
		"nothing below":  nil,
		"opaque":         {below},
		"deleted before": {hidden, below},
		"deleted later":  {below, hidden},
		"elsewhere":      {t.TempDir(), below},
	} {
		t.Run(name, func(t *testing.T) {
			options := testOptions()
			options.Below = folders
			// The library takes the attribute from whether the process is rootless.
			options.OpaqueXattr = archive.GetOverlayXattrName("opaque")
			got, _ := write(t, folder, options)
			library, err := archive.TarWithOptions(folder, &archive.TarOptions{
				Compression:    archive.Uncompressed,
				WhiteoutFormat: archive.OverlayWhiteoutFormat,
				WhiteoutData:   folders,
			})
			must(t, err)
			want, err := io.ReadAll(library)
			must(t, err)
			if bytes.Equal(got, want) {
				return
			}
			ours, _, _ := read(t, got)
			theirs, _, _ := read(t, want)
			t.Errorf("the archives differ\nours   %q\ntheirs %q", ours, theirs)
		})
	}
}

// A folder that is no overlay's has devices of any number, and its stream ends with its errors.
func TestPlainFolder(t *testing.T) {
	stream := Reader(files(t), Options{})
	packed, err := io.ReadAll(stream)
	must(t, errors.Join(err, stream.Close()))
	names, headers, _ := read(t, packed)
	if h := headers["whiteout"]; h == nil || h.Typeflag != tar.TypeChar || slices.Contains(names, "opaque/.wh..wh..opq") {
		t.Errorf("the archive holds %q", names)
	}
	folder := t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "a"), make([]byte, 100_000), 0o644))
	must(t, os.WriteFile(filepath.Join(folder, ".wh.a"), nil, 0o644))
	if _, err := io.ReadAll(Reader(folder, Options{})); err == nil || !strings.Contains(err.Error(), ".wh.a") {
		t.Errorf("got %v", err)
	}
}

func TestOpaqueFolders(t *testing.T) {
	folder, below := t.TempDir(), t.TempDir()
	for _, name := range []string{"new", "replaced", "under/link", "over-a-file"} {
		must(t, os.MkdirAll(filepath.Join(folder, name), 0o755))
		must(t, unix.Setxattr(filepath.Join(folder, name), "user.overlay.opaque", []byte("y"), 0))
	}
	must(t, os.Mkdir(filepath.Join(below, "replaced"), 0o755))
	// The library follows this one, out of the image.
	outside := t.TempDir()
	must(t, os.Mkdir(filepath.Join(outside, "link"), 0o755))
	must(t, os.Symlink(outside, filepath.Join(below, "under")))
	must(t, os.WriteFile(filepath.Join(below, "over-a-file"), nil, 0o644))
	options := testOptions()
	options.Below = []string{below}
	packed, _ := write(t, folder, options)
	names, _, _ := read(t, packed)
	want := []string{"new/", "over-a-file/", "over-a-file/.wh..wh..opq", "replaced/", "replaced/.wh..wh..opq", "under/", "under/link/"}
	if !slices.Equal(names, want) {
		t.Errorf("got  %q\nwant %q", names, want)
	}
}

// What the library loses without a word, and all that follows.
func TestOddAttribute(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a", "b", "c"} {
		must(t, os.WriteFile(filepath.Join(folder, name), []byte(name), 0o644))
	}
	must(t, unix.Setxattr(filepath.Join(folder, "b"), "user.a=b%", []byte("odd"), 0))
	packed, _ := write(t, folder, testOptions())
	names, headers, contents := read(t, packed)
	if !slices.Equal(names, []string{"a", "b", "c"}) || contents["c"] != "c" {
		t.Errorf("the archive holds %q", names)
	}
	if got := headers["b"].PAXRecords["SCHILY.xattr.user.a%3Db%25"]; got != "odd" {
		t.Errorf("the records are %q", headers["b"].PAXRecords)
	}
}

// deep makes nested folders with a file in the innermost, whose path no system call takes.
func deep(t *testing.T, depth int) (folder, name string) {
	t.Helper()
	folder = t.TempDir()
	root, err := unix.Open(folder, unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	must(t, err)
	fd := root
	for range depth {
		base := strings.Repeat("d", 100)
		name = path.Join(name, base)
		must(t, unix.Mkdirat(fd, base, 0o755))
		next, err := unix.Openat(fd, base, unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		must(t, err)
		unix.Close(fd)
		fd = next
	}
	file, err := unix.Openat(fd, "file", unix.O_CREAT|unix.O_WRONLY|unix.O_CLOEXEC, 0o644)
	must(t, err)
	_, err = unix.Write(file, []byte("deep down"))
	must(t, errors.Join(err, unix.Close(file), unix.Fsetxattr(fd, "user.comment", []byte("also"), 0), unix.Close(fd)))
	return folder, path.Join(name, "file")
}

func TestLongPath(t *testing.T) {
	const depth = 3 * openFolders
	folder, file := deep(t, depth)
	must(t, os.WriteFile(filepath.Join(folder, "last"), []byte("x"), 0o644))
	packed, _ := write(t, folder, testOptions())
	names, headers, contents := read(t, packed)
	if len(file) < unix.PathMax || len(names) != depth+2 || contents[file] != "deep down" || names[len(names)-1] != "last" {
		t.Errorf("%d entries, the last %.40q; the file has %q", len(names), names[len(names)-1], contents[file])
	}
	if got := headers[path.Dir(file)+"/"].PAXRecords["SCHILY.xattr.user.comment"]; got != "also" {
		t.Errorf("the attribute is %q", got)
	}
}

func TestMaxPath(t *testing.T) {
	folder, name := deep(t, 5)
	options := testOptions()
	options.MaxPath = len(name)
	write(t, folder, options)
	options.MaxPath--
	if _, err := Write(folder, options); err == nil || !strings.Contains(err.Error(), "read back no more than") {
		t.Errorf("got %v", err)
	}
}

func TestCheckForLibrary(t *testing.T) {
	must(t, CheckForLibrary(files(t), testOptions()))
	folder := files(t)
	must(t, unix.Setxattr(filepath.Join(folder, "block"), "user.a=b", nil, 0))
	if err := CheckForLibrary(folder, testOptions()); err == nil || !strings.HasPrefix(err.Error(), `"/block": the name of its extended attribute`) {
		t.Errorf("an odd attribute: %v", err)
	}
	folder, _ = deep(t, 50)
	if err := CheckForLibrary(folder, testOptions()); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("a long path: %v", err)
	}
}

// Each must fail by name: what cannot be said in a layer, and what cannot be read.
func TestFailsByName(t *testing.T) {
	for _, test := range []struct {
		name, want string
		make       func(t *testing.T, path string)
	}{
		{"a whiteout's name", `"/folder/.wh.file": no layer can hold a file of this name`, func(t *testing.T, folder string) {
			must(t, os.WriteFile(filepath.Join(folder, ".wh.file"), nil, 0o644))
		}},
		{"closed to us", `"/folder/closed": `, func(t *testing.T, folder string) {
			if os.Geteuid() == 0 {
				t.Skip("nothing is closed to root")
			}
			must(t, os.WriteFile(filepath.Join(folder, "closed"), []byte("x"), 0))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			must(t, os.Mkdir(filepath.Join(root, "folder"), 0o755))
			test.make(t, filepath.Join(root, "folder"))
			_, err := Write(root, testOptions())
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	t.Run("an archive that cannot be written", func(t *testing.T) {
		failing := errors.New("disk on fire")
		for after := range 20 {
			for _, where := range []func(*Options, io.Writer){
				func(o *Options, w io.Writer) { o.Archive = w },
				func(o *Options, w io.Writer) { o.TarSplit = w },
			} {
				options := testOptions()
				w := &failingWriter{after: after * 512, err: failing}
				where(&options, w)
				if _, err := Write(files(t), options); !errors.Is(err, failing) {
					t.Errorf("after %d bytes: got %v", w.after, err)
				}
			}
		}
	})
}

type failingWriter struct {
	after int
	err   error
}

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.after -= len(p); w.after < 0 {
		return 0, w.err
	}
	return len(p), nil
}

func TestAdjust(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	must(t, os.WriteFile(at("file"), []byte("contents"), 0o600))
	must(t, os.WriteFile(at("device"), []byte("no device"), 0o600))
	must(t, unix.Mknod(at("gone"), unix.S_IFCHR, 0))
	for _, name := range []string{"file", "device"} {
		must(t, unix.Setxattr(at(name), "user.containers.override_stat", []byte(name), 0))
	}
	options := testOptions()
	options.Adjust = func(e *Entry) error {
		said := e.Xattrs["user.containers.override_stat"]
		delete(e.Xattrs, "user.containers.override_stat")
		e.Header.Uid, e.Header.Gid, e.Header.Mode = 33, 34, 0o4755
		if said == "device" {
			e.Header.Typeflag, e.Header.Size, e.Header.Devmajor, e.Header.Devminor = tar.TypeChar, 0, 1, 3
		}
		return nil
	}
	packed, summary := write(t, folder, options)
	names, headers, contents := read(t, packed)
	if !slices.Equal(names, []string{"device", "file", ".wh.gone"}) || contents["file"] != "contents" {
		t.Errorf("the archive holds %q, %q", names, contents)
	}
	for _, name := range []string{"file", "device"} {
		if h := headers[name]; h.Uid != 33 || h.Gid != 34 || h.Mode != 0o4755 || len(h.PAXRecords) > 0 {
			t.Errorf("%s: %+v", name, h)
		}
	}
	if h := headers["device"]; h.Typeflag != tar.TypeChar || h.Devmajor != 1 || h.Devminor != 3 {
		t.Errorf("the device is %+v", h)
	}
	own := []uint32{33, uint32(os.Getuid())}
	slices.Sort(own)
	if !slices.Equal(summary.UIDs, own) {
		t.Errorf("owners are %v, want %v", summary.UIDs, own)
	}
	failing := errors.New("no sense in it")
	options.Adjust = func(*Entry) error { return failing }
	if _, err := Write(folder, options); !errors.Is(err, failing) || !strings.Contains(fmt.Sprint(err), `"/device"`) {
		t.Errorf("got %v", err)
	}
}

// BenchmarkWrite compares with the way by the library's writer and two readers.
func BenchmarkWrite(b *testing.B) {
	folder := b.TempDir()
	for i := range 2000 {
		dir := filepath.Join(folder, fmt.Sprint(i%50))
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), make([]byte, 37*i%50_000), 0o644)); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			options := testOptions()
			options.TarSplit = io.Discard
			if _, err := Write(folder, options); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		for b.Loop() {
			library, err := archive.TarWithOptions(folder, &archive.TarOptions{WhiteoutFormat: archive.OverlayWhiteoutFormat})
			if err != nil {
				b.Fatal(err)
			}
			digester := digest.Canonical.Digester()
			stream, done, err := asm.NewInputTarStreamWithDone(io.TeeReader(library, digester.Hash()), tarsplit.NewJSONPacker(io.Discard), nil)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, stream); err != nil {
				b.Fatal(err)
			}
			if err := <-done; err != nil {
				b.Fatal(err)
			}
		}
	})
}
