package main

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// userUmask is the umask that the program was started with, once a build has replaced it by
// the one for files of images. What the user gets to see, such as logs, still follows it.
var userUmask fs.FileMode

// readUmask returns the umask of this process. No other goroutine makes files meanwhile.
func readUmask() int {
	umask := unix.Umask(0o077)
	unix.Umask(umask)
	return umask
}
