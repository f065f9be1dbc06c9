package pack

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// drain reads an archive to its end by the given rules.
func drain(archive []byte, r *rules, free int64) error {
	a, err := openArchive(bytes.NewReader(archive), r)
	if err != nil {
		return err
	}
	defer a.close()
	a.unpacked.free = free
	for err == nil {
		_, err = a.next()
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func entries(t *testing.T, names ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, name := range names {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestTooManyEntries(t *testing.T) {
	for name, c := range map[string]struct {
		names []string
		entry string
	}{
		"files":                 {[]string{"a", "b", "c", "d"}, "d"},
		"folders above entries": {[]string{"a/b/c/d"}, "a/b/c/d"},
	} {
		r := newRules(false)
		r.maxEntries = 3
		err := drain(entries(t, c.names...), r, freeSize)
		if want := fmt.Sprintf("entry %q is one more than 3", c.entry); err == nil || err.Error() != want {
			t.Errorf("%s: got %v", name, err)
		}
	}
	r := newRules(false)
	r.maxEntries = 3
	if err := drain(entries(t, "a/b", "a/c"), r, freeSize); err != nil {
		t.Errorf("three entries: %v", err)
	}
}

func TestTooLongNames(t *testing.T) {
	r := newRules(false)
	r.names = maxNames - 2
	if err := drain(entries(t, "a", "b", "c"), r, freeSize); err == nil || !strings.Contains(err.Error(), `entry "c" makes its names more`) {
		t.Errorf("got %v", err)
	}
}

func TestBombs(t *testing.T) {
	zeroes := func(n int64) *bounded {
		return &bounded{r: io.LimitReader(iotest.DataErrReader(zero{}), n), packed: &counter{n: 100}, free: 4000}
	}
	for name, c := range map[string]struct {
		size int64
		want error
	}{
		"may unpack to a little": {4000, nil},
		"but not beyond that":    {5000, errBomb},
	} {
		if _, err := io.Copy(io.Discard, zeroes(c.size)); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	wellFilled := zeroes(100_000)
	wellFilled.packed.n = 50_000
	if _, err := io.Copy(io.Discard, wellFilled); err != nil {
		t.Errorf("a big archive: got %v", err)
	}
}

// zero gives zeroes without end.
type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
