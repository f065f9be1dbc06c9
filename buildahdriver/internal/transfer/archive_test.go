package transfer

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
)

// pack makes an archive whose entries belong to whoever runs the test.
func pack(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	for _, h := range headers {
		h.Uid, h.Gid = os.Getuid(), os.Getgid()
		if h.Mode == 0 {
			h.Mode = 0o755
		}
		if h.Typeflag == tar.TypeReg || h.Typeflag == 0 {
			h.Size = 4
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(w, strings.NewReader("EVIL"), h.Size); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// TestHostileArchives: nothing is written outside the folder that an archive is
// unpacked in, not even elsewhere in the image.
func TestHostileArchives(t *testing.T) {
	for name, archive := range map[string][]tar.Header{
		"a name that goes up":            {{Name: "../outside/new"}},
		"a name from the root":           {{Name: "/outside/new"}},
		"a name with dots inside":        {{Name: "a/../../outside/new"}},
		"through a link up":              {{Name: "a", Typeflag: tar.TypeSymlink, Linkname: "../outside"}, {Name: "a/new"}},
		"through a link to the root":     {{Name: "a", Typeflag: tar.TypeSymlink, Linkname: "/outside"}, {Name: "a/new"}},
		"through two links":              {{Name: "a", Typeflag: tar.TypeSymlink, Linkname: ".."}, {Name: "b", Typeflag: tar.TypeSymlink, Linkname: "a/outside"}, {Name: "b/new"}},
		"over a link to a file":          {{Name: "a", Typeflag: tar.TypeSymlink, Linkname: "../outside/victim"}, {Name: "a"}},
		"a hard link up":                 {{Name: "a", Typeflag: tar.TypeLink, Linkname: "../outside/victim"}, {Name: "a"}},
		"a hard link from the root":      {{Name: "a", Typeflag: tar.TypeLink, Linkname: "/outside/victim"}},
		"a hard link through a link":     {{Name: "d", Typeflag: tar.TypeSymlink, Linkname: "../outside"}, {Name: "a", Typeflag: tar.TypeLink, Linkname: "d/victim"}},
		"a hard link to a link":          {{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "../outside/victim"}, {Name: "a", Typeflag: tar.TypeLink, Linkname: "l"}, {Name: "a"}},
		"a folder over a link":           {{Name: "a", Typeflag: tar.TypeSymlink, Linkname: "../outside"}, {Name: "a", Typeflag: tar.TypeDir}, {Name: "a/new"}},
		"the mode of what a link names":  {{Name: "a", Typeflag: tar.TypeSymlink, Linkname: "../outside/victim", Mode: 0o777}},
		"a folder in place of its own":   {{Name: "..", Typeflag: tar.TypeDir}, {Name: ".", Typeflag: tar.TypeDir}},
		"a file in place of the folder":  {{Name: "."}},
		"a link in place of the folder":  {{Name: "./", Typeflag: tar.TypeSymlink, Linkname: "../outside"}, {Name: "new"}},
		"a link of the image":            {{Name: "planted/new"}},
		"a link of the image, as a file": {{Name: "planted-file"}},
		"a device":                       {{Name: "a", Typeflag: tar.TypeBlock, Devmajor: 8}},
	} {
		t.Run(name, func(t *testing.T) {
			rootDir := t.TempDir()
			write(t, rootDir, files{"outside/victim": "safe", "into/planted": "-> /outside", "into/planted-file": "-> ../outside/victim"})
			// An error is as good as files that stay inside.
			_ = unpack(t, pack(t, archive...), rootDir, "/into")
			if got, want := read(t, filepath.Join(rootDir, "outside")), (files{"victim": "safe"}); !maps.Equal(got, want) {
				t.Errorf("outside is %q", got)
			}
			info, err := os.Lstat(filepath.Join(rootDir, "outside/victim"))
			if err != nil || info.Mode() != 0o644 {
				t.Errorf("the file outside has become %v, %v", info.Mode(), err)
			}
		})
	}
}

func unpack(t testing.TB, archive []byte, rootDir, dest string) error {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "archive"), archive, 0o600); err != nil {
		t.Fatal(err)
	}
	context, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer context.Close()
	root, err := rootfs.Open(rootDir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	c := Copy{Context: context, Sources: []string{"archive"}, Dest: dest, Extract: true, UID: os.Getuid(), GID: os.Getgid()}
	return c.Into(root)
}

func TestCompressions(t *testing.T) {
	plain := pack(t, tar.Header{Name: "file"})
	compress := func(open func(io.Writer) (io.WriteCloser, error)) []byte {
		var packed bytes.Buffer
		w, err := open(&packed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(plain); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return packed.Bytes()
	}
	for name, archive := range map[string][]byte{
		"none": plain,
		"gzip": compress(func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }),
		"xz":   compress(func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) }),
		"zstd": compress(func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }),
	} {
		rootDir := t.TempDir()
		if err := unpack(t, archive, rootDir, "/x"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, want := read(t, rootDir), (files{"x/file": "EVIL"}); !maps.Equal(got, want) {
			t.Errorf("%s: got %q", name, got)
		}
	}
	// What only looks like an archive is copied as it is; a broken one is an error.
	rootDir := t.TempDir()
	const cut = "BZh91AY&SY" // bzip2's magic number, and nothing more
	if err := unpack(t, []byte(cut), rootDir, "/x"); err != nil {
		t.Error(err)
	}
	if got, want := read(t, rootDir), (files{"x": cut}); !maps.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if err := unpack(t, plain[:514], t.TempDir(), "/x"); err == nil {
		t.Error("an archive that ends too soon is no error")
	}
}

