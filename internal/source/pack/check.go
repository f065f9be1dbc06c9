package pack

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
)

// Check reads an archive to its end and returns an error if it must not get
// near an image. Those about a single entry are of type [*EntryError].
//
// SECURITY. Refused are:
//   - names that are absolute, hold "..", or begin with ".wh." in any part;
//   - symbolic links that lead out of the archive's root or might, and hard
//     links to anything but a file that came before;
//   - entries that lie below a link or a file, and those that come twice, but
//     for folders: nothing is written through what was unpacked before;
//   - devices, named pipes and types of entry that sources have no use for;
//   - setuid and setgid files, and file capabilities;
//   - more than [MaxEntries] entries, more than [MaxSize] bytes, and what
//     unpacks to more than twenty times its size once that passes a GiB;
//   - what stands behind the end of the archive, which some programs unpack
//     and others do not, and archives without any entry.
func Check(r io.Reader) error {
	a, err := openArchive(r, newRules(false))
	if err != nil {
		return err
	}
	defer a.close()
	for {
		if _, err := a.next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// archive is a compressed tar archive that is read by the rules.
type archive struct {
	rules    *rules
	unpacked *bounded
	closer   io.Closer
	tar      *tar.Reader
	entries  int
}

// entry is what the rules have let through.
type entry struct {
	*tar.Header
	name   string // clean
	target string // of a hard link, clean
}

func openArchive(r io.Reader, rules *rules) (*archive, error) {
	packed := &counter{r: r}
	unpacked, err := Decompress(packed)
	if err != nil {
		return nil, err
	}
	b := &bounded{r: unpacked, packed: packed, free: freeSize}
	return &archive{rules: rules, unpacked: b, closer: unpacked, tar: tar.NewReader(b)}, nil
}

// next returns the next entry that is to be unpacked. At the end of the
// archive, which is [io.EOF], all of it has been read, so that the checksums
// that stand there have been checked.
func (a *archive) next() (entry, error) {
	for {
		h, err := a.tar.Next()
		if errors.Is(err, io.EOF) {
			return entry{}, a.end()
		}
		if err != nil {
			return entry{}, fmt.Errorf("archive is damaged: %w", err)
		}
		name, target, err := a.rules.admit(h)
		if err != nil {
			return entry{}, err
		}
		a.entries++
		if name != "" {
			return entry{h, name, target}, nil
		}
		if a.entries > a.rules.maxEntries {
			return entry{}, fmt.Errorf("archive has more than %d entries", a.rules.maxEntries)
		}
	}
}

// end reads what follows the last entry: zeroes, if anything.
func (a *archive) end() error {
	if a.entries == 0 {
		return errors.New("archive holds nothing")
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := a.unpacked.Read(buf)
		for _, b := range buf[:n] {
			if b != 0 {
				return errors.New("archive goes on behind its end")
			}
		}
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		if err != nil {
			return fmt.Errorf("archive is damaged: %w", err)
		}
	}
}

func (a *archive) close() { _ = a.closer.Close() } // it was only read

// counter counts the bytes that are read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// bounded stops a reader that gives more than it may.
type bounded struct {
	r      io.Reader
	packed *counter
	free   int64 // see freeSize
	n      int64
}

var errBomb = fmt.Errorf("it unpacks to more than %d GiB or %d times its size", MaxSize>>30, maxRatio)

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	if b.n > MaxSize || b.n > b.free && b.n/maxRatio > b.packed.n {
		return 0, errBomb
	}
	return n, err
}
