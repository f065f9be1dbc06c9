//go:build !amd64

package buildahdriver

import "golang.org/x/sys/unix"

// chownCalls are the system calls that change owners. Newer architectures have but these.
var chownCalls = []int{unix.SYS_FCHOWN, unix.SYS_FCHOWNAT}
