// Package pack reads the archives of others with suspicion, and writes our own
// so that equal content gives equal bytes.
//
// Nothing is ever unpacked to disk here: an archive that has to go into
// another one is rewritten as it streams by. See SECURITY in the comment of
// [Check] for what an archive may not hold.
package pack

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// ErrFormat is returned for what is no archive at all.
var ErrFormat = errors.New("it is neither a tar archive nor one that is compressed with gzip, bzip2, xz or zstd")

// SniffLen is how many bytes [Sniff] wants to see: one block of a tar archive.
const SniffLen = 512

// formats are the compressions that ADD of a Dockerfile knows as well.
var formats = []struct {
	magic string
	open  func(io.Reader) (io.ReadCloser, error)
}{
	{"\x1f\x8b", func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }},
	{"BZh", func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(bzip2.NewReader(r)), nil }},
	{"\xfd7zXZ\x00", func(r io.Reader) (io.ReadCloser, error) {
		x, err := xz.NewReader(r)
		return io.NopCloser(x), err
	}},
	{"\x28\xb5\x2f\xfd", func(r io.Reader) (io.ReadCloser, error) {
		// One frame's window is what it can make us allocate.
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}},
}

// Sniff tells from the first SniffLen bytes of a file, or from all of a shorter
// one, whether it can be an archive. If it cannot, the error wraps [ErrFormat]
// and says what it looks like.
func Sniff(head []byte) error {
	for _, f := range formats {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return nil
		}
	}
	// Only a block that is complete has a checksum; a header that announces
	// more blocks than are here is one nevertheless.
	if _, err := tar.NewReader(bytes.NewReader(head)).Next(); len(head) >= SniffLen && !errors.Is(err, tar.ErrHeader) {
		return nil
	}
	return fmt.Errorf("%w: it %s", ErrFormat, looks(head))
}

// looks describes what is no archive.
func looks(head []byte) string {
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch {
	case len(head) == 0:
		return "is empty"
	case kind == "text/html":
		return "looks like an HTML page"
	case kind == "application/octet-stream":
		return "is not of any known kind"
	default:
		return "looks like " + kind
	}
}

// Decompress returns a reader of the tar archive in r, whichever way it is
// compressed.
func Decompress(r io.Reader) (io.ReadCloser, error) {
	buffered := bufio.NewReaderSize(r, 64<<10)
	head, err := buffered.Peek(SniffLen)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := Sniff(head); err != nil {
		return nil, err
	}
	for _, f := range formats {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.open(buffered)
		}
	}
	return io.NopCloser(buffered), nil
}
