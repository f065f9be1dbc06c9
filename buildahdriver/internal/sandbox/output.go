package sandbox

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// outputGrace is how long output is waited for that is still on its way when a command and
// all of its descendants have ended.
const outputGrace = 200 * time.Millisecond

// output is a pipe from a command to a writer.
type output struct {
	writer *os.File // the command's end
	ended  chan struct{}
	copied chan error
}

func newOutput(to io.Writer) (*output, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	o := &output{writer: writer, ended: make(chan struct{}), copied: make(chan error, 1)}
	go func() {
		// A pipe that nobody reads would stop the command for ever.
		defer reader.Close()
		o.copied <- o.copy(to, reader)
	}()
	return o, nil
}

// finish is called once, when the command and its descendants have ended, and returns what
// has kept their output from being written.
func (o *output) finish() error {
	o.writer.Close()
	close(o.ended)
	return <-o.copied
}

// copy copies what the command prints, until nobody can print any more. A command may have
// handed its end of the pipe to a process outside, over a socket of the machine, which keeps
// it open; so when the command has ended, what is in the pipe by then is all.
func (o *output) copy(to io.Writer, reader *os.File) error {
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-o.ended:
			_ = reader.SetReadDeadline(time.Now().Add(outputGrace))
		case <-done:
		}
	}()
	for {
		_, err := io.Copy(to, reader)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		// The writer may be slow, and the pipe not empty yet.
		left, err := unread(reader)
		if err != nil || left == 0 {
			return err
		}
		if err := reader.SetReadDeadline(time.Now().Add(outputGrace)); err != nil {
			return err
		}
	}
}

// unread is how many bytes are in a pipe.
func unread(pipe *os.File) (left int, err error) {
	raw, err := pipe.SyscallConn()
	if err != nil {
		return 0, err
	}
	controlErr := raw.Control(func(fd uintptr) { left, err = unix.IoctlGetInt(int(fd), unix.TIOCINQ) })
	return left, errors.Join(controlErr, err)
}