// FuzzExtract holds for every archive that nothing but the folder changes.
func FuzzExtract(f *testing.F) {
	f.Add(pack(f, tar.Header{Name: "a", Typeflag: tar.TypeSymlink, Linkname: "../outside"}, tar.Header{Name: "a/new"}))
	f.Add(pack(f, tar.Header{Name: "d/", Typeflag: tar.TypeDir}, tar.Header{Name: "d/f"}, tar.Header{Name: "h", Typeflag: tar.TypeLink, Linkname: "d/f"}))
	f.Add(pack(f, tar.Header{Name: "x", PAXRecords: map[string]string{"SCHILY.xattr.user.a": "b"}}))
	f.Fuzz(func(t *testing.T, archive []byte) {
		if len(archive) > 64<<10 {
			return
		}
		rootDir := t.TempDir()
		write(t, rootDir, files{"outside/victim": "safe", "into/planted": "-> /outside"})
		_ = unpack(t, archive, rootDir, "/into/")
		if got, want := read(t, filepath.Join(rootDir, "outside")), (files{"victim": "safe"}); !maps.Equal(got, want) {
			t.Errorf("outside is %q", got)
		}
	})
}

// A kilobyte of archive may say that it holds a terabyte of nothing.
func TestSparseBomb(t *testing.T) {
	dir := t.TempDir()
	bomb := filepath.Join(dir, "bomb")
	if err := os.WriteFile(bomb, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(bomb, 1<<40); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.Command("tar", "-C", dir, "--format=gnu", "-S", "-cf", filepath.Join(dir, "a.tar"), "bomb").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	archive, err := os.ReadFile(filepath.Join(dir, "a.tar"))
	if err != nil {
		t.Fatal(err)
	}
	var free unix.Statfs_t
	if err := unix.Statfs(dir, &free); err != nil {
		t.Fatal(err)
	}
	if int64(free.Bavail)*free.Bsize > 1<<40 {
		t.Skip("this disk has a terabyte free")
	}
	_, err = copyInto(t, files{"a.tar": string(archive)}, nil, Copy{Sources: []string{"a.tar"}, Dest: "/x/", Extract: true})
	if !errors.Is(err, unix.ENOSPC) || !strings.Contains(err.Error(), "bomb") {
		t.Errorf("got %v", err)
	}
}
