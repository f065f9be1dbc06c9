package pack_test

import (
	"archive/tar"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/kolla-build/kolla-build/internal/source/pack"
)

// archiveOf returns an archive of headers. A file's content is zeroes.
func archiveOf(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, h := range headers {
		if h.Mode == 0 && h.Typeflag != tar.TypeXGlobalHeader {
			h.Mode = 0o644
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, h.Size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func file(name string) tar.Header { return tar.Header{Typeflag: tar.TypeReg, Name: name, Size: 3} }

func folder(name string) tar.Header {
	return tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: 0o755}
}

func symlink(name, target string) tar.Header {
	return tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target}
}

func hardlink(name, target string) tar.Header {
	return tar.Header{Typeflag: tar.TypeLink, Name: name, Linkname: target}
}

// ordinary has everything that the archives of well-behaved projects have.
func ordinary(t testing.TB) []byte {
	return archiveOf(t,
		tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "a commit id"}},
		folder("./"),
		folder("keystone-1.0/"),
		folder("keystone-1.0/"),
		file("keystone-1.0/setup.py"),
		file("./keystone-1.0/"+strings.Repeat("long/", 40)+"name"),
		file("keystone-1.0/a..b/...c"),
		symlink("keystone-1.0/link", "setup.py"),
		symlink("keystone-1.0/tools/build.py", "../setup.py"),
		symlink("keystone-1.0/up", "./.././other"),
		hardlink("keystone-1.0/hard", "./keystone-1.0/setup.py"),
		tar.Header{Typeflag: tar.TypeDir, Name: "keystone-1.0/shared", Mode: 0o2775},
	)
}

// bzipped is an archive with one file, compressed by bzip2, which Go can only
// read.
const bzipped = "QlpoOTFBWSZTWR0WDZ0AACXbgMiAQABFgAAA4AAeAACIIABUQjTTJoZoJEkxoQxmvAdBKfcXJLWS" +
	"YPEChiNQiJu9U8bOb+ANmVi7kinChIDosGzo"

func TestCheckAcceptsEveryCompression(t *testing.T) {
	plain := ordinary(t)
	compress := func(open func(io.Writer) (io.WriteCloser, error)) []byte {
		var buf bytes.Buffer
		w, err := open(&buf)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(plain)
		w.Close()
		return buf.Bytes()
	}
	bzip2, err := base64.StdEncoding.DecodeString(bzipped)
	if err != nil {
		t.Fatal(err)
	}
	for name, archive := range map[string][]byte{
		"plain": plain,
		"gzip":  compress(func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }),
		"xz":    compress(func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) }),
		"zstd":  compress(func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }),
		"bzip2": bzip2,
	} {
		if err := pack.Check(bytes.NewReader(archive)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := pack.Sniff(archive[:min(len(archive), pack.SniffLen)]); err != nil {
			t.Errorf("%s: Sniff: %v", name, err)
		}
		if name != "plain" {
			if err := pack.Check(bytes.NewReader(archive[:len(archive)-4])); err == nil {
				t.Errorf("%s: nobody noticed that it is cut", name)
			}
		}
	}
}

