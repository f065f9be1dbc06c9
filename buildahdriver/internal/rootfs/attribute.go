package rootfs

import (
	"slices"

	"golang.org/x/sys/unix"
)

// ReadSized calls a system call that fills a buffer, such as listxattr(2), with a buffer
// that is large enough, and returns what it holds. The call returns how many bytes there
// are, and the same without writing any if it gets no buffer.
func ReadSized(call func(to []byte) (int, error)) ([]byte, error) {
	var small [256]byte
	buffer := small[:]
	for {
		n, err := retry(call, buffer)
		if err == nil {
			return slices.Clone(buffer[:n]), nil
		}
		if err != unix.ERANGE { //nolint:errorlint // system calls return it as it is
			return nil, err
		}
		if n, err = retry(call, nil); err != nil {
			return nil, err
		}
		buffer = make([]byte, n)
	}
}

func retry(call func(to []byte) (int, error), buffer []byte) (int, error) {
	for {
		n, err := call(buffer)
		if err != unix.EINTR { //nolint:errorlint // system calls return it as it is
			return n, err
		}
	}
}
