package buildahdriver

import (
	"archive/tar"
	"crypto/sha256"
	"errors"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/opencontainers/go-digest"
	"github.com/vbatts/tar-split/tar/asm"
	tarsplit "github.com/vbatts/tar-split/tar/storage"
)

// layerSummary is what the store keeps of a layer beside its files.
type layerSummary struct {
	digest     digest.Digest
	size       int64
	uids, gids []uint32 // the owners of its files
	tarSplit   *os.File // all of the tar but its files' contents, to make it again
}

// summarize reads a layer's tar, once, to its end. The tar-split file is made in dir,
// and has no name there any more.
func summarize(layer io.Reader, dir string) (_ *layerSummary, err error) {
	split, err := os.CreateTemp(dir, "tar-split-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			split.Close()
		}
	}()
	if err := os.Remove(split.Name()); err != nil {
		return nil, err
	}
	hash, size := sha256.New(), new(byteCounter)
	owners := newOwnerReader()
	defer owners.close()
	stream, done, err := asm.NewInputTarStreamWithDone(io.TeeReader(layer, io.MultiWriter(hash, size, owners)), tarsplit.NewJSONPacker(split), tarsplit.NewDiscardFilePutter())
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	if _, err := io.Copy(io.Discard, stream); err != nil {
		return nil, err
	}
	if err := <-done; err != nil { // the last of the tar-split is written now
		return nil, err
	}
	uids, gids, err := owners.finish()
	if err != nil {
		return nil, err
	}
	return &layerSummary{
		digest:   digest.NewDigest(digest.SHA256, hash),
		size:     int64(*size),
		uids:     uids,
		gids:     gids,
		tarSplit: split,
	}, nil
}

type byteCounter int64

func (c *byteCounter) Write(p []byte) (int, error) {
	*c += byteCounter(len(p))
	return len(p), nil
}

// ownerReader reads the owners out of a tar that is written to it.
type ownerReader struct {
	*io.PipeWriter
	done chan error
	uids map[uint32]bool
	gids map[uint32]bool
}

func newOwnerReader() *ownerReader {
	reader, writer := io.Pipe()
	o := &ownerReader{PipeWriter: writer, done: make(chan error, 1), uids: map[uint32]bool{}, gids: map[uint32]bool{}}
	go func() {
		err := o.read(tar.NewReader(reader))
		if err == nil {
			_, err = io.Copy(io.Discard, reader) // what follows the archive's end
		}
		reader.CloseWithError(err)
		o.done <- err
	}()
	return o
}

func (o *ownerReader) read(archive *tar.Reader) error {
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		o.uids[uint32(header.Uid)] = true
		o.gids[uint32(header.Gid)] = true
	}
}

func (o *ownerReader) finish() (uids, gids []uint32, err error) {
	if err := errors.Join(o.Close(), <-o.done); err != nil {
		return nil, nil, err
	}
	return slices.Sorted(maps.Keys(o.uids)), slices.Sorted(maps.Keys(o.gids)), nil
}

// close ends a reader that was not finished.
func (o *ownerReader) close() { o.CloseWithError(io.ErrUnexpectedEOF) }