func TestCheckRefusesEntries(t *testing.T) {
	device := tar.Header{Typeflag: tar.TypeChar, Name: "null", Devmajor: 1, Devminor: 3}
	block := tar.Header{Typeflag: tar.TypeBlock, Name: "sda", Devmajor: 8}
	setuid, setgid := file("su"), file("sg")
	setuid.Mode, setgid.Mode = 0o4755, 0o2755
	capable := file("ping")
	capable.PAXRecords = map[string]string{"SCHILY.xattr.security.capability": "\x01"}
	huge := tar.Header{Typeflag: tar.TypeReg, Name: "huge", Size: 64 << 30}

	for name, c := range map[string]struct {
		headers []tar.Header
		entry   string
		reason  string
	}{
		"up":                  {[]tar.Header{file("a/../../x")}, "a/../../x", `has ".." in its name`},
		"up inside":           {[]tar.Header{file("a/../x")}, "a/../x", `has ".." in its name`},
		"absolute":            {[]tar.Header{file("/etc/passwd")}, "/etc/passwd", "absolute"},
		"root as a link":      {[]tar.Header{symlink(".", "x")}, ".", "would replace the folder"},
		"long name":           {[]tar.Header{file(strings.Repeat("x/", 3000) + "y")}, strings.Repeat("x/", 3000) + "y", "more than 4096 bytes"},
		"whiteout":            {[]tar.Header{file("a/.wh.passwd")}, "a/.wh.passwd", ".wh."},
		"opaque whiteout":     {[]tar.Header{file(".wh..wh..opq")}, ".wh..wh..opq", ".wh."},
		"absolute link":       {[]tar.Header{symlink("l", "/etc")}, "l", `to "/etc", which leads out`},
		"link up":             {[]tar.Header{symlink("a/l", "../../x")}, "a/l", "leads out"},
		"link to nothing":     {[]tar.Header{symlink("l", ".."), file("x")}, "l", "leads out"},
		"link by links":       {[]tar.Header{symlink("a/b/c", "../.."), symlink("x", "a/b/c/..")}, "x", "goes down and up again"},
		"through a link":      {[]tar.Header{folder("d"), symlink("l", "d"), file("l/x")}, "l/x", `below "l", which is a symbolic link`},
		"deep through a link": {[]tar.Header{symlink("l", "d"), file("l/a/b/c")}, "l/a/b/c", "symbolic link"},
		"below a file":        {[]tar.Header{file("f"), file("f/x")}, "f/x", "which is a file"},
		"folder then link":    {[]tar.Header{file("d/x"), symlink("d", "e")}, "d", "is there twice"},
		"link then folder":    {[]tar.Header{symlink("d", "e"), folder("d")}, "d", "is there twice"},
		"file twice":          {[]tar.Header{file("f"), file("./f")}, "./f", "is there twice"},
		"hard link out":       {[]tar.Header{hardlink("h", "../../etc/shadow")}, "h", `hard link to "../../etc/shadow"`},
		"absolute hard link":  {[]tar.Header{hardlink("h", "/etc/shadow")}, "h", "hard link"},
		"hard link ahead":     {[]tar.Header{hardlink("h", "f"), file("f")}, "h", "no file that came before"},
		"hard link to a link": {[]tar.Header{symlink("l", "f"), hardlink("h", "l")}, "h", "no file"},
		"device":              {[]tar.Header{device}, "null", "is a device"},
		"block device":        {[]tar.Header{block}, "sda", "is a device"},
		"pipe":                {[]tar.Header{{Typeflag: tar.TypeFifo, Name: "p"}}, "p", "named pipe"},
		"contiguous file":     {[]tar.Header{{Typeflag: tar.TypeCont, Name: "c"}}, "c", "of a type"},
		"setuid":              {[]tar.Header{setuid}, "su", "is setuid"},
		"setgid":              {[]tar.Header{setgid}, "sg", "is setgid"},
		"file capabilities":   {[]tar.Header{capable}, "ping", "file capabilities"},
	} {
		err := pack.Check(bytes.NewReader(archiveOf(t, c.headers...)))
		var entry *pack.EntryError
		if !errors.As(err, &entry) || entry.Entry != c.entry || !strings.Contains(entry.Reason, c.reason) {
			t.Errorf("%s: got %v", name, err)
		}
	}

	// Its content need not exist to be refused.
	var buf bytes.Buffer
	if err := tar.NewWriter(&buf).WriteHeader(&huge); err != nil {
		t.Fatal(err)
	}
	if err := pack.Check(&buf); err == nil || !strings.Contains(err.Error(), `entry "huge" makes it more than 32 GiB`) {
		t.Errorf("huge: got %v", err)
	}
}

