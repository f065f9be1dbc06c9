package layer

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"hash/crc64"
	"io"

	tarsplit "github.com/vbatts/tar-split/tar/storage"
)

// recorder is what an archive is written to. It takes the digest of it, and notes for
// tar-split what is not a file's contents.
type recorder struct {
	archive io.Writer // nil for nobody
	split   tarsplit.Packer
	flush   func() error
	hash    hash.Hash
	size    int64
	segment []byte // what came since the last file, and is no file's contents
	inFile  bool
	crc     uint64 // of the current file
}

func newRecorder(archive io.Writer, split *bufio.Writer) *recorder {
	r := &recorder{archive: archive, hash: sha256.New(), flush: func() error { return nil }}
	if split != nil {
		r.split, r.flush = tarsplit.NewJSONPacker(split), split.Flush
	}
	return r
}

// alone is from how many bytes on it pays to take two digests at once.
const alone = 32 << 10

func (r *recorder) Write(p []byte) (int, error) {
	r.size += int64(len(p))
	switch {
	case r.split == nil:
		r.hash.Write(p)
	case !r.inFile:
		r.hash.Write(p)
		r.segment = append(r.segment, p...)
	case len(p) < alone:
		r.hash.Write(p)
		r.crc = crc64.Update(r.crc, tarsplit.CRCTable, p)
	default:
		hashed := make(chan struct{})
		go func() {
			defer close(hashed)
			r.hash.Write(p)
		}()
		r.crc = crc64.Update(r.crc, tarsplit.CRCTable, p)
		<-hashed
	}
	if r.archive != nil {
		return r.archive.Write(p)
	}
	return len(p), nil
}

// beginFile says that a file's contents follow.
func (r *recorder) beginFile() {
	r.inFile, r.crc = true, 0
}

// endFile says that a file is complete.
func (r *recorder) endFile(name string, size int64, hasContents bool) error {
	r.inFile = false
	if r.split == nil {
		return nil
	}
	if err := r.endSegment(); err != nil {
		return err
	}
	entry := tarsplit.Entry{Type: tarsplit.FileType, Size: size}
	entry.SetName(name)
	if hasContents {
		entry.Payload = binary.BigEndian.AppendUint64(nil, r.crc)
	}
	_, err := r.split.AddEntry(entry)
	return err
}

func (r *recorder) endSegment() error {
	if len(r.segment) == 0 {
		return nil
	}
	_, err := r.split.AddEntry(tarsplit.Entry{Type: tarsplit.SegmentType, Payload: r.segment})
	r.segment = r.segment[:0]
	return err
}

// finish says that the archive is complete.
func (r *recorder) finish() error {
	if r.split == nil {
		return nil
	}
	if err := r.endSegment(); err != nil {
		return err
	}
	return r.flush()
}