func TestCheckRefusesArchives(t *testing.T) {
	twice := append(archiveOf(t, file("a")), archiveOf(t, file("b"))...)
	html := append([]byte("<!DOCTYPE html><html>"), bytes.Repeat([]byte("<p>not found</p>"), 100)...)
	damaged := archiveOf(t, file("a"), file("b"))
	damaged[1024+200]++ // in the second header
	for name, c := range map[string]struct {
		archive []byte
		reason  string
		format  bool
	}{
		"empty":         {nil, "it is empty", true},
		"html":          {html, "looks like an HTML page", true},
		"short html":    {html[:30], "looks like an HTML page", true},
		"zip":           {[]byte("PK\x03\x04" + strings.Repeat("\x00", 600)), "looks like application/zip", true},
		"noise":         {bytes.Repeat([]byte{0xee, 1}, 600), "not of any known kind", true},
		"no entries":    {make([]byte, 1024), "holds nothing", false},
		"two in one":    {twice, "goes on behind its end", false},
		"damaged":       {damaged, "is damaged", false},
		"damaged gzip":  {[]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xffjunk"), "", false},
		"cut in a file": {archiveOf(t, file("a"))[:513], "is damaged", false},
	} {
		err := pack.Check(bytes.NewReader(c.archive))
		if err == nil || !strings.Contains(err.Error(), c.reason) || errors.Is(err, pack.ErrFormat) != c.format {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// FuzzCheck looks for bytes that are too much for Check.
func FuzzCheck(f *testing.F) {
	f.Add(ordinary(f))
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xffjunk"))
	f.Add([]byte("\x28\xb5\x2f\xfd\x04\x00"))
	f.Add([]byte("BZh91AY&SY"))
	f.Fuzz(func(t *testing.T, archive []byte) {
		if pack.Check(bytes.NewReader(archive)) == nil {
			harmless(t, archive)
		}
	})
}

// FuzzEntries looks for entries that Check lets through although they do harm. A
// line is an entry: its type, its name, a space and its target.
func FuzzEntries(f *testing.F) {
	f.Add("0a/b\n2a/l ../x\n1h a/b\n5d/\n0d/e")
	f.Add("2a/b/c ../..\n2x a/b/c/..\n2y x/y")
	f.Add("2l d\n0l/x\n5l\n2./l e\n0d/.wh.x")
	f.Fuzz(func(t *testing.T, lines string) {
		var buf bytes.Buffer
		w := tar.NewWriter(&buf)
		for line := range strings.SplitSeq(lines, "\n") {
			if line == "" {
				continue
			}
			name, target, _ := strings.Cut(line[1:], " ")
			if w.WriteHeader(&tar.Header{Typeflag: line[0], Name: name, Linkname: target, Mode: 0o755}) != nil {
				return // there can be no such entry
			}
		}
		w.Close()
		if pack.Check(bytes.NewReader(buf.Bytes())) == nil {
			harmless(t, buf.Bytes())
		}
	})
}

// harmless fails if an archive that has passed the check does harm when it is
// unpacked, or does not pass it once it has been packed anew.
func harmless(t *testing.T, archive []byte) {
	r, err := pack.Decompress(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	unpack(t, r, root)

	var again bytes.Buffer
	w, err := pack.NewWriter(&again, "plugins")
	if err == nil {
		err = errors.Join(w.Archive(bytes.NewReader(archive), false), w.Close())
	}
	if err == nil {
		err = pack.Check(&again)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// unpack unpacks an archive in root in the most obvious way, and fails if
// anything leads out of it.
func unpack(t *testing.T, r io.Reader, root *os.Root) {
	archive := tar.NewReader(r)
	var links []string
	for {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Name) > 200 {
			continue // a matter of the file system
		}
		var escapes error
		switch h.Typeflag {
		case tar.TypeSymlink:
			links = append(links, strings.TrimSuffix(h.Name, "/"))
			escapes = root.Symlink(h.Linkname, links[len(links)-1])
		case tar.TypeLink:
			escapes = root.Link(h.Linkname, h.Name)
		case tar.TypeDir:
			escapes = root.MkdirAll(h.Name, 0o755)
		case tar.TypeReg:
			var f *os.File
			if f, escapes = root.Create(h.Name); escapes == nil {
				f.Close()
			}
		}
		mustNotEscape(t, escapes)
	}
	for _, link := range links {
		_, err := root.Stat(link)
		mustNotEscape(t, err)
	}
}

func mustNotEscape(t *testing.T, err error) {
	t.Helper()
	if err != nil && strings.Contains(err.Error(), "escapes from parent") {
		t.Fatal(err)
	}
}
